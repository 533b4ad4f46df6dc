"""Publish on the Hugging Face Hub: the app, the page without a server, or a generator.

python -m cgan.publish space YOU/NAME                         the app, as a Gradio Space
python -m cgan.publish site YOU/NAME                          the page without a server, as a static Space: free
python -m cgan.publish model YOU/NAME --checkpoint my-conv    a generator with its model card

Log in first: `hf auth login`, or set HF_TOKEN to a token with write access. --dry-run lists the files, also those that
stay here, and calls no server. Your own runs stay here unless --checkpoint names them; of a checkpoint only its known
files go.
"""

import argparse
import fnmatch
import glob
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cgan.common.command_line import Parser, fail
from cgan.common.places import CHECKPOINTS, PROJECT, SHIPPED, checkpoint_files

# The files of a Space besides checkpoints: the app, and what its README shows and leads to.
_SPACE_FILES = (
    *("app.py", "train.py", "requirements.txt", "pyproject.toml", "README.md", "ARCHITECTURE.md", "LICENSE"),
    *("Containerfile", "docs/*.md", "docs/*.png", "docs/*.ipynb", "benchmarks/*.md"),
    *(f"cgan/**/*.{suffix}" for suffix in ("py", "js", "ts", "css", "html", "png", "jpg", "wasm", "c")),
    *(f"cgan/**/*.{suffix}" for suffix in ("json", "gz", "npz", "bin")),
)

# The Hub stores these files in Xet (formerly LFS) and not in git, and also all large and all binary ones.
_LARGE_NAMES = ("*.safetensors", "*.gz", "*.npz", "*.wasm", "*.bin", "*.zip")
_LARGE_BYTES = 10 * 2**20
_SAMPLE_BYTES = 512


class PublishError(Exception):
    """Publishing is not possible; the message is one line for the user."""


@dataclass(frozen=True)
class Upload:
    """Files of a folder for a repository of one kind."""

    folder: Path
    repo_type: str  # "space" or "model"
    files: list[Path]  # relative to the folder
    space_sdk: str | None = None  # "gradio" or "static"
    left_out: list[str] = field(default_factory=list)  # what lies beside the files and stays here


@contextmanager
def prepared(arguments: argparse.Namespace) -> Iterator[Upload]:
    """The files to upload, in a temporary folder if they have to be made first. Raises PublishError."""
    if arguments.what == "space":
        if not (PROJECT / "app.py").is_file():
            raise PublishError("space: takes the project's own files; call it in a copy of the project")
        yield _space([*SHIPPED, *arguments.checkpoint])
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if arguments.what == "site":
            _write_site(folder, arguments.full_app, arguments.checkpoint)
            yield Upload(folder, "space", _all_files(folder), "static", _other_runs([*SHIPPED, *arguments.checkpoint]))
        else:
            source = _write_model(folder, arguments.repo, arguments.checkpoint)
            yield Upload(folder, "model", _all_files(folder), left_out=_beside(source, _all_files(folder)))


def _space(checkpoints: list[str]) -> Upload:
    """The app with these checkpoints. Raises PublishError for one that is not there."""
    code = {path for pattern in _SPACE_FILES for path in PROJECT.glob(pattern) if path.is_file()}
    files, left_out = sorted(path for path in code if "__pycache__" not in path.parts), _other_runs(checkpoints)
    for name in dict.fromkeys(checkpoints):
        folder = CHECKPOINTS / name
        found = checkpoint_files(folder)
        if not found or folder.parent != CHECKPOINTS:
            raise PublishError(f"--checkpoint {name}: there is no such checkpoint in {CHECKPOINTS}")
        files += found
        left_out += [
            f"checkpoints/{name}/{file}" for file in _beside(folder, [path.relative_to(folder) for path in found])
        ]
    return Upload(PROJECT, "space", [path.relative_to(PROJECT) for path in files], "gradio", left_out)


