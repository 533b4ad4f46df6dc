"""How long after a hand has moved does the new picture stand on the screen?

python -m benchmarks.live_latency             three apps, three network delays, 40 events each: about 6 minutes
python -m benchmarks.live_latency --fast      a few events, one delay: what CI runs

A real Chromium over three ways to draw, side by side in one run: a naive Gradio app of the same generator, our server,
our page. An event is a slider's, sent at the start of a frame, as a browser sends what a hand does; the picture counts
from the start of the frame that shows it. So one frame of the screen, 16.7 ms, is the least there is. The naive app
draws one picture, ours also the same seed in all ten classes. The delay is that of a proxy, there and back.
"""

import argparse
import asyncio
import random
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, sync_playwright

from benchmarks.serving import served
from cgan.common.command_line import Parser
from tests.browser.app_page import GENERATORS
from tests.chromium import FLAGS, find_chromium

_DELAYS_MS = (0, 100, 300)
_EVENTS = 40
_PAUSE_MS = 120  # between two events, so that each is alone
_DRAG_MS = 3000
_PATIENCE_MS = 5000  # an event without a picture after this time is lost

_OUR_SEED = "Number(document.querySelector('#picture').dataset.seed)"
_NAIVE_SOURCE = "(document.querySelector('#picture img')?.complete && document.querySelector('#picture img').src)"


@dataclass(frozen=True)
class Way:
    """A way to draw: the app, and how its page says what it shows."""

    name: str
    app: str  # "naive" or "ours"
    count: int | None  # pictures on the sheet
    shown: str  # JavaScript: changes when another picture is shown
    ready: str  # a selector of the page when it draws this way
    training: bool = False  # whether two training runs are under way beside it
    slowdown: int = 1  # of the page: of its main thread by Chromium, of its workers by _SLOW_WORKER


WAYS = (
    Way("naive app, 1 picture", "naive", None, _NAIVE_SOURCE, "#picture img"),
    Way("our server, 1 picture", "ours", 1, _OUR_SEED, "#picture[data-renderer=server]"),
    Way("our server, 16 pictures", "ours", 16, _OUR_SEED, "#picture[data-renderer=server]"),
    Way("our page, 1 picture", "ours", 1, _OUR_SEED, "#picture[data-renderer=page]"),
    Way("our page, 16 pictures", "ours", 16, _OUR_SEED, "#picture[data-renderer=page]"),
    Way("our page, 16 pictures, two runs train", "ours", 16, _OUR_SEED, "#picture[data-renderer=page]", training=True),
    Way("our page, 1 picture, 4 x slower", "ours", 1, _OUR_SEED, "#picture[data-renderer=page]", slowdown=4),
    Way("our page, 16 pictures, 4 x slower", "ours", 16, _OUR_SEED, "#picture[data-renderer=page]", slowdown=4),
)

# Sends the event at the start of a frame; resolves with the milliseconds to the start of the frame that shows another
# picture than before, or with null where none came.
_MOVE = """([seed, patience]) => new Promise((resolve) => {
  const slider = document.querySelector("#seed input[type=range]");
  requestAnimationFrame((start) => {
    const before = SHOWN;
    slider.value = seed;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const look = (now) => {
      const shown = SHOWN;
      if (shown && shown !== before) resolve(now - start);
      else if (now - start > patience) resolve(null);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
})"""

