"""Load a generator from the Hugging Face Hub or from a folder, and push it to the Hub with its model card.

from cgan.hub import Generator
generator = Generator.from_pretrained("YOU/my-conv")        # or "r3gan-conv", or a checkpoint's folder
pictures = generator.sample([3] * 16, range(16))            # dresses, seeds 0 to 15: uint8 (16, 28, 28)
generator.push_to_hub("YOU/my-conv")                        # or `python -m cgan.publish model`, which can list first

A repository has the same files as a checkpoint's folder.
"""

import copy
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from huggingface_hub import ModelCard, PyTorchModelHubMixin, hf_hub_download
from torch import Tensor, nn

from cgan.common.classes import FASHION_MNIST, Classes, class_indices
from cgan.common.files import user_path
from cgan.models.checkpoints import CONFIG, DISCRIMINATOR, EMA_GENERATOR, CheckpointError, resolve
from cgan.sampling.sampler import Sampler

PUBLISHED = (CONFIG, EMA_GENERATOR, DISCRIMINATOR, "metrics.json", "history.jsonl", "samples.png")

_FRONT_MATTER = """\
---
{license}library_name: pytorch
pipeline_tag: unconditional-image-generation
{datasets}tags:
  - gan
  - conditional-gan
{tag}---
"""
_USE = """\
## Five lines

With this project installed:

```python
from cgan.hub import Generator

generator = Generator.from_pretrained("{repo}")
pictures = generator.sample([{index}] * 16, range(16))  # {what}, seeds 0 to 15: uint8 (16, 28, 28)
```
"""
# The model card of a checkpoint without a README.md.
_DESCRIPTION = """\
# {name}

A conditional GAN that draws {draws}, 28x28 pixels in grey.

## Data

{data}

## Training

`python train.py`, with the settings in `config.json`{steps}:

| | |
| --- | --- |
{settings}

## Metrics

{metrics}

## Limits

{limits}
"""
_GARMENTS = {
    "draws": "garments of ten classes",
    "data": "Fashion-MNIST: 60,000 training images of clothes from Zalando's shop, 28x28, grey, ten classes.",
    "limits": "It knows ten kinds of garments as photographed for one shop, in 28x28 pixels, and nothing else. It was "
    "made to be\nlearned from.\n\nMIT licence, as are the data (Zalando's Fashion-MNIST).",
}


def _of_own_classes(classes: Classes) -> dict[str, str]:
    """What the card says of classes that are not Fashion-MNIST's."""
    images = f"{classes.images:,} training images" if classes.images else "Training images"
    return {
        "draws": f"pictures of {classes.count} classes",
        "data": f"{images}, 28x28, grey. SHA-256 of images and labels: `{classes.data or 'not known'}`.",
        "limits": f"It knows these {classes.count} classes as its training images show them, in 28x28 pixels, and "
        "nothing else. Who\npublishes it answers for the right to use these images.",
    }


