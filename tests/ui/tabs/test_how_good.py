import json
import shlex

import numpy as np
import pytest

from cgan import data
from cgan.common.uploads import UploadError
from cgan.data import NUM_CLASSES, examples
from cgan.evaluation import classifiers, metrics
from cgan.evaluation.classifiers import JUDGE, judge_version
from cgan.models.checkpoints import CONFIG, resolve
from cgan.sampling.sampler import Sampler
from cgan.ui.figures import in_english
from cgan.ui.server.errors import REASONS
from cgan.ui.server.jobs import Worker
from cgan.ui.studio import Studio
from cgan.ui.tabs.how_good import service as evidence_module
from cgan.ui.tabs.how_good.report_card import report_card
from cgan.ui.tabs.how_good.service import Evidence
from tests.pictures import assert_same_pictures
from tests.ui.tabs.test_inside import last, picture, problem
from tests.ui.tabs.test_picture import as_file

REQUEST = {"checkpoint": "r3gan-conv", "source": "generated", "class_index": 3, "seed": 7, "own": {"example": 20}}


@pytest.fixture(scope="module")
def evidence():
    return Evidence(Studio(), Worker())


def request(**changes):
    return (REQUEST | changes).values()


def pixels(panel):
    return picture(panel["src"])[0, :, :, 0]


def assert_splits(histogram, value, share):
    """A histogram of everything, with `value` marked, has this share of it to the left, to half a bar."""
    (bars,) = (series["shares"] for series in histogram["series"])
    edges = np.linspace(histogram["low"], histogram["high"], len(bars) + 1)
    assert histogram["marker"] == pytest.approx(value, abs=0.01) and sum(bars) == pytest.approx(1, abs=0.01)
    assert np.interp(value, edges, np.cumsum([0, *bars])) == pytest.approx(share, abs=max(bars) / 2)


def test_the_nearest_images_are_training_images_with_distances_that_grow(evidence, fashion_mnist):
    figure = last(evidence.nearest_images(*request()))
    this, *rows = figure["rows"]
    assert_same_pictures(
        pixels(this["panels"][0]), Sampler(resolve("r3gan-conv")).sample(np.array([3]), np.array([7]))[0]
    )
    for row in rows:
        distances = [float(panel["note"]["values"]["distance"]) for panel in row["panels"]]
        assert len(distances) == 6 and distances == sorted(distances)
        assert any((fashion_mnist[0] == pixels(row["panels"][0])).all(axis=(1, 2)))
        assert 0 <= int(row["caption"]["values"]["share"]) <= 100
        assert_splits(row["histogram"], distances[0], int(row["caption"]["values"]["share"]) / 100)
    assert figure["caption"][0]["key"] == "compared_exactly"


def test_a_persons_own_picture_has_neighbours_of_its_class(evidence):
    figure = last(evidence.nearest_images(*request(source="own", own={"example": 95})))
    np.testing.assert_array_equal(pixels(figure["rows"][0]["panels"][0]), examples.load()[95])
    assert "Ankle boot" in [panel["title"]["en"] for row in figure["rows"][1:] for panel in row["panels"]]


def test_programs_learn_that_a_training_image_is_its_own_copy(evidence, fashion_mnist):
    answer = evidence.nearest(as_file(fashion_mnist[0][500]), 3)
    assert answer["exact"] is True
    for measure in ("features", "pixels"):
        assert answer[measure]["neighbours"][0]["number"] == 500
        assert answer[measure]["neighbours"][0]["class_index"] == fashion_mnist[1][500]
        assert len(answer[measure]["neighbours"]) == 3 and answer[measure]["closer"] < 0.1
    for picture_, count, words in (("no", 3, "in base64 expected"), (as_file(fashion_mnist[0][0]), 0, "1 to 50")):
        with pytest.raises(REASONS, match=words):
            evidence.nearest(picture_, count)


def test_programs_send_base64_as_they_make_it(evidence, fashion_mnist):
    """With line breaks, as `base64` and MIME write it, and as a page's data URL."""
    plain = as_file(fashion_mnist[0][500])
    lines = "\r\n".join(plain[start : start + 76] for start in range(0, len(plain), 76))
    for picture_ in (plain, f"{lines}\n", f"data:image/png;base64,{plain}"):
        assert evidence.nearest(picture_, 1)["pixels"]["neighbours"][0]["number"] == 500
    for picture_ in ("data:image/png,abc", "data:", "data:text/plain;base64,aGk="):
        with pytest.raises(UploadError):
            evidence.nearest(picture_, 1)


def test_scores_of_d_put_real_above_generated_and_zero_at_the_generated(evidence):
    figure = last(evidence.discriminator(*request()))
    assert [panel["title"]["key"] for panel in figure["rows"][0]["panels"]][1] == "gradient_of_d"
    histogram = figure["histogram"]
    middles = np.linspace(histogram["low"], histogram["high"], len(histogram["series"][0]["shares"]) + 1)
    middles = (middles[1:] + middles[:-1]) / 2
    real, generated = (np.dot(middles, series["shares"]) for series in histogram["series"])
    width = middles[1] - middles[0]
    assert abs(generated) < width and real > generated + width
    assert histogram["low"] <= histogram["marker"] <= histogram["high"]
    assert [text["key"] for text in figure["caption"]] == ["score_verdict", "relativistic", "scores_counted"]


def test_the_reports_d_is_no_relativistic_one_and_the_class_told_matters(evidence):
    as_boot, as_shirt = (
        last(
            evidence.discriminator(*request(checkpoint="report-mlp", source="own", own={"example": 90}, class_index=c))
        )
        for c in (9, 6)
    )
    assert as_boot["caption"][1]["key"] == "not_relativistic"
    assert as_boot["histogram"]["marker"] != as_shirt["histogram"]["marker"]


