"""How long from `python app.py` to the first painted picture, and how much memory is it then?

python -m benchmarks.startup                 five starts of each app, in turn
python -m benchmarks.startup --fast          one of each: what CI runs
python -m benchmarks.startup --python PATH   by the Python of another environment: one of requirements.txt alone

Beside a bare Gradio app with torch imported, in one run. A real Chromium, already running, opens the page as soon as
the port answers. The processor's time is the server's alone, and other work on the machine changes it little; the
memory is the server's own and its share of what it shares (PSS). Linux tells both.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.serving import end
from cgan.common.command_line import Parser
from tests.browser.server import free_port, wait_until_served
from tests.chromium import FLAGS, find_chromium

_STARTS = 5
_GOAL = 1.25
_PAINTED = {
    "bare Gradio app": "() => document.querySelector('#picture img')?.naturalWidth > 0",
    "ours": "() => document.querySelector('#picture[data-seed] canvas')?.width > 0",
}
_COMMANDS = {"bare Gradio app": ["-m", "benchmarks.bare_app"], "ours": ["app.py", "--offline", "--port"]}


@dataclass(frozen=True)
class Start:
    """Seconds from the command's start, and MB."""

    answered: float
    painted: float
    processor: float
    megabytes: float


def start(browser: Browser, python: str, app: str) -> Start:
    """Start an app, look at its page until it shows a picture, end it."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    begin = time.perf_counter()
    process = subprocess.Popen([python, *_COMMANDS[app], f"{port}"], stdout=subprocess.DEVNULL)
    try:
        wait_until_served(address, process, pause=0.02)
        answered = time.perf_counter() - begin
        context = browser.new_context()
        page = context.new_page()
        page.goto(address, wait_until="commit")
        page.wait_for_function(_PAINTED[app], polling="raf")
        painted = time.perf_counter() - begin
        context.close()
        return Start(answered, painted, _processor_seconds(process.pid), _megabytes(process.pid))
    finally:
        end(process)


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")  # of the user, of the system


def _megabytes(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)[1]) * 1024 / 1e6


def main() -> None:
    parser = Parser(
        prog="python -m benchmarks.startup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fast", action="store_true", help="one start of each")
    parser.add_argument("--python", default=sys.executable, metavar="PATH", help="the Python that runs the apps")
    arguments = parser.parse_args()

    starts: dict[str, list[Start]] = {app: [] for app in _COMMANDS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for app in _COMMANDS:
            start(browser, arguments.python, app)  # the first one reads from the disk what later ones have in memory
        for _ in range(1 if arguments.fast else _STARTS):
            for app, measured in starts.items():
                measured.append(start(browser, arguments.python, app))
        browser.close()
    print_table(starts)


def print_table(starts: dict[str, list[Start]]) -> None:
    print("| app | port answers | first picture | of the bare one | processor | of the bare one | memory |")
    print("|" + " --- |" * 7)

    def median(app: str, part: str) -> float:
        return statistics.median(getattr(one, part) for one in starts[app])

    bare = "bare Gradio app"
    for app in starts:
        painted, processor = (
            f"{median(app, part):.2f} s | {median(app, part) / median(bare, part):.2f}"
            for part in ("painted", "processor")
        )
        print(
            f"| {app} | {median(app, 'answered'):.2f} s | {painted} | {processor} | {median(app, 'megabytes'):.0f} MB |"
        )
    print(f"Goal: the first picture in at most {_GOAL} times the bare one's time.")


if __name__ == "__main__":
    main()
