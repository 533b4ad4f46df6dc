"""Choose the length of the weights' average after a run (Karras et al. 2024, arXiv:2312.02696, section 3).

    python -m cgan.training.averaging --run checkpoints/my-conv --width 0.1 --out checkpoints/my-conv-0.1

A run with --keep-averages saves the EMA of its generator after epochs; each is the mean of a short time. Their weighted
mean approximates the average over a longer time, as if the run itself had computed it.
"""

import shutil
from pathlib import Path

import numpy as np

from cgan.common.command_line import Parser, as_command, fail, integer, real
from cgan.common.files import user_path
from cgan.common.places import APP
from cgan.models import checkpoints
from cgan.models.checkpoints import CONFIG, DISCRIMINATOR, EMA_GENERATOR, CheckpointError
from cgan.training.run_folder import AVERAGES, HISTORY, TIMELINE


def exponent(width: float) -> float:
    """The exponent of the power function on [0, 1] whose standard deviation is `width` (their eq. 126).

    width: above 0, at most 0.28. At 0.28 the exponent is nearly 0 and all times have nearly the same weight.
    """
    inverse = width**-2
    return float(np.roots([1, 7, 16 - inverse, 12 - inverse]).real.max())


def average_weights(times: np.ndarray, width: float) -> np.ndarray:
    """Weights (N,) of the averages kept at `times` (N,), which ascend; their sum is 1.

    Each weight is the area below the power function from the time before to its own. The last time is the end.
    """
    areas = np.diff((times / times[-1]) ** (exponent(width) + 1), prepend=0.0)
    return areas / areas.sum()


def kept_averages(run: Path) -> list[tuple[int, Path]]:
    """The averages that a run has kept: (epoch, file), in ascending order."""
    return sorted((int(path.stem), path) for path in (run / AVERAGES).glob("[0-9]*.safetensors"))


def write_average(run: Path, width: float, out: Path, last_epoch: int | None = None) -> None:
    """Write a checkpoint with the average that ends at an epoch; the other files are copies of the run's.

    width: standard deviation of the average, as a share of the run until then. last_epoch: None for the newest.
    Raises CheckpointError if the run has kept none, a file is damaged, or `out` holds a checkpoint; OSError.
    """
    files = [(epoch, path) for epoch, path in kept_averages(run) if last_epoch is None or epoch <= last_epoch]
    if not files:
        raise CheckpointError(f"--run {run}: holds no averages up to there; train.py keeps them with --keep-averages")
    if (out / EMA_GENERATOR).exists():
        raise CheckpointError(f"--out {out}: holds a checkpoint already; name another folder")
    expected = checkpoints.load_config(run).build_generator().state_dict()
    total = {name: tensor.double().zero_() for name, tensor in expected.items()}
    weights = average_weights(np.array([float(epoch) for epoch, _ in files]), width)
    for weight, (_, path) in zip(weights.tolist(), files, strict=True):
        tensors, metadata = checkpoints.load_tensors(path, expected)
        for name, tensor in tensors.items():
            total[name] += weight * tensor.double()
    out.mkdir(parents=True, exist_ok=True)
    for name in (CONFIG, DISCRIMINATOR):
        shutil.copy(run / name, out / name)
    if (run / HISTORY).exists():  # a run shorter than --log-every has none
        shutil.copy(run / HISTORY, out / HISTORY)
    shutil.copytree(run / TIMELINE, out / TIMELINE, dirs_exist_ok=True)
    average = {name: tensor.to(expected[name].dtype) for name, tensor in total.items()}
    checkpoints.save_tensors(out / EMA_GENERATOR, average, metadata | {"average": str(width)})


def main() -> None:
    parser = Parser(prog="python -m cgan.training.averaging", description=__doc__)
    parser.add_argument(
        "--run", type=user_path, required=True, metavar="DIR", help="folder of a run with --keep-averages"
    )
    parser.add_argument(
        "--width", type=real(0.01, 0.28), required=True, metavar="X", help="standard deviation, as a share of the run"
    )
    parser.add_argument("--epoch", type=integer(1), metavar="N", help="the end of the average (default: the newest)")
    parser.add_argument("--out", type=user_path, required=True, metavar="DIR", help="folder of the new checkpoint")
    arguments = parser.parse_args()
    try:
        write_average(arguments.run, arguments.width, arguments.out, arguments.epoch)
    except CheckpointError as error:
        fail(error)
    except OSError as error:
        fail(f"--out {arguments.out}: cannot be written ({error})")
    print(f"Averaged. See it: {as_command(*APP, '--checkpoint', arguments.out)}")


if __name__ == "__main__":
    main()
