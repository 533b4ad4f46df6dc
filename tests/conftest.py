"""What the tests share: the real data set, a short real training run, and how a command is run."""

import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

# Several processes share the cores: one thread for each, and for what it starts. Torch reads this when it is imported.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pytest
from filelock import FileLock

from cgan import data
from tests import processes
from tests.own_pictures import write_folders
from tests.processes import ROOT
from tests.running_app import app, start_app  # noqa: F401 (fixtures)

# A browser, a server under attack, processes that are killed, networks that are trained, apps that are started.
NOT_QUICK = (
    *("browser", "distributed", "docs", "evaluation", "explain", "hostile", "publish", "recovery", "training"),
    *("common/test_machines.py", "test_installed.py", "ui/server/test_jobs.py", "ui/tabs", "ui/test_start.py"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the slow proofs, as before a release")
    parser.addoption("--quick", action="store_true", help="leave out all that takes long: an answer in 90 seconds")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With --quick the folders of NOT_QUICK are not even imported."""
    is_left_out = config.getoption("--quick") and collection_path in [ROOT / "tests" / name for name in NOT_QUICK]
    return True if is_left_out else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    runs_slow_ones = config.getoption("--slow")
    skip, patience = pytest.mark.skip(reason="a slow proof: --slow runs it"), pytest.mark.timeout(3600)
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(patience if runs_slow_ones else skip)


@pytest.fixture(scope="session")
def fashion_mnist() -> tuple[np.ndarray, np.ndarray]:
    """All 60,000 training images and labels."""
    return data.load("train")


@pytest.fixture(scope="session")
def fashion_mnist_test() -> tuple[np.ndarray, np.ndarray]:
    """All 10,000 test images and labels."""
    return data.load("test")


@pytest.fixture(scope="session")
def run_command():
    """Run `python ARGUMENT...` in the project's folder and return the finished process, its output as text."""
    return processes.run


@pytest.fixture(scope="session")
def made_once(tmp_path_factory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Returns a folder that `make(folder)` has filled, once for all processes of the tests."""
    mine = tmp_path_factory.getbasetemp()
    shared = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine

    def made_once(name: str, make: Callable[[Path], object]) -> Path:
        folder, is_made = shared / name, shared / f"{name}.made"
        with FileLock(shared / f"{name}.lock"):
            if not is_made.exists():
                make(folder)
                is_made.touch()
        return folder

    return made_once


def _succeed(*command: object) -> None:
    finished = processes.run(*command)
    assert finished.returncode == 0, finished.stderr


@pytest.fixture(scope="session")
def short_run(made_once) -> Path:
    """The folder of a real run of two thirds of an epoch, by the command line."""
    flags = ["--steps", 600, "--log-every", 100, "--seed", 3]
    return made_once("short", lambda out: _succeed("train.py", *flags, "--out", out))


@pytest.fixture(scope="session")
def own_pictures(made_once) -> Path:
    """A folder with pictures of twelve classes (`tests.own_pictures`)."""
    return made_once("pictures", write_folders)


@pytest.fixture(scope="session")
def twelve_run(made_once, own_pictures) -> Path:
    """The folder of a small real run on `own_pictures`, by the command line."""
    flags = ["--arch", "conv", "--width", 16, "--width-d", 8, "--batch-size", 32, "--steps", 60, "--log-every", 20]
    return made_once("run", lambda out: _succeed("train.py", "--data", own_pictures, "--out", out, *flags))


@pytest.fixture(scope="session")
def twelve_judge(made_once, own_pictures) -> Path:
    """The folder of a small judge of the classes of `own_pictures`, with its index of training images."""

    def make(out: Path) -> None:
        data = ["--data", own_pictures]
        _succeed("-m", "cgan.classifier", *data, "--out", out, "--width", 8, "--epochs", 40)
        _succeed("-m", "cgan.neighbours", *data, "--judge", out)

    return made_once("judge", make)


@pytest.fixture
def expect_refusal():
    """Assert that `python ARGUMENT...` ends with status 2 and one line on standard error that has all these words."""

    def expect(*arguments: str, words: list[str]) -> None:
        command = [sys.executable, *arguments]  # started as a user does: libraries read the environment
        finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
        _assert_refused(finished.returncode, finished.stderr, words)

    return expect


@pytest.fixture
def expect_refusal_here(monkeypatch, capsys):
    """As `expect_refusal`, but in this process, which saves the seconds of importing torch."""

    def expect(*arguments: object, words: list[str]) -> None:
        is_module = arguments[0] == "-m"
        program, *rest = map(str, arguments[1:] if is_module else arguments)
        monkeypatch.setattr(sys, "argv", [program, *rest])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            if is_module:
                runpy.run_module(program, run_name="__main__", alter_sys=True)
            else:
                runpy.run_path(str(ROOT / program), run_name="__main__")
        _assert_refused(ended.value.code, capsys.readouterr().err, words)

    return expect


def _assert_refused(status: object, stderr: str, words: list[str]) -> None:
    lines = stderr.strip().splitlines()
    assert status == 2, stderr
    assert len(lines) == 1, stderr
    for word in words:
        assert word in lines[0], lines[0]
