"""Atomic replacement of files: a reader sees the old content or the new one, never a part."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def user_path(path: str | Path) -> Path:
    """A path as a person writes it: `~` is the home folder, where there is one."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # nobody's home is known
        return Path(path)


@contextmanager
def replaced(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`. If the block ends without an exception, that file replaces `path`.

    Otherwise `path` stays as it was. The temporary file is removed in any case. Raises OSError.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        yield temporary
        with temporary.open("r+b") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Replace a file by a text in UTF-8. Raises OSError."""
    with replaced(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
