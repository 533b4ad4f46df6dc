"""The tab "Inside the network": saliency, fooling, class visualization, as three steps with one network and picture."""

import gradio as gr

from cgan import imagenet
from cgan.ui.controls import class_dropdown, seed_slider
from cgan.ui.figures import Text
from cgan.ui.lab import ANY_OTHER, SOURCES, WAYS, Lab
from cgan.ui.photographs import PHOTOGRAPHS
from cgan.ui.runs import DISCRIMINATOR, JUDGE, OURS
from cgan.ui.texts import class_choices, i18n

_NETWORKS = {
    "EfficientNet-Lite0 · ImageNet": imagenet.EFFICIENTNET_LITE0,
    "SqueezeNet 1.1 · ImageNet": imagenet.SQUEEZENET,
    "MobileNetV3 small · ImageNet": "mobilenet_v3_small",
    "ResNet-18 · ImageNet": "resnet18",
}
_DRESS, _SEED = 3, 7
_GOLDFISH, _DAISY = 1, 985  # of ImageNet
_AT_ONCE = 4  # runs, of all visitors; they take turns in one thread

_FIGURE = '<figure class="cgan-inside"></figure>'
_UPLOAD = """
<div class="cgan-upload">
  <label><input type="file" accept="image/png,image/jpeg,image/webp,image/gif"><span class="cgan-button"></span></label>
  <p role="status"></p>
</div>
"""


