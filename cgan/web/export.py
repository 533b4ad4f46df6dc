"""The generator as the page runs it: an ONNX file that turns z and class weights into grey levels.

python -m cgan.web.export --checkpoint my-conv      (needs `pip install onnx onnxscript onnxruntime`)

Training ends with the same. The weights are kept in as few bits as leave every picture within one grey level of the
server's: 8 or 16 with a scale for each output channel, else float32.
"""

import argparse
import json
import warnings
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from cgan.common.command_line import Parser, fail
from cgan.common.files import replaced, write_text
from cgan.common.validation import check_choice, check_integer
from cgan.data import NUM_CLASSES
from cgan.models import checkpoints
from cgan.models.architectures import MAX_LATENT_DIM
from cgan.models.checkpoints import EMA_GENERATOR, CheckpointError
from cgan.sampling import latents
from cgan.sampling.sampler import Sampler

if TYPE_CHECKING:
    from onnx import ModelProto

MODEL = "generator.onnx"
CARD = "generator.json"
TOLERANCE = 1  # grey levels

_MAX_CARD = 2**16  # letters
_OPSET = 20
_BITS = (8, 16, 32)
_COMPARED = 1000  # pictures: seeds from 0 on, all classes in turn
_BATCH_SIZE = 250
_SMALLEST_QUANTIZED = 256  # numbers; biases and the like stay as they are


class ExportError(Exception):
    """The generator cannot be exported here; the message is one line for the user."""


@dataclass(frozen=True)
class Card:
    """What the page has to know of an exported generator."""

    latent_dim: int
    steps: str | None  # of training
    weights: str  # SHA-256 of the averaged generator that was exported
    bits: int  # of each weight
    largest_difference: int  # grey levels between the page's and the server's picture, in any pixel compared


class _Drawing(nn.Module):
    """A generator that ends in grey levels, as `images.to_uint8` makes them."""

    def __init__(self, generator: nn.Module) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, z: Tensor, class_weights: Tensor) -> Tensor:
        levels = (self.generator(z, class_weights)[:, 0] + 1) * 127.5
        return levels.round().clamp(0, 255).to(torch.uint8)


def export(folder: Path) -> Card:
    """Write `generator.onnx` and its card into a checkpoint folder. Raises ExportError, CheckpointError, OSError.

    The model takes z float32 (N, latent_dim) and class_weights float32 (N, 10), and gives pictures uint8 (N, 28, 28).
    """
    runtime = _exporter()
    sampler = Sampler(folder)
    model = _to_onnx(folder)
    z, class_weights = _compared_inputs(sampler.latent_dim)
    expected = sampler.draw(z, class_weights).astype(np.int16)
    for bits in _BITS:
        content = _quantized(model, bits).SerializeToString()
        difference = int(np.abs(_run(runtime, content, z, class_weights) - expected).max())
        if difference <= TOLERANCE:
            break
    else:
        raise ExportError(f"{folder}: in float32 a pixel is {difference} grey levels off; at most {TOLERANCE} may be")
    card = Card(sampler.latent_dim, sampler.steps, digest(folder), bits, difference)
    with replaced(folder / MODEL) as temporary:
        temporary.write_bytes(content)
    write_text(folder / CARD, json.dumps(asdict(card), indent=2) + "\n")
    return card


def digest(folder: Path) -> str:
    """SHA-256 of the folder's averaged generator, in hexadecimal. Raises OSError."""
    path = folder / EMA_GENERATOR
    stat = path.stat()
    return _digest(path, (stat.st_ino, stat.st_mtime_ns, stat.st_size))


@lru_cache(maxsize=64)
def _digest(path: Path, version: tuple) -> str:
    """version: changes whenever the file does; each visitor asks, and it takes milliseconds."""
    return sha256(path.read_bytes()).hexdigest()


