import base64
import io
import threading

import numpy as np
import pytest
import torch
from PIL import Image, ImageSequence

from cgan import data
from cgan.data import NUM_CLASSES, fashion_mnist
from cgan.explain import own_networks
from cgan.explain.imagenet import EFFICIENTNET_LITE0, SQUEEZENET
from cgan.models.checkpoints import resolve
from cgan.sampling.sampler import Sampler
from cgan.ui.own_picture import open_upload
from cgan.ui.server.jobs import Worker
from cgan.ui.studio import Studio
from cgan.ui.tabs.inside.service import ANY_OTHER, Lab
from cgan.ui.texts import TEXTS

REQUEST = {
    "checkpoint": "r3gan-conv",
    "network": "judge",
    "source": "generated",
    "photograph": "cheetah",
    "class_index": 3,
    "seed": 7,
    "upload": None,
}
PHOTOGRAPH = {"network": EFFICIENTNET_LITE0, "source": "photograph"}


@pytest.fixture(scope="module")
def lab():
    return Lab(Studio(), Worker(), offline=True)


def request(**changes):
    return (REQUEST | changes).values()


def picture(source):
    """The pixels of a panel, and of each frame where it is a film."""
    image = Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))
    return np.stack([np.array(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)])


def texts(value):
    """Every text in a figure, with those that it is filled with."""
    if isinstance(value, dict):
        if "key" in value:
            yield value
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)


def last(figures):
    """The last figure; every text of all of them is in the table, with what it is filled with."""
    for figure in figures:
        for text in texts(figure):
            for sentence in TEXTS[text["key"]]:
                sentence.format(**text["values"])
    return figure


def problem(figures):
    (figure,) = figures
    figure = figure[0] if isinstance(figure, tuple) else figure
    assert figure["state"] == "problem" and figure["rows"] == []
    last([figure])
    (text,) = figure["caption"]
    return text if isinstance(text, str) else text["key"]


def titles(row):
    return [panel["title"]["key"] for panel in row["panels"]]


def test_the_picture_looked_at_is_the_sample_of_the_other_tabs(lab):
    shown, _ = last(lab.look(*request()))
    sample = Sampler(own_networks.checkpoints.resolve("r3gan-conv")).sample(np.array([3]), np.array([7]))[0]
    pixels = picture(shown["rows"][0]["panels"][0]["src"])[0, :, :, 0]
    assert np.abs(pixels.astype(int) - sample).max() <= 1
    assert shown["rows"][0]["panels"][0]["bars"][0][0]["en"] == "Dress"


def test_saliency_under_the_judge_and_under_d_side_by_side(lab):
    _, saliency = last(lab.look(*request()))
    assert saliency["state"] == "done"
    assert [titles(row) for row in saliency["rows"]] == [
        ["gradient", "smooth_grad", "integrated_gradients", "grad_cam"]
    ] * 2
    assert [row["title"]["values"]["network"]["key"] for row in saliency["rows"]] == [
        "name_judge",
        "name_discriminator",
    ]
    assert [panel["src"] is not False for row in saliency["rows"] for panel in row["panels"]] == [True] * 8


def test_an_mlp_has_no_grad_cam_and_says_so(lab):
    _, saliency = last(lab.look(*request(checkpoint="report-mlp", network="discriminator")))
    assert saliency["rows"][0]["panels"][3]["note"]["key"] == "no_grad_cam"
    assert saliency["rows"][0]["panels"][3]["src"] is False


def test_a_real_image_is_the_one_of_the_data_set(lab, fashion_mnist_test):
    images, labels = fashion_mnist_test
    shown, _ = last(lab.look(*request(source="real", class_index=9, seed=2)))
    np.testing.assert_array_equal(picture(shown["rows"][0]["panels"][0]["src"])[0, :, :, 0], images[labels == 9][2])


def test_figures_come_one_by_one_and_the_last_has_the_film(lab):
    figures = list(lab.fool("pixels", 7, *request()))
    assert [figure["state"] for figure in figures[:-1]] == ["running"] * (len(figures) - 1)
    end = last(figures)
    assert end["state"] == "done" and titles(end["rows"][0]) == ["before", "after", "change"]
    assert end["caption"][0]["key"] == "fooled_after"
    assert end["caption"][0]["values"]["steps"] == len(end["curve"]["values"]) - 1
    assert end["rows"][0]["panels"][1]["bars"][0][0]["en"] == "Sneaker"
    before, after = (picture(end["rows"][0]["panels"][place]["src"])[0] for place in (0, 1))
    frames = picture(end["film"])
    np.testing.assert_array_equal(frames[0][4::8, 4 : 28 * 8 : 8, 0], before[:, :, 0])
    np.testing.assert_array_equal(frames[-1][4::8, 4 : 28 * 8 : 8, 0], after[:, :, 0])


