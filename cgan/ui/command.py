"""Play with a trained conditional GAN in a browser.

python app.py                            on http://127.0.0.1:7860, or the next free port
python app.py --checkpoint my-mlp        your own run, also while it trains
python app.py --host 0.0.0.0             for everyone in your network
python app.py --share                    for everyone who has the link that it prints
python app.py --mcp                      also as tools for programs that speak MCP
"""

import argparse
import os
from importlib.util import find_spec
from pathlib import Path

from cgan.common.command_line import Parser, fail, integer


def main() -> None:
    """The command `python app.py`."""
    arguments = _parser().parse_args()
    if arguments.offline and arguments.share:
        fail("--share: asks a server outside for the link, which --offline forbids; leave one of them out")

    if arguments.mcp and find_spec("mcp") is None:
        fail("--mcp: needs a package that is not installed; `pip install 'gradio[mcp]'` brings it")

    from cgan.ui.page import PageError, serve  # seconds to import: a wrong flag is answered before

    try:
        serve(**vars(arguments))
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
    host = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")  # which a Space sets
    parser.add_argument("--host", default=host, metavar="H", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=integer(1, 65535), metavar="P", help="default: the first free from 7860 on")
    parser.add_argument("--share", action="store_true", help="make a public link, by Gradio's servers, for a week")
    parser.add_argument("--auth", type=_auth, metavar="USER:PASSWORD", help="ask for these before showing anything")
    parser.add_argument("--mcp", action="store_true", help="serve the named endpoints as tools at /gradio_api/mcp/")
    parser.add_argument("--offline", action="store_true", help="call nobody outside this machine")
    return parser


def _auth(text: str) -> tuple[str, str]:
    user, separator, password = text.partition(":")
    if not (user and separator and password):
        raise argparse.ArgumentTypeError("not of the form USER:PASSWORD")
    return user, password
