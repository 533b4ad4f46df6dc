"""What the tab "Inside the network" asks the server for. Whatever arrives is checked here, as in `studio`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from cgan.common import uploads
from cgan.common.classes import FASHION_MNIST, Classes
from cgan.common.validation import RefusalError, check_choice, check_integer, checked
from cgan.evaluation.classifiers import real_examples
from cgan.explain import adversarial, class_visualization, imagenet, own_networks
from cgan.explain.imagenet import ImageNetError
from cgan.explain.own_networks import REAL, Painter
from cgan.models import checkpoints
from cgan.sampling import latents
from cgan.sampling.sampler import newest_sampler
from cgan.ui import figures
from cgan.ui.figures import Text, say
from cgan.ui.own_picture import decoded
from cgan.ui.server.errors import REASONS, worded
from cgan.ui.server.jobs import Worker
from cgan.ui.studio import Studio, checked_class
from cgan.ui.tabs.inside import beforehand, runs
from cgan.ui.tabs.inside.photographs import PHOTOGRAPHS
from cgan.ui.tabs.inside.runs import DISCRIMINATOR, JUDGE, OURS, Subject

SOURCES = {True: ("generated", "real", "upload"), False: ("photograph", "upload")}  # by whether the network is ours
WAYS = ("pixels", "smallest", "z")
ANY_OTHER = -1  # as a target: whatever is not the first choice
_MAX_NAME = 60
_VISUALIZATION_SIZE = 160  # pixels: half the work of 224, and the networks take any size

# Step lengths are L2 in pixels from 0 to 1, so larger pictures take longer ones; of z, whose length is about 8, in its
# own units.
_PIXEL_STEP = 0.25
_Z_STEP = 0.25
_OURS_VISUALIZED = {"steps": 60, "step_size": 0.7, "decay": 1e-2, "jitter": 2, "blur_every": 8, "blur_sigma": 0.5}
_IMAGENET_VISUALIZED = {"steps": 60}


class Lab:
    """Runs the three methods for the page. Every method yields figures, and one that says why where it cannot run."""

    def __init__(self, studio: Studio, worker: Worker, offline: bool = False) -> None:
        """offline: download no network."""
        self._studio = studio
        self._worker = worker
        self._offline = offline

    def look(self, *request: object, anew: bool = False) -> Iterator[tuple[dict, dict]]:
        """The picture with the network's five first choices, and its saliency maps, one after the other.

        What the tab opens with was computed beforehand and is there at once, unless it is to be computed anew.
        """
        if request[1:4] == beforehand.SUBJECT and not anew:
            mark = figures.new_run()
            yield tuple(figure | mark for figure in beforehand.load())
        else:
            yield from self._run(request, lambda request: (_look, request), outputs=2)

    def saliency(
        self, checkpoint: str, network: str, class_index: int, seed: int
    ) -> tuple[dict[str, float], np.ndarray, dict[str, np.ndarray]]:
        """A generated picture, for programs: the network's choices with their probabilities, it and its maps (28, 28).

        Raises RefusalError, CheckpointError.
        """
        photograph = next(iter(PHOTOGRAPHS))
        request = Request.checked(self._studio, checkpoint, network, "generated", photograph, class_index, seed, None)
        return next(self._worker.steps(_maps, request))

    def fool(self, way: str, target: int, *request: object) -> Iterator[dict]:
        """Change the picture until the network takes it for the target: "pixels", "smallest" or "z"."""

        def run(request: Request) -> tuple:
            known = checked("way", check_choice, way, WAYS)
            return _fool, request, known, _target("target", request, target, ANY_OTHER)

        for (figure,) in self._run(request, run):
            yield figure

    def visualize(self, target: int, *request: object) -> Iterator[dict]:
        """The picture that the network takes for the class; with ours, beside what the generator draws."""

        def run(request: Request) -> tuple:
            return _visualize, request, _target("class", request, target, 0)

        for (figure,) in self._run(request, run):
            yield figure

    def _run(self, request: tuple, run: Callable[["Request"], tuple], outputs: int = 1) -> Iterator[tuple[dict, ...]]:
        """The figures of a run, marked as its own; the first of `outputs` says why where there can be none.

        run: names what is to be computed for a checked request, a function and its arguments.
        """
        mark = figures.new_run()
        others = [figures.figure([]) | mark] * (outputs - 1)
        try:
            for shown in self._figures(request, run):
                if isinstance(shown, tuple):
                    yield tuple(figure | mark for figure in shown)
                else:
                    yield shown | mark, *others
        except ImageNetError as error:
            yield figures.problem(say(f"imagenet_{error.reason}")) | mark, *others
        except REASONS as error:
            yield figures.problem(worded(error)) | mark, *others

    def _figures(self, request: tuple, run: Callable[["Request"], tuple]) -> Iterator:
        """Run by the worker; but a download waits in this thread, for it would keep the others from computing."""
        request = Request.checked(self._studio, *request)
        if not request.ours:
            for received, total in imagenet.download(request.network, self._offline):
                what = say("downloading", name=request.network, megabytes=f"{received / 1e6:.1f}")
                yield figures.progress(received / max(total, received), what)
        yield from self._worker.steps(*run(request))


class Request(NamedTuple):
    """Which network looks at which picture: what all three steps have in common."""

    checkpoint: str
    network: str
    source: str
    photograph: str
    class_index: int
    seed: int
    upload: bytes | None  # a file
    judge: Path | None  # the folder of the judge of the checkpoint's classes
    folder: Path  # the checkpoint's

    @property
    def ours(self) -> bool:
        return self.network in OURS

    @property
    def classes(self) -> Classes:
        return checkpoints.load_config(self.folder).classes

    @property
    def own_networks(self) -> list[str]:
        """Those of OURS that there are for the checkpoint's classes."""
        return [JUDGE, DISCRIMINATOR] if self.judge else [DISCRIMINATOR]

    @classmethod
    def checked(cls, studio: Studio, *values: object) -> "Request":
        """Raises RefusalError with one line that names what was given and what is allowed, and UploadError."""
        names = cls._fields[:-2]  # the last two follow from the checkpoint
        if len(values) != len(names):
            raise RefusalError(f"{len(names)} values expected: {', '.join(names)}")
        checkpoint, network, source, photograph, class_index, seed, upload = values
        if not isinstance(network, str) or not 0 < len(network) <= _MAX_NAME:
            raise RefusalError(f"network: a name of at most {_MAX_NAME} letters expected")
        source = checked("source", check_choice, source, SOURCES[network in OURS])
        file = upload.get("picture") if source == "upload" and isinstance(upload, dict) else None
        checkpoint = checked("checkpoint", check_choice, checkpoint, studio.names())
        return cls(
            checkpoint,
            network,
            source,
            checked("photograph", check_choice, photograph, PHOTOGRAPHS),
            checked_class("class", class_index, studio.classes(checkpoint)),
            checked("seed", check_integer, seed, 0, latents.MAX_SEED),
            decoded(file) if file else None,
            studio.needed_judge(checkpoint) if network == JUDGE else studio.judge(checkpoint),
            studio.folder(checkpoint),
        )


