"""What one step of training is: both networks' gradients from the same images, two Adam steps, one average.

A run is decided by its `TrainingConfig`: on one CPU the same settings give the same weights, interrupted or not.
Everything random comes from the first weights' seed and four streams (the order of the images; noise and drawn labels;
dropout in each network's step), and all of them are in the state, as are the optimizers and the position in the epoch.
"""

import copy
import dataclasses
import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from cgan import objectives
from cgan.checkpoints import NetworkConfig
from cgan.data import NUM_CLASSES
from cgan.networks import Dropout


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides a run. The defaults are the report's."""

    arch: str = "mlp"
    latent_dim: int = 100
    label_dim: int = 50
    dropout: float = 0.4
    batchnorm_eps: float = 0.8
    loss: str = "least-squares"
    batch_size: int = 64
    d_steps: int = 1  # of the discriminator for each one of the generator
    learning_rate: float = 2e-4
    learning_rate_d: float | None = None  # of the discriminator, where it has one of its own
    beta1: float = 0.5
    beta2: float = 0.999
    ema_decay: float = 0.999  # of the averaged generator, per step
    seed: int = 0
    precision: str = "fp32"
    epochs: int = 200  # passes over the training images
    steps: int | None = None  # of the generator; where given, they end the run instead of epochs
    log_every: int = 500  # steps an entry of history.jsonl

    def networks(self) -> NetworkConfig:
        """What the checkpoint needs to know to build the pair again."""
        return NetworkConfig(
            self.arch,
            generator={
                "latent_dim": self.latent_dim,
                "label_dim": self.label_dim,
                "batchnorm_eps": self.batchnorm_eps,
            },
            discriminator={"label_dim": self.label_dim, "dropout": self.dropout},
        )


_CORES = torch.get_num_threads()  # as the process started: every trainer in it gets the same half
_SUMMED = ("loss_g", "loss_d", "score_real", "score_fake")


