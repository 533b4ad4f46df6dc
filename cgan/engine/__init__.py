"""The page's own engine: C compiled to WebAssembly, and the JavaScript twin of cgan/models.

engine.c         the operations; `python -m cgan.engine.build` compiles it to engine.wasm, which is in the repository
engine.js        each operation by name, on tensors in the engine's memory
safetensors.js   reads and writes safetensors files
transfer.py      a checkpoint's generator, and the judge, as files of half the bytes, for the way to the page
layers.js        torch's layers from a checkpoint's tensors
networks.js      the generators, from a checkpoint's config.json and model.safetensors
worker.js        draws off the page's main thread
training/        the same for training
"""

from pathlib import Path

ENGINE = Path(__file__).resolve().with_name("engine.wasm")
