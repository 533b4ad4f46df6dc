"""The named endpoints of the HTTP API, over gradio_client, plain HTTP or MCP. All their arguments are checked here.

Each endpoint answers with a picture to look at (PNG), the numbers to compute with (.npz), and a few facts. Both files
lie in Gradio's cache, for as long as it takes to fetch them: the newest are kept, and those for an hour.
"""

import io
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

import gradio as gr
import numpy as np
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder
from PIL import Image

from cgan.common import images
from cgan.common.classes import Classes
from cgan.common.validation import check_choice, check_integer, check_real, checked
from cgan.sampling import latents
from cgan.sampling.sampler import MAX_FRAMES, PATHS, Sampler, consecutive_seeds
from cgan.ui import figures
from cgan.ui.studio import MAX_COUNT, Studio
from cgan.ui.tabs.inside.runs import JUDGE, OURS
from cgan.ui.tabs.inside.service import Lab

_SCALE = 8  # screen pixels a pixel, of the pictures to look at
_COLUMNS = 8
_KEPT = 256  # files, of at most some 50 KB each


class File(TypedDict):
    """A file as gradio_client downloads it, handing its local path to the program."""

    path: str
    orig_name: str
    meta: dict[str, str]


def add_endpoints(studio: Studio, lab: Lab, first_checkpoint: str) -> None:
    """Make the functions below endpoints of the page that is being built. Each refuses with one line.

    first_checkpoint: the one that is meant where none is named.
    """

    def name_of(checkpoint: object) -> str:
        """A checkpoint's name, that of the page's where none is given."""
        given = first_checkpoint if checkpoint == "" else checkpoint
        return checked("checkpoint", check_choice, given, studio.names())

    def sampler_of(checkpoint: object) -> tuple[str, Sampler]:
        name = name_of(checkpoint)
        return name, studio.sampler(name)

    def generate(
        class_name: str | int,
        seed: int = 0,
        count: int = 1,
        truncation: float = 1.0,
        checkpoint: str = "",
    ) -> tuple[File, File, dict]:
        """Draw garments of one class with the conditional GAN, for consecutive seeds.

        Args:
            class_name: a class of the checkpoint by name or index, of Fashion-MNIST such as dress, 连衣裙 or 3.
            seed: of the first picture, 0 to 4294967295. A seed is the same picture, to one grey level, everywhere.
            count: how many pictures, 1 to 64.
            truncation: 0 to 1. Lower is closer to the average garment.
            checkpoint: which trained generator; empty for the one that the app opens with.

        Returns:
            the pictures as one PNG, enlarged, row by row
            an .npz of images (uint8, N x 28 x 28), labels, seeds and z
            what was drawn
        """
        name, sampler = sampler_of(checkpoint)
        index = _class("class_name", class_name, sampler.classes)
        seed = checked("seed", check_integer, seed, 0, latents.MAX_SEED)
        count = checked("count", check_integer, count, 1, MAX_COUNT)
        truncation = checked("truncation", check_real, truncation, 0, 1)
        seeds = checked("seed and count", consecutive_seeds, seed, count)
        labels = np.full(count, index, np.uint8)
        pictures = sampler.sample(labels, seeds, truncation)
        z = latents.latents(seeds, sampler.latent_dim, truncation)
        facts = {
            "checkpoint": name,
            "class": sampler.classes.names[index],
            "seeds": seeds.tolist(),
            "truncation": truncation,
        }
        arrays = _npz("generate", images=pictures, labels=labels, seeds=seeds, z=z)
        return _sheet("generate", pictures), arrays, facts

    def interpolate(
        from_class: str | int,
        to_class: str | int,
        from_seed: int = 0,
        to_seed: int = 0,
        frames: int = 16,
        path: str = "slerp",
        checkpoint: str = "",
    ) -> tuple[File, File, dict]:
        """Walk through latent space from one generated garment to another.

        Args:
            from_class: where the walk begins, a class of the checkpoint by name or index.
            to_class: where it ends.
            from_seed: 0 to 4294967295.
            to_seed: 0 to 4294967295.
            frames: how many pictures, both ends among them, 2 to 64.
            path: the way of z: slerp, along the sphere where the noise lies, or lerp, a straight line.
            checkpoint: which trained generator; empty for the one that the app opens with.

        Returns:
            the frames as one PNG, enlarged, row by row
            an .npz of images (uint8, frames x 28 x 28) and positions (0 to 1)
            what was drawn
        """
        name, sampler = sampler_of(checkpoint)
        known = sampler.classes
        classes = _class("from_class", from_class, known), _class("to_class", to_class, known)
        seeds = (
            checked("from_seed", check_integer, from_seed, 0, latents.MAX_SEED),
            checked("to_seed", check_integer, to_seed, 0, latents.MAX_SEED),
        )
        frames = checked("frames", check_integer, frames, 2, MAX_FRAMES)
        path = checked("path", check_choice, path, PATHS)
        pictures = sampler.walk(classes, seeds, frames, path)
        facts = {"checkpoint": name, "classes": [known.names[index] for index in classes], "seeds": [*seeds]}
        arrays = _npz("interpolate", images=pictures, positions=np.linspace(0, 1, frames))
        return _sheet("interpolate", pictures), arrays, facts | {"z_path": path}

    def saliency(
        class_name: str | int, seed: int = 0, network: str = JUDGE, checkpoint: str = ""
    ) -> tuple[File, File, dict]:
        """Show which pixels of a generated garment a network looks at, by four methods.

        Args:
            class_name: the garment's class by name or index.
            seed: of the garment, 0 to 4294967295.
            network: judge, the app's classifier of garments, or discriminator, the checkpoint's own.
            checkpoint: which trained pair; empty for the one that the app opens with.

        Returns:
            a PNG of the garment and its maps side by side, enlarged
            an .npz of image (28 x 28, 0 to 1) and of the maps gradient, smooth_grad, integrated_gradients and grad_cam
            what the network takes the garment for, each choice with its probability
        """
        name = name_of(checkpoint)
        index = _class("class_name", class_name, studio.classes(name))
        seed = checked("seed", check_integer, seed, 0, latents.MAX_SEED)
        network = checked("network", check_choice, network, OURS)
        choices, image, maps = lab.saliency(name, network, index, seed)
        picture = figures.side_by_side(image, maps.values())
        facts = {"checkpoint": name, "network": network, "choices": choices}
        return _png("saliency", picture), _npz("saliency", image=image, **maps), facts

    # Not by the queue, through which Gradio gives a tool of MCP several results as one text, pictures too.
    for endpoint in (generate, interpolate, saliency):
        gr.api(endpoint, api_name=endpoint.__name__, queue=False)


