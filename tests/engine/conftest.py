"""How the engine's tests run JavaScript: node, as a process that is given one script, bytes in, bytes out."""

import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def node():
    """Run `node SCRIPT ARGUMENT...`, a script of this folder, and return its output; `given` is its input."""

    def run(script: str, *arguments: object, given: bytes = b"") -> bytes:
        command = ["node", "--no-warnings", FOLDER / script, *map(str, arguments)]
        finished = subprocess.run(command, input=given, capture_output=True, timeout=60)
        assert finished.returncode == 0, finished.stderr.decode()
        return finished.stdout

    return run
