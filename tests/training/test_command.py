import dataclasses
import json
import shutil
import sys

import pytest

from cgan.models import checkpoints
from cgan.training import command
from cgan.training.config import RECIPES, TrainingConfig
from cgan.training.run_folder import RunFolder
from tests.conftest import ROOT


def test_an_architecture_brings_its_recipe(tmp_path, monkeypatch):
    """Given flags count, and the other settings are the recipe's, wherever --arch stands."""
    flags = ["--steps", "1", "--out", f"{tmp_path}", "--beta2", "0.9", "--arch", "conv", "--width", "8"]
    monkeypatch.setattr(sys, "argv", ["train.py", *flags, "--width-d", "4"])
    command.main()
    config = TrainingConfig(**json.loads((tmp_path / "config.json").read_text())["training"])
    assert config == dataclasses.replace(RECIPES["conv"], steps=1, beta2=0.9, width=8, width_d=4)


def test_every_setting_is_a_flag_with_its_default_and_range(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["train.py", "--arch", "conv", "--help"])
    with pytest.raises(SystemExit):
        command.main()
    text = " ".join(capsys.readouterr().out.split())
    for field in dataclasses.fields(TrainingConfig):
        assert f"--{field.name.replace('_', '-')} " in text
    assert "length of z (default: 64)" in text and "of Adam (default: 0.99)" in text


def test_widths_are_numbers_with_commas(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["train.py", "--hidden", "256,512", "--no-batchnorm"])
    arguments = command._arguments()
    assert (arguments.hidden, arguments.hidden_d) == ((256, 512), (512, 512, 512))
    assert not arguments.batchnorm


def test_a_run_starts_with_the_networks_of_its_checkpoint(tmp_path, monkeypatch):
    """The other settings are the recipe's, and what is given counts."""
    trained = dataclasses.replace(
        RECIPES["mlp"], latent_dim=16, hidden=(256, 512), hidden_d=(256,), batchnorm=False, dropout=0.1, loss="hinge"
    )
    checkpoints.save_config(tmp_path, trained.networks(), dataclasses.asdict(trained))
    monkeypatch.setattr(sys, "argv", ["train.py", "--start-from", f"{tmp_path}", "--beta1", "0"])
    config = command._config(command._arguments())
    assert config == dataclasses.replace(trained, start_from=f"{tmp_path}", loss="least-squares", beta1=0.0)
    sys.argv += ["--hidden-d", "128,64"]
    assert command._arguments().hidden_d == (128, 64)


@pytest.mark.parametrize("name", ["report-mlp", "r3gan-conv"])
def test_a_shipped_checkpoint_names_its_networks(monkeypatch, name):
    monkeypatch.setattr(sys, "argv", ["train.py", "--start-from", name])
    ours = command._config(command._arguments()).networks()
    theirs = checkpoints.load_config(checkpoints.resolve(name))
    assert ours == theirs


def test_a_switch_of_the_recipe_can_be_turned_off(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["train.py", "--arch", "conv"])
    assert command._arguments().keep_averages
    sys.argv.append("--no-keep-averages")
    assert not command._arguments().keep_averages


def test_a_run_is_not_overwritten_and_not_conjured_up(short_run, expect_refusal_here, tmp_path):
    expect_refusal_here("train.py", "--out", short_run, "--steps", 5, words=[str(short_run), "--resume"])
    expect_refusal_here("train.py", "--out", tmp_path, "--steps", 5, "--resume", words=[str(tmp_path), "--resume"])


def test_a_checkpoint_without_a_state_to_go_on_from_is_not_overwritten(expect_refusal_here, tmp_path):
    shipped = ROOT / "checkpoints" / "report-mlp"
    folder = shutil.copytree(shipped, tmp_path / "copy")
    expect_refusal_here("train.py", "--out", folder, "--resume", words=[f"--start-from {folder}", "--out"])
    expect_refusal_here("train.py", "--out", folder, "--steps", 5, words=[str(folder), "another folder"])
    assert (folder / "history.jsonl").read_bytes() == (shipped / "history.jsonl").read_bytes()


def test_a_second_trainer_in_one_folder_is_refused(tmp_path, expect_refusal_here):
    holder = RunFolder(tmp_path)
    expect_refusal_here("train.py", "--out", tmp_path, "--steps", 5, words=[str(tmp_path), "another"])
    del holder


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--epochs", "0"], ["--epochs", "0 given", "1 or more"]),
        (["--learning-rate", "nan"], ["--learning-rate", "nan", "from 0 to 10"]),
        (["--batch-size", "many"], ["--batch-size", "many", "whole number"]),
        (["--arch", "conv9"], ["--arch", "conv9", "mlp"]),
        (["--steps", "5", "--epochs", "2"], ["--epochs", "--steps"]),
        (["--nonsense"], ["--nonsense"]),
        (["--hidden", "256;512"], ["--hidden: '256;512' given", "1 to 8 multiples of 4, from 4 to 4096"]),
        (["--hidden-d", "30"], ["--hidden-d: [30] given", "1 to 8 multiples of 4, from 4 to 4096"]),
        (["--start-from", "nowhere"], ["nowhere", "report-mlp"]),
    ],
)
def test_wrong_flags_get_one_line(expect_refusal_here, arguments, words):
    expect_refusal_here("train.py", *arguments, words=words)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"WORLD_SIZE": "2"}, ["WORLD_SIZE=2", "RANK", "torchrun"]),
        ({"WORLD_SIZE": "2", "RANK": "0"}, ["WORLD_SIZE=2", "MASTER_ADDR", "torchrun"]),
        ({"WORLD_SIZE": "many"}, ["WORLD_SIZE=many", "torchrun"]),
    ],
)
def test_half_of_torchruns_variables_get_one_line(expect_refusal_here, monkeypatch, variables, words):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    expect_refusal_here("train.py", "--steps", 1, words=words)


def test_a_home_folder_is_meant_by_its_sign(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", f"{tmp_path}")
    monkeypatch.setattr(sys, "argv", ["train.py", "--steps", "1", "--out=~/run"])
    command.main()
    assert (tmp_path / "run/config.json").exists()


def test_a_folder_that_cannot_be_written_gets_one_line(expect_refusal_here, tmp_path):
    (tmp_path / "file").touch()
    expect_refusal_here(
        "train.py", "--out", tmp_path / "file" / "run", "--steps", 5, words=["--out", "cannot be written"]
    )
