"""What the server computes in Gradio's queue: shown when its tab is opened, and anew when its request has changed."""

from collections.abc import Callable, Iterator

import gradio as gr

Event = Callable[..., gr.events.Dependency]  # such as a button's `click`, or `then` of what comes before


def show(
    computed: dict[Callable[..., Iterator[tuple]], list[Event]],
    request: list,
    outputs: list,
    opened: list[Event],
    changed: list[Event],
    bounded: dict,
) -> list[gr.events.Dependency]:
    """Compute outputs of a request.

    computed: functions of the request, each with the events at which it is called; they yield what the outputs show,
    one state after the other.
    opened: events at which the first of these functions is called too, unless its result is shown already.
    changed: events at which it is called too, likewise, but only once something was shown.
    bounded: how long work is queued.
    Returns all of it, for a button that stops it: `computed`, then `opened` and `changed`.
    """
    seen = gr.State(None)  # the request that is shown

    def marked(compute: Callable[..., Iterator[tuple]]) -> Callable[..., Iterator[tuple]]:
        def run(*request: object) -> Iterator[tuple]:
            for shown in compute(*request):
                yield *shown, [*request]

        return run

    first = marked(next(iter(computed)))

    def show_if_new(seen: list | None, *request: object) -> Iterator[tuple]:
        if seen == [*request]:
            yield (*(gr.skip() for _ in outputs), gr.skip())
        else:
            yield from first(*request)

    def show_if_changed(seen: list | None, *request: object) -> Iterator[tuple]:
        yield from show_if_new(seen if seen is not None else [*request], *request)

    wired = {"outputs": [*outputs, seen], "trigger_mode": "always_last", "show_progress": "hidden", **bounded}
    wired |= {"api_visibility": "private"}
    return [
        *(gr.on(events, marked(compute), request, **wired) for compute, events in computed.items()),
        *(event(show_if_new, [seen, *request], **wired) for event in opened),
        *(event(show_if_changed, [seen, *request], **wired) for event in changed),
    ]
