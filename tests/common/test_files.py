"""Files: what cannot be written or read is said before the work, and in one line."""

import json
import math

import pytest

from cgan.common.command_line import check_output
from cgan.common.files import user_path, write_json


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_no_file_gets_numbers_that_are_not_finite(tmp_path, number):
    path = tmp_path / "a.json"
    write_json(path, {"value": 1.5})
    with pytest.raises(OSError, match="not finite"):
        write_json(path, {"value": [number]})
    assert json.loads(path.read_text()) == {"value": 1.5}


def test_an_output_is_tried_and_left_as_it_was(tmp_path):
    (tmp_path / "there").write_text("old")
    for name in ("there", "new"):
        check_output("--out", tmp_path / name)
    assert (tmp_path / "there").read_text() == "old" and not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["", "no/such/folder/a.json", "file/a.json", "zero\0byte"])
def test_an_output_that_cannot_be_written_is_refused_in_one_line(tmp_path, capsys, name):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as end:
        check_output("--json", tmp_path / name)
    assert end.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"--json {tmp_path}") and "cannot be written (" in line


def test_metrics_find_it_before_the_work(expect_refusal_here, monkeypatch, tmp_path):
    monkeypatch.setattr("cgan.data.fashion_mnist.load", lambda *_, **__: pytest.fail("the work has begun"))
    output = tmp_path / "none" / "metrics.json"
    words = ["--json", "none", "cannot be written"]
    expect_refusal_here("-m", "cgan.metrics", "--checkpoint", "report-mlp", "--json", output, words=words)


def test_without_a_known_home_a_path_stays_as_it_is():
    assert f"{user_path('~nobody-of-this-name/x')}" == "~nobody-of-this-name/x"