def class_names(network: str, classes: Classes = FASHION_MNIST) -> list[Text]:
    """What a network's scores are called, the judge's as `classes`; for one that is unknown, ImageNet's names."""
    if network == JUDGE:
        return [figures.class_name(classes, index) for index in range(classes.count)]
    if network == DISCRIMINATOR:
        return [say("generated_one"), say("real_one")]
    # With a capital: among the thousand are words that Gradio would take for keys of its own texts.
    return [name[0].upper() + name[1:] for name in imagenet.class_names()]


def _painter(request: Request) -> Painter:
    return Painter(newest_sampler(request.folder).generator, request.class_index)


def _network(request: Request, network: str) -> nn.Module:
    if network == JUDGE:
        return own_networks.judge(request.judge)
    if network == DISCRIMINATOR:
        return own_networks.discriminator(request.folder, request.class_index, _painter(request))
    return imagenet.load(network).network


def _subject(request: Request) -> Subject:
    name = request.network
    return Subject(_network(request, name), name, class_names(name, request.classes), _image(request))


def _image(request: Request) -> Tensor:
    if request.source == "generated":
        painter = _painter(request)
        with torch.no_grad():
            return painter(painter.z(request.seed))
    if request.source == "real":
        if request.judge is None:
            raise RefusalError(say("no_real_pictures"))
        images, labels = real_examples(request.judge)
        of_class = images[labels == request.class_index]
        return torch.from_numpy(of_class[request.seed % len(of_class)]).float()[None, None] / 255
    if request.source == "photograph":
        picture = PHOTOGRAPHS[request.photograph].open()
    elif not request.upload:
        raise RefusalError(say("no_upload"))
    else:
        picture, _ = uploads.decode(request.upload)
    if request.ours:
        return uploads.to_garment(picture)
    return imagenet.to_images(picture, imagenet.load(request.network).size)


