"""How many people can use the app at once, from one machine?

python -m benchmarks.load             1, 10, 60 and 200 people, 20 s each: about 6 minutes
python -m benchmarks.load --fast      10 people, 3 s each: what CI runs
python -m benchmarks.load --copies    also two copies of the app behind nginx (Debian: apt-get install nginx-light)

A naive Gradio app of the same generator, and ours, one after the other in one run, driven from this process. Each
person opens the page and then drags a slider, an event every tenth of a second; as in a browser there is one request at
a time, and of the events that come meanwhile the newest is next. A latency counts from the event to its picture.
Nobody's page draws by itself here, except in the last rows: those people fetch what their page needs, and then ask for
nothing more.

"1 picture" is what the naive app draws; "sheet" is our page as it opens, 16 pictures and one seed in ten classes. "MB"
is the memory of all of an app's processes.
"""

import argparse
import asyncio
import json
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.live_latency import percentile
from benchmarks.serving import PICTURES, Connection, Server, picture_inputs, served
from cgan.common.command_line import Parser
from cgan.data import IMAGE_SIZE, NUM_CLASSES
from cgan.ui.page import DEFAULT_CHECKPOINT
from cgan.ui.studio import MAX_SEED
from tests.browser.server import free_port, wait_until_served

_EVENT_S = 0.1
_RUNNERS = 4  # people who have a class visualization computed again and again, in the rows that say so


@dataclass
class Result:
    latencies: list[float] = field(default_factory=list)  # s
    openings: list[float] = field(default_factory=list)  # s, to have the page
    errors: int = 0
    seconds: float = 0
    megabytes: float = 0
    files: int = 0


class Person:
    """One visitor, with a session and a connection."""

    def __init__(self, port: int, name: str, result: Result) -> None:
        """name: by it alone a person chooses classes and seeds."""
        self.random = random.Random(name)
        self.session = name
        self.connection = Connection(port)
        self.result = result

    async def open_page(self) -> None:
        start = time.perf_counter()
        status, _ = await self.connection.request("GET", "/")
        self.result.openings.append(time.perf_counter() - start)
        self.result.errors += status != 200

    async def drag(self, seconds: float) -> None:
        """Move the slider for so long; the newest position is asked for as soon as the one before is shown."""
        start = time.perf_counter()
        last = -1
        while (now := time.perf_counter() - start) < seconds:
            event = int(now / _EVENT_S)
            if event == last:
                await asyncio.sleep((event + 1) * _EVENT_S - now)
                continue
            last = event
            try:
                fine = await self.draw(self.random.randint(0, MAX_SEED))
            except (OSError, ValueError, KeyError, asyncio.IncompleteReadError):
                fine = False
            self.result.errors += not fine
            if fine:
                self.result.latencies.append(time.perf_counter() - start - event * _EVENT_S)

    async def draw(self, seed: int) -> bool:
        raise NotImplementedError

    async def visit(self, seconds: float) -> None:
        await asyncio.sleep(self.random.uniform(0, 1))  # nobody clicks at the same moment
        await self.open_page()
        await self.drag(seconds)
        self.connection.close()


class NaiveVisitor(Person):
    """Gradio's queue: join it, listen for the end, fetch the file."""

    async def draw(self, seed: int) -> bool:
        joined = {"data": [seed], "fn_index": 0, "session_hash": self.session}
        status, _ = await self.connection.post("/gradio_api/queue/join", joined)
        if status != 200:
            return False
        _, stream = await self.connection.request("GET", f"/gradio_api/queue/data?session_hash={self.session}")
        events = [json.loads(line[5:]) for line in stream.split(b"\n") if line.startswith(b"data:")]
        end = next(event for event in events if event["msg"] == "process_completed")
        status, _ = await self.connection.request("GET", f"/gradio_api/file={end['output']['data'][0]['path']}")
        return status == 200


class Visitor(Person):
    """Our page where the server draws: one request, one answer."""

    async def pictures(self, classes: list[int], seeds: list[int]) -> bool:
        content = picture_inputs(classes, seeds)
        status, pixels = await self.connection.request("POST", PICTURES, content)
        return status == 200 and len(pixels) == len(seeds) * IMAGE_SIZE**2

    async def draw(self, seed: int) -> bool:
        return await self.pictures([self.random.randrange(NUM_CLASSES)], [seed])


class SheetVisitor(Visitor):
    async def draw(self, seed: int) -> bool:
        drawn = await self.pictures([3] * 16, [*range(seed, seed + 16)])
        return drawn and await self.pictures([*range(NUM_CLASSES)], [seed] * NUM_CLASSES)


class PageVisitor(Visitor):
    """A page that draws by itself."""

    async def drag(self, seconds: float) -> None:
        for name in ("worker.js", "engine.wasm", f"checkpoints/{DEFAULT_CHECKPOINT}/generator.safetensors"):
            status, _ = await self.connection.request("GET", f"/cgan/{name}")
            self.result.errors += status != 200


async def visualize_for_ever(port: int, number: int, begun: asyncio.Event) -> None:
    """A person who has one class visualization after the other computed, by one page; begun: set after the first."""
    connection = Connection(port)
    request = [number % NUM_CLASSES, 985, DEFAULT_CHECKPOINT, "judge", "generated", "photograph", "cheetah", 3, 7, None]
    call = {"data": request, "session_hash": f"{time.time_ns()}-{number}"}
    while True:
        status, answer = await connection.post("/gradio_api/call/visualize", call)
        if status != 200:
            await asyncio.sleep(1)
            continue
        await connection.request("GET", f"/gradio_api/call/visualize/{answer['event_id']}")
        begun.set()


