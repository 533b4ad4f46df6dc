"""A real training process, really interrupted and really killed, ends as one that was left alone."""

import dataclasses
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from safetensors.torch import load_file

from cgan.models import checkpoints
from cgan.training.config import TrainingConfig
from tests.processes import ROOT, Program
from tests.training_process import Run, TrainingProcess, finish

CONFIG = TrainingConfig(epochs=8, log_every=5, seed=1)
IMAGES = 1000
STEPS_PER_EPOCH = 16


def wait_until(condition: Callable[[], bool], is_running: Callable[[], bool]):
    deadline = time.monotonic() + 120
    while not condition():
        assert is_running() and time.monotonic() < deadline, "the run did not get there"
        time.sleep(0.0005)


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


SIGNALLED = ["train.py", "--steps", "60", "--log-every", "5"]


def test_a_signal_saves_and_says_how_to_go_on(tmp_path, run_command):
    """Ctrl-C and two others, in runs that begin together."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    commands = {number: [*SIGNALLED, "--out", f"{tmp_path / number.name}"] for number in signals}
    texts = {number: (tmp_path / f"{number.name}.out", tmp_path / f"{number.name}.err") for number in signals}
    runs = {n: Program(*commands[n], output=texts[n][0], errors=texts[n][1]) for n in signals}
    to_end = {*signals}

    def each_is_ended():
        for number in [number for number in to_end if len(history(tmp_path / number.name)) >= 2]:
            runs[number].send_signal(number)
            to_end.remove(number)
        return not to_end

    wait_until(each_is_ended, lambda: all(runs[number].poll() is None for number in to_end))
    for number, process in runs.items():
        assert process.wait(120) == 128 + number
        output, errors = (path.read_text() for path in texts[number])
        assert "Traceback" not in errors
        assert output == f"Saved. Go on with: python {' '.join(commands[number])} --resume\n"
    whole = Program(*SIGNALLED, "--out", tmp_path / "whole", output=tmp_path / "whole.out")
    assert run_command(*commands[signal.SIGINT], "--resume").returncode == 0
    assert whole.wait(120) == 0
    assert_same(tmp_path / signal.SIGINT.name, tmp_path / "whole")


def test_under_nohup_a_hang_up_ends_nothing(tmp_path):
    command = ["nohup", sys.executable, *SIGNALLED, "--out", f"{tmp_path}"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    wait_until(lambda: len(history(tmp_path)) >= 2, lambda: process.poll() is None)
    process.send_signal(signal.SIGHUP)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0 and output.startswith("Trained.") and history(tmp_path)[-1]["step"] == 60


def small_run(folder, **options):
    options.setdefault("resume", (folder / checkpoints.TRAINING_STATE).exists())
    return Run(folder, CONFIG, IMAGES, **options)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The small run when nothing happens to it."""
    folder = tmp_path_factory.mktemp("small") / "run"
    finish(small_run(folder))
    return folder


@pytest.mark.parametrize(
    ("replaced", "seconds"),
    [
        (checkpoints.EMA_GENERATOR, 0.0),  # killed in the middle of a save
        (checkpoints.DISCRIMINATOR, 0.005),  # while the state is written
        (checkpoints.TRAINING_STATE, 0.05),  # somewhere in the next epoch
    ],
)
def test_a_killed_run_is_whole_and_goes_on_to_the_same_end(tmp_path, undisturbed, replaced, seconds):
    """SIGKILL so many seconds after a file of the checkpoint has been replaced, twice."""
    run = tmp_path / "run"

    def version(name):
        return (run / name).stat().st_mtime_ns if (run / name).exists() else None

    for _ in range(2):
        before = version(replaced)
        process = TrainingProcess(small_run(run))
        wait_until(lambda before=before: version(replaced) != before, lambda process=process: process.is_running)
        time.sleep(seconds)
        process.kill()
        checkpoints.load_generator(run)
        if version(checkpoints.TRAINING_STATE):
            checkpoints.load_tensors(run / checkpoints.TRAINING_STATE)
    finish(small_run(run))
    assert_same(run, undisturbed)


@pytest.mark.slow
def test_killed_at_random_moments_a_run_loses_at_most_one_epoch(tmp_path, undisturbed):
    """SIGKILL, each time at a random moment after the first entry of a process."""
    kills = 50
    delays = random.Random(7)
    run = tmp_path / "0"
    for kill in range(kills):
        begin = len(history(run))
        process = TrainingProcess(small_run(run))
        wait_until(lambda run=run, begin=begin: len(history(run)) > begin, lambda process=process: process.is_running)
        time.sleep(delays.uniform(0, 0.4))
        process.kill()

        steps = [entry["step"] for entry in history(run)]
        state = run / checkpoints.TRAINING_STATE
        saved = int(checkpoints.load_tensors(state)[1]["step"]) if state.exists() else 0
        assert steps[-1] - saved <= STEPS_PER_EPOCH
        if saved >= STEPS_PER_EPOCH * (CONFIG.epochs - 3) or kill == kills - 1:  # too near its end for another kill
            finish(small_run(run))
            assert_same(run, undisturbed)
            run = tmp_path / f"{kill + 1}"


def test_a_full_disk_gets_one_line_and_the_last_checkpoint_stays(tmp_path, undisturbed):
    run = shutil.copytree(undisturbed, tmp_path / "run")
    before = (run / checkpoints.TRAINING_STATE).read_bytes()
    longer = dataclasses.replace(CONFIG, epochs=CONFIG.epochs + 1)
    status, stderr = TrainingProcess(Run(run, longer, IMAGES, resume=True, largest_file=2**20)).finish()
    assert status == 2
    last = stderr.strip().splitlines()[-1]
    assert last.startswith("--out ") and "cannot be written" in last and "--resume" in last
    assert "Traceback" not in stderr
    assert (run / checkpoints.TRAINING_STATE).read_bytes() == before
    assert [path.name for path in run.glob(".*.tmp")] == []
    finish(Run(run, longer, IMAGES, resume=True))