def load_card(folder: Path) -> Card | None:
    """The card of the folder's exported generator, or None where there is none, a damaged one, or of other weights."""
    try:
        with open(folder / CARD, encoding="utf-8") as file:
            card = Card(**json.loads(file.read(_MAX_CARD)))
        check_integer(card.latent_dim, 1, MAX_LATENT_DIM)
        check_integer(card.largest_difference, 0, TOLERANCE)
        check_choice(card.bits, _BITS)
        is_step = card.steps is None or (isinstance(card.steps, str) and card.steps.isdecimal())
        is_whole = is_step and (folder / MODEL).exists() and card.weights == digest(folder)
        return card if is_whole else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _exporter() -> ModuleType:
    """The runtime, once all that the export needs is there: packages of those who train, not of those who look."""
    try:
        import onnx  # noqa: F401
        import onnxruntime
        import onnxscript  # noqa: F401 (torch's exporter needs it)
    except ImportError as error:
        raise ExportError(f"the export needs `pip install onnx onnxscript onnxruntime` ({error})") from error
    return onnxruntime


def _to_onnx(folder: Path) -> "ModelProto":
    generator, _ = checkpoints.load_generator(folder)
    count = torch.export.Dim("count")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the names of axes
        program = torch.onnx.export(
            _Drawing(generator).eval(),
            (torch.zeros(2, generator.latent_dim), torch.zeros(2, NUM_CLASSES)),
            input_names=["z", "class_weights"],
            output_names=["pictures"],
            dynamic_shapes={"z": {0: count}, "class_weights": {0: count}},
            opset_version=_OPSET,
            dynamo=True,
            verbose=False,
        )
    return program.model_proto


def _quantized(model: "ModelProto", bits: int) -> "ModelProto":
    """The same model, each large weight kept as integers of so many bits and a scale for each of its first axis.

    Two nodes multiply them when the runtime loads the model; from then on it computes in float32.
    """
    from onnx import TensorProto, helper, numpy_helper

    result = type(model)()
    result.CopyFrom(model)
    if bits == 32:
        return result
    graph = result.graph
    kind = {8: np.int8, 16: np.int16}[bits]
    nodes = []
    for tensor in [*graph.initializer]:
        weight = numpy_helper.to_array(tensor)
        if weight.dtype != np.float32 or weight.ndim < 2 or weight.size < _SMALLEST_QUANTIZED:
            continue
        others = tuple(range(1, weight.ndim))
        scale = np.abs(weight).max(axis=others, keepdims=True) / np.iinfo(kind).max
        integers = np.rint(weight / np.where(scale == 0, 1, scale)).astype(kind)
        name = tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.extend(
            numpy_helper.from_array(array, f"{name}.{part}")
            for part, array in (("integers", integers), ("scale", scale.astype(np.float32)))
        )
        nodes += [
            helper.make_node("Cast", [f"{name}.integers"], [f"{name}.float"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}.float", f"{name}.scale"], [name]),
        ]
    for position, node in enumerate(nodes):
        graph.node.insert(position, node)
    return result


def _compared_inputs(latent_dim: int) -> tuple[np.ndarray, np.ndarray]:
    """z and class weights of the compared pictures."""
    seeds = np.arange(_COMPARED)
    return latents.latents(seeds, latent_dim), latents.one_hot(seeds % NUM_CLASSES, NUM_CLASSES)


def _run(runtime: ModuleType, content: bytes, z: np.ndarray, class_weights: np.ndarray) -> np.ndarray:
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    parts = (slice(start, start + _BATCH_SIZE) for start in range(0, len(z), _BATCH_SIZE))
    pictures = [session.run(None, {"z": z[part], "class_weights": class_weights[part]})[0] for part in parts]
    return np.concatenate(pictures)


def main() -> None:
    parser = Parser(
        prog="python -m cgan.web.export", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--checkpoint", required=True, metavar="C", help="a name in checkpoints/ or a folder")
    arguments = parser.parse_args()
    try:
        folder = checkpoints.resolve(arguments.checkpoint)
        card = export(folder)
    except CheckpointError as error:
        fail(f"--checkpoint: {error}")
    except ExportError as error:
        fail(error)
    except OSError as error:
        fail(f"--checkpoint {arguments.checkpoint}: cannot be written ({error.strerror})")
    print(
        f"{folder / MODEL}: {(folder / MODEL).stat().st_size / 1e6:.2f} MB, {card.bits} bits a weight, "
        f"no pixel more than {card.largest_difference} grey level off"
    )


if __name__ == "__main__":
    main()