@asynccontextmanager
async def runs_under_way(port: int, count: int) -> AsyncIterator[None]:
    begun = [asyncio.Event() for _ in range(count)]
    tasks = [asyncio.create_task(visualize_for_ever(port, number, event)) for number, event in enumerate(begun)]
    for event in begun:
        await event.wait()
    yield
    for task in tasks:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks)


async def measure(server: Server, kind: type[Person], people: int, seconds: float, runners: int = 0) -> Result:
    """What so many people of a kind get. Nobody asks for the pictures of another row, which the server still has."""
    result = Result()
    names = [f"{kind.__name__}-{runners}-{people}-{number}" for number in range(people)]
    visitors = [kind(server.port, name, result) for name in names]
    async with runs_under_way(server.port, runners):
        start = time.perf_counter()
        await asyncio.gather(*(visitor.visit(seconds) for visitor in visitors))
        result.seconds = time.perf_counter() - start
    result.megabytes, result.files = server.megabytes, len(server.cached)
    return result


@contextmanager
def behind_nginx(ports: list[int]) -> Iterator[int]:
    """The port of an nginx that gives each request to the copy with the least to do.

    A run of the queue belongs to the copy that began it, so these requests go by the visitor's address.
    """
    port = free_port()
    copies = " ".join(f"server 127.0.0.1:{copy};" for copy in ports)
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "nginx.conf"
        configuration.write_text(f"""
            daemon off; pid {folder}/pid; error_log stderr; events {{ worker_connections 1024; }}
            http {{
              access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
              fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
              client_max_body_size 12m; proxy_http_version 1.1; proxy_buffering off;
              proxy_set_header Host $http_host; proxy_set_header Connection "";
              proxy_set_header X-Forwarded-For $remote_addr;
              upstream any {{ least_conn; {copies} keepalive 64; }}
              upstream same {{ ip_hash; {copies} keepalive 64; }}
              server {{
                listen 127.0.0.1:{port};
                location / {{ proxy_pass http://any; }}
                location ~ ^/gradio_api/(queue|call|heartbeat|cancel|reset) {{ proxy_pass http://same; }}
              }}
            }}""")
        process = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-c", f"{configuration}"])
        try:
            wait_until_served(f"http://127.0.0.1:{port}", process)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def measure_copies(people: int, seconds: float) -> Result:
    with ExitStack() as stack:
        servers = [stack.enter_context(served("ours")) for _ in range(2)]
        port = stack.enter_context(behind_nginx([server.port for server in servers]))
        balanced = Server(port, servers[0].process, servers[0].cache)
        return asyncio.run(measure(balanced, Visitor, people, seconds))


def main() -> None:
    parser = Parser(
        prog="python -m benchmarks.load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fast", action="store_true", help="10 people, 3 s each")
    parser.add_argument("--copies", action="store_true", help="also two copies behind nginx")
    arguments = parser.parse_args()
    sizes, seconds = ((10,), 3.0) if arguments.fast else ((1, 10, 60, 200), 20.0)

    rows: list[tuple[str, int, Result]] = []
    with served("naive") as server:
        rows += [("naive, 1 picture", n, asyncio.run(measure(server, NaiveVisitor, n, seconds))) for n in sizes]
    with served("ours") as server:
        for name, kind, runners in (
            ("ours, 1 picture", Visitor, 0),
            (f"ours, 1 picture, {_RUNNERS} runs under way", Visitor, _RUNNERS),
            ("ours, sheet", SheetVisitor, 0),
            ("ours, drawn in the page", PageVisitor, 0),
        ):
            rows += [(name, n, asyncio.run(measure(server, kind, n, seconds, runners))) for n in sizes]
    if arguments.copies and not (shutil.which("nginx") or Path("/usr/sbin/nginx").exists()):
        print("Two copies: left out, for there is no nginx (Debian: apt-get install nginx-light)")
    elif arguments.copies:
        rows += [("ours, 1 picture, 2 copies", n, measure_copies(n, seconds)) for n in sizes[-2:]]
    print_table(rows)


def print_table(rows: list[tuple[str, int, Result]]) -> None:
    columns = (
        "app",
        "people",
        "a second",
        "of the naive",
        "median",
        "95th percentile",
        "errors",
        "page",
        "MB",
        "files",
    )
    print("| " + " | ".join(columns) + " |")
    print("|" + " --- |" * len(columns))
    naive = {people: len(result.latencies) / result.seconds for name, people, result in rows if "naive" in name}
    for name, people, result in rows:
        rate = len(result.latencies) / result.seconds
        latencies = [1000 * latency for latency in result.latencies]
        cells = (
            name,
            f"{people}",
            f"{rate:.0f}",
            f"{rate / naive[people]:.1f}",
            f"{statistics.median(latencies):.0f} ms" if latencies else "",
            f"{percentile(latencies, 95):.0f} ms" if latencies else "",
            f"{result.errors}",
            f"{1000 * statistics.median(result.openings):.0f} ms",
            f"{result.megabytes:.0f}",
            f"{result.files}",
        )
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
