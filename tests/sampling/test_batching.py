import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling.batching import Desk, PictureCache, SharedSampler
from cgan.sampling.sampler import Sampler, SamplerCache


@pytest.fixture(scope="module")
def folder():
    return CHECKPOINTS / "report-mlp"


@pytest.fixture(scope="module")
def desk():
    return Desk()


def test_many_at_once_get_what_each_would_get_alone(folder, desk):
    alone, shared = Sampler(folder), SharedSampler(folder, desk, PictureCache())
    draw = np.random.default_rng(0)
    requests = [
        (draw.integers(0, 10, count), draw.integers(0, 9999, count), truncation)
        for count in (1, 2, 3, 16, 64, 300)
        for truncation in (1.0, 0.5, 0.0)
    ]
    with ThreadPoolExecutor(8) as people:
        answers = people.map(lambda request: shared.sample(*request), requests * 2)  # the second time from the cache
    for request, answer in zip(requests * 2, answers, strict=True):
        np.testing.assert_array_equal(answer, alone.sample(*request))
    walk = (3, 7), (7, 21), 33
    np.testing.assert_array_equal(shared.walk(*walk), alone.walk(*walk))


def test_what_was_drawn_is_not_drawn_again(folder, desk, monkeypatch):
    shared = SharedSampler(folder, desk, PictureCache())
    drawn = []
    monkeypatch.setattr(desk, "draw", lambda run, z, weights: drawn.append(len(z)) or run(z, weights))
    shared.sample(np.full(8, 3), np.arange(8))
    shared.sample(np.full(8, 3), np.arange(4, 12))
    shared.sample(np.full(8, 3), np.arange(8), 0.5)
    assert drawn == [8, 4, 8]


def test_samplers_do_not_take_each_others_pictures(folder, desk):
    """As when a run has saved newer weights: another sampler of the same folder."""
    cache = PictureCache()
    first, second = (SharedSampler(folder, desk, cache) for _ in range(2))
    request = np.array([3]), np.array([7])
    expected = first.sample(*request)
    for parameter in second.generator.parameters():
        parameter.zero_()
    assert (second.sample(*request) != expected).any()
    np.testing.assert_array_equal(first.sample(*request), expected)


def test_two_pictures_with_one_place_in_the_cache():
    cache = PictureCache()
    keys = np.array([[1.0, 0, 5, 1], [1, 0, 5 + 2**15, 1]])
    cache.keep(keys[:1], np.full((1, 28, 28), 7, np.uint8))
    assert cache.find(keys)[1].tolist() == [True, False]
    cache.keep(keys[1:], np.full((1, 28, 28), 8, np.uint8))
    assert cache.find(keys)[1].tolist() == [False, True]


def test_what_fails_fails_for_whoever_asked_and_the_desk_goes_on(desk):
    def fail(z, weights):
        raise MemoryError("none left")

    one = np.zeros((1, 2))
    with pytest.raises(MemoryError):
        desk.draw(fail, one, one)
    np.testing.assert_array_equal(desk.draw(lambda z, weights: z + 1, one, one), one + 1)


def test_those_who_wait_are_drawn_as_one_batch(desk):
    """While all threads of the desk are held up, three ask; then one thread draws for all of them."""
    one = np.zeros((1, 2))
    busy, go_on = threading.Semaphore(0), threading.Event()
    batches = []

    def hold_up():
        def hold(z, weights):
            busy.release()
            go_on.wait()
            return z

        return hold  # another one each time, for the same ones would go together

    def draw(z, weights):
        batches.append(len(z))
        return z

    with ThreadPoolExecutor(desk.cores + 3) as people:
        held = [people.submit(desk.draw, hold_up(), one, one) for _ in range(desk.cores)]
        for _ in held:
            busy.acquire()
        asking = [people.submit(desk.draw, draw, np.full((1, 2), number), one) for number in range(3)]
        while len(desk.waiting) < len(asking):
            time.sleep(0.001)
        go_on.set()
        assert sorted(answer.result()[0, 0] for answer in asking) == [0, 1, 2]
    assert batches == [3]


def test_a_cache_of_samplers_makes_them_as_it_is_told(folder, desk):
    cache = PictureCache()
    samplers = SamplerCache(lambda folder: SharedSampler(folder, desk, cache))
    assert isinstance(samplers.get(folder), SharedSampler)
    assert samplers.get(folder) is samplers.get(folder)