def test_through_z_the_judge_changes_its_mind_about_a_garment(lab):
    end = last(lab.fool("z", ANY_OTHER, *request()))
    assert end["caption"][0]["key"] == "fooled_after" and end["name"] == "through-z"
    assert end["rows"][0]["panels"][1]["bars"][0][0]["en"] != "Dress"
    assert len(picture(end["film"])) == end["caption"][0]["values"]["steps"] + 1 > 1


def test_z_needs_a_generated_picture(lab):
    assert problem(lab.fool("z", ANY_OTHER, *request(source="real"))) == "z_needs_generated"


@pytest.mark.parametrize("network", ["judge", "discriminator"])
def test_the_smallest_change_is_told_in_grey_levels(lab, network):
    end = last(lab.fool("smallest", ANY_OTHER, *request(network=network)))
    assert end["caption"][0]["key"] == "smallest_bound"
    bound = float(end["caption"][0]["values"]["bound"])
    before, after = (picture(end["rows"][0]["panels"][place]["src"])[0].astype(int) for place in (0, 1))
    assert 0 < bound < 40 and np.abs(before - after).max() <= bound + 1


@pytest.mark.parametrize("network", ["judge", "discriminator"])
def test_what_convinces_the_network_beside_what_convinces_a_person(lab, network):
    end = last(lab.visualize(8, *request(network=network)))
    assert titles(end["rows"][0]) == ["convinces_network", "convinces_person"]
    grown, sample = end["rows"][0]["panels"]
    judge = own_networks.judge()
    for panel in (grown, sample):  # both scores are the judge's
        pixels = torch.from_numpy(picture(panel["src"])[0, :, :, 0].astype(np.float32) / 255)[None, None]
        with torch.no_grad():
            assert judge(pixels)[0].softmax(dim=0).max() == pytest.approx(panel["bars"][0][1], abs=0.05)
    assert sample["bars"][0][0]["en"] == "Bag"
    assert end["curve"]["values"][-1] > 0.9 * max(end["curve"]["values"])
    assert len(picture(end["film"])) > 20


def test_a_photograph_goes_through_all_three(lab):
    shown, saliency = last(lab.look(*request(**PHOTOGRAPH)))
    assert shown["rows"][0]["panels"][0]["bars"][0][0] == "Cheetah" and len(saliency["rows"]) == 1
    fooled = last(lab.fool("pixels", 1, *request(**PHOTOGRAPH)))
    assert fooled["rows"][0]["panels"][1]["bars"][0][0] == "Goldfish"
    grown = last(lab.visualize(985, *request(**PHOTOGRAPH)))
    assert grown["rows"][0]["panels"][0]["bars"][0][0] == "Daisy"


def test_what_the_tab_opens_with_was_computed_beforehand_and_is_what_run_computes(lab):
    stored = last(lab.look(*request(**PHOTOGRAPH)))
    anew = last(lab.look(*request(**PHOTOGRAPH), anew=True))
    assert [text["key"] for text in stored[1]["caption"]] == ["beforehand", "saliency_caption"]
    assert [text["key"] for text in anew[1]["caption"]] == ["saliency_caption"]
    for before, now in zip(stored, anew, strict=True):
        (before,), (now,) = before["rows"], now["rows"]
        assert before["title"] == now["title"] and titles(before) == titles(now)
        for old, new in zip(before["panels"], now["panels"], strict=True):
            assert [name for name, _ in old.get("bars", [])] == [name for name, _ in new.get("bars", [])]
            difference = picture(old["src"]).astype(int) - picture(new["src"])
            assert np.abs(difference).mean() < 6  # grey levels, which compression loses


def test_only_what_the_tab_opens_with_was_computed_beforehand(lab):
    shown, _ = next(lab.look(*request(**PHOTOGRAPH | {"photograph": "lion"})))
    assert shown["rows"][0]["panels"][0]["bars"][0][0] == "Lion"
    assert problem(lab.look(*request(**PHOTOGRAPH | {"network": "nonsense"}))) == "imagenet_unknown"