def _class(name: str, value: object, classes: Classes) -> int:
    """A class's index from any of its names or its index."""
    return checked(name, classes.parse, value)


def _sheet(name: str, pictures: np.ndarray) -> File:
    """Pictures row by row, enlarged."""
    return _png(name, images.grid(pictures, min(_COLUMNS, len(pictures))))


def _png(name: str, picture: np.ndarray) -> File:
    """A picture, uint8 (H, W) or (H, W, 3), enlarged."""
    file = io.BytesIO()
    enlarged = picture.repeat(_SCALE, axis=0).repeat(_SCALE, axis=1)
    Image.fromarray(enlarged).save(file, "PNG")
    return _file(f"{name}.png", file.getvalue())


def _npz(name: str, **arrays: np.ndarray) -> File:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return _file(f"{name}.npz", file.getvalue())


def _file(name: str, content: bytes) -> File:
    folder = Path(get_upload_folder())
    path = save_bytes_to_cache(content, name, f"{folder}")
    _forget_oldest(folder)
    return {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}


def _forget_oldest(cache: Path) -> None:
    """Each file lies in a folder of its own, named by its content."""
    with suppress(FileNotFoundError):  # another call forgets at the same moment
        for old in sorted(cache.iterdir(), key=lambda folder: folder.stat().st_mtime)[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
