"""What a link says of the page: which tab is open, and what its controls say. The page's script reads and writes it."""

import json

import gradio as gr

from cgan.explain.directions import COUNT, MAX_SIGMA
from cgan.ui.controls import is_class_dropdown
from cgan.ui.studio import Studio

Control = gr.Dropdown | gr.Radio | gr.Slider | gr.Tabs
Limits = tuple[float, float, float]  # lowest, highest, step
OF_CLASSES = (0, 0, 1)  # limits of an index of a class: the page puts in how many the checkpoint has


class Links:
    """Learns of each tab which controls make its view, and has the page's script (`url.js`) put them into links.

    A name means the same on every tab: what is chosen as `class` and `seed` on one is taken over by the one that is
    opened next.
    """

    def __init__(self, studio: Studio, checkpoint: gr.Dropdown) -> None:
        self._studio = studio
        self._checkpoint = checkpoint
        self._controls: list[Control] = []  # of all tabs
        self._fields: dict[str, dict[str, dict]] = {}  # by tab and name
        self._changed: dict[str, gr.events.Dependency] = {}

    def add(
        self,
        tab: gr.Tab,
        controls: dict[str, Control],
        plain: dict[str, dict] | None = None,
        unnamed: dict[str, object] | None = None,
    ) -> gr.events.Dependency:
        """Make controls, by the names that they have in a link, a tab's view.

        plain: the same of what is no control of Gradio's, as `number`, `choice` or another function below makes it;
        the tab's script updates the store with it, and draws from it (`drawFrom` of `store.js`).
        unnamed: of a control that says something else at first than it did when links were first made: what a link
        means that names others of the tab's fields but not this one.
        Returns the event after which an opened tab's controls say what was chosen elsewhere.
        """
        fields = {name: _field(control) for name, control in controls.items()}
        for name, value in (unnamed or {}).items():
            fields[name]["unnamed"] = value
        self._fields[tab.id] = fields | (plain or {})
        self._controls += controls.values()
        self._changed[tab.id] = self._checkpoint.change(
            None,
            self._checkpoint,
            [control for control in controls.values() if is_class_dropdown(control)],
            js=f"(name) => cgan.followCheckpoint({json.dumps(tab.id)}, name)",
            trigger_mode="multiple",
            show_progress="hidden",
            api_visibility="private",
        )
        for name, control in controls.items():
            if isinstance(control, gr.Tabs):  # has no value that an event could be told
                for child in control.children:
                    child.select(
                        None, js=f"() => cgan.update({json.dumps({name: child.id})})", api_visibility="private"
                    )
            elif not isinstance(control, gr.Slider):  # whose script listens to the hand itself
                see = f"(value) => cgan.update({{ {json.dumps(name)}: value }})"
                control.change(None, control, js=see, trigger_mode="multiple", api_visibility="private")
        return tab.select(
            None,
            outputs=[*controls.values()],
            js=f"() => cgan.enter({json.dumps(tab.id)})",
            show_progress="hidden",
            api_visibility="private",
        )

    def checkpoint_changed(self, tab: gr.Tab) -> gr.events.Dependency:
        """The event after which an added tab's menus have the classes of another checkpoint."""
        return self._changed[tab.id]

    def wire(self, page: gr.Blocks, tabs: gr.Tabs, trained: gr.HTML) -> None:
        """Have the page follow its checkpoint, and open its link as soon as it knows which checkpoints there are.

        trained: triggers `submit` when the generator that was trained in the page is to be the checkpoint.
        """
        told = {"trigger_mode": "multiple", "api_visibility": "private"}
        self._checkpoint.select(None, self._checkpoint, js="(name) => { cgan.choose(name); }", **told)
        names = gr.JSON(visible=False)
        quietly = {"show_progress": "hidden", "api_visibility": "private"}
        page.load(self._studio.names, outputs=names, queue=False, **quietly).then(
            None,
            inputs=names,
            outputs=[tabs, self._checkpoint, *self._controls],
            js="(names) => cgan.follow(names)",
            **quietly,
        )
        menu = {"inputs": names, "outputs": self._checkpoint, **quietly}
        self._checkpoint.focus(self._studio.names, outputs=names, queue=False, **quietly).then(
            None, js="(names) => cgan.checkpointMenu(names)", **menu
        )
        trained.submit(None, js="(names) => cgan.checkpointMenu(names, true)", **menu)

    def for_page(self) -> dict:
        """What the script has to know: of each tab its fields, what they may say, and what they say at first."""
        return {"checkpoint": self._checkpoint.value, "tabs": self._fields}


def number(first: float, limits: Limits) -> dict:
    """A plain field that says one number."""
    return {"plain": True, "first": first} | _range(limits)


def numbers(first: list[float], limits: list[Limits]) -> dict:
    """A plain field that says as many numbers as there are limits, in a link with commas between them."""
    return {"plain": True, "first": first, "each": [_range(each) for each in limits]}


def number_each_class(first: list[float], limits: Limits) -> dict:
    """A plain field that says a number for each of the checkpoint's classes; first: those of the first classes."""
    return numbers(first, [limits]) | {"eachClass": True}


def sigmas() -> dict:
    """A plain field that says how far one has gone along each direction."""
    return numbers([0] * COUNT, [(-MAX_SIGMA, MAX_SIGMA, 0.1)] * COUNT)


def checkpoint_name(first: str) -> dict:
    """A plain field that says one of the checkpoints."""
    return {"plain": True, "first": first, "checkpoint": True}


def choice(choices: list) -> dict:
    """A plain field that says one of some values, at first the first of them."""
    return {"plain": True, "first": choices[0], "choices": choices}


def training_run(first: str, optional: bool = False) -> dict:
    """A plain field that says a training run of the page, as `web/page/training_runs.js` writes it.

    optional: it may be "off" too.
    """
    return {"plain": True, "first": first, "run": True, "optional": optional}


def _range(limits: Limits) -> dict:
    range_ = dict(zip(("low", "high", "step"), limits, strict=True))
    return range_ | {"ofClasses": True} if limits is OF_CLASSES else range_


def _field(control: Control) -> dict:
    if isinstance(control, gr.Tabs):
        tabs = [tab.id for tab in control.children]
        return {"first": tabs[0], "choices": tabs, "tabs": True}
    field = {"id": control.elem_id, "first": control.value}
    if isinstance(control, gr.Slider):
        highest = getattr(control, "highest", control.maximum)  # of its number field
        return field | _range((control.minimum, highest, control.step))
    if is_class_dropdown(control):
        also = {"also": control.also} if control.also else {}
        return field | {"choices": [value for _, value in control.choices], "ofClasses": True} | also
    if isinstance(control, gr.Dropdown) and control.allow_custom_value:
        return field | {"word": True}
    return field | {"choices": [value for _, value in control.choices]}