def _look(request: Request) -> Iterator[tuple[dict, dict]]:
    subject = _subject(request)
    top = figures.bars(subject.names, runs.probabilities_of(subject.network, subject.image))
    title = say(f"picture_{request.source}")
    shown = figures.panel(title, figures.pixels(subject.image), bars=top)
    picture = figures.figure([figures.row([shown])], crisp=request.ours, state="done", name="picture")
    yield picture, figures.figure([])

    # Ours are shown side by side: what the judge looks at to name it, and D to tell whether it is real.
    networks = {request.network: subject.network}
    for other in request.own_networks if request.ours else ():
        networks.setdefault(other, None)
    rows: list[dict] = []
    for name, network in networks.items():
        network = network or _network(request, name)
        rows.append(figures.row([]))
        for done in runs.map_row(network, subject.image, name, class_names(name, request.classes)):
            rows[-1] = done
            yield picture, figures.figure([*rows], crisp=request.ours)
    caption = [say("saliency_caption"), *([say("saliency_noise")] if request.ours else [])]
    yield picture, figures.figure(rows, crisp=request.ours, state="done", caption=caption, name="saliency")


def _maps(request: Request) -> Iterator[tuple[dict[str, float], np.ndarray, dict[str, np.ndarray]]]:
    subject = _subject(request)
    names = request.classes.names if request.network == JUDGE else ("generated", "real")
    probabilities = runs.probabilities_of(subject.network, subject.image).tolist()
    maps = runs.maps(subject.network, subject.image, request.network)
    choices = dict(zip(names, probabilities, strict=True))
    yield choices, subject.image[0, 0].numpy(), {method: values.numpy() for method, values in maps.items()}


def _target(name: str, request: Request, target: object, lowest: int) -> int:
    """What the network is to see, by number; `name` is what the page calls it. Raises RefusalError."""
    classes = request.classes.count if request.ours else len(imagenet.class_names())
    return checked(name, check_integer, target, lowest, classes - 1)


def _fool(request: Request, way: str, target: int) -> Iterator[dict]:
    subject = _subject(request)
    goal = None if target == ANY_OTHER or request.network == DISCRIMINATOR else target
    if way == "smallest":
        yield from runs.smallest(subject, goal)
    elif way == "pixels":
        steps = adversarial.fool(subject.network, subject.image, goal, step_size=_PIXEL_STEP)
        yield from runs.ascent(subject, goal, steps, lambda step: step.moved)
    elif request.source != "generated":
        raise RefusalError(say("z_needs_generated"))
    else:
        painter = _painter(request)
        steps = adversarial.fool_through_z(subject.network, painter, painter.z(request.seed), goal, step_size=_Z_STEP)
        yield from runs.ascent(subject, goal, steps, lambda step: painter(step.moved).detach())


def _visualize(request: Request, target: int) -> Iterator[dict]:
    if not request.ours:
        network, names = imagenet.load(request.network).network, class_names(request.network)
        blank = imagenet.blank(_VISUALIZATION_SIZE)
        steps = class_visualization.visualize_class(network, target, blank, **_IMAGENET_VISUALIZED)
        yield from runs.growth(request.network, steps, target, names[target], network, names, [])
        return
    request = request._replace(class_index=target)  # whose picture D and the generator are told to see
    judge, names = request.judge and own_networks.judge(request.judge), class_names(JUDGE, request.classes)
    network = judge if request.network == JUDGE else _network(request, DISCRIMINATOR)
    with torch.no_grad():
        painter = _painter(request)
        sample = painter(painter.z(request.seed))
    beside = figures.panel(
        say("convinces_person"),
        figures.pixels(sample),
        say("sample_of", name=names[target], seed=request.seed),
        bars=judge and figures.bars(names, runs.probabilities_of(judge, sample)),
    )
    index = target if request.network == JUDGE else REAL
    steps = class_visualization.visualize_class(network, index, torch.zeros(1, 1, 28, 28), **_OURS_VISUALIZED)
    yield from runs.growth(request.network, steps, index, names[target], judge, names, [beside])
