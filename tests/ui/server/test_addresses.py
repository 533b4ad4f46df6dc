"""What the app says at its start: where it is, for whom, and what was not to be had."""

import ipaddress
import socket
import stat
import sys
import types
from contextlib import contextmanager

import pytest
from gradio import networking, tunneling

from cgan.ui import page
from cgan.ui.server import addresses
from tests.browser.server import free_port


@contextmanager
def taken(port, host="127.0.0.1"):
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((host, port))
        holder.listen()
        yield


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port_is_stepped_over_and_said(monkeypatch, capsys, host):
    first = free_port()
    monkeypatch.setattr(addresses, "_PORTS", range(first, first + 100))
    assert addresses.choose_port(host, None) == first
    assert capsys.readouterr().out == ""
    with taken(first):
        chosen = addresses.choose_port(host, None)
    assert chosen > first
    assert capsys.readouterr().out == f"Port {first} is taken: {chosen} it is.\n"


def test_a_wanted_port_that_is_taken_is_an_error():
    with taken(port := free_port()), pytest.raises(OSError, match="in use"):
        addresses.choose_port("127.0.0.1", port)


def test_no_address_of_this_machine_is_an_error():
    with pytest.raises(OSError):
        addresses.choose_port("198.51.100.1", None)


def test_at_home_one_line(capsys):
    addresses.announce("127.0.0.1", 7860)
    assert capsys.readouterr().out.splitlines() == ["Open http://127.0.0.1:7860 in a browser. Ctrl-C ends it."]
    addresses.announce("::1", 7860)
    assert "http://[::1]:7860" in capsys.readouterr().out


def test_for_the_network_its_address_and_for_a_phone_a_qr_code(monkeypatch, capsys):
    monkeypatch.setattr(addresses, "own_addresses", lambda version: ["192.168.1.23", "10.0.0.9"])
    addresses.announce("0.0.0.0", 7860)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "For everyone in your network: http://192.168.1.23:7860 or http://10.0.0.9:7860"
    ]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    addresses.announce("0.0.0.0", 7860)
    code = capsys.readouterr().out.splitlines()[2:]
    assert 15 < len(code) < 30 and len({len(row) for row in code}) == 1


def test_own_addresses_are_those_that_others_can_type():
    for address in addresses.own_addresses():
        assert not ipaddress.ip_address(address).is_loopback
        with taken(free_port(), address):
            pass


@pytest.fixture
def share(monkeypatch, tmp_path, capsys):
    """Ask for a link as the app does, of a tunnel's program that runs this shell script."""
    program = tmp_path / "frpc"
    monkeypatch.setattr(tunneling, "BINARY_PATH", f"{program}")
    monkeypatch.setattr(networking, "GRADIO_SHARE_SERVER_ADDRESS", "127.0.0.1:9")

    def share(script):
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IEXEC)
        addresses._share("127.0.0.1", 7860, "token")
        for tunnel in tunneling.CURRENT_TUNNELS:
            tunnel.kill()
        return capsys.readouterr().out.splitlines()

    return share


def test_the_link_is_printed(share):
    lines = share("echo 'start proxy success: http://0123456789.gradio.live'; exec sleep 60")
    assert lines[0] == "For everyone with the link, for a week: http://0123456789.gradio.live"


def test_a_tunnel_that_fails_is_one_line(share):
    (line,) = [line for line in share("echo 'login to server failed: no way'") if "tunnel" not in line]
    assert line.startswith("No link to share") and "goes on" in line


def test_of_a_tunnel_that_says_nothing_one_line_tells(share, monkeypatch):
    monkeypatch.setattr(addresses, "_SHARE_PATIENCE_S", 0.5)
    monkeypatch.setattr(tunneling, "TUNNEL_TIMEOUT_SECONDS", 1)
    lines = [line for line in share("sleep 1.5") if line.startswith("No link to share")]
    assert len(lines) == 2 and "yet" in lines[0] and all("goes on" in line for line in lines)


def test_on_zero_gpu_one_function_is_registered(monkeypatch):
    registered = []
    monkeypatch.setitem(sys.modules, "spaces", types.SimpleNamespace(GPU=registered.append))
    page._start_on_zero_gpu()
    assert registered == []
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    page._start_on_zero_gpu()
    assert len(registered) == 1
