"""The page as a whole: what its tabs share, and how it is served."""

import os
import signal
import sys
from pathlib import Path

import gradio as gr
import torch
from fastapi.exceptions import RequestValidationError
from starlette.middleware import Middleware

from cgan.common.command_line import as_command, fail
from cgan.common.places import TRAIN
from cgan.models.checkpoints import CHECKPOINTS, CheckpointError, load_classifier, resolve
from cgan.sampling.sampler import newest_sampler
from cgan.ui.api import add_endpoints
from cgan.ui.controls import checkpoint_menu, sentence
from cgan.ui.i18n import i18n
from cgan.ui.links import Links
from cgan.ui.server import addresses, assets, calls
from cgan.ui.server.errors import REASONS
from cgan.ui.server.front_page import FrontPage
from cgan.ui.server.gradio_hooks import visitor
from cgan.ui.server.jobs import Worker
from cgan.ui.server.login import password_check
from cgan.ui.server.origins import Access
from cgan.ui.server.proxies import without_proxies
from cgan.ui.server.security import explain_wrong_fields, guarded
from cgan.ui.studio import Studio
from cgan.ui.tabs.directions import layout as directions
from cgan.ui.tabs.generate import layout as generate
from cgan.ui.tabs.how_good import layout as how_good
from cgan.ui.tabs.how_good.service import Evidence
from cgan.ui.tabs.inside import layout as inside
from cgan.ui.tabs.inside.service import Lab
from cgan.ui.tabs.interpolate import layout as interpolate
from cgan.ui.tabs.mix import layout as mix
from cgan.ui.tabs.picture import layout as picture
from cgan.ui.tabs.picture.service import Redrawer
from cgan.ui.tabs.train import layout as train
from cgan.ui.tabs.watch import layout as watch
from cgan.ui.web import STAGE, STYLE_SHEETS, UI
from cgan.ui.web.bundle import bundle
from cgan.ui.web.config import config_script

DEFAULT_CHECKPOINT = "r3gan-conv"
_CACHE = (3600, 3600)  # seconds: how often files made for API clients are looked through, and how old they may be
# Fonts of the system, for Gradio's own themes fetch theirs from outside. Chinese first where the page is Chinese.
_FONTS = ["system-ui", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]
_LONG_WORK = {"concurrency_limit": None}  # each begins at once; the worker limits them, and computes them in turn
_MAX_WAITING = 256  # events in Gradio's queue
# Seconds that Python lets a thread compute while others wait. With its own 0.005 each of a drawing's many small steps
# waits for a long run: of ten people whose pictures the server draws, 95 % had them in 223 ms then, and in 21 ms now.
_TURN_S = 0.0005
_MAX_THREADS = 64  # of Gradio: a run keeps one while it waits for its turn


def build(studio: Studio, checkpoint: str, offline: bool = False) -> tuple[gr.Blocks, Links]:
    """The page, with `checkpoint` chosen and its pictures already drawn, and what its links say.

    offline: it downloads no network.
    """
    with gr.Blocks(title="cGAN", analytics_enabled=False, fill_width=True, delete_cache=_CACHE) as page:
        with gr.Row(elem_id="header"):
            with gr.Column(scale=3, min_width=280):
                sentence("title", "h1", elem_id="title")
                sentence("intro")
            with gr.Column(scale=2, min_width=280):
                chosen = checkpoint_menu(studio.names(), checkpoint)
        links = Links(studio, chosen)
        worker = Worker(visitor)
        lab = Lab(studio, worker, offline)
        with gr.Tabs(overflow_behavior="wrap", elem_id="tabs") as tabs:  # nine of them, none put away into a menu
            with gr.Tab(i18n("tab_generate"), id="generate") as tab:
                generate.build(studio, chosen, links, tab)
            with gr.Tab(i18n("tab_train"), id="train") as tab:
                trained = train.build(links, tab)
            with gr.Tab(i18n("tab_interpolate"), id="interpolate") as tab:
                interpolate.build(studio, chosen, links, tab)
            with gr.Tab(i18n("tab_mix"), id="mix") as tab:
                mix.build(links, tab)
            with gr.Tab(i18n("tab_directions"), id="directions") as tab:
                directions.build(links, tab)
            with gr.Tab(i18n("tab_watch"), id="watch") as tab:
                watch.build(studio, links, tab)
            with gr.Tab(i18n("tab_picture"), id="picture") as tab:
                own = picture.build(Redrawer(studio, worker), chosen, links, tab, _LONG_WORK)
            with gr.Tab(i18n("tab_inside"), id="inside") as tab:
                inside.build(lab, chosen, links, tab, _LONG_WORK)
            with gr.Tab(i18n("tab_how_good"), id="how-good") as tab:
                how_good.build(studio, Evidence(studio, worker), chosen, own, links, tab, _LONG_WORK)
        links.wire(page, tabs, trained)
        add_endpoints(studio, lab, checkpoint)
    return page, links


