"""Publish on the Hugging Face Hub: the app, the page without a server, or a generator.

python -m cgan.publish space YOU/NAME                         the app, as a Gradio Space
python -m cgan.publish site YOU/NAME                          the page without a server, as a static Space: free
python -m cgan.publish model YOU/NAME --checkpoint my-conv    a generator with its model card

Log in first: `hf auth login`, or set HF_TOKEN to a token with write access. --dry-run lists the files, also those that
stay here, and calls no server. Your own runs stay here unless --checkpoint names them; of a checkpoint only its known
files go.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cgan.common.command_line import Parser, fail
from cgan.common.places import CHECKPOINTS, PROJECT, SHIPPED, checkpoint_files

# The files of a Space besides checkpoints: the app, and what its README shows and leads to.
_SPACE_FILES = (
    *("app.py", "train.py", "requirements.txt", "pyproject.toml", "README.md", "ARCHITECTURE.md", "LICENSE"),
    *("Containerfile", "docs/*.md", "docs/*.png", "docs/*.ipynb", "benchmarks/*.md"),
    *(f"cgan/**/*.{suffix}" for suffix in ("py", "js", "ts", "css", "html", "png", "jpg", "wasm", "c")),
    *(f"cgan/**/*.{suffix}" for suffix in ("json", "gz", "npz", "bin")),
)


def _write_space(folder: Path, arguments: argparse.Namespace) -> list[str]:
    """Copy the app with its checkpoints."""
    if not (PROJECT / "app.py").is_file():
        fail("space: takes the project's own files; call it in a copy of the project")
    checkpoints = [*SHIPPED, *arguments.checkpoint]
    code = {path for pattern in _SPACE_FILES for path in PROJECT.glob(pattern) if path.is_file()}
    files, left_out = [path for path in code if "__pycache__" not in path.parts], _other_runs(checkpoints)
    for name in dict.fromkeys(checkpoints):
        source = CHECKPOINTS / name
        found = checkpoint_files(source)
        if not found or source.parent != CHECKPOINTS:
            fail(f"--checkpoint {name}: there is no such checkpoint in {CHECKPOINTS}")
        files += found
        beside = _beside(source, [path.relative_to(source) for path in found])
        left_out += [f"checkpoints/{name}/{file}" for file in beside]
    for path in files:
        copy = folder / path.relative_to(PROJECT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return left_out


def _write_site(folder: Path, arguments: argparse.Namespace) -> list[str]:
    from cgan.ui.server.proxies import without_proxies

    with without_proxies():
        from cgan.ui.site.build import write_site  # seconds to import, as torch and Gradio are

    write_site(folder, arguments.full_app, arguments.checkpoint)
    return _other_runs([*SHIPPED, *arguments.checkpoint])


def _write_model(folder: Path, arguments: argparse.Namespace) -> list[str]:
    """Write a checkpoint with its model card."""
    from cgan.models.checkpoints import CheckpointError, resolve  # torch takes seconds to import
    from cgan.publish.hub import Generator

    try:
        generator = Generator(resolve(arguments.checkpoint))
    except CheckpointError as error:
        fail(f"--checkpoint: {error}")
    generator.save_pretrained(folder, model_card_kwargs={"repo_id": arguments.repo})
    return _beside(generator.folder, _all_files(folder))


class _Kind(NamedTuple):
    """Something that can be published."""

    about: str
    write: Callable[[Path, argparse.Namespace], list[str]]  # its files into a folder; what lies beside and stays here
    repo_type: str
    space_sdk: str | None = None


_KINDS = {
    "space": _Kind("the app", _write_space, "space", "gradio"),
    "site": _Kind("the page without a server", _write_site, "space", "static"),
    "model": _Kind("a generator", _write_model, "model"),
}


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


def print_listing(folder: Path, left_out: list[str]) -> None:
    """Print size and path of every file, the sum, and what stays here."""
    sizes = {file: (folder / file).stat().st_size for file in _all_files(folder)}
    for file, size in sizes.items():
        print(f"{size:>12,}  {file.as_posix()}")
    print(f"{sum(sizes.values()):>12,}  in {len(sizes)} files")
    for path in left_out:
        print(f"{'left out':>12}  {path}")


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


def publish(folder: Path, kind: _Kind, repo: str) -> str:
    """Create the repository if needed, upload the folder in one commit, and return the repository's address."""
    import httpx2  # the HTTP client of huggingface_hub
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    api = HfApi()
    try:
        url = api.create_repo(repo, repo_type=kind.repo_type, space_sdk=kind.space_sdk, exist_ok=True)
        message = "Published by cgan.publish"
        api.upload_folder(repo_id=repo, repo_type=kind.repo_type, folder_path=folder, commit_message=message)
    except HfHubHTTPError as error:
        status = error.response.status_code
        reason = {401: "the token is not valid", 403: "the token may not write there"}.get(status, "it refused")
        fail(f"{repo}: {reason} ({error.server_message or f'status {status}'})")
    except (httpx2.HTTPError, OfflineModeIsEnabled) as error:
        fail(f"{api.endpoint}: cannot be reached ({error})")
    except (ValueError, RuntimeError, ImportError) as error:  # a README.md that the Hub refuses, Xet, a proxy's scheme
        fail(f"{repo}: {error}")
    return f"{url}"


def main() -> None:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import get_token

    arguments = _parser().parse_args()
    if not arguments.dry_run and get_token() is None:
        fail("nobody is logged in: run `hf auth login`, or set HF_TOKEN to a token that may write")
    kind = _KINDS[arguments.what]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        print_listing(folder, kind.write(folder, arguments))
        if arguments.dry_run:
            print(f"Nothing was uploaded. Without --dry-run this goes to {arguments.repo}.")
        else:
            print(f"Published: {publish(folder, kind, arguments.repo)}")


def _parser() -> Parser:
    parser = Parser(prog="python -m cgan.publish", description=__doc__)
    kinds = parser.add_subparsers(dest="what", required=True, metavar="space|site|model", parser_class=Parser)
    for name in _KINDS:
        kind = kinds.add_parser(name, help=_KINDS[name].about)
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
