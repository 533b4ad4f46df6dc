"""Checkpoints on disk: folders whose files are replaced atomically, and read without executing anything.

config.json                 the architecture and its settings, the classes and a digest of their data
model.safetensors           the generator: exponential moving average (EMA) of its weights
discriminator.safetensors   the discriminator
generator-raw.safetensors   the generator with the weights of the last step (not in shipped checkpoints)
training.safetensors        the state that `train.py --resume` needs (not in shipped checkpoints)
"""

import errno
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cgan.common.classes import FASHION_MNIST, Classes
from cgan.common.files import replaced, user_path, version, why_unreadable, write_text
from cgan.common.places import CHECKPOINTS, PACKAGE, PROJECT, SHIPPED_CHECKPOINTS
from cgan.common.validation import one_line
from cgan.models.architectures import ARCHITECTURES, SETTINGS, NetworkConfig, check_setting
from cgan.models.classifier import CLASSIFIER, ResidualClassifier

CONFIG = "config.json"
EMA_GENERATOR = "model.safetensors"
RAW_GENERATOR = "generator-raw.safetensors"
DISCRIMINATOR = "discriminator.safetensors"
TRAINING_STATE = "training.safetensors"

FORMAT = 1
_MAX_CONFIG_BYTES = 2**20


class CheckpointError(Exception):
    """A checkpoint is missing, damaged, or its files do not fit together; the message is one line for the user."""

    def __init__(self, message: str) -> None:
        # A message may quote a file's content. Where the project lies on a server is nobody's business.
        for folder in (PROJECT, PACKAGE):
            message = message.replace(f"{folder}/", "")
        super().__init__(one_line(message))


@contextmanager
def without_memory() -> Iterator[None]:
    """Build networks on the meta device: their tensors have names, shapes and types, but no memory."""
    with torch.device("meta"), _NoNormalValues():
        yield


class _NoNormalValues(TorchFunctionMode):
    """Skips `normal_`, which on the meta device would import parts of torch's compiler: 1.5 s and 80 MB."""

    def __torch_function__(
        self, function: Callable, types: object, arguments: tuple = (), options: dict | None = None
    ) -> object:
        options = options or {}
        if getattr(function, "__name__", None) == "normal_":
            return arguments[0] if arguments else options["tensor"]
        return function(*arguments, **options)


def save_tensors(path: str | Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    """Write named tensors (of any device) and metadata as one safetensors file. Raises OSError."""
    with replaced(path) as temporary:
        temporary.touch()
        mode = temporary.stat().st_mode
        try:
            save_file({name: tensor.cpu().contiguous() for name, tensor in tensors.items()}, temporary, metadata)
        except SafetensorError as error:
            raise OSError(errno.EIO, f"{error}", path) from error
        temporary.chmod(mode)  # safetensors makes its files unreadable for other users, such as a container's


def available() -> list[str]:
    """Names of the checkpoints under `checkpoints/` that have a generator: the shipped ones, then your own runs."""
    found = [path for folder in (SHIPPED_CHECKPOINTS, CHECKPOINTS) for path in folder.glob(f"*/{CONFIG}")]
    names = {config.parent.name for config in found if config.with_name(EMA_GENERATOR).exists()}
    return sorted(names, key=lambda name: (name.startswith("my-"), name))


def resolve(name_or_folder: str | Path) -> Path:
    """Return the folder of a checkpoint, from its name under `checkpoints/` or its path. Raises CheckpointError."""
    for folder in (CHECKPOINTS / name_or_folder, SHIPPED_CHECKPOINTS / name_or_folder, user_path(name_or_folder)):
        with suppress(OSError, ValueError):  # a name too long, no permission, a zero byte
            if (folder / CONFIG).is_file():
                return folder
    raise CheckpointError(
        f"{f'{name_or_folder}'!r:.80} is neither a checkpoint's folder nor one of: {', '.join(available()) or 'none'}"
    )


def save_config(folder: str | Path, networks: NetworkConfig, training: dict) -> None:
    """Write config.json. training: the settings of the run, for readers; loading a network does not need them."""
    content = {"format": FORMAT, **networks._asdict(), "classes": networks.classes.to_json(), "training": training}
    write_text(Path(folder) / CONFIG, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def load_config(folder: str | Path) -> NetworkConfig:
    """Read config.json. Raises CheckpointError if it is missing, damaged, or has a setting that is not allowed."""
    path = Path(folder) / CONFIG
    try:
        if path.stat().st_size > _MAX_CONFIG_BYTES:
            raise CheckpointError(f"{path}: larger than 1 MiB, that is no checkpoint's configuration")
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror}); is {folder} a checkpoint?") from error
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: {why_unreadable(path, f'not JSON, {error}')}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CheckpointError(f'{path}: its "format" is not {FORMAT}; this version reads no other')
    arch = content.get("arch")
    if not isinstance(arch, str) or arch not in ARCHITECTURES:
        raise CheckpointError(f"{path}: arch is {arch!r}; allowed: {', '.join(ARCHITECTURES)}")
    parts = {part: _checked_settings(path, part, content.get(part)) for part in ("generator", "discriminator")}
    networks = NetworkConfig(arch, **parts, classes=_classes(path, content))
    try:
        with without_memory():
            networks.build_generator(), networks.build_discriminator()
    except TypeError as error:
        raise CheckpointError(f"{path}: {error}") from error
    return networks


