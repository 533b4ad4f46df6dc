"""Publishing, against a Hub on loopback that huggingface_hub really calls."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version

import numpy as np
import pytest
from huggingface_hub import metadata_load

from cgan import data
from cgan.checkpoints import AVERAGED_GENERATOR, CHECKPOINTS
from cgan.sampling import Sampler
from tests.conftest import ROOT
from tests.fake_hub import READER, TOKEN, running_hub

SHIPPED = CHECKPOINTS / "report-mlp"


@pytest.fixture(scope="module")
def hub():
    with running_hub() as hub:
        yield hub


@pytest.fixture
def at_hub(hub, tmp_path, monkeypatch):
    """Commands from here on call the fake Hub, by its one token, with an empty cache."""
    for name, value in (
        ("HF_ENDPOINT", hub.address),
        ("HF_TOKEN", TOKEN),
        ("HF_HOME", f"{tmp_path / 'hub'}"),
        ("HF_HUB_DISABLE_XET", "1"),
        ("HF_HUB_DISABLE_PROGRESS_BARS", "1"),
    ):
        monkeypatch.setenv(name, value)


@pytest.fixture
def publish(at_hub, run_command):
    def publish(*arguments):
        finished = run_command("-m", "cgan.publish", *arguments)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    return publish


def listed(output):
    """{path: (bytes, kept beside git)} of a listing."""
    rows = re.findall(r"^ *([\d,]+)  (git|LFS/Xet) +(\S+)$", output, re.MULTILINE)
    return {path: (int(size.replace(",", "")), where != "git") for size, where, path in rows}


def assert_published_as_listed(repo, output):
    files = listed(output)
    assert {path: len(content) for path, content in repo.files.items()} == {p: size for p, (size, _) in files.items()}
    assert repo.large == {path for path, (_, beside) in files.items() if beside}


def test_a_space_is_what_the_app_needs_and_no_more(hub, publish):
    output = publish("space", "me/clothes")
    repo = hub.repos["spaces/me/clothes"]
    assert repo.created["sdk"] == "gradio"
    assert_published_as_listed(repo, output)
    assert {"app.py", "requirements.txt", "README.md", "cgan/web/worker.js", "cgan/ui/page.py"} <= repo.files.keys()
    assert {f"checkpoints/r3gan-conv/{name}" for name in ("model.safetensors", "generator.onnx")} <= repo.large
    assert {path.split("/")[0] for path in repo.files} == {
        *("app.py", "requirements.txt", "README.md", "LICENSE", "cgan", "checkpoints")
    }
    assert not [path for path in repo.files if re.search(r"my-|__pycache__|training\.safetensors|/\.", path)]
    assert output.splitlines()[-1] == f"Published: {hub.address}/spaces/me/clothes"


def test_what_a_space_gets_starts_by_itself(hub, publish, tmp_path):
    publish("space", "me/started")
    for path, content in hub.repos["spaces/me/started"].files.items():
        (tmp_path / "space" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "space" / path).write_bytes(content)
    code = (
        "from cgan.ui.drawing import Studio; from cgan.ui.page import build; studio = Studio();"
        "build(studio, 'r3gan-conv'); print(sorted(studio.cards()))"
    )
    command = [sys.executable, "-c", code]
    finished = subprocess.run(command, cwd=tmp_path / "space", capture_output=True, text=True, timeout=120)
    assert finished.stdout.strip() == "['r3gan-conv', 'report-mlp']", finished.stderr


def test_the_front_matter_names_what_is_installed():
    matter = metadata_load(ROOT / "README.md")
    assert matter["sdk"] == "gradio" and matter["app_file"] == "app.py" and matter["license"] == "mit"
    assert matter["sdk_version"] == version("gradio")
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert requires == f">={matter['python_version']}"
    assert len(matter["short_description"]) <= 60


def test_a_site_goes_to_a_static_space(hub, publish):
    output = publish("site", "me/site", "--full-app", "https://example.org/app")
    repo = hub.repos["spaces/me/site"]
    assert repo.created["sdk"] == "static"
    assert_published_as_listed(repo, output)
    assert b"sdk: static" in repo.files["README.md"] and b"https://example.org/app" in repo.files["index.html"]
    assert "cgan/checkpoints/report-mlp/generator.onnx" in repo.large


def test_a_dry_run_lists_and_calls_nobody(hub, publish, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.delenv("HF_TOKEN")
    output = publish("model", "me/dry", "--checkpoint", "report-mlp", "--dry-run")
    files = listed(output)
    assert files["model.safetensors"] == ((SHIPPED / AVERAGED_GENERATOR).stat().st_size, True)
    assert files["config.json"][1] is False and "README.md" in files
    assert "models/me/dry" not in hub.repos


def code_blocks(card):
    return re.findall(r"```python\n(.*?)```", card, re.DOTALL)


def run_elsewhere(code, folder, *flags):
    """Run code in an empty folder; the array that it calls `pictures`."""
    code += "\nimport numpy; numpy.save('pictures.npy', pictures)"
    finished = subprocess.run(
        [sys.executable, *flags, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert finished.returncode == 0, finished.stderr
    return np.load(folder / "pictures.npy")


@pytest.mark.parametrize("checkpoint", ["report-mlp", "r3gan-conv"])
def test_a_models_five_lines_work_from_an_empty_folder(hub, publish, tmp_path, monkeypatch, checkpoint):
    publish("model", f"me/{checkpoint}", "--checkpoint", checkpoint)
    card = hub.repos[f"models/me/{checkpoint}"].files["README.md"].decode()
    with_us, without_us = code_blocks(card)
    assert all(len(code.strip().splitlines()) <= 5 for code in (with_us, without_us))

    pictures = run_elsewhere(without_us, tmp_path, "-I")  # -I: this project is out of reach
    assert pictures.shape == (16, 28, 28) and pictures.dtype == np.uint8 and pictures.std() > 20
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}")
    pictures = run_elsewhere(with_us, tmp_path)
    expected = Sampler(CHECKPOINTS / checkpoint).sample(np.full(16, 3), np.arange(16))
    np.testing.assert_array_equal(pictures, expected)


def test_a_card_says_all_that_it_should(hub, publish, tmp_path):
    publish("model", "me/card", "--checkpoint", "report-mlp")
    repo = hub.repos["models/me/card"]
    (tmp_path / "README.md").write_bytes(repo.files["README.md"])
    matter = metadata_load(tmp_path / "README.md")
    assert matter["license"] == "mit" and matter["datasets"] == ["zalando-datasets/fashion_mnist"]
    card = repo.files["README.md"].decode()
    assert all(name in card for name in data.CLASS_NAMES)
    assert re.findall(r"\]\(\.\.?/", card) == []  # no link leads out of the repository
    for link in re.findall(r"\]\(([^)#:]+)\)", card):
        assert link in repo.files


def test_a_run_of_ones_own_gets_a_card_too(hub, publish, short_run):
    publish("model", "me/short", "--checkpoint", short_run)
    repo = hub.repos["models/me/short"]
    card = repo.files["README.md"].decode()
    for words in ("# short\n", "## Data", "## Training", "600 steps", "| arch | mlp |", "## Metrics", "Not measured"):
        assert words in card
    for words in ("## Limits", "MIT licence"):
        assert words in card
    assert "training.safetensors" not in repo.files


def test_a_card_is_not_given_two_front_matters(hub, publish, tmp_path):
    publish("model", "me/again", "--checkpoint", "report-mlp")
    for path, content in hub.repos["models/me/again"].files.items():
        (tmp_path / path).write_bytes(content)
    publish("model", "me/once-more", "--checkpoint", tmp_path)
    assert hub.repos["models/me/once-more"].files["README.md"].count(b"license: mit") == 1


def test_push_to_hub_and_from_pretrained_go_round(hub, at_hub, tmp_path):
    code = f"""
