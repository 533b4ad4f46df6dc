"""Long runs in a process of their own: the same figures, the same refusals, and nothing lost where it is killed."""

import os
import signal
import time

import pytest
import torch

from cgan.ui.server.jobs import Worker, WorkerProcess
from cgan.ui.studio import Studio
from cgan.ui.tabs.how_good.service import Evidence
from cgan.ui.tabs.inside.service import Lab
from cgan.ui.tabs.picture.service import Redrawer
from tests.hostile.test_helpers import wait_until
from tests.ui.tabs.test_how_good import request as evidence_request
from tests.ui.tabs.test_inside import last, problem
from tests.ui.tabs.test_inside import request as lab_request


def where():
    """Who computes, step by step."""
    for _ in range(200):
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
        lambda lab, _: last(lab.visualize(5, *lab_request())),
        lambda lab, _: last(lab.fool("pixels", 2, *lab_request())),
        lambda _, evidence: last(evidence.nearest_images(*evidence_request())),
        lambda _, evidence: last(evidence.discriminator(*evidence_request(own={"example": 41}, source="own"))),
    ):
        assert unmarked(computed(*there)) == unmarked(computed(*here))


def test_what_programs_ask_for_is_the_same(worker):
    (choices, image, maps), (_, expected, their_maps) = (
        Lab(Studio(), each).saliency("r3gan-conv", "judge", 3, 7) for each in (worker, Worker())
    )
    assert max(choices, key=choices.get) == "Dress"
    assert (image == expected).all() and all((maps[name] == their_maps[name]).all() for name in their_maps)


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
    assert items[-1][0] == os.getpid() and sum(item[0] == os.getpid() for item in items) == 200
    assert next(worker.steps(where))[0] == os.getpid()


def test_a_run_that_is_given_up_computes_no_further(worker):
    runs = "__import__('cgan.ui.server.jobs').ui.server.jobs._runs"
    for run in (worker.steps(where) for _ in range(3)):
        next(run)
        run.close()
    assert worker._helpers.submit(worker._helpers.pool, eval, f"len({runs})").result() == 0
