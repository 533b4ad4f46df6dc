"""What the page's scripts are told once: texts, links, and the constants that Python and JavaScript both need."""

import json

from cgan.common import uploads
from cgan.data import IMAGE_SIZE, NUM_CLASSES, examples
from cgan.explain.directions import MAX_SIGMA
from cgan.sampling import latents
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

_CONSTANTS = {
    "trainedHere": TRAINED_HERE,
    "imageSize": IMAGE_SIZE,
    "classes": NUM_CLASSES,
    "maxSeed": latents.MAX_SEED,
    "sliderSeeds": MAX_SEED,
    "mixedSeeds": MIXED_SEEDS,
    "sheetSeeds": SHEET_SEEDS,
    "stripFrames": STRIP_FRAMES,
    "maxSigma": MAX_SIGMA,
    "animationScale": ANIMATION_SCALE,
    "animationSeconds": ANIMATION_SECONDS,
    "maxUpload": uploads.MAX_BYTES,
    "examplesPerClass": examples.PER_CLASS,
    "snapshotSamplesPerClass": SNAPSHOT_SAMPLES_PER_CLASS,
}


def config_script(links: dict, **more: object) -> str:
    """A script that begins `window.cgan`, whose `config` the modules read (`config.js`).

    more: further entries, and others in the place of these.
    """
    config = {"texts": for_page(), "links": links, **_CONSTANTS, **more}
    content = json.dumps(config, ensure_ascii=False).replace("</", "<\\/")  # it stands in a page
    return f"window.cgan = {{ config: {content} }};"
