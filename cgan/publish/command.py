"""Publish on the Hugging Face Hub: the app, the page without a server, or a generator.

python -m cgan.publish space YOU/NAME                         the app, as a Gradio Space
python -m cgan.publish site YOU/NAME                          the page without a server, as a static Space: free
python -m cgan.publish model YOU/NAME --checkpoint my-conv    a generator with its model card

Log in first: `hf auth login`, or set HF_TOKEN to a token with write access. --dry-run lists the files, and calls no
server.
"""

import argparse
import fnmatch
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cgan.common.command_line import Parser, fail

ROOT = Path(__file__).resolve().parents[2]

# The files that a Space needs: no tests, no training states, none of the user's own runs.
_SPACE_FILES = ["app.py", "requirements.txt", "README.md", "LICENSE", "cgan/*", "checkpoints/*"]
_NOT_FOR_SPACE = [
    *("*/__pycache__/*", "*/.*", "checkpoints/my-*", "checkpoints/*/epochs/*", "checkpoints/*/tensorboard/*"),
    *("*/training.safetensors", "*/generator-raw.safetensors"),
]

# The Hub stores these files in Xet (formerly LFS) and not in git, and also all large and all binary ones.
_LARGE_NAMES = ("*.safetensors", "*.gz", "*.npz", "*.wasm", "*.bin", "*.zip")
_LARGE_BYTES = 10 * 2**20
_SAMPLE_BYTES = 512


class PublishError(Exception):
    """Publishing is not possible; the message is one line for the user."""


@dataclass(frozen=True)
class Upload:
    """A folder of files for a repository of one kind."""

    folder: Path
    repo_type: str  # "space" or "model"
    space_sdk: str | None = None  # "gradio" or "static"
    allow: list[str] | None = None  # patterns of paths, None for all
    ignore: list[str] | None = None

    def files(self) -> list[Path]:
        """The uploaded files, relative to the folder."""
        from huggingface_hub.utils import filter_repo_objects

        paths = sorted(path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return [*filter_repo_objects(paths, allow_patterns=self.allow, ignore_patterns=self.ignore)]


@contextmanager
def prepared(arguments: argparse.Namespace) -> Iterator[Upload]:
    """The files to upload, in a temporary folder if they have to be made first. Raises PublishError."""
    if arguments.what == "space":
        yield Upload(ROOT, "space", "gradio", _SPACE_FILES, _NOT_FOR_SPACE)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if arguments.what == "site":
            _write_site(folder, arguments.full_app)
            yield Upload(folder, "space", "static")
        else:
            _write_model(folder, arguments.repo, arguments.checkpoint)
            yield Upload(folder, "model")


def _write_site(folder: Path, full_app: str | None) -> None:
    from cgan.ui.server.proxies import without_proxies

    with without_proxies():
        from cgan.ui.site.build import SiteError, write_site  # seconds to import, as torch and Gradio are

    try:
        write_site(folder, full_app)
    except SiteError as error:
        raise PublishError(error) from error


def _write_model(folder: Path, repo: str, checkpoint: str) -> None:
    from cgan.models.checkpoints import CheckpointError, resolve  # torch takes seconds to import
    from cgan.publish.hub import Generator

    try:
        generator = Generator(resolve(checkpoint))
    except CheckpointError as error:
        raise PublishError(f"--checkpoint: {error}") from error
    generator.save_pretrained(folder, model_card_kwargs={"repo_id": repo})


def is_stored_in_xet(path: Path) -> bool:
    """Whether the Hub will probably store this file in Xet (or LFS); the decision is the Hub's."""
    if any(fnmatch.fnmatch(path.name, pattern) for pattern in _LARGE_NAMES) or path.stat().st_size > _LARGE_BYTES:
        return True
    with path.open("rb") as file:
        return b"\0" in file.read(_SAMPLE_BYTES)


def print_listing(upload: Upload) -> None:
    """Print size, storage and path of every file, and the sums."""
    sizes = {True: [], False: []}
    for file in upload.files():
        path = upload.folder / file
        in_xet, size = is_stored_in_xet(path), path.stat().st_size
        sizes[in_xet].append(size)
        print(f"{size:>12,}  {'LFS/Xet' if in_xet else 'git':7}  {file.as_posix()}")
    for in_xet, name in ((False, "git"), (True, "LFS/Xet")):
        print(f"{sum(sizes[in_xet]):>12,}  {name:7}  {len(sizes[in_xet])} files")


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
            allow_patterns=upload.allow,
            ignore_patterns=upload.ignore,
            commit_message="Published by cgan.publish",
        )
    except HfHubHTTPError as error:
        status = error.response.status_code
        reason = {401: "the token is not valid", 403: "the token may not write there"}.get(status, "it refused")
        raise PublishError(f"{repo}: {reason} ({error.server_message or f'status {status}'})") from error
    except (httpx2.HTTPError, OfflineModeIsEnabled) as error:
        raise PublishError(f"{api.endpoint}: cannot be reached ({error})") from error
    except (ValueError, RuntimeError) as error:  # a README.md that the Hub refuses; a failure of Xet
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
        if name == "site":
            kind.add_argument("--full-app", metavar="URL", help="where the whole app runs")
        if name == "model":
            kind.add_argument("--checkpoint", required=True, metavar="C", help="a name in checkpoints/ or a folder")
    return parser
