"""A running app as a benchmark sees it, and a client that costs as little as possible beside it."""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cgan.data import NUM_CLASSES
from cgan.models.checkpoints import CHECKPOINTS, load_generator
from cgan.sampling import latents
from cgan.ui.page import DEFAULT_CHECKPOINT
from tests.browser.server import free_port, wait_until_served

_LATENT_DIM = load_generator(CHECKPOINTS / DEFAULT_CHECKPOINT)[0].latent_dim

APPS = {
    "naive": ["-m", "benchmarks.naive_app", f"{CHECKPOINTS / DEFAULT_CHECKPOINT}"],
    "ours": ["app.py", "--offline", "--port"],
}


PICTURES = f"/cgan/checkpoints/{DEFAULT_CHECKPOINT}/pictures"


def picture_inputs(classes: list[int], seeds: list[int]) -> bytes:
    """What the page sends to PICTURES for one picture of each class and seed."""
    z = latents.latents(np.array(seeds), _LATENT_DIM)
    return z.tobytes() + latents.one_hot(np.array(classes), NUM_CLASSES).astype(np.float32).tobytes()


@dataclass
class Server:
    """A process that serves an app, and its own cache folder."""

    port: int
    process: subprocess.Popen
    cache: Path

    @property
    def processes(self) -> list[int]:
        """Itself and those that it has started, by number."""
        listed = subprocess.check_output(["ps", "-o", "pid=", "-s", f"{self.process.pid}"], text=True)
        return [int(number) for number in listed.split()]

    @property
    def megabytes(self) -> float:
        """Resident memory of all its processes; what they share is counted once."""
        files = [Path(f"/proc/{number}/smaps_rollup").read_text() for number in self.processes]
        return sum(int(re.search(r"^Pss: +(\d+) kB", file, re.MULTILINE)[1]) for file in files) / 1024

    @property
    def threads(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    @property
    def handles(self) -> int:
        """Open files and connections."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    @property
    def cached(self) -> list[Path]:
        return [path for path in self.cache.rglob("*") if path.is_file()]


@contextmanager
def served(app: str) -> Iterator[Server]:
    """Run one of APPS while entered."""
    port = free_port()
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"GRADIO_TEMP_DIR": cache}
        command = [sys.executable, *APPS[app], f"{port}"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment, start_new_session=True)
        try:
            wait_until_served(f"http://127.0.0.1:{port}", process)
            yield Server(port, process, Path(cache))
        finally:
            end(process)


def end(process: subprocess.Popen) -> None:
    """End a server, by force after 20 seconds: what stays alive would keep its caller's output open."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Connection:
    """HTTP/1.1 over one connection, opened anew where the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, content: object) -> tuple[int, dict]:
        status, body = await self.request("POST", path, json.dumps(content).encode())
        return status, json.loads(body) if body else {}

    async def request(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """The answer's status and body."""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Type: application/json\r\n"
        message = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        for attempt in (1, 2):
            if self._streams is None or attempt == 2:
                self.close()
                self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)
            try:
                self._streams[1].write(message)
                return await self._answer(self._streams[0])
            except (ConnectionError, asyncio.IncompleteReadError):
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if fields.get("transfer-encoding") == "chunked":
            body = b"".join([chunk async for chunk in _chunks(reader)])
        else:
            body = await reader.readexactly(int(fields.get("content-length", 0)))
        if fields.get("connection") == "close":
            self.close()
        return int(first.split()[1]), body

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None


async def _chunks(reader: asyncio.StreamReader):
    while size := int(await reader.readline(), 16):
        yield await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
