"""Train a conditional GAN on Fashion-MNIST.

    python train.py                          the report's pair, 200 epochs, into checkpoints/my-mlp
    python train.py --arch conv              the convolutional pair, with the settings it shipped with
    python train.py --resume                 go on where Ctrl-C, a signal or a power cut ended it
    python train.py --steps 500 --out DIR    a short run, to see that everything works
    torchrun --nproc-per-node 2 train.py     two processes, each on a core or GPU of its own

While it runs, `python app.py` lists it beside the shipped checkpoints: choose it again to see its newest state.
"""

import argparse
import shlex
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import torch

from cgan import data
from cgan.common.command_line import Parser, fail, integer, real
from cgan.models.architectures import PERCEPTION_WIDTH
from cgan.models.checkpoints import CHECKPOINTS, CheckpointError
from cgan.models.layers import NORMALIZATIONS
from cgan.training.config import RECIPES, TrainingConfig
from cgan.training.distributed import join
from cgan.training.loop import train
from cgan.training.losses import OBJECTIVES
from cgan.training.run_folder import RunError

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """The command `python train.py`."""
    arguments = _arguments()
    device = _device(arguments.device)
    ranks = join(device)
    config = TrainingConfig(**{field.name: getattr(arguments, field.name) for field in fields(TrainingConfig)})
    config = replace(config, batch_size=config.batch_size * ranks.count)
    out = arguments.out or CHECKPOINTS / f"my-{config.arch}"
    try:
        images, labels = data.load("train", arguments.data_dir)
        stopped_by = train(config, images, labels, out, device, arguments.resume, arguments.tensorboard, ranks)
    except (data.DataError, RunError, CheckpointError) as error:
        fail(error)
    if not ranks.is_first:
        return
    if stopped_by is None:
        _export(out)
        print(f"Trained. See it: python app.py --checkpoint {shlex.quote(str(out))}")
    else:
        again = sys.argv if arguments.resume else [*sys.argv, "--resume"]
        launcher = "python" if ranks.count == 1 else f"torchrun --nproc-per-node {ranks.count}"
        print(f"Saved. Go on with: {launcher} {shlex.join(again)}")
        raise SystemExit(128 + stopped_by)


def _export(out: Path) -> None:
    """Let the page draw with the new generator by itself; where that is not to be had, the server draws.

    In a process of its own: the exporter takes more memory than the training.
    """
    command = [sys.executable, "-m", "cgan.web.export", "--checkpoint", f"{out.resolve()}"]
    exported = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if exported.returncode:
        print(f"The app's server will draw, not the page itself: {exported.stderr.strip()}")


def _arguments() -> argparse.Namespace:
    """The flags. What is not given is as in the architecture's recipe."""
    arch = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    arch.add_argument("--arch", choices=list(RECIPES), default=next(iter(RECIPES)))
    try:
        chosen = arch.parse_known_args()[0].arch
    except argparse.ArgumentError:  # which the whole parser reports better
        chosen = arch.get_default("arch")
    return _parser(RECIPES[chosen]).parse_args()


