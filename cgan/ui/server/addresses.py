"""Where the app can be reached: a free port, the addresses that others type, and the link for a class."""

import os
import queue
import socket
import sys
import threading
from contextlib import suppress

import segno
from gradio import networking

_FIRST_PORT = 7860
_PORTS_TRIED = 100
_SHARE_PATIENCE_S = 60
_EVERY_ADDRESS = ("0.0.0.0", "::", "[::]")


def choose_port(host: str, port: int | None) -> int:
    """A port that is free on `host`: the wanted one, else the first from 7860 on; one line says what is stepped over.

    Raises OSError where the wanted one or all are taken, and where `host` is no address of this machine.
    """
    _listen(host, 0)  # Gradio would try a hundred ports, for minutes
    first = int(os.environ.get("GRADIO_SERVER_PORT", _FIRST_PORT))
    tried = [port] if port else range(first, first + _PORTS_TRIED)
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


def announce(host: str, port: int) -> None:
    """Say where the app is; where all may come, also the address that they type, and in a terminal its QR code."""
    if host not in _EVERY_ADDRESS:
        print(f"Open {_url(host, port)} in a browser. Ctrl-C ends it.", flush=True)
        return
    print(f"Open {_url('127.0.0.1', port)} in a browser. Ctrl-C ends it.")
    others = [_url(address, port) for address in own_addresses()]
    print(f"For everyone in your network: {' or '.join(others) or 'this machine is in none'}", flush=True)
    if others:
        print_qr_code(others[0])


def print_qr_code(url: str) -> None:
    """Draw it for a phone's camera, where a person looks at the output."""
    if sys.stdout.isatty():
        segno.make(url, micro=False).terminal(compact=True)


def own_addresses() -> list[str]:
    """IPv4 addresses by which other machines reach this one, the one of the way out first."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # no packet is sent; the system only chooses a way there
        found.append(probe.getsockname()[0])
    with suppress(OSError):
        found += [info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [address for address in dict.fromkeys(found) if not address.startswith(("127.", "0."))]


def share_in_background(host: str, port: int, token: str) -> None:
    """Print a public link by Gradio's servers; where it cannot be had, one line says so and the app is served on."""
    threading.Thread(target=_share, args=[host, port, token], daemon=True).start()


def _share(host: str, port: int, token: str) -> None:
    answers: queue.Queue[str | Exception] = queue.Queue()
    threading.Thread(target=lambda: answers.put(_tunnel(host, port, token)), daemon=True).start()
    try:
        answer = answers.get(timeout=_SHARE_PATIENCE_S)
    except queue.Empty:
        answer = TimeoutError(f"no answer in {_SHARE_PATIENCE_S} s")
    if isinstance(answer, str):
        print(f"For everyone with the link, for a week: {answer}", flush=True)
        print_qr_code(answer)
    else:
        reason = " ".join(f"{answer.__cause__ or answer}".split())
        print(f"No link to share: Gradio's servers cannot be had ({reason}). The app goes on here.", flush=True)


def _tunnel(host: str, port: int, token: str) -> str | Exception:
    """The link, or why there is none. Gradio downloads the tunnel's program on first use."""
    scheme = "http" if networking.GRADIO_SHARE_SERVER_ADDRESS else "https"
    try:
        link = networking.setup_tunnel(host, port, token, None, None)
    except Exception as error:  # whatever it is, a link is all that is lost
        return error
    return f"{scheme}://{link.partition('://')[2]}"


def _url(host: str, port: int) -> str:
    return f"http://[{host.strip('[]')}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(host: str, port: int) -> None:
    """Raise OSError where nobody can listen there."""
    family, kind, _, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
