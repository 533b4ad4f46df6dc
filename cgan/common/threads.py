"""Threads of which each computes on one core."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import torch


def one_core_threads(count: int, name: str, yielding: bool = False) -> ThreadPoolExecutor:
    """An executor whose threads are all there and use one core each.

    With threads of its own on busy cores, each step of torch would wait at every layer for a core that is not free:
    then it takes many times longer, not half as long.

    yielding: on Linux, where priorities go by thread, whatever else wants a core gets it first.
    """
    threads = torch.get_num_threads()
    all_there = threading.Barrier(count)

    def settle() -> None:
        torch.get_num_threads()  # torch sets up a thread when it is first asked there
        torch.set_num_threads(1)
        if yielding and sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        all_there.wait()

    executor = ThreadPoolExecutor(count, name)
    for settled in [executor.submit(settle) for _ in range(count)]:
        settled.result()
    torch.set_num_threads(threads)  # for the last number given also holds in threads that are yet to come
    return executor
