"""Does the app stay as small as it is when it runs for a long time?

python -m benchmarks.endurance           10,000 requests a kind: about 15 minutes
python -m benchmarks.endurance --fast    100 a kind: what CI runs

Kinds: the page, each with a session that ends; pictures for its scripts; the same by Gradio's API; refusals.
First all kinds are asked some hundred times, until all caches are full, and a run is computed; and each kind is asked
once more right before its turn, by more people at once than there are threads for, as these come one by one and go when
they have nothing to do.
Linux only: it reads /proc.
"""

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable

from benchmarks.serving import PICTURES, Connection, Server, picture_inputs, served
from cgan.common.command_line import Parser, fail
from cgan.data import NUM_CLASSES
from cgan.ui.page import DEFAULT_CHECKPOINT
from cgan.ui.studio import MAX_SEED

_PEOPLE = 4  # who ask at once
_CROWD = 60  # who ask at once before a kind's turn; more than the app has threads for them
_WARM_UP = 400  # of each kind; more than the sessions that Gradio keeps
_MOST_GROWTH = 0.02  # of resident memory
_MOST_CACHED_MB = 20

Ask = Callable[[Connection, int], Awaitable[None]]


async def visit(connection: Connection, number: int) -> None:
    """Open the page and say farewell, as a browser does; every tenth runs an event in the queue first."""
    await connection.request("GET", "/")
    await connection.request("GET", "/config")
    session = f"visit{number}"
    if number % 10 == 0:
        load = {"fn_index": _events["load"], "data": [], "session_hash": session}
        await connection.post("/gradio_api/run/predict", load)
    await connection.post("/gradio_api/cancel", {"session_hash": session, "fn_index": 0, "event_id": ""})


async def draw(connection: Connection, number: int) -> None:
    await connection.request("POST", PICTURES, picture_inputs([number % NUM_CLASSES], [(37 * number) % MAX_SEED]))


async def call(connection: Connection, number: int) -> None:
    """By Gradio's own clients, each with a session."""
    data = [number % NUM_CLASSES, (37 * number) % MAX_SEED, 1, 1.0, DEFAULT_CHECKPOINT]
    await connection.post("/gradio_api/run/generate", {"data": data, "session_hash": f"call{number}"})


async def be_refused(connection: Connection, number: int) -> None:
    content = {"data": [f"nothing{number}", -1, None, "x", [number]], "session_hash": f"refused{number}"}
    await connection.post("/gradio_api/run/generate", content)


KINDS: dict[str, Ask] = {"page": visit, "pictures": draw, "API": call, "refusals": be_refused}

# The page's numbers of what is asked for, by name.
_events: dict[str, int] = {}


async def learn_numbers(port: int) -> None:
    _, answer = await Connection(port).request("GET", "/config")
    config = json.loads(answer)
    _events["load"] = next(
        event["id"] for event in config["dependencies"] if any(target[1] == "load" for target in event["targets"])
    )


async def ask(port: int, kind: Ask, numbers: range, people: int = _PEOPLE) -> None:
    """Have some people ask at once, each on a connection of their own."""

    async def person(first: int) -> None:
        connection = Connection(port)
        for number in numbers[first::people]:
            await kind(connection, number)
        connection.close()

    await asyncio.gather(*(person(first) for first in range(people)))


async def have_a_run_computed(port: int) -> None:
    """With the first of them comes the thread that computes them."""
    connection = Connection(port)
    await connection.post("/gradio_api/run/saliency", {"data": [3, 7, "judge", DEFAULT_CHECKPOINT]})
    connection.close()


def state(server: Server) -> tuple[float, int, int, float]:
    """MB of memory, threads, open files and connections, MB of the cache folder."""
    return server.megabytes, server.threads, server.handles, sum(path.stat().st_size for path in server.cached) / 1e6


def main() -> None:
    parser = Parser(
        prog="python -m benchmarks.endurance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fast", action="store_true", help="100 requests a kind, after a shorter warm-up")
    requests, warm_up = (100, 120) if parser.parse_args().fast else (10_000, _WARM_UP)

    print("| kind | requests | MB before | MB after | growth | threads | open files | cache |")
    print("|" + " --- |" * 8)
    problems: list[str] = []
    with served("ours") as server:
        asyncio.run(learn_numbers(server.port))
        for kind in KINDS.values():
            asyncio.run(ask(server.port, kind, range(warm_up)))
        asyncio.run(have_a_run_computed(server.port))
        for name, kind in KINDS.items():
            asyncio.run(ask(server.port, kind, range(warm_up), _CROWD))
            before = state(server)
            asyncio.run(ask(server.port, kind, range(warm_up, warm_up + requests)))
            after = state(server)
            growth = after[0] / before[0] - 1
            print(
                f"| {name} | {requests} | {before[0]:.0f} | {after[0]:.0f} | {100 * growth:+.1f} % | "
                f"{before[1]} → {after[1]} | {before[2]} → {after[2]} | {after[3]:.1f} MB |",
                flush=True,
            )
            if growth > _MOST_GROWTH or after[1] > before[1] or after[2] > before[2] or after[3] > _MOST_CACHED_MB:
                problems.append(name)
    if problems:
        fail(f"more is left behind than should be: {', '.join(problems)}")


if __name__ == "__main__":
    main()
