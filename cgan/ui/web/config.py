"""What the page's scripts are told once: texts, links, and the constants that Python and JavaScript both need."""

import json
import math
from dataclasses import asdict, fields

from cgan.common import classes, uploads
from cgan.common.validation import Range, Widths
from cgan.data import CLASS_NAMES, CLASS_NAMES_ZH, IMAGE_SIZE, examples, labelled_folders, pictures
from cgan.explain.directions import MAX_SIGMA
from cgan.sampling import latents
from cgan.training.config import TrainingConfig
from cgan.training.run_folder import SNAPSHOT_SAMPLES_PER_CLASS
from cgan.ui.studio import (
    ANIMATION_SCALE,
    ANIMATION_SECONDS,
    MAX_SEED,
    MIXED_SEEDS,
    SHEET_SEEDS,
    STRIP_FRAMES,
    TRAINED_HERE,
)
from cgan.ui.texts import for_page

_MOST = {"batch_size": 4096}  # in the page, for its memory


def _training_settings() -> dict:
    """The defaults of train.py's settings by name, and of those that are numbers what each may be."""
    ranges = {}
    for field in fields(TrainingConfig):
        allowed = field.metadata["setting"].allowed
        if isinstance(allowed, Range | Widths):
            whole = isinstance(allowed, Widths) or allowed.kind is int
            most = allowed.high if allowed.high < math.inf else _MOST.get(field.name, 10**9)
            ends = {"least": allowed.low, "most": most}
            layers = {"layers": allowed.layers} if isinstance(allowed, Widths) else {}
            ranges[field.name] = ends | {"whole": whole, "empty": field.default is None} | layers
    return {"defaults": asdict(TrainingConfig()), "ranges": ranges}


_CONSTANTS = {
    "trainedHere": TRAINED_HERE,
    "imageSize": IMAGE_SIZE,
    "garments": {"en": CLASS_NAMES, "zh": CLASS_NAMES_ZH},
    "maxSeed": latents.MAX_SEED,
    "sliderSeeds": MAX_SEED,
    "mixedSeeds": MIXED_SEEDS,
    "sheetSeeds": SHEET_SEEDS,
    "stripFrames": STRIP_FRAMES,
    "maxSigma": MAX_SIGMA,
    "animationScale": ANIMATION_SCALE,
    "animationSeconds": ANIMATION_SECONDS,
    "maxUpload": uploads.MAX_BYTES,
    "ownPictures": {
        "training": labelled_folders.TRAINING,
        "testing": labelled_folders.TESTING,
        "minClasses": classes.MIN_CLASSES,
        "maxClasses": classes.MAX_CLASSES,
        "maxName": classes.MAX_NAME,
        "minPerClass": pictures.MIN_PER_CLASS,
        "heldOut": pictures.HELD_OUT,
        "minSide": uploads.MIN_SIDE,
        "border": uploads.BORDER,
    },
    "training": _training_settings(),
    "examplesPerClass": examples.per_class,
    "snapshotSamplesPerClass": SNAPSHOT_SAMPLES_PER_CLASS,
}


def config_script(links: dict, classes: dict, **more: object) -> str:
    """A script that begins `window.cgan`, whose `config` the modules read (`config.js`).

    classes: names of classes by checkpoint and language (`Studio.names_of_classes`). more: further entries, and others
    in the place of these.
    """
    config = {"texts": for_page(), "links": links, "classes": classes, **_CONSTANTS, **more}
    content = json.dumps(config, ensure_ascii=False).replace("</", "<\\/")  # it stands in a page
    return f"window.cgan = {{ config: {content} }};"
