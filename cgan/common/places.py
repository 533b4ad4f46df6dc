"""Where files lie that are not of the package.

In a checkout everything lies beside the package. Installed by pip, the shipped checkpoints lie in the package, and what
you make lies in the folder that you are in.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
_IS_INSTALLED = (PACKAGE / "checkpoints").is_dir()  # where setup.py puts them
PROJECT = Path.cwd() if _IS_INSTALLED else PACKAGE.parent
CHECKPOINTS = PROJECT / "checkpoints"  # your runs; in a checkout the shipped ones as well
SHIPPED_CHECKPOINTS = PACKAGE / "checkpoints" if _IS_INSTALLED else CHECKPOINTS
APP = ["cgan-app"] if _IS_INSTALLED else ["python", "app.py"]  # how both commands are called
TRAIN = ["cgan-train"] if _IS_INSTALLED else ["python", "train.py"]

# What may leave this machine, in a package or for the Hub: these checkpoints, and of a checkpoint these files.
SHIPPED = ("judge", "r3gan-conv", "report-mlp")
CHECKPOINT_FILES = (
    *("README.md", "config.json", "model.safetensors", "discriminator.safetensors", "classifier.safetensors"),
    *("directions.json", "history.jsonl", "metrics.json", "neighbours.npz", "real.json", "samples.png"),
    *("timeline/quality.json", "timeline/[0-9]*.png"),
)


def checkpoint_files(folder: Path) -> list[Path]:
    """Those files of a checkpoint that may leave this machine."""
    return sorted(path for pattern in CHECKPOINT_FILES for path in folder.glob(pattern) if path.is_file())
