import json
import sys

import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from cgan.training.config import TrainingConfig
from cgan.training.loop import train

CPU = torch.device("cpu")


def test_the_board_shows_the_history_also_of_a_run_that_was_resumed(few, tmp_path):
    train(TrainingConfig(steps=40, log_every=10), *few, tmp_path, CPU, tensorboard=True)
    train(TrainingConfig(steps=60, log_every=10), *few, tmp_path, CPU, resume=True, tensorboard=True)
    history = [json.loads(line) for line in (tmp_path / "history.jsonl").read_text().splitlines()]

    board = EventAccumulator(str(tmp_path / "tensorboard"))
    board.Reload()
    assert {tag.split("/")[1] for tag in board.Tags()["scalars"]} == set(history[0])
    assert board.Tags()["images"] == ["samples"]
    for group, name in (("loss", "loss_g"), ("score", "score_real"), ("progress", "images")):
        shown = {event.step: event.value for event in board.Scalars(f"{group}/{name}")}
        assert list(shown) == [10, 20, 30, 40, 50, 60]
        assert torch.allclose(torch.tensor([*shown.values()]), torch.tensor([float(entry[name]) for entry in history]))


def test_without_the_package_one_line_says_so(expect_refusal_here, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)  # as if it could not be imported
    words = ["--tensorboard", "pip install tensorboard"]
    expect_refusal_here("train.py", "--steps", 1, "--tensorboard", "--out", tmp_path / "run", words=words)
