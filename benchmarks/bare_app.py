"""The least that a Gradio app with a network in it can be: torch imported, one picture shown. Ours starts beside it.

python -m benchmarks.bare_app PORT
"""

import sys

import gradio as gr
import numpy as np
import torch  # noqa: F401 (what it costs is the point)

with gr.Blocks() as page:
    gr.Image(np.full((28, 28), 128, np.uint8), elem_id="picture")
page.launch(server_port=int(sys.argv[1]))
