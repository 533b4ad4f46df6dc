"""What the tests share: the real data set, a short real training run, and how a command is run."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

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
def short_run(tmp_path_factory, run_command) -> Path:
    """The folder of a real run of two thirds of an epoch, by the command line."""
    out = tmp_path_factory.mktemp("runs") / "short"
    finished = run_command("train.py", "--steps", 600, "--log-every", 100, "--seed", 3, "--out", out)
    assert finished.returncode == 0, finished.stderr
    return out


@pytest.fixture(scope="session")
def own_pictures(tmp_path_factory) -> Path:
    """A folder with pictures of twelve classes (`tests.own_pictures`)."""
    return write_folders(tmp_path_factory.mktemp("own") / "pictures")


@pytest.fixture(scope="session")
def twelve_run(own_pictures, run_command) -> Path:
    """The folder of a small real run on `own_pictures`, by the command line."""
    out = own_pictures.parent / "run"
    flags = ["--arch", "conv", "--width", 16, "--width-d", 8, "--batch-size", 32, "--steps", 60, "--log-every", 20]
    finished = run_command("train.py", "--data", own_pictures, "--out", out, *flags)
    assert finished.returncode == 0, finished.stderr
    return out


@pytest.fixture(scope="session")
def twelve_judge(own_pictures, run_command) -> Path:
    """The folder of a small judge of the classes of `own_pictures`, with its index of training images."""
    out = own_pictures.parent / "judge"
    flags = ["--data", own_pictures, "--out", out, "--width", 8, "--epochs", 40]
    finished = run_command("-m", "cgan.classifier", *flags)
    assert finished.returncode == 0, finished.stderr
    finished = run_command("-m", "cgan.neighbours", "--data", own_pictures, "--judge", out)
    assert finished.returncode == 0, finished.stderr
    return out


@pytest.fixture
def expect_refusal(run_command):
    """Assert that a command ends with status 2 and one line on standard error that has all the given words."""

    def expect(*arguments: object, words: list[str]) -> None:
        finished = run_command(*arguments)
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