def build(lab: Lab, checkpoint: gr.Dropdown, tab: gr.Tab) -> None:
    """Lay out the tab and wire it. Nothing is computed before it is opened."""

    def open_upload(content: str) -> dict:
        return lab.open_upload(content)

    gr.Markdown(i18n("hint_inside"), elem_classes="cgan-hint")
    with gr.Row(elem_classes="cgan-tab"):
        with gr.Column(scale=2, min_width=260, elem_classes="cgan-controls"):
            network = gr.Dropdown(
                [(i18n("network_judge"), JUDGE), (i18n("network_discriminator"), DISCRIMINATOR), *_NETWORKS.items()],
                value=JUDGE,
                label=i18n("network"),
                info=i18n("network_info"),
                allow_custom_value=True,
                elem_id="inside-network",
            )
            source = gr.Radio(_source_choices(True), value="generated", label=i18n("source"), elem_id="inside-source")
            picture = _figure("inside-picture", "saliency-stop")
            photograph = gr.Dropdown(
                [(i18n(f"photograph_{name}"), name) for name in PHOTOGRAPHS],
                value=next(iter(PHOTOGRAPHS)),
                label=i18n("picture_photograph"),
                visible=False,
                filterable=False,
                elem_id="inside-photograph",
            )
            with gr.Column() as of_class:
                class_index = class_dropdown("class", _DRESS, "inside-class")
            with gr.Column() as of_seed:
                seed = seed_slider("seed", _SEED, "inside-seed")
            upload = gr.HTML(
                None,
                html_template=_UPLOAD,
                js_on_load="cganInside.mountUpload(element, props, trigger, server); // 'submit'",
                server_functions=[open_upload],
                apply_default_css=False,
                visible=False,
                elem_id="inside-upload",
            )
        with gr.Column(scale=5, min_width=300, elem_classes="cgan-pictures"), gr.Tabs():
            with gr.Tab(i18n("step_saliency"), id="saliency"):
                gr.Markdown(i18n("hint_saliency"), elem_classes="cgan-hint")
                run_saliency, stop_saliency = _run_and_stop("saliency")
                saliency = _figure("saliency", "saliency-stop")
            with gr.Tab(i18n("step_fooling"), id="fooling"):
                gr.Markdown(i18n("hint_fooling"), elem_classes="cgan-hint")
                with gr.Row():
                    way = gr.Dropdown(
                        _way_choices(True), value=WAYS[0], label=i18n("way"), filterable=False, elem_id="fooling-way"
                    )
                    target = gr.Dropdown(
                        _targets(lab, JUDGE), value=ANY_OTHER, label=i18n("target"), elem_id="fooling-target"
                    )
                run_fooling, stop_fooling = _run_and_stop("fooling")
                fooling = _figure("fooling", "fooling-stop")
            with gr.Tab(i18n("step_visualization"), id="visualization"):
                gr.Markdown(i18n("hint_visualization"), elem_classes="cgan-hint")
                shown = gr.Dropdown(class_choices(), value=_DRESS, label=i18n("class"), elem_id="visualization-class")
                run_visualization, stop_visualization = _run_and_stop("visualization")
                visualization = _figure("visualization", "visualization-stop")

    request = [checkpoint, network, source, photograph, class_index, seed, upload]
    bounded = {"concurrency_id": "inside", "concurrency_limit": _AT_ONCE, "show_progress": "hidden"}
    seen = gr.State(None)  # the request that the first step shows, once the tab was opened

    def adapt(network: str, source: str) -> list:
        """What there is to choose with a network, and which controls its picture needs."""
        ours = network in OURS
        source = source if source in SOURCES[ours] else SOURCES[ours][0]
        return [
            gr.Radio(choices=_source_choices(ours), value=source),
            gr.Dropdown(visible=source == "photograph"),
            gr.Column(visible=ours),
            gr.Column(visible=ours and source != "upload"),
            gr.HTML(visible=source == "upload"),
        ]

    def adapt_targets(network: str) -> list:
        ours = network in OURS
        named = not ours or network == JUDGE  # of a discriminator's two choices there is always just one other
        return [
            gr.Dropdown(choices=_way_choices(ours), value=WAYS[0]),
            gr.Dropdown(choices=_targets(lab, network), value=ANY_OTHER if ours else _GOLDFISH, visible=named),
            gr.Dropdown(choices=class_choices(), value=_DRESS)
            if ours
            else gr.Dropdown(choices=list(_numbered(lab.names(network))), value=_DAISY),
        ]

    def look(*request: object):
        for picture, saliency in lab.look(*request):
            yield picture, saliency, list(request)

    def look_if_new(seen: list | None, *request: object):
        if seen == list(request):
            yield gr.skip(), gr.skip(), gr.skip()
        else:
            yield from look(*request)

    def look_if_opened(seen: list | None, *request: object):
        if seen is None:
            yield gr.skip(), gr.skip(), gr.skip()
        else:
            yield from look_if_new(seen, *request)

    looking = {"outputs": [picture, saliency, seen], "trigger_mode": "always_last", **bounded}
    fits = [source, photograph, of_class, of_seed, upload]
    quick = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    runs = [
        run_saliency.click(look, request, api_name="saliency", **looking),
        gr.on([tab.select], look_if_new, [seen, *request], api_visibility="private", **looking),
        gr.on([checkpoint.change], look_if_opened, [seen, *request], api_visibility="private", **looking),
        gr.on(
            [photograph.input, class_index.input, seed.change, upload.submit],
            look,
            request,
            api_visibility="private",
            **looking,
        ),
        source.input(adapt, [network, source], fits, **quick).then(look, request, api_visibility="private", **looking),
        network.input(adapt, [network, source], fits, **quick)
        .then(adapt_targets, network, [way, target, shown], **quick)
        .then(look, request, api_visibility="private", **looking),
    ]
    stop_saliency.click(None, cancels=runs)
    fool = run_fooling.click(lab.fool, [way, target, *request], fooling, api_name="fool", **bounded)
    stop_fooling.click(None, cancels=fool)
    visualize = run_visualization.click(
        lab.visualize, [shown, *request], visualization, api_name="visualize", **bounded
    )
    stop_visualization.click(None, cancels=visualize)


def _figure(elem_id: str, stop: str) -> gr.HTML:
    return gr.HTML(
        None,
        html_template=_FIGURE,
        js_on_load=f"cganInside.mount(element, props, watch, '{stop}')",
        apply_default_css=False,
        elem_id=elem_id,
    )


def _run_and_stop(step: str) -> tuple[gr.Button, gr.Button]:
    with gr.Row():
        run = gr.Button(i18n("run"), variant="primary", size="md", scale=0, min_width=128, elem_id=f"{step}-run")
        stop = gr.Button(i18n("stop"), size="md", scale=0, min_width=128, elem_id=f"{step}-stop")
    return run, stop


def _source_choices(ours: bool) -> list[tuple]:
    return [(i18n(f"picture_{source}"), source) for source in SOURCES[ours]]


def _way_choices(ours: bool) -> list[tuple]:
    return [(i18n(f"way_{way}"), way) for way in WAYS if ours or way != "z"]


def _targets(lab: Lab, network: str) -> list[tuple]:
    return [(i18n("any_other"), ANY_OTHER), *_numbered(lab.names(network))]


def _numbered(names: list[Text]) -> list[tuple]:
    return [(name if isinstance(name, str) else i18n(name["key"]), index) for index, name in enumerate(names)]
