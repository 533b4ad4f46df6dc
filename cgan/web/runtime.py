"""onnxruntime-web, which runs the generator in the page: one pinned version, fetched once, kept in the user's cache.

It is taken from an npm install beside the project where there is one, else from a public CDN, in the background. Its
14 MB of WebAssembly are kept compressed, as they are sent; the page decompresses them.
"""

import gzip
import hashlib
import os
import threading
import urllib.request
from contextlib import suppress
from pathlib import Path

from cgan.files import replaced

VERSION = "1.30.0"

_SHA256 = {
    "ort.wasm.min.js": "faece07e84faa9001f5104bbe4e5c70861d06cb2376a0dea1fa0ad33a67adc81",
    "ort-wasm-simd-threaded.mjs": "e13f7f94fc51b4ca72b12faeb1ee95f4ace6dfbc8939bc718aabdc0a27c4299b",
    "ort-wasm-simd-threaded.wasm": "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
}
_COMPRESSED = {"ort-wasm-simd-threaded.wasm"}
_NPM = Path(__file__).resolve().parents[2] / "node_modules/onnxruntime-web/dist"
_CDN = f"https://cdn.jsdelivr.net/npm/onnxruntime-web@{VERSION}/dist"
_TIMEOUT_S = 60


class Runtime:
    """Where the runtime's files are, once they are there."""

    def __init__(self) -> None:
        self.folder: Path | None = None  # set when all files are there and are what they should be
        self.pending = True  # whether that may still happen

    def obtain(self, offline: bool) -> None:
        """Find the files or fetch them. Where they cannot be had, one line says so, and the server goes on drawing."""
        try:
            self.folder = _obtain(cache_folder(), offline)
        except OSError as error:
            print(f"Pictures will be drawn by the server, not in the page: onnxruntime-web cannot be had ({error})")
        self.pending = False

    def obtain_in_background(self, offline: bool) -> None:
        threading.Thread(target=self.obtain, args=[offline], daemon=True).start()


def file_names() -> list[str]:
    """The files as they are kept and sent."""
    return [f"{name}.gz" if name in _COMPRESSED else name for name in _SHA256]


def cache_folder() -> Path:
    """The user's cache folder of this version."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "cgan" / f"onnxruntime-web-{VERSION}"


def _obtain(folder: Path, offline: bool) -> Path:
    """Have all files in `folder`, which is returned. Raises OSError."""
    kept = dict(zip(_SHA256, file_names(), strict=True))
    missing = [name for name in _SHA256 if not _is_whole(folder / kept[name], name)]
    contents = {name: _from_npm(name) for name in missing}
    if not all(contents.values()):
        if offline:
            raise OSError(f"--offline, and it is not in {folder}")
        print(f"Fetching {_CDN}, 14 MB, once, so that the page can draw by itself (--offline forbids it)", flush=True)
        contents = {name: _from_cdn(name) for name in missing}
    for name, content in contents.items():
        folder.mkdir(parents=True, exist_ok=True)
        with replaced(folder / kept[name]) as temporary:
            temporary.write_bytes(gzip.compress(content, mtime=0) if name in _COMPRESSED else content)
    return folder


def _is_whole(path: Path, name: str) -> bool:
    with suppress(OSError, EOFError):
        content = path.read_bytes()
        return _is_right(gzip.decompress(content) if name in _COMPRESSED else content, name)
    return False


def _is_right(content: bytes, name: str) -> bool:
    return hashlib.sha256(content).hexdigest() == _SHA256[name]


def _from_npm(name: str) -> bytes | None:
    """The file of an npm install, if that has this version."""
    with suppress(OSError):
        content = (_NPM / name).read_bytes()
        return content if _is_right(content, name) else None
    return None


def _from_cdn(name: str) -> bytes:
    with urllib.request.urlopen(f"{_CDN}/{name}", timeout=_TIMEOUT_S) as response:
        content = response.read()
    if not _is_right(content, name):
        raise OSError(f"{_CDN}/{name} is not what it should be")
    return content
