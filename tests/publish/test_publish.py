"""Publishing, against a Hub on loopback that huggingface_hub really calls."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version

import numpy as np
import pytest
import torch
from huggingface_hub import metadata_load

from cgan import data
from cgan.data import NUM_CLASSES
from cgan.models.checkpoints import CHECKPOINTS, CONFIG, EMA_GENERATOR, CheckpointError
from cgan.publish import command
from cgan.publish.hub import Generator
from cgan.sampling.sampler import Sampler
from tests.conftest import ROOT
from tests.publish.fake_hub import READER, TOKEN, running_hub

# One process for all of it: importing torch takes longer than publishing.
PUBLISH_ALL = """
import json, sys
from contextlib import redirect_stdout
from io import StringIO
from cgan.publish.command import main

printed = {}
for command in json.loads(sys.argv[1]):
    sys.argv = ["publish", *command]
    with redirect_stdout(StringIO()) as output:
        main()
    printed[command[1]] = output.getvalue()
print(json.dumps(printed))
"""

SHIPPED = ("r3gan-conv", "report-mlp")


@pytest.fixture(scope="module")
def hub():
    with running_hub() as hub:
        yield hub


@pytest.fixture(scope="module")
def environment(hub, tmp_path_factory):
    """With it commands call the fake Hub, by its one token, with an empty cache."""
    return os.environ | {
        "HF_ENDPOINT": hub.address,
        "HF_TOKEN": TOKEN,
        "HF_HOME": f"{tmp_path_factory.mktemp('hub')}",
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }


def run_python(code, *arguments, folder=ROOT, environment=None):
    command = [sys.executable, "-c", code, *arguments]
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.fixture(scope="module")
def own_run(tmp_path_factory):
    """A folder as training leaves it: described and measured by nobody, and not exported."""
    folder = tmp_path_factory.mktemp("runs") / "own"
    folder.mkdir()
    for name in (CONFIG, EMA_GENERATOR, "history.jsonl"):
        shutil.copy(CHECKPOINTS / "report-mlp" / name, folder)
    (folder / "training.safetensors").touch()
    return folder


@pytest.fixture(scope="module")
def printed(environment, own_run):
    """What publishing printed, by repository."""
    commands = [
        ["space", "me/clothes"],
        ["site", "me/site", "--full-app", "https://example.org/app"],
        ["model", "me/own", "--checkpoint", f"{own_run}"],
        *(["model", f"me/{name}", "--checkpoint", name] for name in SHIPPED),
        ["model", "me/dry", "--checkpoint", "report-mlp", "--dry-run"],
    ]
    return json.loads(run_python(PUBLISH_ALL, json.dumps(commands), environment=environment))


def listed(output):
    """{path: (bytes, kept beside git)} of a listing."""
    rows = re.findall(r"^ *([\d,]+)  (git|LFS/Xet) +(\S+)$", output, re.MULTILINE)
    return {path: (int(size.replace(",", "")), where != "git") for size, where, path in rows}


def assert_published_as_listed(repo, output):
    files = listed(output)
    assert {path: len(content) for path, content in repo.files.items()} == {p: size for p, (size, _) in files.items()}
    assert repo.large == {path for path, (_, beside) in files.items() if beside}


def test_a_space_is_what_the_app_needs_and_no_more(hub, printed):
    repo = hub.repos["spaces/me/clothes"]
    assert repo.created["sdk"] == "gradio"
    assert_published_as_listed(repo, printed["me/clothes"])
    needed = {"app.py", "requirements.txt", "README.md", "LICENSE", "docs/screenshot.png"}
    assert needed | {"cgan/engine/engine.wasm", "cgan/ui/page.py"} <= repo.files.keys()
    assert {"checkpoints/r3gan-conv/model.safetensors", "cgan/engine/engine.wasm"} <= repo.large
    code = subprocess.check_output(["git", "ls-files", "cgan"], cwd=ROOT, text=True).split()
    assert {path for path in repo.files if path.startswith("cgan/")} == {*code}
    assert not [path for path in repo.files if re.search(r"my-|__pycache__|training\.safetensors|/\.", path)]
    assert printed["me/clothes"].splitlines()[-1] == f"Published: {hub.address}/spaces/me/clothes"


def test_what_a_spaces_readme_shows_and_leads_to_is_there(hub, printed):
    files = hub.repos["spaces/me/clothes"].files
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", files["README.md"].decode())
    assert len(links) > 10 and [link for link in links if link not in files] == []


@pytest.fixture
def private():
    """A run beside the shipped checkpoints, under a name of its own, with what people leave in such folders."""
    folder = shutil.copytree(CHECKPOINTS / "report-mlp", CHECKPOINTS / "exp1")
    for name in ("notes.txt", "training.safetensors", "epochs/0001.png", "timeline/face.png", ".env"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("mine")
    beside = CHECKPOINTS / "r3gan-conv/notes.txt"
    beside.write_text("mine")
    yield folder
    beside.unlink()
    shutil.rmtree(folder)


def test_what_nobody_named_stays_here_and_is_listed(private, capsys, monkeypatch):
    def listing(*arguments):
        monkeypatch.setattr(sys, "argv", ["publish", *arguments, "--dry-run"])
        command.main()
        output = capsys.readouterr().out
        return listed(output).keys(), re.findall(r"^ *left out +(\S+)$", output, re.MULTILINE)

    files, left_out = listing("space", "me/x")
    assert not [path for path in files if "exp1" in path or "notes" in path or "/." in path]
    assert {"checkpoints/exp1", "checkpoints/r3gan-conv/notes.txt"} <= {*left_out}
    files, left_out = listing("space", "me/x", "--checkpoint", "exp1")
    expected = {path.replace("report-mlp", "exp1") for path in files if path.startswith("checkpoints/report-mlp/")}
    assert {path for path in files if "exp1" in path} == expected
    beside = {"notes.txt", "training.safetensors", "epochs", "timeline/face.png", ".env"}
    assert {f"checkpoints/exp1/{name}" for name in beside} <= {*left_out} and "checkpoints/exp1" not in left_out
    files, left_out = listing("model", "me/x", "--checkpoint", "exp1")
    assert not [path for path in files if "notes" in path or "training" in path or "." in path[:1]]
    assert {"notes.txt", ".env"} <= {*left_out}
    files, left_out = listing("site", "me/x")
    assert not [path for path in files if "exp1" in path] and "checkpoints/exp1" in left_out
    assert "cgan/checkpoints/exp1/generator.safetensors" in listing("site", "me/x", "--checkpoint", "exp1")[0]


@pytest.mark.parametrize("kind", ["space", "site", "model"])
@pytest.mark.parametrize("name", ["exp9", "../docs", "/etc"])
def test_a_checkpoint_that_is_not_there_is_refused(expect_refusal_here, kind, name):
    expect_refusal_here(
        "-m", "cgan.publish", kind, "me/x", "--checkpoint", name, "--dry-run", words=["--checkpoint", name]
    )


def test_what_a_space_gets_starts_by_itself(hub, printed, tmp_path):
    for path, content in hub.repos["spaces/me/clothes"].files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    code = (
        "from cgan.ui.studio import Studio; from cgan.ui.page import build; studio = Studio();"
        "build(studio, 'r3gan-conv'); print(sorted(studio.folders()))"
    )
    assert run_python(code, folder=tmp_path).strip() == "['r3gan-conv', 'report-mlp']"


def test_the_front_matter_names_what_is_installed():
    matter = metadata_load(ROOT / "README.md")
    assert matter["sdk"] == "gradio" and matter["app_file"] == "app.py" and matter["license"] == "mit"
    assert matter["sdk_version"] == version("gradio")
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert requires == f">={matter['python_version']}"
    assert len(matter["short_description"]) <= 60


def test_the_container_runs_the_same_app():
    lines = (ROOT / "Containerfile").read_text().splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY")]
    assert all((ROOT / source).exists() for sources in copied for source in sources)
    assert f"FROM python:{metadata_load(ROOT / 'README.md')['python_version']}-slim" in lines
    assert lines.index("USER app") < next(i for i, line in enumerate(lines) if line.startswith("CMD"))


def test_a_site_goes_to_a_static_space(hub, printed):
    repo = hub.repos["spaces/me/site"]
    assert repo.created["sdk"] == "static"
    assert_published_as_listed(repo, printed["me/site"])
    assert b"sdk: static" in repo.files["README.md"] and b"https://example.org/app" in repo.files["index.html"]
    assert "cgan/checkpoints/report-mlp/generator.safetensors" in repo.large


def test_a_model_is_published_as_listed(hub, printed):
    for name in SHIPPED:
        assert_published_as_listed(hub.repos[f"models/me/{name}"], printed[f"me/{name}"])


def test_a_dry_run_uploads_nothing(hub, printed):
    files = listed(printed["me/dry"])
    size = (CHECKPOINTS / "report-mlp" / EMA_GENERATOR).stat().st_size
    assert files["model.safetensors"] == (size, True)
    assert files["config.json"][1] is False and "README.md" in files
    assert "models/me/dry" not in hub.repos


def test_a_dry_run_calls_nobody(environment):
    nobody = environment | {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_TOKEN": ""}
    command = [sys.executable, "-m", "cgan.publish", "space", "me/dry", "--dry-run"]
    finished = subprocess.run(command, cwd=ROOT, env=nobody, capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0 and "app.py" in listed(finished.stdout), finished.stderr


def card_of(hub, repo):
    return hub.repos[f"models/{repo}"].files["README.md"].decode()


def code_blocks(card):
    blocks = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    assert all(len(code.strip().splitlines()) <= 5 for code in blocks)
    return blocks


def test_a_models_five_lines_draw_the_apps_pictures(hub, printed, environment, tmp_path):
    """And what was loaded from the Hub can be pushed there again."""
    code = "import numpy\n"
    for name in SHIPPED:
        code += f"{code_blocks(card_of(hub, f'me/{name}'))[0]}\nnumpy.save('{name}.npy', pictures)\n"
    code += "generator.push_to_hub('me/round')\n"
    run_python(code, folder=tmp_path, environment=environment | {"PYTHONPATH": f"{ROOT}"})
    for name in SHIPPED:
        expected = Sampler(CHECKPOINTS / name).sample(np.full(16, 3), np.arange(16))
        np.testing.assert_array_equal(np.load(tmp_path / f"{name}.npy"), expected)
    assert (
        hub.repos["models/me/round"].files[EMA_GENERATOR]
        == (hub.repos[f"models/me/{SHIPPED[-1]}"].files[EMA_GENERATOR])
    )
    assert 'from_pretrained("me/round")' in card_of(hub, "me/round")


def test_a_card_says_all_that_it_should(hub, printed, tmp_path):
    for name in SHIPPED:
        card = card_of(hub, f"me/{name}")
        (tmp_path / "README.md").write_text(card)
        matter = metadata_load(tmp_path / "README.md")
        assert matter["license"] == "mit" and matter["datasets"] == ["zalando-datasets/fashion_mnist"]
        assert all(name in card for name in data.CLASS_NAMES)
        assert re.findall(r"\]\(\.\.?/", card) == []  # no link leads out of the repository
        for link in re.findall(r"\]\(([^)#:]+)\)", card):
            assert link in hub.repos[f"models/me/{name}"].files


def test_a_run_of_ones_own_gets_a_card_too(hub, printed):
    card = card_of(hub, "me/own")
    for words in ("# own\n", "## Data", "## Training", "187,600 steps", "| arch | mlp |", "## Metrics", "Not measured"):
        assert words in card
    for words in ("## Limits", "MIT licence"):
        assert words in card
    assert "training.safetensors" not in hub.repos["models/me/own"].files


def test_a_card_made_from_the_files_says_all_measures(tmp_path):
    shutil.copytree(CHECKPOINTS / "report-mlp", tmp_path / "copy", ignore=shutil.ignore_patterns("README.md"))
    measured = json.loads((tmp_path / "copy/metrics.json").read_text())
    card = f"{Generator.from_pretrained(tmp_path / 'copy').generate_model_card('me/copy')}"
    own, _, others = card.partition("random weights:")
    assert f"fid {measured['fid']:.3f}" in own and f"fid {measured['random_features']['fid']:.3f}" in others
    assert f"{100 * measured['two_sample']['accuracy']['mean']:.1f}% of unseen ones (guessing: 50 %)" in others


def test_a_card_is_not_given_two_front_matters(tmp_path):
    shutil.copytree(CHECKPOINTS / "report-mlp", tmp_path / "copy")
    generator = Generator.from_pretrained(tmp_path / "copy")
    card = f"{generator.generate_model_card('me/copy')}"
    (tmp_path / "copy/README.md").write_text(card)
    assert f"{generator.generate_model_card('me/copy')}".count("license: mit") == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{}"])
def test_a_generator_from_a_stranger_is_checked(tmp_path, content):
    (tmp_path / CONFIG).write_bytes(content)
    with pytest.raises(CheckpointError, match=CONFIG):
        Generator.from_pretrained(tmp_path)


@pytest.mark.parametrize("name", ["r3gan-conv", "checkpoints/r3gan-conv", CHECKPOINTS / "r3gan-conv"], ids=str)
def test_a_generator_by_the_name_of_a_checkpoint(name, monkeypatch):
    """Also with the argument that people know from torch.load, on a machine that reaches no Hub."""
    monkeypatch.chdir(ROOT)
    generator = Generator.from_pretrained(name, map_location="cpu")
    expected = Sampler(CHECKPOINTS / "r3gan-conv").sample([9], [7])
    np.testing.assert_array_equal(generator.sample(["ankle-boot"], [7]), expected)


@pytest.mark.parametrize("name", ["r3gan", "no/such/folder"])
def test_what_is_neither_a_checkpoint_nor_a_repository_is_refused_in_one_line(name):
    with pytest.raises(CheckpointError, match="one of: r3gan-conv, report-mlp"):
        Generator.from_pretrained(name)


def test_a_generator_refuses_what_is_out_of_range():
    generator = Generator.from_pretrained("report-mlp")
    with pytest.raises(ValueError, match=r"^-1 is no class"):
        generator.sample([-1], [0])
    for label in (-1, NUM_CLASSES):
        with pytest.raises(ValueError, match=f"^{label} is no class"):
            generator(torch.zeros(1, generator.latent_dim), torch.tensor([label]))


def test_class_weights_may_be_whole_numbers():
    generator = Generator.from_pretrained("report-mlp")
    z = torch.zeros(1, generator.latent_dim)
    one_hot = torch.nn.functional.one_hot(torch.tensor([3]), NUM_CLASSES)
    torch.testing.assert_close(generator(z, one_hot), generator(z, torch.tensor([3])))


def test_a_generator_is_a_frozen_module():
    generator = Generator.from_pretrained(f"{CHECKPOINTS / 'report-mlp'}")
    images = generator(torch.zeros(2, generator.latent_dim), torch.tensor([3, 4]))
    assert images.shape == (2, 1, 28, 28) and not images.requires_grad and not generator.training


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["space", "clothes"], ["OWNER/NAME", "'clothes'", "YOU/clothes"]),
        (["space", "me/clo thes"], ["OWNER/NAME", "me/clo thes"]),
        (["model", "me/x"], ["--checkpoint"]),
        (["model", "me/x", "--checkpoint", "nowhere", "--dry-run"], ["--checkpoint", "nowhere", "report-mlp"]),
        (["everything", "me/x"], ["everything", "space", "site", "model"]),
    ],
)
def test_wrong_arguments_get_one_line(expect_refusal_here, arguments, words):
    expect_refusal_here("-m", "cgan.publish", *arguments, words=words)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"HF_TOKEN": ""}, ["hf auth login", "HF_TOKEN"]),
        ({"HF_TOKEN": "hf_wrong"}, ["me/x", "token is not valid", "Invalid credentials"]),
        ({"HF_TOKEN": READER}, ["me/x", "may not write", "read access"]),
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, ["http://127.0.0.1:9", "cannot be reached"]),
        ({"HF_HUB_OFFLINE": "1"}, ["cannot be reached"]),
    ],
)
def test_what_keeps_one_from_publishing_is_one_line(environment, expect_refusal, monkeypatch, changed, words):
    for name, value in (environment | changed).items():
        monkeypatch.setenv(name, value)
    expect_refusal("-m", "cgan.publish", "space", "me/x", words=words)
