"""Which checkpoint the app opens with."""

import shutil

import pytest

from cgan.models import checkpoints
from cgan.ui import page
from cgan.ui.page import DEFAULT_CHECKPOINT

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 800\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two checkpoints, of which the default one was cloned without git-lfs."""
    for name in (DEFAULT_CHECKPOINT, "report-mlp"):
        (tmp_path / "checkpoints" / name).mkdir(parents=True)
        for file in (checkpoints.CONFIG, checkpoints.EMA_GENERATOR):
            shutil.copy(checkpoints.CHECKPOINTS / name / file, tmp_path / "checkpoints" / name)
    monkeypatch.setattr(checkpoints, "PROJECT", tmp_path)
    for name in ("CHECKPOINTS", "SHIPPED_CHECKPOINTS"):
        monkeypatch.setattr(checkpoints, name, tmp_path / "checkpoints")
    (tmp_path / "checkpoints" / DEFAULT_CHECKPOINT / checkpoints.EMA_GENERATOR).write_text(POINTER)
    return tmp_path


def test_it_opens_with_what_there_is(folder, capsys):
    _, name = page._open_studio(None, [])
    assert name == "report-mlp"
    (line,) = capsys.readouterr().err.splitlines()
    assert f"checkpoints/{DEFAULT_CHECKPOINT}/model.safetensors" in line and "git lfs pull" in line
    assert f"{folder}" not in line


def test_with_nothing_whole_it_says_so(folder, capsys):
    (folder / "checkpoints/report-mlp" / checkpoints.CONFIG).write_text("{")
    with pytest.raises(SystemExit):
        page._open_studio(None, [])
    assert "python train.py" in capsys.readouterr().err.splitlines()[-1]
