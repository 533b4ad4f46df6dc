"""Training runs in processes of their own, which may be killed, have a limit of file sizes, or train together."""

import contextlib
import io
import os
import resource
import signal
import socket
import sys
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import torch

from cgan import data
from cgan.common.command_line import fail
from cgan.training.config import TrainingConfig
from cgan.training.distributed import init_process_group
from cgan.training.loop import train
from cgan.training.run_folder import RunError
from tests.processes import CONTEXT

_TIMEOUT = 120  # seconds


@dataclass(frozen=True)
class Run:
    """A training run on the first `images` training images."""

    folder: Path
    config: TrainingConfig
    images: int
    resume: bool = False
    in_float64: bool = False  # so that rounding does not hide differences
    largest_file: int | None = None  # bytes; a limit stands in for a full disk: the same error from the same call


class TrainingProcess:
    """A started run. Its standard error is the file `FOLDER.RANK.stderr`, beside the folder of the run."""

    def __init__(self, run: Run, rank: int = 0, world_size: int = 1, port: int = 0) -> None:
        self._stderr = run.folder.with_name(f"{run.folder.name}.{rank}.stderr")
        environment = {"RANK": rank, "WORLD_SIZE": world_size, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
        self._process: BaseProcess = CONTEXT.Process(target=_main, args=(run, environment, self._stderr), daemon=True)
        self._process.start()

    @property
    def is_running(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        self._process.kill()
        self._process.join(_TIMEOUT)

    def finish(self) -> tuple[int, str]:
        """Wait for the end: (exit status, standard error)."""
        self._process.join(_TIMEOUT)
        assert self._process.exitcode is not None, "the run does not end"
        return self._process.exitcode, self._stderr.read_text()


def start_group(run: Run, world_size: int) -> list[TrainingProcess]:
    """One run in several processes, as torchrun would start them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return [TrainingProcess(run, rank, world_size, port) for rank in range(world_size)]


def finish(run: Run, world_size: int = 1) -> None:
    """Run to the end; fails if a process does."""
    for process in start_group(run, world_size):
        status, stderr = process.finish()
        assert status == 0, stderr


def _main(run: Run, environment: dict[str, object], stderr: Path) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.update({name: f"{value}" for name, value in environment.items()})
    with open(stderr, "w") as file, contextlib.redirect_stdout(io.StringIO()):
        sys.stderr = file
        if run.largest_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (run.largest_file, run.largest_file))
        torch.set_num_threads(1)  # as torchrun does: several processes share the cores
        torch.set_default_dtype(torch.float64 if run.in_float64 else torch.float32)
        images, labels = (array[: run.images] for array in data.load("train"))
        cpu = torch.device("cpu")
        try:
            train(run.config, images, labels, run.folder, cpu, run.resume, group=init_process_group(cpu))
        except RunError as error:
            fail(error)