def _classes(path: Path, content: dict) -> Classes:
    """The classes that config.json names; one without any is older than other data than Fashion-MNIST."""
    try:
        return Classes.from_json(content["classes"]) if "classes" in content else FASHION_MNIST
    except ValueError as error:
        raise CheckpointError(f"{path}: {error}") from error


def _checked_settings(path: Path, part: str, settings: object) -> dict:
    """The keyword arguments of a network, read from config.json. Raises CheckpointError if one is not allowed."""
    if not isinstance(settings, dict):
        raise CheckpointError(f"{path}: {part} is no object of settings")
    checked = {}
    for name, value in settings.items():
        try:
            checked[name] = check_setting(name, value)
        except ValueError as error:
            raise CheckpointError(f"{path}: {part}.{name}: {error}") from error
    return checked


def digest(folder: str | Path) -> str:
    """SHA-256 of a checkpoint's generator, in hexadecimal. Raises OSError."""
    path = Path(folder) / EMA_GENERATOR
    return _digest(path, version(path))


@lru_cache(maxsize=64)
def _digest(path: Path, version: tuple) -> str:
    """version: changes whenever the file does. Cached, because hashing takes milliseconds for each page view."""
    return sha256(path.read_bytes()).hexdigest()


def load_generator(folder: str | Path, file: str = EMA_GENERATOR) -> tuple[nn.Module, dict[str, str]]:
    """Return the generator in eval mode and its file's metadata ("step", "images").

    Raises CheckpointError if anything is missing or does not fit.
    """
    return _load_network(load_config(folder).build_generator, Path(folder) / file)


def load_discriminator(folder: str | Path) -> nn.Module:
    """Return the discriminator in eval mode. Raises CheckpointError if anything is missing or does not fit."""
    return _load_network(load_config(folder).build_discriminator, Path(folder) / DISCRIMINATOR)[0]


def _load_network(build: Callable[[], nn.Module], path: Path) -> tuple[nn.Module, dict[str, str]]:
    """The network and its file's metadata. Memory is allocated only after names and shapes were found in the file."""
    with without_memory():
        network = build()
    tensors, metadata = load_tensors(path, expected=network.state_dict())
    network.load_state_dict(tensors, assign=True)
    return network.eval(), metadata


def load_classifier(folder: Path) -> tuple[ResidualClassifier, Classes]:
    """The classifier of a folder in eval mode, and the classes that it tells apart.

    Raises CheckpointError if it is missing, damaged, or of no size that a classifier may have.
    """
    classes, width = _classifier_head(folder)
    network, _ = _load_network(lambda: ResidualClassifier(classes.count, width), folder / CLASSIFIER)
    return network, classes


def classes_of_classifier(folder: Path) -> Classes:
    """The classes that the classifier of a folder tells apart; only the head of its file is read. As above."""
    return _classifier_head(folder)[0]


def _classifier_head(folder: Path) -> tuple[Classes, int]:
    """Classes and width, from the table and the metadata of the file."""
    path = folder / CLASSIFIER
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            width = SETTINGS["width"].check(file.get_slice("body.0.weight").get_shape()[0])
        content = {"classes": json.loads(metadata["classes"])} if "classes" in metadata else {}
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: cannot be read ({error})") from error
    return _classes(path, content), width


def load_weights(network: nn.Module, path: str | Path) -> dict[str, str]:
    """Load a safetensors file into `network` and return the file's metadata.

    Raises CheckpointError unless names, shapes and types are the network's and all values are finite.
    """
    tensors, metadata = load_tensors(path, expected=network.state_dict())
    network.load_state_dict(tensors)
    return metadata


def load_tensors(
    path: str | Path, expected: dict[str, Tensor] | None = None
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Read a safetensors file: (tensors, metadata). The format is a table and raw bytes; nothing in it is executed.

    expected: tensors whose names, shapes and types the table has to have; checked before any tensor is read.
    Raises CheckpointError.
    """
    try:
        with safe_open(path, framework="pt") as file:
            if expected is not None:
                _check_table(path, file, expected)
            # Copies: Windows lets nobody replace a file while tensors lie in it, as those of safetensors do.
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118 (no dictionary)
            metadata = file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: {why_unreadable(path, error)}") from error
    for name, tensor in tensors.items():
        if expected is not None and not tensor.isfinite().all():
            raise CheckpointError(f"{path}: {name} has values that are not finite")
    return tensors, metadata


def _check_table(path: str | Path, file: safe_open, expected: dict[str, Tensor]) -> None:
    names = set(file.keys())
    if names != expected.keys():
        missing, unknown = sorted(expected.keys() - names), sorted(names - expected.keys())
        raise CheckpointError(
            f"{path}: does not fit its config.json; "
            f"missing {missing[:3] or 'nothing'}, unknown {unknown[:3] or 'nothing'}"
        )
    for name, tensor in expected.items():
        entry = file.get_slice(name)
        shape, dtype = tuple(entry.get_shape()), entry.get_dtype()
        if shape != tuple(tensor.shape) or dtype != _SAFETENSORS_TYPES[tensor.dtype]:
            raise CheckpointError(
                f"{path}: {name} is {dtype} {shape}, its config.json asks for "
                f"{_SAFETENSORS_TYPES[tensor.dtype]} {tuple(tensor.shape)}"
            )


_SAFETENSORS_TYPES = {torch.float32: "F32", torch.int64: "I64"}
