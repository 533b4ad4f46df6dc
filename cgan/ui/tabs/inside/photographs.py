"""Photographs to look at with a network of ImageNet: they come with packages that are installed anyway.

Gradio brings three of its own (Apache-2.0), Matplotlib, which Captum needs, one of the US Navy (public domain).
"""

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from PIL import Image


class Photograph(NamedTuple):
    package: str
    path: str
    content: str  # the name of its class in ImageNet

    def open(self) -> Image.Image:
        folder = find_spec(self.package).submodule_search_locations[0]
        return Image.open(Path(folder) / self.path).convert("RGB")


PHOTOGRAPHS = {
    "cheetah": Photograph("gradio", "media_assets/images/cheetah1.jpg", "cheetah"),
    "lion": Photograph("gradio", "media_assets/images/lion.jpg", "lion"),
    "running": Photograph("gradio", "media_assets/images/cheetah.jpg", "cheetah"),
    "admiral": Photograph("matplotlib", "mpl-data/sample_data/grace_hopper.jpg", "military uniform"),
}
