"""A real training process, really interrupted and really killed, ends as one that was left alone."""

import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from safetensors.torch import load_file

from cgan.models import checkpoints
from tests.conftest import ROOT
from tests.recovery.small_run import CONFIG, STEPS_PER_EPOCH


def start(*arguments):
    command = [sys.executable, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process):
    output, errors = process.communicate(timeout=300)
    assert "Traceback" not in errors, errors
    return process.returncode, output


def wait_until(condition: Callable[[], bool], process):
    deadline = time.monotonic() + 120
    while not condition():
        assert process.poll() is None and time.monotonic() < deadline, "the run did not get there"
        time.sleep(0.001)


def history(run):
    path = run / "history.jsonl"
    entries = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [{k: v for k, v in entry.items() if k not in ("seconds", "images_per_second")} for entry in entries]


def assert_same(one, other):
    """Everything that goes on training, and everything that shows it, is the same; timings apart."""
    for name in (checkpoints.TRAINING_STATE, checkpoints.EMA_GENERATOR, checkpoints.DISCRIMINATOR):
        saved, expected = load_file(one / name), load_file(other / name)
        assert saved.keys() == expected.keys()
        assert [tensor for tensor in saved if not saved[tensor].equal(expected[tensor])] == []
    assert history(one) == history(other)
    assert (one / "samples.png").read_bytes() == (other / "samples.png").read_bytes()


def signalled_run(folder):
    return ["train.py", "--steps", 100, "--log-every", 10, "--out", folder]


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory):
    """What the run that gets a signal is when it gets none."""
    out = tmp_path_factory.mktemp("whole")
    assert finish(start(*signalled_run(out)))[0] == 0
    return out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_signal_saves_and_says_how_to_go_on(tmp_path, whole_run, number):
    interrupted = tmp_path / "interrupted"
    process = start(*signalled_run(interrupted))
    wait_until(lambda: len(history(interrupted)) >= 3, process)
    process.send_signal(number)
    status, output = finish(process)
    assert status == 128 + number
    said = f"{' '.join(map(str, signalled_run(interrupted)))} --resume"
    assert output == f"Saved. Go on with: python {said}\n"

    assert finish(start(*said.split()))[0] == 0
    assert_same(interrupted, whole_run)


@pytest.fixture(scope="module")
def small_run(tmp_path_factory):
    """The small run as it is when nothing happens to it."""
    out = tmp_path_factory.mktemp("small")
    assert finish(start("-m", "tests.recovery.small_run", out))[0] == 0
    return out


@pytest.mark.parametrize(
    ("replaced", "seconds"),
    [
        (checkpoints.EMA_GENERATOR, 0.0),  # killed in the middle of a save
        (checkpoints.DISCRIMINATOR, 0.005),  # while the state is written
        (checkpoints.TRAINING_STATE, 0.1),  # somewhere in the next epoch
    ],
)
def test_a_killed_run_is_whole_and_goes_on_to_the_same_end(tmp_path, small_run, replaced, seconds):
    """SIGKILL so many seconds after a file of the checkpoint has been replaced, three times."""

    def version(name):
        return (tmp_path / name).stat().st_mtime_ns if (tmp_path / name).exists() else None

    for _ in range(3):
        resume = ["--resume"] if version(checkpoints.TRAINING_STATE) else []
        before = version(replaced)
        process = start("-m", "tests.recovery.small_run", tmp_path, *resume)
        wait_until(lambda before=before: version(replaced) != before, process)
        time.sleep(seconds)
        process.kill()
        process.communicate()
        checkpoints.load_generator(tmp_path)
        if version(checkpoints.TRAINING_STATE):
            checkpoints.load_tensors(tmp_path / checkpoints.TRAINING_STATE)
    resume = ["--resume"] if version(checkpoints.TRAINING_STATE) else []
    assert finish(start("-m", "tests.recovery.small_run", tmp_path, *resume))[0] == 0
    assert_same(tmp_path, small_run)


def test_killed_at_random_moments_a_run_loses_at_most_one_epoch(tmp_path, small_run, pytestconfig):
    """SIGKILL `--kills` times, each at a random moment after the first save of a process."""
    moments = random.Random(7)
    run = tmp_path / "0"
    for kill in range(pytestconfig.getoption("--kills")):
        state = run / checkpoints.TRAINING_STATE
        process = start("-m", "tests.recovery.small_run", run, *(["--resume"] if state.exists() else []))
        begin = len(history(run))
        wait_until(lambda run=run, begin=begin: len(history(run)) > begin, process)
        time.sleep(moments.uniform(0, 0.8))
        process.kill()
        process.communicate()

        steps = [entry["step"] for entry in history(run)]
        if state.exists():
            _, metadata = checkpoints.load_tensors(state)
            assert steps[-1] - int(metadata["step"]) <= STEPS_PER_EPOCH
            if int(metadata["step"]) >= STEPS_PER_EPOCH * (CONFIG.epochs - 2):  # too near its end for another kill
                assert finish(start("-m", "tests.recovery.small_run", run, "--resume"))[0] == 0
                assert_same(run, small_run)
                run = tmp_path / f"{kill + 1}"
        else:
            assert steps[-1] <= STEPS_PER_EPOCH


def limit_file_size():
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))


def test_a_full_disk_gets_one_line_and_the_last_checkpoint_stays(tmp_path, small_run):
    """The limit of a file's size stands in for the disk's: the same error, from the same call."""
    run = shutil.copytree(small_run, tmp_path / "run")
    before = (run / checkpoints.TRAINING_STATE).read_bytes()
    command = [sys.executable, "-m", "tests.recovery.small_run", f"{run}", "--resume", "--longer"]
    limited = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, preexec_fn=limit_file_size)
    assert limited.returncode == 2
    last = limited.stderr.strip().splitlines()[-1]
    assert last.startswith("--out ") and "cannot be written" in last and "--resume" in last
    assert "Traceback" not in limited.stderr
    assert (run / checkpoints.TRAINING_STATE).read_bytes() == before
    assert [path.name for path in run.glob(".*.tmp")] == []
    assert finish(start(*command[1:]))[0] == 0
