"""A generator from the Hugging Face Hub or from a folder, and back to the Hub with its model card.

from cgan.publish.hub import Generator
generator = Generator.from_pretrained("YOU/my-conv")        # or a checkpoint's folder
pictures = generator.sample([3] * 16, range(16))            # dresses, seeds 0 to 15: uint8 (16, 28, 28)
generator.push_to_hub("YOU/my-conv")                        # or `python -m cgan.publish model`, which lists before

A repository holds the files of a checkpoint's folder under the same names.
"""

import copy
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from huggingface_hub import ModelCard, PyTorchModelHubMixin, hf_hub_download
from torch import Tensor, nn

from cgan.data import CLASS_NAMES
from cgan.models.checkpoints import AVERAGED_GENERATOR, CONFIG, DISCRIMINATOR
from cgan.sampling.sampler import Sampler
from cgan.web import export

PUBLISHED = (
    *(CONFIG, AVERAGED_GENERATOR, DISCRIMINATOR, export.MODEL, export.CARD),
    *("metrics.json", "history.jsonl", "samples.png"),
)

_FRONT_MATTER = """\
---
license: mit
library_name: pytorch
pipeline_tag: unconditional-image-generation
datasets:
  - zalando-datasets/fashion_mnist
tags:
  - gan
  - conditional-gan
  - fashion-mnist
  - onnx
---
"""
_USE = """\
## Five lines

With this project installed:

```python
from cgan.publish.hub import Generator
generator = Generator.from_pretrained("{repo}")
pictures = generator.sample([3] * 16, range(16))  # sixteen dresses, seeds 0 to 15: uint8 (16, 28, 28)
```
"""
_USE_ONNX = """
Without it, after `pip install onnxruntime huggingface_hub`:

```python
import numpy as np, onnxruntime, huggingface_hub
generator = onnxruntime.InferenceSession(huggingface_hub.hf_hub_download("{repo}", "generator.onnx"))
z = np.random.default_rng().standard_normal((16, {latent_dim}), np.float32)
dresses = np.eye(10, dtype=np.float32)[[3] * 16]
pictures = generator.run(None, {{"z": z, "class_weights": dresses}})[0]  # uint8 (16, 28, 28)
```
"""
# Of a run that nobody has described yet.
_DESCRIPTION = """\
# {name}

A conditional GAN that draws 28x28 garments in grey.

## Data

Fashion-MNIST: 60,000 training images of clothes from Zalando's shop, 28x28, grey, ten classes.

## Training

`python train.py`, with the settings in `config.json`{steps}:

| | |
| --- | --- |
{settings}

## Metrics

{metrics}

## Limits

It knows ten kinds of garments as photographed for one shop, in 28x28 pixels, and nothing else. It was made to be
learned from.

MIT licence, as are the data (Zalando's Fashion-MNIST).
"""


class Generator(nn.Module, PyTorchModelHubMixin):
    """A checkpoint's averaged generator, its weights frozen. To train on: `python train.py --start-from`."""

    def __init__(self, folder: Path) -> None:
        """Load it from a checkpoint's folder. Raises CheckpointError."""
        super().__init__()
        self.folder = folder
        self._sampler = Sampler(folder)
        self.network = copy.deepcopy(self._sampler.generator).float()
        self.eval()
        self.latent_dim = self._sampler.latent_dim

    def forward(self, z: Tensor, classes: Tensor) -> Tensor:
        """z (N, latent_dim) and class weights (N, 10) or labels (N,) to images (N, 1, 28, 28) in [-1, 1]."""
        return self.network(z, classes)

    def sample(self, classes: Sequence[int], seeds: Sequence[int], truncation: float = 1.0) -> np.ndarray:
        """One picture, uint8 (N, 28, 28), for each class (N,), 0 to 9, and seed (N,): the app's, to one grey level."""
        return self._sampler.sample(np.asarray(classes), np.asarray(seeds), truncation)

    @classmethod
    def from_pretrained(cls, folder_or_repo: str | Path, **download: object) -> "Generator":
        """Load it from a checkpoint's folder or from a repository of the Hub, of which two files are downloaded.

        download is what hf_hub_download takes: revision, token, cache_dir, local_files_only, ...
        Raises CheckpointError, as any checkpoint from a stranger; for a repository also what huggingface_hub raises.
        """
        if Path(folder_or_repo).is_dir():
            return cls(Path(folder_or_repo))
        files = [Path(hf_hub_download(f"{folder_or_repo}", name, **download)) for name in (CONFIG, AVERAGED_GENERATOR)]
        return cls(files[0].parent)

    def _save_pretrained(self, save_directory: Path) -> None:
        for name in PUBLISHED:
            if (self.folder / name).is_file():
                shutil.copyfile(self.folder / name, save_directory / name)

    def push_to_hub(self, repo_id: str, **options: object) -> str:
        """Upload the checkpoint and its card; the address of the commit. Raises what huggingface_hub raises."""
        return super().push_to_hub(repo_id, model_card_kwargs={"repo_id": repo_id}, **options)

    def generate_model_card(self, repo_id: str = "YOU/NAME") -> ModelCard:
        """The folder's README.md, or else one made from its numbers, with what the Hub and a newcomer need."""
        name = repo_id.rpartition("/")[2]
        readme = self.folder / "README.md"
        about = readme.read_text(encoding="utf-8") if readme.is_file() else self._describe(name)
        about = re.sub(r"\A---\n.*?\n---\n", "", about, flags=re.DOTALL).strip()  # a front matter that it has already
        about = re.sub(r"\[([^\]]+)\]\(\.\./[^)]*\)", r"\1", about)  # links that lead out of the folder
        title, _, rest = about.partition("\n")
        use = _USE
        if export.load_card(self.folder):
            use += _USE_ONNX
        use = use.format(repo=repo_id, latent_dim=self.latent_dim)
        classes = ", ".join(f"{index} {name}" for index, name in enumerate(CLASS_NAMES))
        return ModelCard(f"{_FRONT_MATTER}\n{title}\n\n{use}\nThe classes: {classes}.\n{rest}\n")

    def _describe(self, name: str) -> str:
        config = json.loads((self.folder / CONFIG).read_bytes())
        settings = {"arch": config["arch"], **config.get("training", {})}
        return _DESCRIPTION.format(
            name=name,
            steps=f", {int(steps):,} steps" if (steps := self._sampler.steps) else "",
            settings="\n".join(f"| {setting} | {value} |" for setting, value in settings.items()),
            metrics=self._describe_metrics(),
        )

    def _describe_metrics(self) -> str:
        path = self.folder / "metrics.json"
        if not path.is_file():
            return "Not measured yet: `python -m cgan.metrics --checkpoint ... --json metrics.json`."
        metrics = json.loads(path.read_bytes())
        numbers = {name: value for name, value in metrics.items() if isinstance(value, float)}
        listed = ", ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in numbers.items())
        return f"In the features of this project's own classifier, over {metrics['pictures']:,} pictures: {listed}."