def _parser(default: TrainingConfig) -> Parser:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)

    run = parser.add_argument_group("the run")
    run.add_argument("--out", type=Path, metavar="DIR", help="its folder (default: checkpoints/my-ARCH)")
    run.add_argument("--start-from", metavar="C", help="a checkpoint's weights to begin with, instead of random ones")
    run.add_argument("--resume", action="store_true", help="go on with the run in that folder")
    run.add_argument(
        "--data-dir", metavar="DIR", help="folder of the Fashion-MNIST files (default: found or downloaded)"
    )
    length = run.add_mutually_exclusive_group()
    length.add_argument(
        "--epochs",
        type=integer(1),
        default=default.epochs,
        metavar="N",
        help="passes over the images (default: %(default)s)",
    )
    length.add_argument("--steps", type=integer(1), metavar="N", help="end after this many steps instead")
    run.add_argument(
        "--seed",
        type=integer(0, 2**32 - 1),
        default=default.seed,
        metavar="N",
        help="decides everything random (default: %(default)s)",
    )
    run.add_argument(
        "--log-every",
        type=integer(1),
        default=default.log_every,
        metavar="N",
        help="steps from one entry of history.jsonl to the next (default: %(default)s)",
    )
    run.add_argument("--tensorboard", action="store_true", help="write the history for TensorBoard too, if installed")
    run.add_argument(
        "--device",
        choices=["auto", "cpu", "cuda", "mps"],
        default="auto",
        help="default: the first there is of cuda, mps, cpu",
    )
    run.add_argument(
        "--precision",
        choices=["fp32", "bf16"],
        default=default.precision,
        help="of the matrix products (default: %(default)s)",
    )

    pair = parser.add_argument_group("the networks")
    pair.add_argument(
        "--arch",
        choices=list(RECIPES),
        default=default.arch,
        help="mlp: the report's; conv: a convolutional one. The defaults below are those of the one that is given "
        "(default: mlp)",
    )
    pair.add_argument(
        "--latent-dim",
        type=integer(1, 4096),
        default=default.latent_dim,
        metavar="N",
        help="length of z (default: %(default)s)",
    )
    pair.add_argument(
        "--label-dim",
        type=integer(1, 4096),
        default=default.label_dim,
        metavar="N",
        help="length of a class's embedding (default: %(default)s)",
    )
    pair.add_argument(
        "--dropout",
        type=real(0, 0.99),
        default=default.dropout,
        metavar="P",
        help="mlp: of the discriminator (default: %(default)s)",
    )
    pair.add_argument(
        "--batchnorm-eps",
        type=real(0, 100),
        default=default.batchnorm_eps,
        metavar="X",
        help="mlp: of the generator (default: %(default)s)",
    )
    pair.add_argument(
        "--width",
        type=integer(4, 512),
        default=default.width,
        metavar="N",
        help="conv: channels of the generator at 7x7 (default: %(default)s)",
    )
    pair.add_argument(
        "--width-d",
        type=integer(4, 512),
        default=default.width_d,
        metavar="N",
        help="conv: channels of the discriminator at 14x14 (default: %(default)s)",
    )
    pair.add_argument(
        "--normalization",
        choices=list(NORMALIZATIONS),
        default=default.normalization,
        help="conv: of the generator (default: %(default)s)",
    )
    pair.add_argument("--spectral-norm", action="store_true", help="conv: of the discriminator's layers")
    pair.add_argument(
        "--perception",
        metavar="DIR",
        help="conv: a small classifier's folder, whose activations the discriminator sees beside the image; "
        f"python -m cgan.classifier --width {PERCEPTION_WIDTH} --epochs 3 --out DIR makes one",
    )

    steps = parser.add_argument_group("the steps")
    steps.add_argument("--loss", choices=list(OBJECTIVES), default=default.loss, help="default: %(default)s")
    steps.add_argument(
        "--penalty",
        type=real(0, 1e6),
        default=default.penalty,
        metavar="X",
        help="weight of the gradient penalties R1 and R2 (default: %(default)s)",
    )
    steps.add_argument(
        "--penalty-every",
        type=integer(1),
        default=default.penalty_every,
        metavar="N",
        help="steps from one penalty to the next; its weight grows with them (default: %(default)s)",
    )
    steps.add_argument(
        "--batch-size",
        type=integer(2),
        default=default.batch_size,
        metavar="N",
        help="images a step, of each process (default: %(default)s)",
    )
    steps.add_argument(
        "--d-steps",
        type=integer(1, 100),
        default=default.d_steps,
        metavar="N",
        help="steps of the discriminator for each one of the generator (default: %(default)s)",
    )
    steps.add_argument(
        "--learning-rate",
        type=real(0, 10),
        default=default.learning_rate,
        metavar="X",
        help="of both networks (default: %(default)s)",
    )
    steps.add_argument(
        "--learning-rate-d", type=real(0, 10), metavar="X", help="of the discriminator (default: as --learning-rate)"
    )
    steps.add_argument(
        "--final-rate",
        type=real(0, 1),
        default=default.final_rate,
        metavar="X",
        help="share of the learning rates at the end; they fall in the second half (default: %(default)s)",
    )
    steps.add_argument(
        "--beta1", type=real(0, 0.9999), default=default.beta1, metavar="X", help="of Adam (default: %(default)s)"
    )
    steps.add_argument(
        "--beta2", type=real(0, 0.999999), default=default.beta2, metavar="X", help="of Adam (default: %(default)s)"
    )
    steps.add_argument(
        "--ema-decay",
        type=real(0, 1),
        default=default.ema_decay,
        metavar="X",
        help="a step, of the averaged generator (default: %(default)s)",
    )
    return parser


def _device(name: str) -> torch.device:
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(device for device, there in available.items() if there)
    if not available[name]:
        there = ", ".join(device for device, is_there in available.items() if is_there)
        fail(f"--device {name}: not on this machine; available: {there}")
    return torch.device(name)
