"""Helpers draw what the server would have drawn; neither their end nor the server's leaves anything behind."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling.sampler import Sampler
from cgan.ui.server.process_pool import Helpers
from cgan.ui.studio import Studio, answer_json

CHECKPOINT = "r3gan-conv"


@pytest.fixture(scope="module")
def studio():
    return Studio()


@pytest.fixture(scope="module")
def helpers():
    return those_that_come(2)


def those_that_come(count):
    helpers = Helpers(count)
    helpers.come()
    wait_until(lambda: helpers.pool)
    return helpers


def wait_until(is_so, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def processes_of(pid):
    """A process and all that come from it."""
    found = [pid]
    for parent in found:
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", f"{parent}"], capture_output=True, text=True, check=False
        )
        found += [int(child) for child in listed.stdout.split()]
    return found


def is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def answered(helpers, draw, request):
    return json.loads(helpers.submit(helpers.pool, answer_json, draw, json.dumps({"data": request}).encode()).result())


def test_a_helper_draws_the_same_pictures(helpers, studio):
    for draw, request in (
        (studio.generate, [CHECKPOINT, 3, 7, 0.5, 16]),
        (studio.interpolate, ["report-mlp", 3, 7, 7, 21, "slerp", 9]),
        (studio.move, [CHECKPOINT, 3, 7, "3", [[0, 1, 0, -2, 0, 0]]]),
    ):
        for _ in range(3):  # by whichever helper, drawn anew or kept
            assert answered(helpers, draw, request) == {"answer": draw(*request)}


def test_a_helper_has_the_checkpoint_that_the_page_was_opened_with(helpers, short_run):
    studio = Studio(extra_folder=short_run)
    request = [f"{short_run}", 3, 7, 1.0, 4]
    assert answered(helpers, studio.generate, request) == {"answer": studio.generate(*request)}


def test_a_helper_refuses_in_one_line(helpers, studio):
    deep = json.loads("[" * 500 + "]" * 500)
    for request, line in (
        ([CHECKPOINT, 10, 7, 1.0, 1], "class: 10 given; allowed: "),
        ([CHECKPOINT, deep, 7, 1.0, 1], "class: [[["),
        (None, "request: None given; "),
    ):
        answer = answered(helpers, studio.generate, request)
        assert answer.keys() == {"error"} and answer["error"].startswith(line)


class OddError(Exception):
    """One that cannot be made anew from its arguments."""

    def __init__(self, first, second):
        super().__init__(f"{first} {second}")


def fail_oddly():
    raise OddError("so", "odd")


def test_what_fails_in_a_helper_fails_alone(helpers, studio):
    with pytest.raises(TypeError, match="not JSON serializable"):
        answered(helpers, studio.folder, [CHECKPOINT])  # of a path there is no JSON
    with pytest.raises(RuntimeError, match="OddError: so odd"):
        helpers.submit(helpers.pool, fail_oddly).result()
    assert "answer" in answered(helpers, studio.generate, [CHECKPOINT, 3, 7, 1.0, 1])


def test_helpers_load_no_page():
    """So they are there in seconds, and small."""
    services = ", ".join(f"cgan.ui.tabs.{tab}.service" for tab in ("inside", "picture", "how_good"))
    modules = f"cgan.ui.server.process_pool, cgan.ui.studio, {services}"
    script = f"import sys, {modules}; sys.exit('gradio' in sys.modules or 'fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_after_a_crowd_helpers_draw_and_when_they_are_killed_the_server_does(start_app):
    app = start_app()
    components = app.client.get("/config").json()["components"]
    picture = next(part["id"] for part in components if part["props"].get("elem_id") == "picture")
    sampler = Sampler(CHECKPOINTS / CHECKPOINT)

    def expect_picture(seed):
        data = [CHECKPOINT, seed % 10, seed, 1.0, 1]
        call = {"component_id": picture, "fn_name": "generate", "data": data}
        drawn = app.client.post("/gradio_api/component_server/", json=call).json()["answer"]
        pixels = np.frombuffer(base64.b64decode(drawn["pixels"]), np.uint8).reshape(1, 28, 28)
        np.testing.assert_array_equal(pixels, sampler.sample(np.array([seed % 10]), np.array([seed])))

    def helpers():
        """Those that have drawn: they know the networks, unlike the process that they were made from."""
        return [pid for pid in processes_of(app.process.pid)[1:] if worked(pid)]

    def worked(pid):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) > 10  # hundredths of a second

    assert processes_of(app.process.pid) == [app.process.pid]  # one person alone needs none
    with ThreadPoolExecutor(40) as crowd:
        deadline = time.monotonic() + 60
        seeds = iter(range(10_000))
        while len(helpers()) < 2:
            assert time.monotonic() < deadline
            list(crowd.map(expect_picture, [next(seeds) for _ in range(80)]))
        drawing = crowd.map(expect_picture, [next(seeds) for _ in range(400)])
        for pid in helpers():
            os.kill(pid, signal.SIGKILL)
        list(drawing)
    app.expect_no_traceback()

    left = processes_of(app.process.pid)
    app.process.send_signal(signal.SIGTERM)
    app.process.wait(20)
    wait_until(lambda: not any(is_there(pid) for pid in left), 10)
    assert "leaked" not in app.log.read_text()


def test_helpers_end_with_a_server_that_is_killed():
    script = (
        "import time; from cgan.ui.helpers import Helpers\n"
        "helpers = Helpers(2); helpers.come()\n"
        "while not helpers.pool: time.sleep(0.05)\n"
        "print('there', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        server.stdout.readline()
        everyone = processes_of(server.pid)
        assert len(everyone) > 2
        server.kill()
    wait_until(lambda: not any(is_there(pid) for pid in everyone), 10)


def test_helpers_that_have_gone_are_known_to_have_gone(studio):
    helpers = those_that_come(2)
    pool = helpers.pool
    for process in pool._processes.values():
        process.kill()
    with pytest.raises(BrokenExecutor):
        while True:
            helpers.submit(pool, answer_json, studio.generate, b'{"data": null}').result()
    wait_until(lambda: not helpers.pool, 5)
    helpers.come()  # not at once: whoever is killed for want of memory would be killed again
    time.sleep(0.2)
    assert not helpers.pool
