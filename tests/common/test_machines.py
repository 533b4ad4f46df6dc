"""Odd machines: without the modules of POSIX, with Windows' paths and shells, with proxies in the environment."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cgan.common import command_line, home
from cgan.models import checkpoints
from cgan.models.checkpoints import CHECKPOINTS
from cgan.training.run_folder import RunError, RunFolder
from cgan.ui.server import addresses
from cgan.ui.server.proxies import without_proxies
from tests.browser.server import free_port, wait_until_served
from tests.conftest import ROOT

# What Python has on Windows of all that: nothing.
HIDDEN = """
import os, runpy, signal, sys
for name in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules[name] = None
for module, names in ((os, ("nice", "setpriority", "getuid", "geteuid")), (signal, ("SIGHUP", "SIGKILL", "SIGUSR1"))):
    for name in names:
        delattr(module, name)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_training_needs_no_module_of_posix(tmp_path):
    command = [
        sys.executable,
        "-c",
        HIDDEN,
        "train.py",
        "--steps",
        "2",
        "--batch-size",
        "32",
        "--out",
        tmp_path / "run",
    ]
    environment = os.environ | {"USERNAME": "anna"}  # as on Windows
    finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stderr
    assert (tmp_path / "run/model.safetensors").is_file()


def test_a_run_that_another_process_writes_is_refused(tmp_path):
    held = RunFolder(tmp_path)
    code = f"from cgan.training.run_folder import *; from pathlib import Path; RunFolder(Path({f'{tmp_path}'!r}))"
    finished = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert "another training run is writing there" in finished.stderr.splitlines()[-1]
    del held
    RunFolder(tmp_path)


def test_a_folder_that_cannot_be_locked_is_said(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise OSError(95, os.strerror(95))

    monkeypatch.setattr("cgan.training.run_folder.FileLock.acquire", refuse)
    with pytest.raises(RunError, match=f"--out {tmp_path}: cannot be written .*not supported.*another folder"):
        RunFolder(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells which files lie in memory")
def test_loaded_weights_do_not_hold_their_file():
    """On Windows a run could not save as long as the app draws with its weights."""
    path = CHECKPOINTS / "report-mlp/model.safetensors"
    tensors, _ = checkpoints.load_tensors(path)
    assert tensors and f"{path}" not in Path("/proc/self/maps").read_text()


def test_a_printed_command_fits_the_shell(monkeypatch):
    words = ("python", "app.py", "--checkpoint", r"C:\Users\Anna B\runs\my mlp")
    assert command_line.as_command(*words).endswith(r"'C:\Users\Anna B\runs\my mlp'")
    monkeypatch.setattr(sys, "platform", "win32")
    assert command_line.as_command(*words).endswith(r'"C:\Users\Anna B\runs\my mlp"')
    assert command_line.as_command("C:\\runs\\a") == "C:\\runs\\a"


def test_a_home_that_is_there_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", f"{tmp_path}")
    before = dict(os.environ)
    home.ensure_home()
    assert dict(os.environ) == before


PROXIES = {
    "http": dict.fromkeys(("HTTP_PROXY", "http_proxy"), "http://127.0.0.1:9"),
    "socks": {"ALL_PROXY": "socks5h://127.0.0.1:9"},
    "nonsense": {"ALL_PROXY": "gopher://nowhere"},
}


@pytest.mark.parametrize("kind", PROXIES)
@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "[0:0:0:0:0:0:0:1]"])
def test_the_app_starts_whatever_the_proxy_and_however_the_host_is_written(tmp_path, kind, host):
    if (kind, host) not in (("http", "127.0.0.1"), ("socks", "::1"), ("nonsense", "[0:0:0:0:0:0:0:1]")):
        pytest.skip("one start for each kind and each spelling is enough")
    if ":" in host and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    port = free_port()
    log = tmp_path / "log.txt"
    with log.open("w") as output:
        command = [sys.executable, "app.py", "--port", f"{port}", "--host", host]
        odd = {"GRADIO_SERVER_NAME": "::1", "GRADIO_DEBUG": "abc", "GRADIO_NUM_PORTS": " "}
        environment = os.environ | PROXIES[kind] | odd
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until_served(f"http://{addresses.as_in_url(host)}:{port}", process)
        deadline = time.monotonic() + 30
        while not log.read_text() and time.monotonic() < deadline:  # it says so once it is served
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    assert "Traceback" not in log.read_text()
    assert f"Open http://{addresses.as_in_url(host)}:{port} in a browser" in log.read_text()


def test_without_a_tunnel_the_app_serves_on():
    """The real app, whose proxy for the outside does not exist."""
    outside = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), "http://127.0.0.1:9")
    environment = {**os.environ, **outside, "NO_PROXY": "127.0.0.1,localhost", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "app.py", "--share", "--port", f"{free_port()}"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE)
    try:
        lines = [process.stdout.readline() for _ in range(2)]
        assert re.fullmatch(r"Open http://127.0.0.1:\d+ in a browser. Ctrl-C ends it.\n", lines[0])
        assert lines[1].startswith("No link to share")
        port = int(re.search(r":(\d+)", lines[0])[1])
        socket.create_connection(("127.0.0.1", port), timeout=10).close()
        assert process.poll() is None
    finally:
        process.terminate()
        process.wait(20)


def test_outside_the_proxy_stays_what_it_was(monkeypatch):
    monkeypatch.setenv("no_proxy", "example.org")
    with without_proxies():
        assert os.environ["no_proxy"] == "*"
    assert os.environ["no_proxy"] == "example.org"
    monkeypatch.delenv("no_proxy")
    with pytest.raises(ZeroDivisionError), without_proxies():
        raise ZeroDivisionError
    assert "no_proxy" not in os.environ


@pytest.mark.parametrize("proxy", [PROXIES["socks"], PROXIES["nonsense"]])
def test_publishing_through_a_proxy_that_cannot_be_used_is_one_line(proxy):
    environment = os.environ | proxy | {"HF_TOKEN": "hf_nothing"}
    command = [sys.executable, "-m", "cgan.publish", "model", "me/x", "--checkpoint", "report-mlp"]
    finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert finished.returncode == 2
    assert len(finished.stderr.splitlines()) == 1, finished.stderr
    assert re.search("socks|proxy", finished.stderr, re.IGNORECASE)


@pytest.mark.parametrize("host", ["::", "[::]", "0:0:0:0:0:0:0:0"])
def test_all_addresses_of_ipv6_are_said_as_such(capsys, monkeypatch, host):
    monkeypatch.setattr(addresses, "own_addresses", lambda version: ["2001:db8::7"] if version == 6 else [])
    addresses.announce(host, 7860)
    said = capsys.readouterr().out
    assert (
        "http://[::1]:7860 in a browser" in said and "For everyone in your network: http://[2001:db8::7]:7860" in said
    )


@pytest.mark.parametrize("value", ["abc", "-1", "7860.5"])
def test_a_variable_for_the_port_that_is_no_number_is_one_line(expect_refusal_here, monkeypatch, value):
    monkeypatch.setenv("GRADIO_SERVER_PORT", value)
    expect_refusal_here("app.py", words=["GRADIO_SERVER_PORT", value, "a whole number"])