# An event every frame for so many milliseconds; how many different pictures were shown.
_DRAG = """(milliseconds) => new Promise((resolve) => {
  const slider = document.querySelector("#seed input[type=range]");
  const shown = new Set();
  let first = null;
  const frame = (now) => {
    first ??= now;
    shown.add(SHOWN);
    if (now - first > milliseconds) return resolve((1000 * (shown.size - 1)) / (now - first));
    slider.value = (37 * Math.round(now)) % 9999;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""

# Chromium does not slow workers down. So a drawing takes as much longer as its processor would be slower.
_SLOW_WORKER = """(slowdown) => {
  const [answer, post] = [self.onmessage, self.postMessage.bind(self)];
  let start;
  self.onmessage = (event) => {
    start = performance.now();
    answer(event);
  };
  self.postMessage = (...message) => {
    const end = start + slowdown * (performance.now() - start);
    while (performance.now() < end);
    post(...message);
  };
}"""


@contextmanager
def delayed(port: int, milliseconds: float) -> Iterator[int]:
    """The port of a proxy that passes everything on half the delay later, in both directions."""
    loop = asyncio.new_event_loop()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):  # a page that was closed
            while chunk := await reader.read(2**16):
                loop.call_later(milliseconds / 2000, writer.write, chunk)
        loop.call_later(milliseconds / 2000, writer.close)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward = await asyncio.open_connection("127.0.0.1", port)
        with suppress(asyncio.CancelledError):  # at the end, where asyncio would print it
            await asyncio.gather(pump(reader, onward[1]), pump(onward[0], writer), return_exceptions=True)

    thread = threading.Thread(target=loop.run_forever, daemon=True)  # Playwright has a loop of its own in this one
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(connect, "127.0.0.1", 0), loop).result()
    yield server.sockets[0].getsockname()[1]

    async def end() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(end(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


@dataclass
class Measured:
    latencies: list[float]  # ms
    lost: int  # events that changed no picture
    dragged: float  # pictures a second
    first_picture: float  # s after navigation
    megabytes: float  # received until then
    ready: float  # s, to drawing this way
    megabytes_ready: float


def measure(browser: Browser, address: str, way: Way, events: int) -> Measured:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": way.slowdown})
    received = _count_bytes(session)
    if "server" in way.ready:
        page.route(GENERATORS, lambda route: route.fulfill(status=204))
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("#first-view canvas, #picture img, #picture[data-seed]").first.wait_for()
    first_picture = time.perf_counter() - start
    megabytes = sum(received) / 1e6
    page.locator(way.ready).wait_for(timeout=60_000)
    ready = time.perf_counter() - start
    megabytes_ready = sum(received) / 1e6
    if way.slowdown > 1:
        for worker in page.workers:
            worker.evaluate(_SLOW_WORKER, way.slowdown)
    if way.training:
        page.get_by_role("tab", name="Train").click()
        page.locator("#train-run:enabled").click()
        page.locator("#train-stop:enabled").wait_for()
        page.get_by_role("tab", name="Generate").click()
    if way.count is not None:
        page.locator("#count input[type=number]").fill(f"{way.count}")
    page.wait_for_timeout(1500)
    move, drag = (script.replace("SHOWN", way.shown) for script in (_MOVE, _DRAG))
    answers = []
    for seed in random.sample(range(10_000), events):
        answers.append(page.evaluate(move, [seed, _PATIENCE_MS]))
        page.wait_for_timeout(_PAUSE_MS)
    latencies = [answer for answer in answers if answer is not None]
    dragged = page.evaluate(drag, _DRAG_MS)
    page.close()
    return Measured(latencies, events - len(latencies), dragged, first_picture, megabytes, ready, megabytes_ready)


def _count_bytes(session: CDPSession) -> list[int]:
    """A list that grows by what each response takes on the wire."""
    received: list[int] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    return received


def main() -> None:
    parser = Parser(
        prog="python -m benchmarks.live_latency",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--fast", action="store_true", help="5 events, no delay")
    fast = parser.parse_args().fast
    delays, events = (_DELAYS_MS[:1], 5) if fast else (_DELAYS_MS, _EVENTS)

    results: dict[tuple[float, Way], Measured] = {}
    with served("naive") as naive, served("ours") as ours, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for delay in delays:
            with delayed(naive.port, delay) as naive_port, delayed(ours.port, delay) as our_port:
                for way in WAYS:
                    port = naive_port if way.app == "naive" else our_port
                    results[delay, way] = measure(browser, f"http://127.0.0.1:{port}", way, events)
        browser.close()
    print_table(results)


def print_table(results: dict[tuple[float, Way], Measured]) -> None:
    columns = (
        "delay",
        "way",
        "median",
        "95th percentile",
        "of the naive",
        "lost",
        "a second",
        "first picture",
        "MB",
        "ready",
        "MB",
    )
    print("| " + " | ".join(columns) + " |")
    print("|" + " --- |" * len(columns))
    for (delay, way), measured in results.items():
        naive = statistics.median(results[delay, WAYS[0]].latencies)
        median = statistics.median(measured.latencies)
        cells = (
            f"{delay} ms",
            way.name,
            f"{median:.1f} ms",
            f"{percentile(measured.latencies, 95):.1f} ms",
            f"{median / naive:.2f}",
            f"{measured.lost}",
            f"{measured.dragged:.0f}",
            f"{measured.first_picture:.2f} s",
            f"{measured.megabytes:.1f}",
            f"{measured.ready:.2f} s",
            f"{measured.megabytes_ready:.1f}",
        )
        print("| " + " | ".join(cells) + " |")


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` per cent of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(share) // 100) - 1)]


if __name__ == "__main__":
    main()