from cgan.hub import Generator
Generator.from_pretrained({f"{SHIPPED}"!r}).push_to_hub("me/round")
pictures = Generator.from_pretrained("me/round").sample([0, 9], [7, 8], 0.5)
"""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}"}
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport numpy; numpy.save('pictures.npy', pictures)"],
        **{"cwd": tmp_path, "env": environment, "capture_output": True, "text": True, "timeout": 120},
    )
    assert run.returncode == 0, run.stderr
    expected = Sampler(SHIPPED).sample(np.array([0, 9]), np.array([7, 8]), 0.5)
    np.testing.assert_array_equal(np.load(tmp_path / "pictures.npy"), expected)
    assert "me/round" in hub.repos["models/me/round"].files["README.md"].decode()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["space", "clothes"], ["OWNER/NAME", "'clothes'", "YOU/clothes"]),
        (["space", "me/clo thes"], ["OWNER/NAME", "me/clo thes"]),
        (["model", "me/x"], ["--checkpoint"]),
        (["model", "me/x", "--checkpoint", "nowhere"], ["--checkpoint", "nowhere", "report-mlp"]),
        (["everything", "me/x"], ["everything", "space", "site", "model"]),
    ],
)
def test_wrong_arguments_get_one_line(expect_refusal, arguments, words):
    expect_refusal("-m", "cgan.publish", *arguments, words=words)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"HF_TOKEN": ""}, ["hf auth login", "HF_TOKEN"]),
        ({"HF_TOKEN": "hf_wrong"}, ["me/x", "token is not valid", "Invalid credentials"]),
        ({"HF_TOKEN": READER}, ["me/x", "may not write", "read access"]),
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, ["http://127.0.0.1:9", "cannot be reached"]),
        ({"HF_HUB_OFFLINE": "1"}, ["cannot be reached"]),
    ],
)
def test_what_keeps_one_from_publishing_is_one_line(at_hub, expect_refusal, monkeypatch, environment, words):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    expect_refusal("-m", "cgan.publish", "model", "me/x", "--checkpoint", "report-mlp", words=words)
