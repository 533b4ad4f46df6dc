"""CUDA graphs: the kernels of a step are recorded once and started together from then on.

A step of small networks is hundreds of kernels of a few microseconds each, and Python starts them more slowly than the
GPU works through them.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

_WARM_UP = 3  # plain calls before one is recorded; in them the libraries choose their kernels and reserve memory


class RecordedFunction:
    """A function of tensors on a CUDA device, recorded as one CUDA graph for each combination of its inputs' shapes.

    Such a function must not wait for the GPU, and what it draws must come from `streams`. The tensors that it returns
    are overwritten by the next call.
    """

    def __init__(self, function: Callable, streams: Iterable[torch.Generator]) -> None:
        self._function, self._streams = function, [*streams]
        self._calls: dict[tuple, int] = {}
        self._recordings: dict[tuple, tuple[torch.cuda.CUDAGraph, list[Tensor | None], tuple]] = {}

    def __call__(self, *inputs: Tensor | None) -> tuple:
        """The function's result; an input may be None, always or in some of the calls."""
        shapes = tuple(None if value is None else value.shape for value in inputs)
        self._calls[shapes] = self._calls.get(shapes, 0) + 1
        if self._calls[shapes] <= _WARM_UP:
            return self._on_a_side_stream(*inputs)
        if shapes not in self._recordings:
            self._recordings[shapes] = self._record(inputs)
        graph, places, outputs = self._recordings[shapes]
        for place, value in zip(places, inputs, strict=True):
            if place is not None:
                place.copy_(value)
        graph.replay()
        return outputs

    def _on_a_side_stream(self, *inputs: Tensor | None) -> tuple:
        """A plain call; not on the main stream, because a recording cannot depend on what was begun there."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            outputs = self._function(*inputs)
        torch.cuda.current_stream().wait_stream(stream)
        return outputs

    def _record(self, inputs: tuple[Tensor | None, ...]) -> tuple[torch.cuda.CUDAGraph, list[Tensor | None], tuple]:
        """The graph, the tensors that it reads its inputs from, and those that it writes."""
        graph = torch.cuda.CUDAGraph()
        for stream in self._streams:
            graph.register_generator_state(stream)
        places = [None if value is None else value.clone() for value in inputs]
        with torch.cuda.graph(graph):
            outputs = self._function(*places)
        return graph, places, outputs