def serve(
    checkpoint: str | None,
    judges: list[Path],
    host: str,
    port: int | None,
    share: bool,
    auth: tuple[str, str] | None,
    mcp: bool,
    offline: bool,
    root_path: str,
    access: Access,
) -> None:
    """Serve the page until Ctrl-C, with a checkpoint (a name or a folder) chosen; or end with a line that says why."""
    sys.setswitchinterval(_TURN_S)
    torch.set_num_threads(1)  # one for each of the threads that draw: with more, they wait for each other's cores
    _start_on_zero_gpu()
    studio, chosen = _open_studio(checkpoint, judges)
    try:
        page, links = build(studio, chosen, offline)
        language = f"<script>{bundle(UI / 'web/opening.js')}</script>"
        opening = _opening(studio, links, chosen)
        # Gradio's estimates of the waiting time are shown nowhere: it need not send any.
        page.queue(status_update_rate=86_400, max_size=_MAX_WAITING)
        chosen_port = addresses.choose_port(host, port)
        with without_proxies():
            page.launch(
                server_name=addresses.as_in_url(host),
                server_port=chosen_port,
                root_path=root_path,
                max_threads=_MAX_THREADS,
                quiet=True,
                prevent_thread_lock=True,
                share=False,  # `share_in_background` does it; the default is a variable of the environment
                num_workers=0,  # the same; they would serve files past the guard
                auth=password_check(*auth) if auth else None,
                mcp_server=mcp,
                theme=_theme(),
                css_paths=[*STYLE_SHEETS],
                i18n=i18n,
                footer_links=["gradio"],
                max_file_size="1kb",  # nothing is uploaded here, yet Gradio would take files of any size
                state_session_capacity=256,  # each takes 150 kB, and anyone may begin as many as he likes
                run_history=False,  # it would keep every picture that anyone draws
                ssr_mode=False,
                enable_monitoring=False,
                app_kwargs={
                    "routes": [*calls.routes(studio), assets.routes(studio)],
                    "middleware": [Middleware(FrontPage, language=language, opening=opening)],
                    "exception_handlers": {RequestValidationError: explain_wrong_fields},
                    "lifespan": guarded(access),
                },
            )
    except REASONS as error:
        fail(f"--checkpoint: {error}")
    except (OSError, UnicodeError) as error:
        fail(f"--host {host}, --port {port or 'any'}: cannot listen there ({error})")
    addresses.announce(host, page.server_port)
    if share:
        addresses.share_in_background(host, page.server_port, page.share_token)
    signal.signal(signal.SIGTERM, _end)  # which a container's first process ignores without
    page.block_thread()


def _end(*_: object) -> None:
    """End in order; a second signal, as from a shell and its job both, does not disturb that."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit()


def _open_studio(checkpoint: str | None, judges: list[Path]) -> tuple[Studio, str]:
    """The studio, and under which of its names the wanted checkpoint goes; any is better than none by default."""
    try:
        for judge in judges:
            load_classifier(judge)
    except CheckpointError as error:
        fail(f"--judge: {error}")
    studio = Studio(judges=judges)
    names = studio.names()
    if checkpoint is None:
        return studio, _first_whole(studio, sorted(names, key=lambda name: name != DEFAULT_CHECKPOINT))
    if checkpoint in names:
        return studio, checkpoint
    try:
        folder = resolve(checkpoint)
    except CheckpointError as error:
        fail(f"--checkpoint: {error}")
    if folder.resolve().parent == CHECKPOINTS and folder.resolve().name in names:
        return studio, folder.resolve().name
    return Studio(folder, judges), str(folder)


def _first_whole(studio: Studio, names: list[str]) -> str:
    """The first checkpoint that can be loaded; of those before it a line says why they cannot be."""
    for name in names:
        try:
            newest_sampler(studio.folder(name))
        except REASONS as error:
            print(f"Not opened: {error}", file=sys.stderr)
        else:
            return name
    fail(f"no checkpoint in {CHECKPOINTS} that can be opened: train one by `{as_command(*TRAIN)}`")


def _theme() -> gr.themes.Base:
    """Gradio's own, with the small print dark enough to be read."""
    theme = gr.themes.Default(primary_hue="indigo", font=_FONTS, font_mono=["ui-monospace", "monospace"])
    return theme.set(body_text_color_subdued="*neutral_500", block_info_text_color="*neutral_500")


def _start_on_zero_gpu() -> None:
    """A Space on ZeroGPU is stopped at its start unless a function asks for the GPU. Ours is never called."""
    if os.environ.get("SPACES_ZERO_GPU"):
        import spaces  # there and only there it is installed

        spaces.GPU(lambda: None)


def _opening(studio: Studio, links: Links, checkpoint: str) -> str:
    """What the page's body begins with, while Gradio's scripts are on their way.

    The title and the first pictures, which stay until the tab "Generate" takes their place (`mountPicture`), and the
    page's scripts with their texts.
    """
    # style.css reaches only what is inside Gradio's container; were that to hide what overflows, nothing could stick.
    # And Gradio divides its one link from others that are not there.
    style = ".gradio-container { overflow: clip !important } footer .divider { display: none !important }"
    style += STAGE.read_text(encoding="utf-8")
    first = {"picture": generate.first_sheet(studio, checkpoint)}
    scripts = (config_script(links.for_page(), studio.names_of_classes(), first=first), bundle(UI / "page.js"))
    view = (UI / "first_view.html").read_text(encoding="utf-8")
    return "\n".join([view, f"<style>{style}</style>", *(f"<script>{script}</script>" for script in scripts)])