def test_without_the_data_set_the_examples_stand_for_the_real_ones(evidence, monkeypatch):
    def missing():
        raise data.DataError("not on this machine")

    monkeypatch.setattr(classifiers, "local_test_images", missing)
    evidence_module._scores_of_class.cache_clear()
    figure = last(evidence.discriminator(*request()))
    evidence_module._scores_of_class.cache_clear()
    assert figure["caption"][2]["values"] == {"real": examples.per_class, "generated": 256}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"checkpoint": "../judge"}, "r3gan-conv"),
        ({"source": "photograph"}, "generated, own"),
        ({"class_index": NUM_CLASSES}, "0 to 9"),
        ({"seed": 2**32}, "0 to 4294967295"),
        ({"source": "own", "own": None}, "no_picture"),
        ({"source": "own", "own": {"upload": "?"}}, "upload_unreadable"),
    ],
)
def test_what_is_not_allowed_gets_one_line(evidence, changes, words):
    for run in (evidence.nearest_images, evidence.discriminator):
        assert words in problem(run(*request(**changes)))


def test_the_report_card_says_what_the_files_say():
    card = report_card(Studio(), "r3gan-conv")
    files = [resolve("r3gan-conv") / metrics.METRICS, resolve("report-mlp") / metrics.METRICS]
    measured = [json.loads(file.read_text()) for file in files]
    assert card["columns"][:2] == ["r3gan-conv", "report-mlp"] and card["columns"][2]["key"] == "column_real"
    measured_floor = json.loads((JUDGE / metrics.REAL).read_text())
    rows = {row["title"]["key"]: row["cells"] for row in card["rows"]}
    assert rows["measure_recall"][:2] == [f"{100 * of['recall']:.1f}%" for of in measured]
    three = [*measured, measured_floor]
    told = [f"{100 * of['two_sample']['accuracy']['mean']:.1f}%" for of in three]
    assert rows["measure_two_sample_accuracy"] == told
    of_random = [f"{100 * of['random_features']['recall']:.1f}%" for of in three]
    assert rows["measure_random_features_recall"] == of_random
    for measure in ("fid", "precision", "recall", "gan_test"):
        of_report = [of_class[measure] for of_class in measured[1]["per_class"].values()]
        assert [group["values"][1] for group in card["by_class"][measure]] == of_report
    assert card["missing"] is None
    last([card])


@pytest.mark.parametrize("name", ["plain", "with space and 'quote'"])
def test_the_command_that_measures_works_when_it_is_pasted(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    (folder / CONFIG).symlink_to(resolve("report-mlp") / CONFIG)
    card = report_card(Studio(extra_folder=folder), f"{folder}")
    _, _, command = in_english(card["missing"]).partition(": ")
    words = ["python", "-m", "cgan.metrics", "--checkpoint", f"{folder}", "--json", f"{folder}/metrics.json"]
    assert shlex.split(command) == words


def test_older_files_without_the_newer_measures_still_show(tmp_path):
    (tmp_path / CONFIG).symlink_to(resolve("report-mlp") / CONFIG)
    measured = json.loads((resolve("report-mlp") / metrics.METRICS).read_text())
    newer = ("two_sample", "random_features")
    older = {name: value for name, value in measured.items() if name not in newer}
    (tmp_path / metrics.METRICS).write_text(json.dumps(older))
    card = report_card(Studio(extra_folder=tmp_path), f"{tmp_path}")
    assert card["missing"] is None
    for row in card["rows"]:
        is_newer = any(name in row["title"]["key"] for name in newer)
        is_there = row["cells"][0] != "–"
        assert is_there is (not is_newer and row["title"]["key"] != "measure_gan_train")


def test_what_another_judge_has_measured_counts_as_missing(tmp_path):
    (tmp_path / CONFIG).symlink_to(resolve("report-mlp") / CONFIG)
    measured = json.loads((resolve("r3gan-conv") / metrics.METRICS).read_text())
    for judge, is_missing in ((measured["judge"], False), ("0" * 16, True), (None, True)):
        (tmp_path / metrics.METRICS).write_text(json.dumps(measured | {"judge": judge}))
        card = report_card(Studio(extra_folder=tmp_path), f"{tmp_path}")
        assert (card["missing"] is not None) is is_missing


@pytest.mark.parametrize(
    "content",
    [
        *(None, "{", "[]"),
        '{"fid": "low", "per_class": {"Dress": 1}, "gan_train": {"lenet": 3}, "two_sample": 1, "random_features": []}',
    ],
)
def test_what_nobody_measured_is_said_and_not_made_up(tmp_path, content):
    if content is not None:
        (tmp_path / metrics.METRICS).write_text(content.replace("{", f'{{"judge": "{judge_version()}", ', 1))
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).symlink_to(resolve("report-mlp") / name)
    card = report_card(Studio(extra_folder=tmp_path), str(tmp_path))
    assert all(row["cells"][0] == "–" for row in card["rows"])
    assert all(group["values"][0] is None for groups in card["by_class"].values() for group in groups)
    assert (card["missing"] is None) == (content is not None and "fid" in content)


def test_gan_train_is_the_mean_of_its_classifiers(tmp_path):
    scores = {kind: {"mean": mean, "sd": 0.01, "all": [mean]} for kind, mean in (("lenet", 0.8), ("residual", 0.9))}
    (tmp_path / metrics.METRICS).write_text(json.dumps({"judge": judge_version(), "gan_train": scores}))
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).symlink_to(resolve("report-mlp") / name)
    card = report_card(Studio(extra_folder=tmp_path), str(tmp_path))
    assert {row["title"]["key"]: row["cells"][0] for row in card["rows"]}["measure_gan_train"] == "85.0%"
