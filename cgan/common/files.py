"""Atomic replacement of files: a reader sees the old content or the new one, never a part."""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def user_path(path: str | Path) -> Path:
    """A path as a person writes it: `~` is the home folder, where there is one."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # nobody's home is known
        return Path(path)


def why_unreadable(path: str | Path, error: object) -> str:
    """The reason for users why a file cannot be read: an error of its reader, or that git has left a pointer there."""
    with suppress(OSError), open(path, "rb") as file:
        if file.read(len(_LFS_POINTER)) == _LFS_POINTER:
            return "is only git-lfs's pointer to the file; `git lfs install` and `git lfs pull` fetch the file itself"
    return f"cannot be read ({error})"


def version(*paths: Path) -> tuple[tuple[int, int, int], ...]:
    """A key for caches of these files: it changes whenever one of them is replaced. Raises OSError."""
    stats = [path.stat() for path in paths]
    return tuple((stat.st_ino, stat.st_mtime_ns, stat.st_size) for stat in stats)


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


def write_json(path: str | Path, content: object, indent: int | None = None) -> None:
    """Replace a file by JSON. Raises OSError, also for numbers that are not finite: other readers refuse them."""
    try:
        text = json.dumps(content, indent=indent, allow_nan=False)
    except ValueError as error:
        raise OSError(errno.EDOM, "it would have numbers that are not finite", f"{path}") from error
    write_text(path, f"{text}\n")


def write_text(path: str | Path, text: str) -> None:
    """Replace a file by a text in UTF-8. Raises OSError."""
    with replaced(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
