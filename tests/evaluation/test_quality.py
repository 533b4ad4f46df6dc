import sys

import numpy as np
from PIL import Image

from benchmarks import quality


def test_the_page_says_what_the_shipped_files_say():
    """Otherwise `python -m benchmarks.quality` has to be run."""
    names, page = quality.report()
    assert {"r3gan-conv", "report-mlp"} <= {*names}
    assert quality.PAGE.read_text() == page


def test_of_each_pair_the_one_said_to_be_real_is_a_test_image(fashion_mnist_test, tmp_path, monkeypatch, capsys):
    images, labels = fashion_mnist_test
    sides = []
    for seed in ("1", "2"):
        command = ["quality", "--pairs", f"{tmp_path / 'pairs.png'}", "--checkpoint", "report-mlp", "--seed", seed]
        monkeypatch.setattr(sys, "argv", command)
        quality.main()
        answers = capsys.readouterr().out.strip().removeprefix("The real ones. ").removesuffix(".").split(", ")
        cells = (
            np.array(Image.open(tmp_path / "pairs.png")).reshape(2, 144, 5, 256).swapaxes(1, 2).reshape(10, 144, 256)
        )
        for index, (cell, answer) in enumerate(zip(cells, answers, strict=True)):
            left, right = (cell[16:128:4, start : start + 112 : 4] for start in (16, 128))
            real, drawn = (left, right) if answer.endswith("left") else (right, left)
            assert (images[labels == index] == real).all(axis=(1, 2)).any()
            assert not (images == drawn).all(axis=(1, 2)).any()
        sides.append([answer.rpartition(" ")[2] for answer in answers])
    assert {*sides[0]} == {"left", "right"} and sides[0] != sides[1]
