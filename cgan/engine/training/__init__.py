"""Training of the MLP pair in the page: the JavaScript twin of cgan/training.

training.c     what training needs beyond engine.c; `python -m cgan.engine.build` compiles both to training.wasm
engine.js      each operation by name
layers.js      torch's layers with their backward passes
networks.js    the pair, with any widths
losses.js      the adversarial losses and their gradients at the scores
schedule.js    what changes in the course of a run: learning rates, penalties, Adam's corrections, decay of the average
random.js      all that is random, from a seed
trainer.js     one step of training; a checkpoint's files
judge.js       the classifier that names generated pictures
worker.js      trains off the page's main thread
"""

from pathlib import Path

TRAINING_ENGINE = Path(__file__).resolve().with_name("training.wasm")
