"""A home for the libraries, on machines where the user has none: in containers with any user number, for services."""

import atexit
import getpass
import os
import shutil
import tempfile
from pathlib import Path


def ensure_home() -> None:
    """Have libraries find a user's name, and folders that they may write to; where there is none, until the end.

    Without a name torch fails; without a home libraries make a folder named `~`, or fail.
    """
    if os.name != "posix":
        return
    home = Path(os.path.expanduser("~"))
    if not home.is_dir():
        os.environ["HOME"] = _temporary_folder()
    elif not os.access(home, os.W_OK) and not (home / ".cache/torch").is_dir():
        os.environ.setdefault("TORCH_HOME", _temporary_folder())
    cache = Path(tempfile.gettempdir()) / "gradio"
    if cache.exists() and not os.access(cache, os.W_OK):  # another user has used Gradio before
        os.environ.setdefault("GRADIO_TEMP_DIR", _temporary_folder())
    if not _has_name():
        os.environ["USER"] = f"{os.getuid()}"


def _temporary_folder() -> str:
    folder = tempfile.mkdtemp(prefix="cgan-home-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _has_name() -> bool:
    try:
        return bool(getpass.getuser())
    except (KeyError, OSError, ImportError):
        return False
