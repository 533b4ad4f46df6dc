"""How long from `python app.py` to the first painted picture, and how much memory is it then?

python -m benchmarks.startup                 five starts of each app, in turn
python -m benchmarks.startup --fast          one of each: what CI runs
python -m benchmarks.startup --python PATH   by the Python of another environment: one of requirements.txt alone

Beside a bare Gradio app with torch imported, in one run. A real Chromium, already running, opens the page as soon as
the port answers. The memory is the process's own and its share of what it shares (PSS), where Linux tells it.
"""

import argparse
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from cgan.cli import Parser
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
    megabytes: float | None


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
        return Start(answered, painted, _megabytes(process.pid))
    finally:
        process.terminate()
        process.wait(20)


def _megabytes(pid: int) -> float | None:
    rollup = Path(f"/proc/{pid}/smaps_rollup")
    if not rollup.exists():
        return None
    return int(re.search(r"^Pss: +(\d+) kB", rollup.read_text(), re.MULTILINE)[1]) * 1024 / 1e6


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
    print("| app | port answers | first picture | of the bare one | memory |")
    print("|" + " --- |" * 5)
    bare = statistics.median(one.painted for one in starts["bare Gradio app"])
    for app, measured in starts.items():
        answered, painted = (
            statistics.median(getattr(one, part) for one in measured) for part in ("answered", "painted")
        )
        memory = [one.megabytes for one in measured if one.megabytes]
        megabytes = f"{statistics.median(memory):.0f} MB" if memory else "not known"
        print(f"| {app} | {answered:.2f} s | {painted:.2f} s | {painted / bare:.2f} | {megabytes} |")
    print(f"Goal: at most {_GOAL} times the bare one.")


if __name__ == "__main__":
    main()
