"""The page as a whole: what its tabs share, and how it is served."""

import json
import socket

import gradio as gr
from fastapi.exceptions import RequestValidationError
from starlette.middleware import Middleware

from cgan.checkpoints import CHECKPOINTS, CheckpointError, resolve
from cgan.ui import generate, inside, interpolate, page_files, server_functions
from cgan.ui.content_policy import ContentPolicy
from cgan.ui.controls import sentence
from cgan.ui.drawing import Studio
from cgan.ui.guard import explain_wrong_fields, guarded
from cgan.ui.lab import Lab
from cgan.ui.login import password_check
from cgan.ui.texts import for_page, i18n
from cgan.web import WEB, page_script
from cgan.web.runtime import Runtime

DEFAULT_CHECKPOINT = "r3gan-conv"
# Fonts of the system, for Gradio's own themes fetch theirs from outside. Chinese first where the page is Chinese.
_FONTS = ["system-ui", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]


class PageError(Exception):
    """The page cannot be served; the message is one line for the user."""


def build(studio: Studio, checkpoint: str, offline: bool = False) -> gr.Blocks:
    """The page, with `checkpoint` chosen and its pictures already drawn. offline: it downloads no network."""
    with gr.Blocks(title="cGAN", analytics_enabled=False, fill_width=True) as page:
        with gr.Row(elem_id="header"):
            with gr.Column(scale=3, min_width=280):
                sentence("title", "h1", elem_id="title")
                sentence("intro")
            with gr.Column(scale=2, min_width=280):
                chosen = gr.Dropdown(
                    studio.names(),
                    value=checkpoint,
                    label=i18n("checkpoint"),
                    info=i18n("checkpoint_info"),
                    filterable=False,
                    elem_id="checkpoint",
                )
        with gr.Tabs():
            with gr.Tab(i18n("tab_generate"), id="generate"):
                generate.build(studio, chosen)
            with gr.Tab(i18n("tab_interpolate"), id="interpolate"):
                interpolate.build(studio, chosen)
            with gr.Tab(i18n("tab_inside"), id="inside") as tab:
                inside.build(Lab(studio, offline), chosen, tab)
        gr.on(
            [page.load, chosen.focus],
            lambda: gr.Dropdown(choices=studio.names()),
            outputs=chosen,
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    return page


def serve(
    checkpoint: str | None,
    host: str,
    port: int | None,
    share: bool,
    auth: tuple[str, str] | None,
    offline: bool,
) -> None:
    """Serve the page until Ctrl-C, with a checkpoint (a name or a folder) chosen. Raises PageError."""
    studio, chosen = _open_studio(checkpoint)
    onnxruntime = Runtime()
    onnxruntime.obtain_in_background(offline)
    head = _head()
    try:
        _try_address(host)
        build(studio, chosen, offline).launch(
            server_name=host,
            server_port=port,
            share=share,
            auth=password_check(*auth) if auth else None,
            theme=_theme(),
            css_paths=[WEB / "style.css", WEB / "inside.css"],
            head=head,
            i18n=i18n,
            footer_links=["gradio"],
            max_file_size="1kb",  # nothing is uploaded here, yet Gradio would take files of any size
            state_session_capacity=256,  # each takes 150 kB, and anyone may begin as many as he likes
            run_history=False,  # it would keep every picture that anyone draws
            ssr_mode=False,
            enable_monitoring=False,
            app_kwargs={
                "routes": [page_files.routes(studio, onnxruntime), *server_functions.routes()],
                "middleware": [Middleware(ContentPolicy, head=head)],
                "exception_handlers": {RequestValidationError: explain_wrong_fields},
                "lifespan": guarded,
            },
        )
    except gr.Error as error:
        raise PageError(f"--checkpoint: {error.message}") from error
    except (OSError, UnicodeError) as error:
        raise PageError(f"--host {host}, --port {port or 'any'}: cannot listen there ({error})") from error


def _open_studio(checkpoint: str | None) -> tuple[Studio, str]:
    """The studio, and under which of its names the wanted checkpoint goes; any is better than none by default."""
    studio = Studio()
    names = studio.names()
    if checkpoint is None:
        if not names:
            raise PageError(f"no checkpoint in {CHECKPOINTS}: train one by `python train.py`")
        return studio, DEFAULT_CHECKPOINT if DEFAULT_CHECKPOINT in names else names[0]
    if checkpoint in names:
        return studio, checkpoint
    try:
        folder = resolve(checkpoint)
    except CheckpointError as error:
        raise PageError(f"--checkpoint: {error}") from error
    if folder.resolve().parent == CHECKPOINTS and folder.resolve().name in names:
        return studio, folder.resolve().name
    return Studio(extra_folder=folder), str(folder)


def _theme() -> gr.themes.Base:
    """Gradio's own, with the small print dark enough to be read."""
    theme = gr.themes.Default(primary_hue="indigo", font=_FONTS, font_mono=["ui-monospace", "monospace"])
    return theme.set(body_text_color_subdued="*neutral_500", block_info_text_color="*neutral_500")


def _try_address(host: str) -> None:
    """Raise OSError where `host` is no address of this machine: Gradio would try a hundred ports there, for minutes."""
    family, kind, _, _, address = socket.getaddrinfo(host.strip("[]"), 0, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.bind(address)


def _head() -> str:
    """The page's scripts and their texts, in the page itself: nothing further to load before the first picture."""
    texts = json.dumps(for_page(), ensure_ascii=False).replace("</", "<\\/")
    # style.css reaches only what is inside Gradio's container; were that to hide what overflows, nothing could stick.
    # And Gradio divides its one link from others that are not there.
    style = ".gradio-container { overflow: clip !important } footer .divider { display: none !important }"
    script = page_script("inside.js")
    return f"<style>{style}</style>\n<script>const cganTexts = {texts};</script>\n<script>{script}</script>"