class Trainer:
    """A pair of networks, their optimizers and all that is random, one step at a time."""

    def __init__(self, config: TrainingConfig, images: np.ndarray, labels: np.ndarray, device: torch.device) -> None:
        """images: uint8 (N, 28, 28); labels: uint8 (N,). Both stay as they are in the device's memory."""
        self.config = config
        self.device = device
        self.images = torch.from_numpy(images.copy()).to(device)
        self.labels = torch.from_numpy(labels.astype(np.int64)).to(device)

        weights_seed, *seeds = np.random.SeedSequence(config.seed).generate_state(5).tolist()
        on_device = {"dropout_g", "dropout_d"}
        self.streams = {
            name: torch.Generator(device if name in on_device else "cpu").manual_seed(seed)
            for name, seed in zip(("order", "noise", "dropout_g", "dropout_d"), seeds, strict=True)
        }

        torch.manual_seed(weights_seed)
        networks = config.networks()
        self.generator = networks.build_generator().to(device)
        self.averaged = copy.deepcopy(self.generator).requires_grad_(False)
        self.discriminator = networks.build_discriminator().to(device)
        self.objective = objectives.OBJECTIVES[config.loss]
        self.optimizer_g = self._optimizer(self.generator, config.learning_rate)
        rate_d = config.learning_rate if config.learning_rate_d is None else config.learning_rate_d
        self.optimizer_d = self._optimizer(self.discriminator, rate_d)

        # The same weights once more, for the generator's step: no gradients of their own, dropout from another stream.
        self.frozen_discriminator = copy.deepcopy(self.discriminator).requires_grad_(False)
        shared = zip(self.frozen_discriminator.parameters(), self.discriminator.parameters(), strict=True)
        for frozen, parameter in shared:
            frozen.data = parameter.data
        _set_dropout_stream(self.frozen_discriminator, self.streams["dropout_g"])
        _set_dropout_stream(self.discriminator, self.streams["dropout_d"])

        # The gradients of both networks are computed at the same time, on half of the cores each.
        threads = max(1, _CORES // 2)
        torch.set_num_threads(threads)
        self._executor = ThreadPoolExecutor(1, initializer=torch.set_num_threads, initargs=(threads,))

        self.step_count = 0
        self.order = torch.empty(0, dtype=torch.int32)  # of the images in this epoch
        self.seconds = 0.0
        self._clock = time.perf_counter()

        # Since the last entry of the history, which was written at this step and time.
        self.sums = torch.zeros(len(_SUMMED), device=device)
        self.logged_step, self.logged_seconds = 0, 0.0

    def _optimizer(self, network: nn.Module, learning_rate: float) -> torch.optim.Adam:
        betas = (self.config.beta1, self.config.beta2)
        return torch.optim.Adam(network.parameters(), lr=learning_rate, betas=betas, fused=True)

    @property
    def batches_per_epoch(self) -> int:
        return math.ceil(len(self.images) / self.config.batch_size)

    @property
    def last_step(self) -> int:
        return self.config.steps or math.ceil(self.config.epochs * self.batches_per_epoch / self.config.d_steps)

    @property
    def epoch(self) -> int:
        """How many epochs are complete."""
        return self.step_count * self.config.d_steps // self.batches_per_epoch

    def step(self) -> None:
        """Update the generator, then the discriminator, on one batch, and the averaged generator after them.

        Both gradients start from the same generated images and the same discriminator, so they are computed side by
        side: on a CPU, two small products at once are faster than one after the other on all cores.
        """
        real, labels = self._next_batch(0)
        fake, drawn = self._generate(len(real))
        future = self._executor.submit(self._discriminator_gradients, real, labels, fake.detach(), drawn)
        loss_g = self._generator_gradients(fake, drawn)
        seen_by_d = future.result()

        future = self._executor.submit(self.optimizer_d.step)
        self.optimizer_g.step()
        future.result()
        for turn in range(1, self.config.d_steps):
            seen_by_d += self._discriminator_step(turn)
        self.step_count += 1
        self._update_average()
        self.sums += torch.cat([loss_g.view(1), seen_by_d / self.config.d_steps])

    def _discriminator_step(self, turn: int) -> Tensor:
        """One more update of the discriminator alone, on other real and newly generated images."""
        real, labels = self._next_batch(turn)
        with torch.no_grad():
            fake, drawn = self._generate(len(real))
        seen = self._discriminator_gradients(real, labels, fake, drawn)
        self.optimizer_d.step()
        return seen

    def _generate(self, count: int) -> tuple[Tensor, Tensor]:
        """Images (count, 1, 28, 28) from fresh z, and their uniformly drawn labels (count,)."""
        z = torch.randn(count, self.config.latent_dim, generator=self.streams["noise"]).to(self.device)
        drawn = torch.randint(NUM_CLASSES, (count,), generator=self.streams["noise"]).to(self.device)
        with self._autocast():
            return self.generator(z, drawn), drawn

    def _generator_gradients(self, fake: Tensor, drawn: Tensor) -> Tensor:
        """Compute the generator's gradients and return its loss."""
        with self._autocast():
            scores = self.frozen_discriminator(fake, drawn).float()
            loss = self.objective.generator(scores)
        self.optimizer_g.zero_grad()
        loss.backward()
        return loss.detach()

    def _discriminator_gradients(self, real: Tensor, labels: Tensor, fake: Tensor, drawn: Tensor) -> Tensor:
        """Compute the discriminator's gradients; its loss and its mean scores of real and generated images, (3,).

        Real and generated images go through it together: without batch normalization no image sees its neighbours, and
        one pass of twice the size is faster than two.
        """
        with self._autocast():
            scores = self.discriminator(torch.cat([real, fake]), torch.cat([labels, drawn])).float()
            real_scores, fake_scores = scores.split(len(real))
            loss = self.objective.discriminator(real_scores, fake_scores)
        self.optimizer_d.zero_grad()
        loss.backward()
        return torch.stack([loss, real_scores.mean(), fake_scores.mean()]).detach()

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.config.precision == "bf16")

    def _next_batch(self, turn: int) -> tuple[Tensor, Tensor]:
        """Images (N, 1, 28, 28) in [-1, 1] and labels (N,) for the discriminator's turn in this step, 0 to d_steps - 1.

        The last batch of an epoch may be smaller.
        """
        batch = self.step_count * self.config.d_steps + turn
        position = batch % self.batches_per_epoch * self.config.batch_size
        if position == 0:
            self.order = torch.randperm(len(self.images), generator=self.streams["order"], dtype=torch.int32)
        chosen = self.order[position : position + self.config.batch_size].to(self.device)
        return self.images[chosen].unsqueeze(1) / 127.5 - 1, self.labels[chosen]

    @torch.no_grad()
    def _update_average(self) -> None:
        """Exponential moving average (EMA) of the generator. The ramp forgets the first, untrained weights sooner."""
        decay = min(self.config.ema_decay, (1 + self.step_count) / (10 + self.step_count))
        averaged, current = self.averaged.state_dict(), self.generator.state_dict()
        for name, tensor in averaged.items():
            if tensor.is_floating_point():
                tensor.lerp_(current[name], 1 - decay)
            else:
                tensor.copy_(current[name])

    @property
    def images_seen(self) -> int:
        return self._images_after(self.step_count)

    @property
    def images_in_run(self) -> int:
        return self._images_after(self.last_step)

    def _images_after(self, steps: int) -> int:
        epochs, batches = divmod(steps * self.config.d_steps, self.batches_per_epoch)
        return epochs * len(self.images) + batches * self.config.batch_size

    def pop_entry(self) -> dict[str, float]:
        """An entry of the history: where the run stands, means since the last entry, the last step's gradients.

        score_real and score_fake are the discriminator's outputs; gradient norms are L2, of a whole network.
        """
        steps = self.step_count - self.logged_step
        seconds = self._read_clock()
        entry = {
            "step": self.step_count,
            "images": self.images_seen,
            **dict(zip(_SUMMED, (self.sums / steps).tolist(), strict=True)),
            "gradient_norm_g": _gradient_norm(self.generator),
            "gradient_norm_d": _gradient_norm(self.discriminator),
            "images_per_second": round(
                (self.images_seen - self._images_after(self.logged_step)) / (seconds - self.logged_seconds), 1
            ),
            "seconds": round(seconds, 1),
        }
        self.sums.zero_()
        self.logged_step, self.logged_seconds = self.step_count, seconds
        return entry

    def is_finite(self) -> bool:
        """Whether losses and weights are still numbers."""
        tensors = [self.sums, *(t for _, network, _ in self._parts() for t in network.state_dict().values())]
        return all(tensor.isfinite().all() for tensor in tensors)

    def _read_clock(self) -> float:
        """Seconds of training so far, over all sessions of the run."""
        now = time.perf_counter()
        self.seconds += now - self._clock
        self._clock = now
        return self.seconds

    def state(self) -> tuple[dict[str, Tensor], dict[str, str]]:
        """Everything that decides how the run goes on: (tensors, metadata)."""
        tensors = {
            "order": self.order,
            "sums": self.sums,
        }
        tensors |= {f"stream.{name}": stream.get_state() for name, stream in self.streams.items()}
        for prefix, network, optimizer in self._parts():
            tensors |= {f"{prefix}.{name}": tensor for name, tensor in network.state_dict().items()}
            for name, parameter in network.named_parameters():
                for key, tensor in optimizer.state[parameter].items() if optimizer else ():
                    tensors[f"{prefix}.adam.{key}.{name}"] = tensor
        metadata = {
            "step": str(self.step_count),
            "seconds": repr(self._read_clock()),
            "logged_step": str(self.logged_step),
            "logged_seconds": repr(self.logged_seconds),
            "config": json.dumps(dataclasses.asdict(self.config)),
        }
        return tensors, metadata

    def load_state(self, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
        """The inverse of `state`, for a trainer of the same settings. Raises KeyError, RuntimeError or ValueError."""
        self.order = tensors["order"]
        self.sums.copy_(tensors["sums"])
        for name, stream in self.streams.items():
            stream.set_state(tensors[f"stream.{name}"])
        for prefix, network, optimizer in self._parts():
            network.load_state_dict({name: tensors[f"{prefix}.{name}"] for name in network.state_dict()})
            for name, parameter in network.named_parameters() if optimizer else ():
                optimizer.state[parameter] = {
                    key: tensors[f"{prefix}.adam.{key}.{name}"].to("cpu" if key == "step" else self.device)
                    for key in ("step", "exp_avg", "exp_avg_sq")
                }
        self.step_count = int(metadata["step"])
        self.seconds = float(metadata["seconds"])
        self.logged_step, self.logged_seconds = int(metadata["logged_step"]), float(metadata["logged_seconds"])

    def _parts(self) -> list[tuple[str, nn.Module, torch.optim.Optimizer | None]]:
        return [
            ("generator", self.generator, self.optimizer_g),
            ("discriminator", self.discriminator, self.optimizer_d),
            ("averaged", self.averaged, None),
        ]


def _set_dropout_stream(network: nn.Module, stream: torch.Generator) -> None:
    for module in network.modules():
        if isinstance(module, Dropout):
            module.stream = stream


def _gradient_norm(network: nn.Module) -> float:
    return nn.utils.get_total_norm([parameter.grad for parameter in network.parameters()]).item()
