"""What the page runs of other people's: one pinned version of each, fetched once, kept in the user's cache.

onnxruntime-web runs the generator, uPlot draws charts. They are taken from an npm install beside the project where
there is one, else from a public CDN, in the background. The 14 MB of WebAssembly are kept compressed, as they are sent;
the page decompresses them.
"""

import gzip
import hashlib
import os
import threading
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from cgan.common.files import replaced


class Package(NamedTuple):
    """A package of npm, as far as the page needs it."""

    name: str
    version: str
    sha256: dict[str, str]  # of its files in dist/
    size: str
    purpose: str
    without: str  # what happens where it cannot be had


ONNXRUNTIME_WEB = Package(
    "onnxruntime-web",
    "1.30.0",
    {
        "ort.wasm.min.js": "faece07e84faa9001f5104bbe4e5c70861d06cb2376a0dea1fa0ad33a67adc81",
        "ort-wasm-simd-threaded.mjs": "e13f7f94fc51b4ca72b12faeb1ee95f4ace6dfbc8939bc718aabdc0a27c4299b",
        "ort-wasm-simd-threaded.wasm": "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
    },
    "14 MB",
    "so that the page can draw by itself",
    "Pictures will be drawn by the server, not in the page",
)
# The smallest well-kept library whose charts follow a hand. Gradio's own plots (Vega, Plotly) weigh many times as much,
# and go to the server and back for every move of a mark.
UPLOT = Package(
    "uplot",
    "1.6.32",
    {
        "uPlot.iife.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
        "uPlot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
    },
    "50 kB",
    "for the charts of a run",
    "Runs will be shown without charts",
)
VERSION = ONNXRUNTIME_WEB.version

_COMPRESSED = {"ort-wasm-simd-threaded.wasm"}
_NPM = Path(__file__).resolve().parents[2] / "node_modules"
_CDN = "https://cdn.jsdelivr.net/npm"
_TIMEOUT_S = 60


class Runtime:
    """Where a package's files are, once they are there."""

    def __init__(self, package: Package = ONNXRUNTIME_WEB) -> None:
        self.package = package
        self.folder: Path | None = None  # set when all files are there and are what they should be
        self.pending = True  # whether that may still happen

    def obtain(self, offline: bool) -> None:
        """Find the files or fetch them. Where they cannot be had, one line says so, and the page goes on without."""
        try:
            self.folder = _obtain(self.package, cache_folder(self.package), offline)
        except OSError as error:
            _say(f"{self.package.without}: {self.package.name} cannot be had ({error})")
        self.pending = False

    def obtain_in_background(self, offline: bool) -> None:
        threading.Thread(target=self.obtain, args=[offline], daemon=True).start()


def _say(line: str) -> None:
    """Print a line in one piece: two packages can have something to say at the same moment."""
    print(f"{line}\n", end="", flush=True)


def file_names(package: Package = ONNXRUNTIME_WEB) -> list[str]:
    """The files as they are kept and sent."""
    return [_kept(name) for name in package.sha256]


def cache_folder(package: Package = ONNXRUNTIME_WEB) -> Path:
    """The user's cache folder of this version."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "cgan" / f"{package.name}-{package.version}"


def _kept(name: str) -> str:
    return f"{name}.gz" if name in _COMPRESSED else name


def _obtain(package: Package, folder: Path, offline: bool) -> Path:
    """Have all files in `folder`, which is returned. Raises OSError."""
    missing = [name for name in package.sha256 if not _is_whole(package, folder / _kept(name), name)]
    contents = {name: _from_npm(package, name) for name in missing}
    if not all(contents.values()):
        if offline:
            raise OSError(f"--offline, and it is not in {folder}")
        address = f"{_CDN}/{package.name}@{package.version}/dist"
        _say(f"Fetching {address}, {package.size}, once, {package.purpose} (--offline forbids it)")
        contents = {name: _from_cdn(package, f"{address}/{name}", name) for name in missing}
    for name, content in contents.items():
        folder.mkdir(parents=True, exist_ok=True)
        with replaced(folder / _kept(name)) as temporary:
            temporary.write_bytes(gzip.compress(content, mtime=0) if name in _COMPRESSED else content)
    return folder


def _is_whole(package: Package, path: Path, name: str) -> bool:
    with suppress(OSError, EOFError):
        content = path.read_bytes()
        return _is_right(package, gzip.decompress(content) if name in _COMPRESSED else content, name)
    return False


def _is_right(package: Package, content: bytes, name: str) -> bool:
    return hashlib.sha256(content).hexdigest() == package.sha256[name]


def _from_npm(package: Package, name: str) -> bytes | None:
    """The file of an npm install, if that has this version."""
    with suppress(OSError):
        content = (_NPM / package.name / "dist" / name).read_bytes()
        return content if _is_right(package, content, name) else None
    return None


def _from_cdn(package: Package, address: str, name: str) -> bytes:
    with urllib.request.urlopen(address, timeout=_TIMEOUT_S) as response:
        content = response.read()
    if not _is_right(package, content, name):
        raise OSError(f"{address} is not what it should be")
    return content
