"""What pyproject.toml cannot say: the shipped checkpoints lie beside the package, and are installed within it."""

import sys
from pathlib import Path

from setuptools import find_namespace_packages, setup

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, f"{ROOT}")

from cgan.common.places import CHECKPOINT_FILES, SHIPPED  # noqa: E402 (found by the line before)

setup(
    packages=[*find_namespace_packages(f"{ROOT}", include=["cgan*"], exclude=["*__pycache__*"]), "cgan.checkpoints"],
    package_dir={"cgan.checkpoints": "checkpoints"},
    package_data={
        "": ["*.js", "*.ts", "*.css", "*.html", "*.png", "*.jpg", "*.wasm", "*.c", "*.json", "*.gz", "*.npz", "*.bin"],
        "cgan.checkpoints": [f"{name}/{pattern}" for name in SHIPPED for pattern in CHECKPOINT_FILES],
    },
)
