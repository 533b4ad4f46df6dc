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
