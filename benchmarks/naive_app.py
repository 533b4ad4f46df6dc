"""What a Gradio app of a generator usually is: a slider, a function, an image. Ours is measured beside it.

python -m benchmarks.naive_app CHECKPOINT_FOLDER PORT
"""

import sys
from pathlib import Path

import gradio as gr
import numpy as np
from PIL import Image

from cgan.sampling.sampler import Sampler

CLASS, SEED = 3, 7


def main(folder: str, port: str) -> None:
    sampler = Sampler(Path(folder))

    def draw(seed: int) -> Image.Image:
        return Image.fromarray(sampler.sample(np.array([CLASS]), np.array([seed]))[0])

    with gr.Blocks() as page:
        seed = gr.Slider(0, 9999, value=SEED, step=1, label="Seed", elem_id="seed")
        picture = gr.Image(elem_id="picture")
        seed.change(draw, seed, picture)
        page.load(draw, seed, picture)
    page.launch(server_port=int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
