"""Where the app can be reached: a free port, the addresses that others type, and the link for a class."""

import ipaddress
import os
import socket
import sys
import threading
from contextlib import suppress

import segno
from gradio import networking

_PORTS = range(7860, 7960)  # where none is wanted
_SHARE_PATIENCE_S = 60
_LOOPBACK = {4: "127.0.0.1", 6: "::1"}  # by version of IP


def choose_port(host: str, port: int | None) -> int:
    """A port that is free on `host`: the wanted one, else the first from 7860 on; one line says what is stepped over.

    Raises OSError where the wanted one or all are taken, and where `host` is no address of this machine.
    """
    _listen(host, 0)  # Gradio would try a hundred ports, for minutes
    tried = [port] if port else _PORTS
    for candidate in tried:
        try:
            _listen(host, candidate)
            _listen("127.0.0.1", candidate)  # where Gradio looks whether it is free
        except OSError as error:
            refusal = error
            continue
        if candidate != tried[0]:
            print(f"Port {tried[0]} is taken: {candidate} it is.")
        return candidate
    raise refusal


def as_in_url(host: str) -> str:
    """The host as an address of a page has it: an IPv6 address in brackets."""
    bare = host.strip("[]")
    return f"[{bare}]" if ":" in bare else bare


def announce(host: str, port: int) -> None:
    """Say where the app is; where all may come, also the address that they type, and in a terminal its QR code."""
    version = _unspecified(host)
    if version is None:
        print(f"Open {_url(host, port)} in a browser. Ctrl-C ends it.", flush=True)
        return
    print(f"Open {_url(_LOOPBACK[version], port)} in a browser. Ctrl-C ends it.")
    others = [_url(address, port) for address in own_addresses(version)]
    print(f"For everyone in your network: {' or '.join(others) or 'this machine is in none'}", flush=True)
    if others:
        print_qr_code(others[0])


def print_qr_code(url: str) -> None:
    """Draw it for a phone's camera, where a person looks at the output."""
    if sys.stdout.isatty():
        segno.make(url, micro=False).terminal(compact=True)


def own_addresses(version: int = 4) -> list[str]:
    """Addresses by which other machines reach this one, of one version of IP; the one of the way out first."""
    family, elsewhere = {4: (socket.AF_INET, "192.0.2.1"), 6: (socket.AF_INET6, "2001:db8::1")}[version]
    found = []
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((elsewhere, 9))  # no packet is sent; the system only chooses a way there
        found.append(probe.getsockname()[0])
    with suppress(OSError):
        found += [info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, family)]
    addresses = [ipaddress.ip_address(address) for address in dict.fromkeys(found)]
    return [f"{address}" for address in addresses if not (address.is_loopback or address.is_unspecified)]


def share_in_background(host: str, port: int, token: str) -> None:
    """Print a public link by Gradio's servers; where it cannot be had, one line says so and the app is served on."""
    threading.Thread(target=_share, args=[host, port, token], daemon=True).start()


def _share(host: str, port: int, token: str) -> None:
    silent = "No link to share yet: Gradio's servers are silent. The app goes on here."
    late = threading.Timer(_SHARE_PATIENCE_S, print, [silent], {"flush": True})
    late.daemon = True
    late.start()
    scheme = "http" if networking.GRADIO_SHARE_SERVER_ADDRESS else "https"
    try:
        link = networking.setup_tunnel(host, port, token, None, None)  # downloads the tunnel's program on first use
    except Exception as error:  # whatever it is, a link is all that is lost
        reason = " ".join(f"{error.__cause__ or error}".split())
        print(f"No link to share: Gradio's servers cannot be had ({reason}). The app goes on here.", flush=True)
    else:
        link = f"{scheme}://{link.partition('://')[2]}"
        print(f"For everyone with the link, for a week: {link}", flush=True)
        print_qr_code(link)
    finally:
        late.cancel()


def _url(host: str, port: int) -> str:
    return f"http://{as_in_url(host)}:{port}"


def _unspecified(host: str) -> int | None:
    """The version of IP, where `host` stands for all addresses of this machine, however it is spelled; else None."""
    family, _, _, _, address = _resolve(host, 0)
    if not ipaddress.ip_address(address[0].partition("%")[0]).is_unspecified:
        return None
    return 6 if family == socket.AF_INET6 else 4


def _resolve(host: str, port: int) -> tuple:
    return socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]


def _listen(host: str, port: int) -> None:
    """Raise OSError where nobody can listen there."""
    family, kind, _, _, address = _resolve(host, port)
    with socket.socket(family, kind) as probe:
        if os.name == "posix":  # elsewhere it would let a taken port pass
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
