"""Train a conditional GAN on Fashion-MNIST, or on pictures of your own.

    python train.py                          the report's pair, 200 epochs, into checkpoints/my-mlp
    python train.py --arch conv              the convolutional pair that the app starts with; best on a GPU
    python train.py --data PATH --out DIR    your own pictures: docs/own-classes.md
    python train.py --resume                 go on where Ctrl-C, a signal or a power cut ended it
    python train.py --steps 500 --out DIR    a short run, to see that everything works
    torchrun --nproc-per-node 2 train.py     two processes, each on a core or GPU of its own

While it runs, `python app.py` lists it beside the shipped checkpoints: choose it again to see its newest state.
"""

import argparse
import sys
from dataclasses import fields, replace

import torch

from cgan.common.command_line import Parser, as_command, fail, number, widths
from cgan.common.files import user_path
from cgan.common.places import APP, TRAIN
from cgan.common.validation import Range, Widths
from cgan.data import DataError, dataset
from cgan.models.architectures import NetworkConfig
from cgan.models.checkpoints import CHECKPOINTS, CheckpointError, load_config, resolve
from cgan.training.config import NETWORKS, RECIPES, RUN, STEPS, Setting, TrainingConfig
from cgan.training.distributed import init_process_group
from cgan.training.loop import train
from cgan.training.run_folder import RunError


def main() -> None:
    """The command `python train.py`."""
    arguments = _arguments()
    device = _device(arguments.device)
    try:
        group = init_process_group(device)
    except RunError as error:
        fail(error)
    config = _config(arguments)
    config = replace(config, batch_size=config.batch_size * group.world_size)
    out = arguments.out or CHECKPOINTS / f"my-{config.arch}"
    try:
        found = dataset.from_flags(arguments, quiet=not group.is_first)
        if found.summary and group.is_first:
            print(found.summary)
        images, labels = group.in_turn(lambda: found.load("train"), device)
        classes = dataset.with_digest(found.classes, (images, labels))
        stopped_by = train(config, images, labels, out, device, arguments.resume, arguments.tensorboard, group, classes)
    except (DataError, RunError, CheckpointError) as error:
        fail(error)
    if not group.is_first:
        return
    if stopped_by is None:
        print(f"Trained. See it: {as_command(*APP, '--checkpoint', out)}")
    else:
        program = ["python", sys.argv[0]] if sys.argv[0].endswith(".py") else TRAIN
        if group.world_size > 1:
            program = ["torchrun", "--nproc-per-node", group.world_size, sys.argv[0]]
        again = [*program, *sys.argv[1:], *([] if arguments.resume else ["--resume"])]
        print(f"Saved. Go on with: {as_command(*again)}")
        raise SystemExit(128 + stopped_by)


def _arguments() -> argparse.Namespace:
    """The flags; a setting that is not given has the value of the architecture's recipe.

    With --start-from, a setting of the networks that is not given has the value of that checkpoint.
    """
    first = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    first.add_argument("--arch", choices=list(RECIPES))
    first.add_argument("--start-from")
    try:
        given = first.parse_known_args()[0]
    except argparse.ArgumentError:  # the whole parser reports it better
        given = argparse.Namespace(arch=None, start_from=None)
    networks = _networks(given.start_from)
    if networks and given.arch in (None, networks.arch):
        default = RECIPES[networks.arch].with_networks(networks)
    else:
        default = RECIPES[given.arch or "mlp"]
    return _parser(default).parse_args()


def _config(arguments: argparse.Namespace) -> TrainingConfig:
    return TrainingConfig(**{field.name: getattr(arguments, field.name) for field in fields(TrainingConfig)})


def _networks(checkpoint: str | None) -> NetworkConfig | None:
    """The networks of a checkpoint to start from; None if there is none, which the start of the run reports."""
    try:
        return load_config(resolve(checkpoint)) if checkpoint else None
    except CheckpointError:
        return None


def _parser(default: TrainingConfig) -> Parser:
    parser = Parser(description=__doc__)
    groups = {name: parser.add_argument_group(name) for name in (RUN, NETWORKS, STEPS)}
    run = groups[RUN]
    run.add_argument("--out", type=user_path, metavar="DIR", help="its folder (default: checkpoints/my-ARCH)")
    run.add_argument("--resume", action="store_true", help="go on with the run in that folder")
    dataset.add_flags(run)
    run.add_argument("--tensorboard", action="store_true", help="write the history for TensorBoard too, if installed")
    run.add_argument(
        "--device",
        choices=["auto", "cpu", "cuda", "mps"],
        default="auto",
        help="auto is the first that is there of cuda, mps, cpu (default: %(default)s)",
    )
    length = run.add_mutually_exclusive_group()
    for field in fields(TrainingConfig):
        setting: Setting = field.metadata["setting"]
        group = length if field.name in ("epochs", "steps") else groups[setting.group]
        _add_flag(group, field.name, setting, getattr(default, field.name))
    return parser


def _add_flag(group: argparse._ActionsContainer, name: str, setting: Setting, default: object) -> None:
    flag, allowed = f"--{name.replace('_', '-')}", setting.allowed
    if isinstance(default, bool):
        group.add_argument(flag, action=argparse.BooleanOptionalAction, default=default, help=setting.help)
        return
    text = setting.help if default is None else f"{setting.help} (default: %(default)s)"
    if isinstance(allowed, Widths):
        options = {"type": widths(allowed), "metavar": "N,N,..."}
        default = ",".join(map(str, default))  # argparse makes numbers of it
    elif isinstance(allowed, Range):
        options = {"type": number(allowed), "metavar": "N" if allowed.kind is int else "X"}
    elif isinstance(allowed, list):
        options = {"choices": allowed}
    else:
        options = {"metavar": allowed}
    group.add_argument(flag, default=default, help=text, **options)


def _device(name: str) -> torch.device:
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(device for device, there in available.items() if there)
    if not available[name]:
        there = ", ".join(device for device, is_there in available.items() if is_there)
        fail(f"--device {name}: not on this machine; available: {there}")
    torch.backends.cudnn.benchmark = True  # a GPU's convolutions: try the ways to compute one and keep the fastest
    return torch.device(name)