def _all_files(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def _other_runs(taken: list[str]) -> list[str]:
    """What else lies in checkpoints/."""
    others = sorted(path.name for path in CHECKPOINTS.glob("*") if path.name not in taken)
    return [f"checkpoints/{name}" for name in others]


def _beside(folder: Path, files: list[Path]) -> list[str]:
    """What else lies in a checkpoint's folder; of a folder without any of the files its name alone."""
    taken = {part for file in files for part in (file, *file.parents)}
    others = [path for path in _all_files(folder) if path not in taken]
    return sorted({(path if path.parent in taken else path.parent).as_posix() for path in others})


def _write_site(folder: Path, full_app: str | None, checkpoints: list[str]) -> None:
    from cgan.ui.server.proxies import without_proxies

    with without_proxies():
        from cgan.ui.site.build import SiteError, write_site  # seconds to import, as torch and Gradio are

    try:
        write_site(folder, full_app, checkpoints)
    except SiteError as error:
        raise PublishError(error) from error


def _write_model(folder: Path, repo: str, checkpoint: str) -> Path:
    """Write a checkpoint with its model card; return its own folder."""
    from cgan.models.checkpoints import CheckpointError, resolve  # torch takes seconds to import
    from cgan.publish.hub import Generator

    try:
        generator = Generator(resolve(checkpoint))
    except CheckpointError as error:
        raise PublishError(f"--checkpoint: {error}") from error
    generator.save_pretrained(folder, model_card_kwargs={"repo_id": repo})
    return generator.folder


def is_stored_in_xet(path: Path) -> bool:
    """Whether the Hub will probably store this file in Xet (or LFS); the decision is the Hub's."""
    if any(fnmatch.fnmatch(path.name, pattern) for pattern in _LARGE_NAMES) or path.stat().st_size > _LARGE_BYTES:
        return True
    with path.open("rb") as file:
        return b"\0" in file.read(_SAMPLE_BYTES)


def print_listing(upload: Upload) -> None:
    """Print size, storage and path of every file, the sums, and what stays here."""
    sizes = {True: [], False: []}
    for file in upload.files:
        path = upload.folder / file
        in_xet, size = is_stored_in_xet(path), path.stat().st_size
        sizes[in_xet].append(size)
        print(f"{size:>12,}  {'LFS/Xet' if in_xet else 'git':7}  {file.as_posix()}")
    for in_xet, name in ((False, "git"), (True, "LFS/Xet")):
        print(f"{sum(sizes[in_xet]):>12,}  {name:7}  {len(sizes[in_xet])} files")
    for path in upload.left_out:
        print(f"{'left out':>12}           {path}")


def check_repo(repo: str) -> str:
    """An argparse type: OWNER/NAME as the Hub allows it."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        raise argparse.ArgumentTypeError(f"{error}") from error
    if "/" not in repo:
        raise argparse.ArgumentTypeError(f"{repo!r} given; allowed: OWNER/NAME, such as YOU/{repo}")
    return repo


def check_login() -> None:
    """Raises PublishError without a token of the Hub."""
    from huggingface_hub import get_token

    if get_token() is None:
        raise PublishError("nobody is logged in: run `hf auth login`, or set HF_TOKEN to a token that may write")


def publish(upload: Upload, repo: str) -> str:
    """Create the repository if needed, upload all files in one commit, and return its address. Raises PublishError."""
    import httpx2  # the HTTP client of huggingface_hub
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    api = HfApi()
    try:
        url = api.create_repo(repo, repo_type=upload.repo_type, space_sdk=upload.space_sdk, exist_ok=True)
        api.upload_folder(
            repo_id=repo,
            repo_type=upload.repo_type,
            folder_path=upload.folder,
            allow_patterns=[glob.escape(file.as_posix()) for file in upload.files],
            commit_message="Published by cgan.publish",
        )
    except HfHubHTTPError as error:
        status = error.response.status_code
        reason = {401: "the token is not valid", 403: "the token may not write there"}.get(status, "it refused")
        raise PublishError(f"{repo}: {reason} ({error.server_message or f'status {status}'})") from error
    except (httpx2.HTTPError, OfflineModeIsEnabled) as error:
        raise PublishError(f"{api.endpoint}: cannot be reached ({error})") from error
    except (ValueError, RuntimeError, ImportError) as error:  # a README.md that the Hub refuses, Xet, a proxy's scheme
        raise PublishError(f"{repo}: {error}") from error
    return f"{url}"


def main() -> None:
    arguments = _parser().parse_args()
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        if not arguments.dry_run:
            check_login()
        with prepared(arguments) as upload:
            print_listing(upload)
            if arguments.dry_run:
                print(f"Nothing was uploaded. Without --dry-run this goes to {arguments.repo}.")
            else:
                print(f"Published: {publish(upload, arguments.repo)}")
    except PublishError as error:
        fail(error)


def _parser() -> Parser:
    parser = Parser(prog="python -m cgan.publish", description=__doc__)
    kinds = parser.add_subparsers(dest="what", required=True, metavar="space|site|model", parser_class=Parser)
    for name, about in (("space", "the app"), ("site", "the page without a server"), ("model", "a generator")):
        kind = kinds.add_parser(name, help=about)
        kind.add_argument("repo", type=check_repo, metavar="OWNER/NAME", help="the repository, made if there is none")
        kind.add_argument("--dry-run", action="store_true", help="list the files, upload nothing")
        if name in ("space", "site"):
            about = "a name in checkpoints/ that goes along with the shipped ones; more by more flags"
            kind.add_argument("--checkpoint", action="append", default=[], metavar="C", help=about)
        if name == "site":
            kind.add_argument("--full-app", metavar="URL", help="where the whole app runs")
        if name == "model":
            kind.add_argument("--checkpoint", required=True, metavar="C", help="a name in checkpoints/ or a folder")
    return parser