def test_an_upload_is_read_and_then_looked_at(lab):
    file = io.BytesIO()
    Image.new("RGB", (500, 300), "teal").save(file, "JPEG")
    value = open_upload(file.getvalue())
    assert picture("," + value["picture"]).shape == (1, 256, 256, 3)
    for network, size in (("judge", 28), (EFFICIENTNET_LITE0, 224)):
        shown, _ = next(lab.look(*request(network=network, source="upload", upload=value)))
        assert picture(shown["rows"][0]["panels"][0]["src"]).shape == (1, size, size, 3)


@pytest.mark.parametrize("content", [None, 7, {"a": 1}, "no base64", base64.b64encode(b"no picture").decode()])
def test_a_bad_upload_gets_one_line(lab, content):
    assert problem(lab.look(*request(source="upload", upload={"picture": content or 1}))) == "upload_unreadable"


def test_a_file_that_is_none_or_too_large_gets_one_line():
    assert open_upload(b"no picture")["problem"]["key"] == "upload_unreadable"
    assert open_upload(bytes(9 * 2**20))["problem"]["key"] == "upload_too_many_bytes"


def test_without_an_upload_the_page_says_what_is_missing(lab):
    assert problem(lab.look(*request(source="upload"))) == "no_upload"


def test_offline_a_network_that_is_not_there_is_one_line(lab, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for run in (lab.look, lambda *r: lab.fool("pixels", 1, *r), lambda *r: lab.visualize(1, *r)):
        assert problem(run(*request(network=SQUEEZENET, source="photograph"))) == "imagenet_offline"


def test_every_reason_has_its_text(lab):
    assert problem(lab.look(*request(network="nonsense", source="photograph"))) == "imagenet_unknown"
    assert problem(lab.look(*request(network="vit_h_14", source="photograph"))) == "imagenet_too_large"
    assert {"imagenet_busy", "imagenet_unreachable", "upload_too_many_pixels"} <= TEXTS.keys()


def test_real_images_need_the_data_set(lab, monkeypatch):
    data.local_test_images.cache_clear()
    monkeypatch.setattr(fashion_mnist, "find", lambda: None)
    assert problem(lab.look(*request(source="real"))) == "no_data"


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("checkpoint", "../../etc", "checkpoint: '../../etc' given; allowed: "),
        ("network", None, "network: "),
        ("network", ["judge"], "network: "),
        ("network", "x" * 1000, "network: "),
        ("source", "photograph", "source: 'photograph' given; allowed: generated"),
        ("photograph", "../secret", "photograph: '../secret' given"),
        ("class_index", NUM_CLASSES, "class: 10 given; allowed: a whole number from 0 to 9"),
        ("seed", 0.5, "seed: 0.5 given"),
        ("seed", 2**32, "seed: 4294967296 given"),
    ],
)
def test_what_no_page_sends_is_refused_in_one_line(lab, name, value, allowed):
    line = problem(lab.look(*request(**{name: value})))
    assert line.startswith(allowed) and "\n" not in line


@pytest.mark.parametrize(
    ("way", "target", "allowed"),
    [("magic", 1, "way: 'magic'"), ("pixels", NUM_CLASSES, "target: 10"), ("z", "1", "target: '1'")],
)
def test_ways_and_targets_are_checked(lab, way, target, allowed):
    assert problem(lab.fool(way, target, *request())).startswith(allowed)


def test_classes_and_the_number_of_values_are_checked(lab):
    assert problem(lab.visualize(1000, *request(**PHOTOGRAPH))).startswith("class: 1000 given")
    assert problem(lab.look(1, 2, 3)).startswith("7 values expected")


def test_a_damaged_checkpoint_is_one_line(tmp_path):
    for file in resolve("report-mlp").iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "discriminator.safetensors").write_bytes(b"nothing")
    lab = Lab(Studio(extra_folder=tmp_path), Worker())
    line = problem(lab.visualize(3, *request(checkpoint=f"{tmp_path}", network="discriminator")))
    assert "discriminator.safetensors" in line and "\n" not in line


def test_runs_take_turns_in_one_thread():
    worker = Worker()
    order = []

    def run(name):
        for step in range(3):
            order.append((name, step, threading.current_thread().name))
            yield step

    first, second = worker.steps(run, "a"), worker.steps(run, "b")
    assert [next(first), next(second), next(first), next(second)] == [0, 0, 1, 1]
    assert order == [(name, step, "runs_0") for step in range(2) for name in "ab"]


def test_a_run_that_is_given_up_computes_no_further():
    worker, computed = Worker(), []

    def run():
        for step in range(100):
            computed.append(step)
            yield step

    steps = worker.steps(run)
    next(steps)
    steps.close()
    assert computed == [0]
