"""Play with a trained conditional GAN in a browser.

python app.py                            on http://127.0.0.1:7860, or the next free port
python app.py --checkpoint my-mlp        your own run, also while it trains
python app.py --host 0.0.0.0             for everyone in your network
python app.py --share                    for everyone who has the link that it prints
python app.py --mcp                      also as tools for programs that speak MCP
python app.py --root-path /gan           behind a proxy, at https://example.org/gan/
"""

import argparse
import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cgan.common.command_line import Parser, fail, integer
from cgan.ui.server.origins import Access, origin
from cgan.ui.server.proxies import without_proxies

# Variables that Gradio reads as numbers while it is imported.
_NUMBERS = ("GRADIO_NUM_PORTS", "GRADIO_NODE_NUM_PORTS", "GRADIO_ANALYTICS_MAX_EVENTS", "GRADIO_DEBUG")
# First parts of paths below which the app's own files and endpoints lie.
_OWN_PATHS = ("assets", "cgan", "config", "gradio_api", "login", "logout", "static")


def main() -> None:
    """The command `python app.py`."""
    arguments = _parser().parse_args()
    _check_environment()
    frames = arguments.allow_frame or _environment("CGAN_ALLOW_FRAME", _origins(with_subdomains=True)) or []
    origins = arguments.allow_origin or _environment("CGAN_ALLOW_ORIGIN", _origins()) or []
    del arguments.allow_frame, arguments.allow_origin
    access = Access(tuple(frames), tuple(origins))
    if arguments.offline and arguments.share:
        fail("--share: asks a server outside for the link, which --offline forbids; leave one of them out")

    if arguments.mcp and find_spec("mcp") is None:
        fail("--mcp: needs a package that is not installed; `pip install 'gradio[mcp]'` brings it")

    with without_proxies():
        from cgan.ui.page import PageError, serve  # seconds to import: a wrong flag is answered before

    try:
        serve(**vars(arguments), access=access)
    except PageError as error:
        fail(error)


def _parser() -> Parser:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", metavar="C", help="a name in checkpoints/ or a folder (default: r3gan-conv)")
    parser.add_argument(
        "--judge",
        dest="judges",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="a judge of your own classes, made by `python -m cgan.classifier --data PATH --out DIR`; may be repeated",
    )
    host = os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"  # which a Space sets
    parser.add_argument("--host", default=host, metavar="H", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=integer(1, 65535), metavar="P", help="default: the first free from 7860 on")
    parser.add_argument("--share", action="store_true", help="make a public link, by Gradio's servers, for a week")
    parser.add_argument("--auth", type=_auth, metavar="USER:PASSWORD", help="ask for these before showing anything")
    parser.add_argument("--mcp", action="store_true", help="serve the named endpoints as tools at /gradio_api/mcp/")
    parser.add_argument(
        "--root-path",
        type=_root_path,
        default=os.environ.get("GRADIO_ROOT_PATH", ""),
        metavar="P",
        help="where a proxy has the app: a path such as /gan, or the whole address",
    )
    parser.add_argument(
        "--allow-frame",
        action="append",
        type=origin(with_subdomains=True),
        metavar="O",
        help="an origin such as https://example.org whose pages may show this one in a frame; more by more flags",
    )
    parser.add_argument(
        "--allow-origin",
        action="append",
        type=origin(),
        metavar="O",
        help="an origin whose pages may call the API; more by more flags",
    )
    parser.add_argument("--offline", action="store_true", help="call nobody outside this machine")
    return parser


def _auth(text: str) -> tuple[str, str]:
    user, separator, password = text.partition(":")
    if not (user and separator and password):
        raise argparse.ArgumentTypeError("not of the form USER:PASSWORD")
    return user, password


def _root_path(text: str) -> str:
    path = text.rstrip("/")
    is_address = path.startswith(("http://", "https://"))
    if path and not is_address and (not path.startswith("/") or path.startswith("//")):
        raise argparse.ArgumentTypeError(f"{text!r:.80} given; allowed: a path such as /gan, or a whole address")
    if path.split("/")[3 if is_address else 1 :][:1] in [[name] for name in _OWN_PATHS]:
        raise argparse.ArgumentTypeError(f"{text!r:.80} given; the app's own files lie there, name another path")
    return path


def _origins(**options: bool) -> Callable[[str], list[str]]:
    return lambda text: [origin(**options)(word) for word in text.split()]


def _environment(name: str, kind: Callable[[str], Any]) -> Any:
    """A variable of the environment, None where it is not set; a value that is not allowed ends the command."""
    try:
        return kind(os.environ[name]) if os.environ.get(name) else None
    except argparse.ArgumentTypeError as error:
        fail(f"{name}: {error}")


def _check_environment() -> None:
    """Gradio reads these variables while it is imported, where a wrong one is a traceback."""
    _environment("GRADIO_SERVER_PORT", integer(1, 65535))
    for name in _NUMBERS:
        _environment(name, integer(0))
    for name in ("GRADIO_SERVER_PORT", *_NUMBERS):
        if not os.environ.get(name, "unset").strip():
            del os.environ[name]
    os.environ.pop("GRADIO_SERVER_NAME", None)  # --host has it; Gradio would try its ports by IPv4 only
