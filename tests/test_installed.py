"""The package as pip installs it, on a machine that has nothing else of the project."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.browser.server import free_port, wait_until_served
from tests.conftest import ROOT

NOT_COPIED = shutil.ignore_patterns(".*", "node_modules", "__pycache__", "build", "*.egg-info", "data", "my-*")
NOTES = "checkpoints/r3gan-conv/notes.txt"


@pytest.fixture(scope="module")
def folder():
    """A folder that any user may read; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="cgan-installed-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def environment(folder):
    """A virtual environment with this package from a wheel; what it needs comes from the environment of the tests."""
    source = shutil.copytree(ROOT, folder / "source", ignore=NOT_COPIED, dirs_exist_ok=True)
    shutil.copytree(ROOT / "cgan/data", source / "cgan/data", ignore=NOT_COPIED, dirs_exist_ok=True)
    (source / NOTES).write_text("mine")
    shutil.copytree(source / "checkpoints/report-mlp", source / "checkpoints/exp1")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder / "wheels", source], check=True
    )
    shutil.rmtree(source)
    home = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    (wheel,) = (folder / "wheels").iterdir()
    subprocess.run([*pip, "--python", home / "bin/python", "install", "--no-deps", wheel], check=True)
    packages = next(home.glob("lib/python*/site-packages"))
    (packages / "tests.pth").write_text(sysconfig.get_paths()["purelib"])
    return home


@pytest.fixture(scope="module")
def work(folder):
    path = folder / "work"
    path.mkdir()
    path.chmod(0o777)
    return path


def without(*names):
    return {name: value for name, value in os.environ.items() if name not in (*names, "PYTHONPATH")}


@pytest.fixture(scope="module")
def run(environment, work):
    def run(program, *arguments, expected=0):
        command = [f"{environment}/bin/{program}", *map(str, arguments)]
        finished = subprocess.run(command, cwd=work, env=without(), capture_output=True, text=True, timeout=300)
        assert finished.returncode == expected, finished.stderr
        return finished.stdout + finished.stderr

    return run


def test_the_wheel_has_what_ships_and_nothing_of_ones_own(environment):
    (package,) = environment.glob("lib/python*/site-packages/cgan")
    missing = [
        path
        for path in subprocess.check_output(["git", "ls-files", "cgan"], cwd=ROOT, text=True).splitlines()
        if not (package.parent / path).is_file()
    ]
    assert missing == []
    assert sorted(path.name for path in (package / "checkpoints").iterdir()) == [
        "judge",
        "r3gan-conv",
        "report-mlp",
    ]
    assert not (package / NOTES.removeprefix("cgan/")).exists()
    assert not (package.parent / "checkpoints").exists() and not (package.parent / "tests").exists()


def test_a_shipped_checkpoint_draws(run, work):
    run(
        "python",
        "-m",
        "cgan.sampling",
        *["--checkpoint", "r3gan-conv", "--class", "dress", "--seed", "7", "--count", "4"],
        "--out",
        "a.png",
    )
    assert Image.open(work / "a.png").width >= 56


def test_training_goes_into_the_folder_that_one_is_in_and_is_found_there(run, work):
    said = run("cgan-train", "--steps", 2, "--batch-size", 64)
    assert (work / "checkpoints/my-mlp/model.safetensors").is_file()
    assert "cgan-app --checkpoint" in said
    run(
        "python",
        "-m",
        "cgan.sampling",
        *["--checkpoint", "my-mlp", "--class", "dress", "--seed", "7"],
        "--out",
        "b.png",
    )
    assert "--steps" in run("cgan-train", "--steps", "x", expected=2)


@pytest.fixture(scope="module", params=["no home", "a home that is read-only"])
def homeless(request, environment, work, folder):
    """cgan-app of a user who is in no list of users: (address, log)."""
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("needs an administrator, who may become another user")
    # It may still read the tests' Python, wherever that lies.
    may_read = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    user = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups", *may_read]
    if subprocess.run([*user, f"{environment}/bin/python", "-c", ""], env=without()).returncode:
        pytest.skip("no right to give a program of another user the right to read")
    variables = without("HOME", "USER", "LOGNAME", "USERNAME")
    if request.param != "no home":
        variables["HOME"] = f"{environment}"
    port = free_port()
    address, log = f"http://127.0.0.1:{port}", folder / f"{port}.txt"
    with log.open("w") as output:
        command = [*user, f"{environment}/bin/cgan-app", "--port", f"{port}"]
        process = subprocess.Popen(command, cwd=work, env=variables, stdout=output, stderr=subprocess.STDOUT)
    wait_until_served(address, process)
    yield httpx.Client(base_url=address, timeout=120), log
    process.terminate()
    process.wait(20)


def test_the_app_needs_no_home(homeless, work):
    client, log = homeless
    assert client.get("/cgan/checkpoints/r3gan-conv/generator.safetensors").status_code == 200
    drawn = client.post("/gradio_api/run/generate", json={"data": [3, 7, 1, 1.0, "r3gan-conv"]})
    assert drawn.status_code == 200, drawn.text
    maps = client.post("/gradio_api/run/saliency", json={"data": [3, 7, "judge", "r3gan-conv"]})
    assert maps.status_code == 200, maps.text
    config = client.get("/config").json()
    (run,) = (event["id"] for event in config["dependencies"] if event["api_name"] == "visualize")
    request = [3, 985, "r3gan-conv", "judge", "generated", "photograph", "cheetah", 3, 7, None]
    client.post("/gradio_api/queue/join", json={"fn_index": run, "data": request, "session_hash": "a"})
    with client.stream("GET", "/gradio_api/queue/data?session_hash=a") as stream:
        assert any('"process_completed"' in line and '"success":true' in line for line in stream.iter_lines())
    assert "Traceback" not in log.read_text()
    assert not (work / "~").exists()
