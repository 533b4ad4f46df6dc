"""The settings that decide a run, and the recipes: their defaults for each architecture."""

from dataclasses import dataclass

from cgan.models.architectures import PERCEPTION_WIDTH, NetworkConfig


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides a run. The defaults are the report's."""

    arch: str = "mlp"
    latent_dim: int = 100
    label_dim: int = 50
    dropout: float = 0.4  # mlp
    batchnorm_eps: float = 0.8  # mlp
    width: int = 64  # conv, of the generator
    width_d: int = 32  # conv, of the discriminator
    normalization: str = "none"  # conv, of the generator
    spectral_norm: bool = False  # conv, of the discriminator
    perception: str | None = None  # conv: a classifier's folder, whose activations the discriminator sees
    loss: str = "least-squares"
    penalty: float = 0.0  # the weight of R1 and R2, gamma
    penalty_every: int = 1  # steps; the weight grows with it
    batch_size: int = 64
    d_steps: int = 1  # of the discriminator for each one of the generator
    learning_rate: float = 2e-4
    learning_rate_d: float | None = None  # of the discriminator, where it has one of its own
    final_rate: float = 1.0  # the share of the learning rate at the run's end; it falls in the second half
    beta1: float = 0.5
    beta2: float = 0.999
    ema_decay: float = 0.999  # of the averaged generator, per step
    seed: int = 0
    start_from: str | None = None  # the checkpoint whose weights the run starts with
    precision: str = "fp32"
    epochs: int = 200  # passes over the training images
    steps: int | None = None  # of the generator; where given, they end the run instead of epochs
    log_every: int = 500  # steps an entry of history.jsonl

    def networks(self) -> NetworkConfig:
        """What the checkpoint needs to know to build the pair again."""
        common = {"latent_dim": self.latent_dim, "label_dim": self.label_dim}
        if self.arch == "mlp":
            generator = common | {"batchnorm_eps": self.batchnorm_eps}
            discriminator = {"label_dim": self.label_dim, "dropout": self.dropout}
        else:
            generator = common | {"width": self.width, "normalization": self.normalization}
            discriminator = {"width": self.width_d, "spectral_norm": self.spectral_norm}
            discriminator |= {"perception": PERCEPTION_WIDTH} if self.perception else {}
        return NetworkConfig(self.arch, generator, discriminator)


RECIPES = {
    "mlp": TrainingConfig(),
    "conv": TrainingConfig(
        arch="conv",
        latent_dim=64,
        label_dim=32,
        loss="relativistic",
        penalty=0.5,
        penalty_every=4,
        learning_rate=8e-4,
        final_rate=0.1,
        beta1=0.0,
        beta2=0.99,
        precision="bf16",
    ),
}
