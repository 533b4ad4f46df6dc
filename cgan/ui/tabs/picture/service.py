"""What the tab "Your picture" asks the server for. Whatever arrives is checked here, as in `studio`."""

import base64
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cgan.common.classes import Classes
from cgan.common.validation import check_integer, checked
from cgan.explain.inversion import STEPS, Step, invert, longest
from cgan.sampling import latents
from cgan.sampling.sampler import Sampler, newest_sampler
from cgan.ui import figures, own_picture
from cgan.ui.figures import say
from cgan.ui.server.errors import REASONS, worded
from cgan.ui.server.jobs import Worker
from cgan.ui.studio import Studio

ANY_CLASS = -1
_FRAME_SECONDS = 0.15  # between two pictures of a search


class Redrawer:
    """Finds the z of a person's picture."""

    def __init__(self, studio: Studio, worker: Worker) -> None:
        self._studio = studio
        self._worker = worker

    def search(self, checkpoint: str, picture: dict, class_index: int) -> Iterator[tuple[dict, dict | None]]:
        """Figures of the search, and at the end what was found, as the page goes on with it; None until then."""
        mark = figures.new_run()
        try:
            folder, classes = self._studio.folder(checkpoint), self._studio.classes(checkpoint)
            seen, wanted = own_picture.read(picture), _class(class_index, classes)
            yield _waiting(seen) | mark, None  # the worker may have something else to do, or first to start
            for figure, found in self._worker.steps(_search, folder, seen, wanted):
                yield figure | mark, found and _as_found(checkpoint, found) | mark
        except REASONS as error:
            yield figures.problem(worded(error)) | mark, None

    def invert(self, checkpoint: str, picture: str, class_index: int = ANY_CLASS) -> dict:
        """Find the z and the class with which a checkpoint's generator redraws a picture best.

        Args:
            checkpoint: which trained generator, such as r3gan-conv.
            picture: a PNG, JPEG, WebP, GIF, AVIF, BMP or TIFF of at most 8 MB, in base64; it is cropped to a square,
                made grey and 28x28 pixels, and inverted where its background is bright.
            class_index: of one of the checkpoint's classes, or -1 to find it too.

        Returns:
            {"z": list of float, "class_index": from 0 on, "error": mean squared error of pixels in [0, 1], "pixels":
            base64 of what z draws, uint8 (28, 28), "seen": the same of what was redrawn}
        """
        folder, classes = self._studio.folder(checkpoint), self._studio.classes(checkpoint)
        seen = own_picture.from_file(picture)
        *_, end = self._worker.steps(_invert, folder, seen, _class(class_index, classes))
        redrawn = _draw(newest_sampler(folder), end)
        return {
            "z": end.z.tolist(),
            "class_index": end.class_index,
            "error": end.error,
            "pixels": _base64(redrawn),
            "seen": _base64(seen),
        }


def _as_found(checkpoint: str, end: Step) -> dict:
    """What the page goes on with."""
    return {"checkpoint": checkpoint, "z": end.z.tolist(), "class": end.class_index}


def _invert(folder: Path, seen: np.ndarray, wanted: int | None) -> Iterator[Step]:
    """The search in a checkpoint's generator, for a class or, where None is wanted, for any."""
    yield from invert(newest_sampler(folder).generator, seen, wanted)


def _search(folder: Path, seen: np.ndarray, wanted: int | None) -> Iterator[tuple[dict, Step | None]]:
    """Figures, the last of them with the step that the search ended on."""
    sampler = newest_sampler(folder)
    first = due = None
    for step in _invert(folder, seen, wanted):
        first = first or step
        if due is None or time.monotonic() >= due:
            due = time.monotonic() + _FRAME_SECONDS
            row = _side_by_side(seen, sampler, step)
            yield figures.figure([row], progress=step.number / STEPS, crisp=True, caption=[say("searching")]), None
    row = _side_by_side(seen, sampler, step)
    caption = [_verdict(first, step, sampler.classes), _length(step, sampler.latent_dim)]
    yield figures.figure([row], state="done", crisp=True, caption=caption, name="redrawn"), step


def _waiting(seen: np.ndarray) -> dict:
    """The figure before the first step of a search."""
    row = figures.row([figures.panel(say("what_it_sees"), seen)])
    return figures.figure([row], progress=0, crisp=True, caption=[say("searching")])


def _draw(sampler: Sampler, step: Step) -> np.ndarray:
    return sampler.draw(step.z[None], latents.one_hot(np.array([step.class_index]), sampler.classes.count))[0]


def _side_by_side(seen: np.ndarray, sampler: Sampler, step: Step) -> dict:
    redrawn, name = _draw(sampler, step), figures.class_name(sampler.classes, step.class_index)
    difference = (128 + (redrawn.astype(int) - seen) // 2).clip(0, 255).astype(np.uint8)
    return figures.row(
        [
            figures.panel(say("what_it_sees"), seen),
            figures.panel(say("redrawn"), redrawn, say("as_class", name=name)),
            figures.panel(say("difference"), difference, say("difference_note")),
        ]
    )


def _verdict(first: Step, end: Step, classes: Classes) -> dict:
    values = {"error": f"{end.error:.4f}", "first": f"{first.error:.4f}", "times": f"{first.error / end.error:.1f}"}
    return say("redrawn_verdict", name=figures.class_name(classes, end.class_index), **values)


def _length(end: Step, latent_dim: int) -> dict:
    length = float(np.linalg.norm(end.z))
    return say(
        "length_of_z", length=f"{length:.1f}", usual=f"{math.sqrt(latent_dim):.1f}", most=f"{longest(latent_dim):.1f}"
    )


def _class(value: object, classes: Classes) -> int | None:
    """A class, or None for ANY_CLASS."""
    index = checked("class", check_integer, value, ANY_CLASS, classes.count - 1)
    return None if index == ANY_CLASS else index


def _base64(picture: np.ndarray) -> str:
    return base64.b64encode(picture.tobytes()).decode()
