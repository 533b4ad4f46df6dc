"""The settings of a training run, and the recipes: their defaults for each architecture.

Each setting is written once, here. `cgan.training.command` makes a flag of it; `config.json` and `training.safetensors`
keep its value, so a renamed setting would be forgotten in older runs. The page gets them from here too, for the MLP
pair.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

from cgan.common.validation import Range, Widths
from cgan.models.architectures import ARCHITECTURES, SETTINGS, NetworkConfig
from cgan.models.mlp import DISCRIMINATOR_HIDDEN, GENERATOR_HIDDEN
from cgan.training.step.losses import OBJECTIVES

RUN, NETWORKS, STEPS = "the run", "the networks", "the steps"  # headings of `train.py --help`
MAX_SEED = 2**32 - 1


class Setting(NamedTuple):
    """The description of one setting, for `--help` and for its refusals."""

    group: str
    help: str
    allowed: Range | Widths | list | str  # a range, widths, choices, or the placeholder of a free text


def _setting(default: object, group: str, help: str, allowed: Range | Widths | list | str) -> Any:
    return field(default=default, metadata={"setting": Setting(group, help, allowed)})


@dataclass(frozen=True)
class TrainingConfig:
    """All settings that decide the result of a run. The defaults are the report's."""

    start_from: str | None = _setting(None, RUN, "a checkpoint's weights to begin with, instead of random ones", "C")
    epochs: int = _setting(200, RUN, "passes over the images", Range(int, 1))
    steps: int | None = _setting(None, RUN, "end after this many steps instead", Range(int, 1))
    seed: int = _setting(0, RUN, "decides everything random", Range(int, 0, MAX_SEED))
    log_every: int = _setting(500, RUN, "steps from one entry of history.jsonl to the next", Range(int, 1))
    save_every: float = _setting(
        10.0, RUN, "minutes from one save to the next, besides those after epochs", Range(float, 0)
    )
    precision: str = _setting("fp32", RUN, "of the matrix products", ["fp32", "bf16"])

    arch: str = _setting(
        "mlp",
        NETWORKS,
        "mlp: the report's; conv: a convolutional one. The other defaults are those of the chosen architecture",
        [*ARCHITECTURES],
    )
    latent_dim: int = _setting(100, NETWORKS, "length of z", SETTINGS["latent_dim"])
    label_dim: int = _setting(50, NETWORKS, "length of a class's embedding", SETTINGS["label_dim"])
    hidden: tuple[int, ...] = _setting(
        GENERATOR_HIDDEN, NETWORKS, "mlp: widths of the generator's hidden layers", SETTINGS["hidden"]
    )
    hidden_d: tuple[int, ...] = _setting(
        DISCRIMINATOR_HIDDEN, NETWORKS, "mlp: widths of the discriminator's hidden layers", SETTINGS["hidden"]
    )
    dropout: float = _setting(0.4, NETWORKS, "mlp: of the discriminator", SETTINGS["dropout"])
    batchnorm: bool = _setting(
        True, NETWORKS, "mlp: normalize all hidden layers of the generator but the first", SETTINGS["batchnorm"]
    )
    batchnorm_eps: float = _setting(0.8, NETWORKS, "mlp: of the generator", SETTINGS["batchnorm_eps"])
    width: int = _setting(64, NETWORKS, "conv: channels of the generator at 7x7", SETTINGS["width"])
    width_d: int = _setting(32, NETWORKS, "conv: channels of the discriminator at 14x14", SETTINGS["width"])

    loss: str = _setting("least-squares", STEPS, "adversarial loss", [*OBJECTIVES])
    penalty: float = _setting(0.0, STEPS, "weight of the gradient penalties R1 and R2", Range(float, 0, 1e6))
    first_penalty: float | None = _setting(
        None, STEPS, "that weight at the start of the burn-in (default: as --penalty)", Range(float, 1e-6, 1e6)
    )
    penalty_every: int = _setting(
        1, STEPS, "steps from one penalty to the next; its weight is multiplied by this number", Range(int, 1)
    )
    augmentation: float = _setting(
        0.0,
        STEPS,
        "probability that the discriminator sees an image mirrored, and that it sees it moved; grows in the burn-in",
        Range(float, 0, 1),
    )
    batch_size: int = _setting(64, STEPS, "images a step, of each process", Range(int, 2))
    d_steps: int = _setting(1, STEPS, "steps of the discriminator for each one of the generator", Range(int, 1, 100))
    learning_rate: float = _setting(2e-4, STEPS, "of both networks", Range(float, 0, 10))
    learning_rate_d: float | None = _setting(
        None, STEPS, "of the discriminator (default: as --learning-rate)", Range(float, 0, 10)
    )
    final_rate: float = _setting(
        1.0, STEPS, "share of the learning rates at the end; they fall in the second half", Range(float, 0, 1)
    )
    burn_in: int = _setting(
        0,
        STEPS,
        "images in which the learning rates fall instead, by a cosine, and the penalty falls from --first-penalty",
        Range(int, 0),
    )
    beta1: float = _setting(0.5, STEPS, "of Adam", Range(float, 0, 0.9999))
    beta2: float = _setting(0.999, STEPS, "of Adam", Range(float, 0, 0.999999))
    ema_decay: float = _setting(0.999, STEPS, "a step, of the generator's moving average (EMA)", Range(float, 0, 1))
    keep_averages: bool = _setting(
        False, STEPS, "save the EMA after epochs too, for python -m cgan.training.averaging", [False, True]
    )

    def __post_init__(self) -> None:
        """Make tuples of the lists that JSON has in their place, so that saved settings equal those of a run."""
        for name in ("hidden", "hidden_d"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    def networks(self) -> NetworkConfig:
        """The description of the two networks, which the checkpoint keeps to build them again.

        Widths and batchnorm are only in it where they are not the report's, as before there were these settings.
        """
        common = {"latent_dim": self.latent_dim, "label_dim": self.label_dim}
        if self.arch == "mlp":
            generator = common | {"batchnorm_eps": self.batchnorm_eps}
            generator |= {"hidden": self.hidden} if self.hidden != GENERATOR_HIDDEN else {}
            generator |= {"batchnorm": False} if not self.batchnorm else {}
            discriminator = {"label_dim": self.label_dim, "dropout": self.dropout}
            discriminator |= {"hidden": self.hidden_d} if self.hidden_d != DISCRIMINATOR_HIDDEN else {}
        else:
            generator, discriminator = common | {"width": self.width}, {"width": self.width_d}
        return NetworkConfig(self.arch, generator, discriminator)

    def with_networks(self, networks: NetworkConfig) -> "TrainingConfig":
        """These settings with the networks of a checkpoint, as far as they are settings here."""
        of_d = {f"{name}_d" if name in ("hidden", "width") else name: v for name, v in networks.discriminator.items()}
        given = {"arch": networks.arch} | of_d | networks.generator
        return replace(self, **_known(given))

    @classmethod
    def from_saved(cls, settings: dict) -> "TrainingConfig":
        """The settings that a training state holds; those that exist no more are left out. Raises TypeError."""
        return cls(**_known(settings))


def _known(settings: dict) -> dict:
    """The settings among these that there are in this version."""
    names = {field.name for field in fields(TrainingConfig)}
    return {name: value for name, value in settings.items() if name in names}


RECIPES = {
    "mlp": TrainingConfig(),
    "conv": TrainingConfig(
        arch="conv",
        epochs=500,
        latent_dim=64,
        label_dim=32,
        width_d=64,
        loss="relativistic",
        penalty=0.02,
        first_penalty=0.5,
        penalty_every=4,
        augmentation=0.3,
        batch_size=250,
        learning_rate=4e-4,
        final_rate=0.1,
        burn_in=27_000_000,
        beta1=0.0,
        beta2=0.99,
        ema_decay=0.9998,
        keep_averages=True,
        precision="bf16",
    ),
}
