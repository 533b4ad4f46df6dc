"""Long runs in a process of their own: the same figures, the same refusals, and nothing lost where it is killed."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from cgan.common.validation import RefusalError
from cgan.ui.server.jobs import Worker, WorkerProcess
from cgan.ui.server.run_limits import Visitor
from cgan.ui.studio import Studio
from cgan.ui.tabs.how_good.service import Evidence
from cgan.ui.tabs.inside.service import Lab
from cgan.ui.tabs.picture.service import Redrawer
from tests.ui.tabs.test_how_good import request as evidence_request
from tests.ui.tabs.test_inside import last, problem
from tests.ui.tabs.test_inside import request as lab_request


def wait_until(is_so, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


STEPS = 100


def where():
    """Who computes, step by step."""
    for _ in range(STEPS):
        time.sleep(0.01)
        yield os.getpid(), os.getpriority(os.PRIO_PROCESS, 0), torch.get_num_threads()


@pytest.fixture(scope="module")
def worker():
    """One whose process is there."""
    worker = WorkerProcess()
    wait_until(lambda: next(worker.steps(where))[0] != os.getpid())
    return worker


def unmarked(figure):
    return {name: value for name, value in figure.items() if name != "run"}


def test_the_first_run_need_not_wait_for_the_process():
    worker = WorkerProcess()
    assert next(worker.steps(where))[0] == os.getpid()


def test_runs_take_turns_in_one_process_on_one_core_and_others_go_first(worker):
    runs = [worker.steps(where) for _ in range(3)]
    computed = [next(run) for _ in range(4) for run in runs]
    assert len(set(computed)) == 1
    pid, niceness, threads = computed[0]
    assert pid != os.getpid()
    assert niceness > os.getpriority(os.PRIO_PROCESS, 0)
    assert threads == 1


def test_its_figures_are_those_of_the_thread(worker):
    here, there = ((Lab(Studio(), each), Evidence(Studio(), each)) for each in (Worker(), worker))
    for computed in (
        lambda lab, _: last(lab.fool("pixels", 2, *lab_request())),
        lambda _, evidence: last(evidence.discriminator(*evidence_request(own={"example": 41}, source="own"))),
    ):
        assert unmarked(computed(*there)) == unmarked(computed(*here))


def test_what_programs_ask_for_is_the_same(worker):
    (choices, image, maps), (_, expected, their_maps) = (
        Lab(Studio(), each).saliency("r3gan-conv", "judge", 3, 7) for each in (worker, Worker())
    )
    assert max(choices, key=choices.get) == "Dress"
    np.testing.assert_allclose(image, expected, atol=1e-5)
    for name in their_maps:
        np.testing.assert_allclose(maps[name], their_maps[name], rtol=1e-3, atol=1e-4)


def test_its_refusals_arrive_as_they_are(worker):
    lab = Lab(Studio(), worker, offline=True)
    assert problem(lab.look(*lab_request(source="upload", upload={"picture": "bm90aGluZw=="}))) == "upload_unreadable"
    assert problem(lab.fool("z", 1, *lab_request(source="real"))) == "z_needs_generated"
    assert problem(lab.look(*lab_request(network="nonsense", source="photograph"))) == "imagenet_unknown"
    figures = Redrawer(Studio(), worker).search("r3gan-conv", {"example": 3}, 11)
    assert next(figures)[0]["caption"][0].startswith("class: 11 given")


def test_a_run_whose_process_is_killed_begins_anew_in_the_server():
    worker = WorkerProcess()
    wait_until(lambda: next(worker.steps(where))[0] != os.getpid())
    run = worker.steps(where)
    pid, _, _ = next(run)
    os.kill(pid, signal.SIGKILL)
    items = list(run)
    assert items[-1][0] == os.getpid() and sum(item[0] == os.getpid() for item in items) == STEPS
    assert next(worker.steps(where))[0] == os.getpid()


def runs_of(worker):
    runs = "__import__('cgan.ui.server.jobs').ui.server.jobs._runs"
    return worker._pool.submit(eval, f"len({runs})").result()


def test_a_run_that_is_given_up_computes_no_further(worker):
    for run in (worker.steps(where) for _ in range(3)):
        next(run)
        run.close()
    assert runs_of(worker) == 0


class OddError(Exception):
    """One that cannot be made anew from its arguments, so no process can send it to another."""

    def __init__(self, first, second):
        super().__init__(f"{first} {second}")


def failing(error, *arguments):
    yield 1
    raise error(*arguments)


def test_a_run_that_fails_fails_alone():
    worker = WorkerProcess()
    wait_until(lambda: next(worker.steps(where))[0] != os.getpid())
    with pytest.raises(ZeroDivisionError, match="by hand"):
        list(worker.steps(failing, ZeroDivisionError, "by hand"))
    assert next(worker.steps(where))[0] != os.getpid()
    with pytest.raises(OddError, match="so odd"):  # the process is given up, and the thread says why
        list(worker.steps(failing, OddError, "so", "odd"))
    assert next(worker.steps(where))[0] == os.getpid()


def test_the_process_loads_no_page():
    """So it is there in seconds, and small."""
    services = ", ".join(f"cgan.ui.tabs.{tab}.service" for tab in ("inside", "picture", "how_good"))
    script = f"import sys, {services}; sys.exit('gradio' in sys.modules or 'fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


SERVER = """
import time
from cgan.ui.server.jobs import WorkerProcess
from tests.ui.server.test_jobs import wait_until, where
worker = WorkerProcess()
list(worker.steps(where))
wait_until(lambda: worker._pool)
print(next(worker.steps(where))[0], flush=True)
if KEEP:
    time.sleep(600)
"""


@pytest.mark.parametrize("is_killed", [True, False], ids=["killed", "ends"])
def test_the_process_ends_with_the_server(is_killed):
    command = [sys.executable, "-c", SERVER.replace("KEEP", f"{is_killed}")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        pid = int(server.stdout.readline())
        assert pid != server.pid
        if is_killed:
            server.kill()
    wait_until(lambda: not is_there(pid), 10)


def test_a_page_has_few_runs_at_once_and_the_others_are_not_held_up():
    visitors = iter([Visitor("a", "1"), *[Visitor("b", "1")] * 6, Visitor("c", "2")])
    worker = Worker(lambda: next(visitors))
    of_a, *of_b = [worker.steps(where) for _ in range(6)]
    next(of_a)
    for run in of_b[:4]:
        next(run)
    with pytest.raises(RefusalError) as refusal:
        next(of_b[4])
    assert refusal.value.text["key"] == "too_many_runs"
    of_b[0].close()
    next(worker.steps(where))


@pytest.mark.parametrize(
    ("visitors", "allowed", "key"),
    [
        ([Visitor(f"page{number}", "1") for number in range(20)], 16, "too_many_runs"),
        ([Visitor(f"page{number}", f"{number}") for number in range(40)], 32, "server_busy"),
        ([Visitor()] * 40, 32, "server_busy"),
    ],
    ids=["an address", "all", "nobody knows who"],
)
def test_limits_of_runs(visitors, allowed, key):
    asking = iter(visitors)
    worker = Worker(lambda: next(asking))
    runs = []
    with pytest.raises(RefusalError) as refusal:
        for _ in visitors:
            runs.append(worker.steps(where))
            next(runs[-1])
    assert len(runs) == allowed + 1 and refusal.value.text["key"] == key
