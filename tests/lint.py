"""The style of Python and JavaScript, and the types of JavaScript: `python -m tests.lint`."""

import subprocess
import sys

from tests.__main__ import ROOT, install_linters

_BIN = ROOT / "node_modules/.bin"
_COMMANDS = (
    (sys.executable, "-m", "ruff", "check", "."),
    (sys.executable, "-m", "ruff", "format", "--check", "."),
    (_BIN / "eslint", "--config", "tests/eslint.config.mjs", "cgan"),
    (_BIN / "tsc", "--project", "tests/tsconfig.json"),
)


def main() -> int:
    """Exit status 1 when one of them finds something; all of them are run."""
    install_linters()
    failed = [command for command in _COMMANDS if subprocess.call(command, cwd=ROOT)]
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