class Generator(nn.Module, PyTorchModelHubMixin):
    """A checkpoint's generator (EMA weights), frozen. To train it further: `python train.py --start-from`."""

    def __init__(self, name_or_folder: str | Path) -> None:
        """Load it from a checkpoint, by its name in `checkpoints/` or its folder. Raises CheckpointError."""
        super().__init__()
        self.folder = resolve(name_or_folder)
        self._sampler = Sampler(self.folder)
        self.network = copy.deepcopy(self._sampler.generator)  # so that `sample` works if this one is moved to a GPU
        self.eval()
        self.latent_dim = self._sampler.latent_dim

    def forward(self, z: Tensor, classes: Tensor) -> Tensor:
        """z (N, latent_dim) and class weights (N, classes) or labels (N,) to images (N, 1, 28, 28) in [-1, 1].

        Raises ValueError for labels that are no class.
        """
        if classes.dim() == 1:
            class_indices(classes.tolist(), self._sampler.classes.pairs)
        return self.network(z, classes)

    def sample(self, classes: Sequence[int | str], seeds: Sequence[int], truncation: float = 1.0) -> np.ndarray:
        """One picture, uint8 (N, 28, 28), for each class (N,), by index or name, and seed (N,).

        It is the app's, to one grey level. Raises ValueError as `Sampler.sample`.
        """
        return self._sampler.sample(classes, seeds, truncation)

    @classmethod
    def from_pretrained(
        cls, name_or_repo: str | Path, *, map_location: str | torch.device = "cpu", **download: object
    ) -> "Generator":
        """Load a generator from a checkpoint, or download the two files of it from a repository of the Hub.

        name_or_repo: a name in `checkpoints/`, a folder, or else OWNER/NAME on the Hub. map_location: the device.
        download: options of hf_hub_download, such as revision, token, cache_dir, local_files_only.
        Raises CheckpointError for damaged files; for a repository also the exceptions of huggingface_hub.
        """
        try:
            folder = resolve(name_or_repo)
        except CheckpointError:
            if user_path(name_or_repo).is_dir() or f"{name_or_repo}".count("/") != 1:
                raise  # no repository either
            files = [hf_hub_download(f"{name_or_repo}", name, **download) for name in (CONFIG, EMA_GENERATOR)]
            folder = Path(files[0]).parent
        return cls(folder).to(map_location)

    def _save_pretrained(self, save_directory: Path) -> None:
        for name in PUBLISHED:
            if (self.folder / name).is_file():
                shutil.copyfile(self.folder / name, save_directory / name)

    def push_to_hub(self, repo_id: str, **options: object) -> str:
        """Upload the checkpoint and its card; returns the commit's address. Raises huggingface_hub's exceptions."""
        return super().push_to_hub(repo_id, model_card_kwargs={"repo_id": repo_id}, **options)

    def generate_model_card(self, repo_id: str = "YOU/NAME") -> ModelCard:
        """The model card: the folder's README.md, or one made from its settings and metrics, with code for using it."""
        name = repo_id.rpartition("/")[2]
        readme = self.folder / "README.md"
        about = readme.read_text(encoding="utf-8") if readme.is_file() else self._describe(name)
        about = re.sub(r"\A---\n.*?\n---\n", "", about, flags=re.DOTALL).strip()  # its own front matter
        about = re.sub(r"\[([^\]]+)\]\(\.\./[^)]*\)", r"\1", about)  # links to files outside of the folder
        title, _, rest = about.partition("\n")
        classes = self._sampler.classes
        is_fashion = classes == FASHION_MNIST
        index, what = (3, "sixteen dresses") if is_fashion else (0, f"sixteen of class {classes.names[0]}")
        use = _USE.format(repo=repo_id, index=index, what=what)
        head = _FRONT_MATTER.format(
            license="license: mit\n"
            if is_fashion
            else "",  # whose weights and pictures these are, only their owner knows
            datasets="datasets:\n  - zalando-datasets/fashion_mnist\n" if is_fashion else "",
            tag="  - fashion-mnist\n" if is_fashion else "",
        )
        listed = ", ".join(f"{index}: {name}" for index, name in enumerate(classes.names))
        return ModelCard(f"{head}\n{title}\n\n{use}\nThe classes: {listed}.\n{rest}\n")

    def _describe(self, name: str) -> str:
        config = json.loads((self.folder / CONFIG).read_bytes())
        settings = {"arch": config["arch"], **config.get("training", {})}
        return _DESCRIPTION.format(
            name=name,
            **(_GARMENTS if self._sampler.classes == FASHION_MNIST else _of_own_classes(self._sampler.classes)),
            steps=f", {int(steps):,} steps" if (steps := self._sampler.steps) else "",
            settings="\n".join(f"| {setting} | {value} |" for setting, value in settings.items()),
            metrics=self._describe_metrics(),
        )

    def _describe_metrics(self) -> str:
        is_fashion = self._sampler.classes == FASHION_MNIST
        path = self.folder / "metrics.json"
        if not path.is_file():
            own = "" if is_fashion else " --data PATH --judge DIR"
            return f"Not measured yet: `python -m cgan.metrics --checkpoint ...{own} --json metrics.json`."
        metrics = json.loads(path.read_bytes())
        judge = "this project's own classifier" if is_fashion else "a classifier of these classes"
        lines = [f"In the features of {judge}, over {metrics['pictures']:,} pictures: {_listed(metrics)}."]
        if random := metrics.get("random_features"):
            lines.append(f"In those of a network with random weights: {_listed(random)}.")
        if told := metrics.get("two_sample"):
            share = f"{told['accuracy']['mean']:.1%} of unseen ones (guessing: 50 %)"
            lines.append(f"A network that learned to tell them from real images is right about {share}.")
        return "\n".join(lines)


def _listed(metrics: dict) -> str:
    numbers = {name: value for name, value in metrics.items() if isinstance(value, float)}
    return ", ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in numbers.items())
