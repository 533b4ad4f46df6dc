"""The tab "Inside the network": saliency, fooling, class visualization, as three steps with one network and picture."""

from collections.abc import Iterator

import gradio as gr

from cgan.explain import imagenet
from cgan.ui.controls import class_dropdown, export_menu, figure, run_and_stop, scripted, seed_slider, sentence
from cgan.ui.i18n import i18n
from cgan.ui.links import Links
from cgan.ui.showing import show
from cgan.ui.tabs.inside.photographs import PHOTOGRAPHS
from cgan.ui.tabs.inside.runs import DISCRIMINATOR, JUDGE, OURS
from cgan.ui.tabs.inside.service import ANY_OTHER, SOURCES, WAYS, Lab, class_names
from cgan.ui.web import template

_NETWORKS = {
    "EfficientNet-Lite0 · ImageNet": imagenet.EFFICIENTNET_LITE0,
    "SqueezeNet 1.1 · ImageNet": imagenet.SQUEEZENET,
    "MobileNetV3 small · ImageNet": "mobilenet_v3_small",
    "ResNet-18 · ImageNet": "resnet18",
}
_DRESS, _SEED = 3, 7
_GOLDFISH, _DAISY = (1, "Goldfish"), (985, "Daisy")  # of ImageNet


def build(lab: Lab, checkpoint: gr.Dropdown, links: Links, tab: gr.Tab, bounded: dict) -> None:
    """Lay out the tab and wire it; nothing is computed before it is opened. bounded: how long work is queued."""
    sentence("hint_inside")
    with gr.Row(elem_classes="cgan-tab"):
        with gr.Column(scale=2, min_width=260, elem_classes="cgan-controls"):
            network = gr.Dropdown(
                [*_NETWORKS.items(), (i18n("network_judge"), JUDGE), (i18n("network_discriminator"), DISCRIMINATOR)],
                value=imagenet.EFFICIENTNET_LITE0,
                label=i18n("network"),
                info=i18n("network_info"),
                allow_custom_value=True,
                elem_id="inside-network",
            )
            # A choice for each kind of network, for Gradio refuses with a traceback what is not among a control's
            # choices at the moment, as in between two networks.
            source_ours = _source_radio(True, visible=False)
            source_imagenet = _source_radio(False, visible=True)
            photograph = gr.Dropdown(
                [(i18n(f"photograph_{name}"), name) for name in PHOTOGRAPHS],
                value=next(iter(PHOTOGRAPHS)),
                label=i18n("picture_photograph"),
                filterable=False,
                elem_id="inside-photograph",
            )
            upload = scripted(
                "inside-upload",
                "mountUpload",
                template("inside", "upload"),
                event="submit",
                visible=False,
            )
            picture = figure("inside-picture", "saliency-stop")
            with gr.Column(visible=False) as of_class:
                class_index = class_dropdown("class", _DRESS, "inside-class")
            with gr.Column(visible=False) as of_seed:
                seed = seed_slider("seed", _SEED, "inside-seed")
        with gr.Column(scale=5, min_width=300, elem_classes="cgan-pictures"):
            with gr.Tabs() as steps:
                with gr.Tab(i18n("step_saliency"), id="saliency"):
                    sentence("hint_saliency")
                    run_saliency, stop_saliency = run_and_stop("saliency")
                    saliency = figure("saliency", "saliency-stop")
                with gr.Tab(i18n("step_fooling"), id="fooling"):
                    sentence("hint_fooling")
                    with gr.Row():
                        way = gr.Dropdown(
                            [(i18n(f"way_{way}"), way) for way in WAYS],
                            value=WAYS[0],
                            label=i18n("way"),
                            filterable=False,
                            min_width=240,
                            elem_id="fooling-way",
                        )
                        with gr.Column(min_width=240, visible=False) as for_target:
                            target_ours = class_dropdown("target", ANY_OTHER, "fooling-target", also="any_other")
                        target_imagenet = _imagenet_dropdown("target", _GOLDFISH, "fooling-target-imagenet")
                    run_fooling, stop_fooling = run_and_stop("fooling")
                    fooling = figure("fooling", "fooling-stop")
                with gr.Tab(i18n("step_visualization"), id="visualization"):
                    sentence("hint_visualization")
                    with gr.Column(visible=False) as for_shown:
                        shown_ours = class_dropdown("class", _DRESS, "visualization-class")
                    shown_imagenet = _imagenet_dropdown("class", _DAISY, "visualization-class-imagenet")
                    run_visualization, stop_visualization = run_and_stop("visualization")
                    visualization = figure("visualization", "visualization-stop")
            export_menu("inside")

    request = [checkpoint, network, source_ours, source_imagenet, photograph, class_index, seed, upload]
    named = gr.State(False)  # whether the menus of ImageNet's classes have their thousand names

    def look(*request: object, anew: bool = False) -> Iterator:
        yield from lab.look(*_request(*request), anew=anew)

    def look_anew(*request: object) -> Iterator:
        yield from look(*request, anew=True)

    def fool(way: str, target_ours: int, target_imagenet: int, *request: object) -> Iterator[dict]:
        request = _request(*request)
        yield from lab.fool(way, target_ours if request[1] in OURS else target_imagenet, *request)

    def visualize(class_ours: int, class_imagenet: int, *request: object) -> Iterator[dict]:
        request = _request(*request)
        yield from lab.visualize(class_ours if request[1] in OURS else class_imagenet, *request)

    def adapt(network: str, source_ours: str, source_imagenet: str) -> list:
        """Show what there is to choose with this network and this source of its picture."""
        ours = network in OURS
        source = source_ours if ours else source_imagenet
        return [
            gr.Radio(visible=ours),
            gr.Radio(visible=not ours),
            gr.Dropdown(visible=source == "photograph"),
            gr.HTML(visible=source == "upload"),
            gr.Column(visible=ours),
            gr.Column(visible=ours and source != "upload"),
            gr.Column(visible=network == JUDGE),  # of a discriminator's two choices just one is the other
            gr.Dropdown(visible=not ours),
            gr.Column(visible=ours),
            gr.Dropdown(visible=not ours),
        ]

    def name_classes(named: bool) -> list:
        """The thousand names, once, and after the first figure: torchvision, which has them, takes long to import."""
        if named:
            return [gr.skip()] * 3
        choices = [(name, index) for index, name in enumerate(class_names(imagenet.EFFICIENTNET_LITE0))]
        return [gr.Dropdown(choices=choices), gr.Dropdown(choices=choices), True]

    adapted = [source_ours, source_imagenet, photograph, upload, of_class, of_seed]
    adapted += [for_target, target_imagenet, for_shown, shown_imagenet]
    menus = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    gr.on(
        [network.change, source_ours.change, source_imagenet.change],
        adapt,
        [network, source_ours, source_imagenet],
        adapted,
        trigger_mode="always_last",
        **menus,
    )
    looked_at = {"network": network, "source": source_ours, "source-imagenet": source_imagenet}
    looked_at |= {"photograph": photograph, "class": class_index, "seed": seed}
    viewed = looked_at | {"step": steps, "way": way, "target": target_ours, "shown-class": shown_ours}
    opened = links.add(tab, viewed, unnamed={"network": JUDGE})  # with which the tab opened when links were first made
    chosen = [upload.submit, *(control.input for control in looked_at.values())]
    computed = {look: chosen, look_anew: [run_saliency.click]}
    changed = [links.checkpoint_changed(tab).then]
    looks = show(computed, request, [picture, saliency], [opened.then], changed, bounded)
    first_look = looks[len(computed)]
    first_look.then(name_classes, named, [target_imagenet, shown_imagenet, named], **menus)
    stop_saliency.click(None, cancels=looks)
    running = {"api_visibility": "private", "show_progress": "hidden", **bounded}
    fools = run_fooling.click(fool, [way, target_ours, target_imagenet, *request], fooling, **running)
    stop_fooling.click(None, cancels=fools)
    shows = run_visualization.click(visualize, [shown_ours, shown_imagenet, *request], visualization, **running)
    stop_visualization.click(None, cancels=shows)


def _request(checkpoint: str, network: str, source_ours: str, source_imagenet: str, *others: object) -> tuple:
    """The request as the lab takes it, with the source that goes with the network."""
    return checkpoint, network, source_ours if network in OURS else source_imagenet, *others


def _source_radio(ours: bool, visible: bool) -> gr.Radio:
    return gr.Radio(
        [(i18n(f"picture_{source}"), source) for source in SOURCES[ours]],
        value=SOURCES[ours][0],
        label=i18n("source"),
        visible=visible,
        elem_id=f"inside-source{'' if ours else '-imagenet'}",
    )


def _imagenet_dropdown(label: str, first: tuple[int, str], elem_id: str) -> gr.Dropdown:
    """A choice of one of ImageNet's classes; the other names are put in once the tab was opened."""
    index, name = first
    return gr.Dropdown([(name, index)], value=index, label=i18n(label), min_width=240, elem_id=elem_id)
