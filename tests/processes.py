"""Processes of the project that start in a moment: a fork server imports once what takes seconds to import.

Each is a real process all the same: it has its own memory, can be killed, and serves or trains as any other. Where the
start itself is what is tested, a test runs `sys.executable`.
"""

import atexit
import contextlib
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["cgan.ui.page", "cgan.training.command", "tests.training_process"])


class Program:
    """`python ARGUMENT...`, started in the project's folder; its output goes to files."""

    def __init__(
        self, *arguments: object, output: Path, errors: Path | None = None, environment: Mapping[str, str] = os.environ
    ) -> None:
        """arguments: a script or `-m MODULE`, and what it is given. errors: None for standard error in `output` too."""
        command = [f"{argument}" for argument in arguments]
        values = (command, dict(environment), output, errors or output)
        self._process = CONTEXT.Process(target=_main, args=values)
        self._process.start()
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        """The exit status, None while it runs; -N where the signal N has ended it."""
        return self._process.exitcode

    def wait(self, seconds: float) -> int:
        """The exit status, once it has ended. It is killed where it has not by then."""
        self._process.join(seconds)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
            raise TimeoutError(f"{self._process} does not end")
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def run(*arguments: object, seconds: float = 300) -> subprocess.CompletedProcess:
    """Run `python ARGUMENT...` to its end; output and errors as text."""
    with TemporaryDirectory() as folder:
        output, errors = Path(folder, "output"), Path(folder, "errors")
        status = Program(*arguments, output=output, errors=errors).wait(seconds)
        return subprocess.CompletedProcess(arguments, status, output.read_text(), errors.read_text())


def _main(command: list[str], environment: dict[str, str], output: Path, errors: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate((output, errors), start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, closefd=False) for number in (1, 2))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which the fork server ignores
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which nohup ignores
    os.chdir(ROOT)
    try:
        if command[0] == "-m":
            sys.argv = command[1:]
            runpy.run_module(command[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = command
            runpy.run_path(command[0], run_name="__main__")
    finally:  # as Python ends, for children of multiprocessing skip it
        threading._shutdown()
        atexit._run_exitfuncs()
