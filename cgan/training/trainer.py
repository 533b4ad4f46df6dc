"""What one step of training is: both networks' gradients from the same images, two Adam steps, one average.

A run is decided by its `TrainingConfig`: on one CPU the same settings give the same weights, interrupted or not.
Everything random comes from the first weights' seed and three streams (the order of the images; noise and drawn
labels; dropout), and all of them are in the state, as are the optimizers and the position in the epoch.
"""

import copy
import dataclasses
import json
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from cgan.data import NUM_CLASSES
from cgan.models import checkpoints
from cgan.models.architectures import PERCEPTION_WIDTH
from cgan.models.classifier import CLASSIFIER, ResidualClassifier
from cgan.models.layers import Dropout
from cgan.training import losses
from cgan.training.adam import Adam
from cgan.training.config import TrainingConfig
from cgan.training.distributed import ALONE, Ranks, normalize_across

_SUMMED = ("loss_g", "loss_d", "score_real", "score_fake")


class Trainer:
    """A pair of networks, their optimizers and all that is random, one step at a time."""

    def __init__(
        self,
        config: TrainingConfig,
        images: np.ndarray,
        labels: np.ndarray,
        device: torch.device,
        ranks: Ranks = ALONE,
    ) -> None:
        """images: uint8 (N, 28, 28); labels: uint8 (N,). Both stay as they are in the device's memory."""
        self.config = config
        self.device = device
        self.ranks = ranks
        self.images = torch.from_numpy(images).to(device)
        self.labels = torch.from_numpy(labels).to(device)

        weights_seed, *seeds = np.random.SeedSequence(config.seed).generate_state(4).tolist()
        self.streams = {
            "order": torch.Generator().manual_seed(seeds[0]),
            "noise": torch.Generator().manual_seed(seeds[1]),
            "dropout": torch.Generator(device).manual_seed(seeds[2]),
        }

        torch.manual_seed(weights_seed)
        networks = config.networks()
        self.generator = self._placed(networks.build_generator())
        self.averaged = copy.deepcopy(self.generator).requires_grad_(False)
        self.discriminator = self._placed(networks.build_discriminator())
        states = (network.state_dict().values() for network in (self.averaged, self.generator))
        pairs = [pair for pair in zip(*states, strict=True) if pair[0].is_floating_point()]
        self._averages, self._averaged = (list(side) for side in zip(*pairs, strict=True))
        self.objective = losses.OBJECTIVES[config.loss]
        self.optimizer_g = self._optimizer(self.generator)
        self.optimizer_d = self._optimizer(self.discriminator)

        self.step_count = 0
        self.order = torch.empty(0, dtype=torch.int32)  # of the images in this epoch
        self.seconds = 0.0
        self._clock = time.perf_counter()

        # Since the last entry of the history, which was written at this step and time.
        self.sums = torch.zeros(len(_SUMMED), device=device)
        self.logged_step, self.logged_seconds = 0, 0.0

    def _placed(self, network: nn.Module) -> nn.Module:
        """The network on its device, in the layout that convolutions are fastest in, ready for its ranks."""
        for module in network.modules():
            if isinstance(module, Dropout):
                module.stream = self.streams["dropout"]
                module.rank, module.world_size = self.ranks.rank, self.ranks.count
        if self.ranks.count > 1:
            normalize_across(network)
        return network.to(self.device, memory_format=torch.channels_last)

    def _optimizer(self, network: nn.Module) -> Adam:
        learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
        return Adam(learning, self.config.learning_rate, (self.config.beta1, self.config.beta2))

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
        """Update the generator and the discriminator on one batch, and the averaged generator after them.

        Both gradients start from the same generated images and the same discriminator, so that one pass of these
        images through it serves both.
        """
        self._set_learning_rates()
        real, labels = self._next_batch(0)
        fake, classes = self._generate(labels)
        shown = fake.detach()
        scores = self._scores(real, labels, shown, classes)
        loss_g = self._update_generator(fake, shown, scores)  # first, for what it needed takes memory
        seen_by_d = self._update_discriminator(real, shown, scores)
        for turn in range(1, self.config.d_steps):
            seen_by_d += self._discriminator_step(turn)
        self.step_count += 1
        self._update_average()
        self.sums += torch.cat([loss_g.view(1), seen_by_d / self.config.d_steps])

    def _discriminator_step(self, turn: int) -> Tensor:
        """One more update of the discriminator alone, on other real and newly generated images."""
        real, labels = self._next_batch(turn)
        with torch.no_grad():
            fake, classes = self._generate(labels)
        return self._update_discriminator(real, fake, self._scores(real, labels, fake, classes))

    def _set_learning_rates(self) -> None:
        """Full in the first half of the run, then falling by the same factor each step."""
        passed = self.step_count / self.last_step
        share = self.config.final_rate ** max(0.0, 2 * passed - 1)
        rate, rate_d = self.config.learning_rate, self.config.learning_rate_d
        self.optimizer_g.learning_rate = rate * share
        self.optimizer_d.learning_rate = (rate if rate_d is None else rate_d) * share

    def _generate(self, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Images (N, 1, 28, 28) from fresh z, and their classes (N,): the labels themselves, or uniformly drawn."""
        count, noise = len(labels) * self.ranks.count, self.streams["noise"]
        z = torch.randn(count, self.config.latent_dim, generator=noise)
        classes = labels
        if not self.objective.paired:
            classes = self.ranks.share(torch.randint(NUM_CLASSES, (count,), generator=noise)).to(self.device)
        with self._autocast():
            return self.generator(self.ranks.share(z).to(self.device), classes), classes

    def _scores(self, real: Tensor, labels: Tensor, fake: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
        """What the discriminator says of real and of generated images, in at least float32."""
        real.requires_grad_(self._is_penalized)
        fake.requires_grad_()
        with self._autocast():
            scores = self.discriminator(real, labels), self.discriminator(fake, classes)
        real_scores, fake_scores = (side.to(torch.promote_types(side.dtype, torch.float32)) for side in scores)
        return real_scores, fake_scores

    @property
    def _is_penalized(self) -> bool:
        return bool(self.config.penalty) and self.step_count % self.config.penalty_every == 0

    def _update_generator(self, fake: Tensor, shown: Tensor, scores: tuple[Tensor, Tensor]) -> Tensor:
        """Update it by the gradient at its images as they were shown to the discriminator. Returns its loss."""
        loss = self.objective.generator(*scores)
        (gradient,) = torch.autograd.grad(loss, shown, retain_graph=True)
        self.optimizer_g.zero_grad()
        (fake * gradient).sum().backward()  # as fake.backward(gradient), which imports 60 MB of symbolic mathematics
        self._update(self.optimizer_g)
        return loss.detach()

    def _update_discriminator(self, real: Tensor, fake: Tensor, scores: tuple[Tensor, Tensor]) -> Tensor:
        """Update it. Returns its loss without penalties, and its mean scores of real and generated images, (3,)."""
        loss = self.objective.discriminator(*scores)
        total = loss
        if self._is_penalized:
            weight = self.config.penalty * self.config.penalty_every
            r1, r2 = (losses.gradient_penalty(*pair) for pair in zip(scores, (real, fake), strict=True))
            total = loss + weight * (r1 + r2)
        self.optimizer_d.zero_grad()
        total.backward(inputs=self.optimizer_d.parameters)
        self._update(self.optimizer_d)
        return torch.stack([loss, *(side.mean() for side in scores)]).detach()

    def _update(self, optimizer: Adam) -> None:
        self.ranks.average([parameter.grad for parameter in optimizer.parameters])
        optimizer.step()

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.config.precision == "bf16")

    def _next_batch(self, turn: int) -> tuple[Tensor, Tensor]:
        """Images (N, 1, 28, 28) in [-1, 1] and labels (N,) for the discriminator's turn in this step, 0 to d_steps - 1.

        The last batch of an epoch may be smaller. Each rank gets its share.
        """
        batch = self.step_count * self.config.d_steps + turn
        position = batch % self.batches_per_epoch * self.config.batch_size
        if position == 0:
            self.order = torch.randperm(len(self.images), generator=self.streams["order"], dtype=torch.int32)
        chosen = self.ranks.share(self.order[position : position + self.config.batch_size]).to(self.device)
        return self.images[chosen].unsqueeze(1) / 127.5 - 1, self.labels[chosen].long()

    def _update_average(self) -> None:
        """Exponential moving average (EMA) of the generator. The ramp forgets the first, untrained weights sooner."""
        decay = min(self.config.ema_decay, (1 + self.step_count) / (10 + self.step_count))
        get_ema_multi_avg_fn(decay)(self._averages, self._averaged, None)

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
        self.ranks.average([self.sums])
        seconds = self._read_clock()
        entry = {
            "step": self.step_count,
            "images": self.images_seen,
            **dict(zip(_SUMMED, (self.sums / steps).tolist(), strict=True)),
            "gradient_norm_g": _gradient_norm(self.optimizer_g),
            "gradient_norm_d": _gradient_norm(self.optimizer_d),
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

    def take_perception(self, folder: Path) -> None:
        """Give the discriminator the body of the classifier in a folder. Raises CheckpointError."""
        classifier = ResidualClassifier(PERCEPTION_WIDTH)
        checkpoints.load_weights(classifier, folder / CLASSIFIER)
        self.discriminator.perception.body.load_state_dict(classifier.body.state_dict())

    def take_weights(self, folder: Path) -> None:
        """Start with the pair of a checkpoint of the same networks: its weights alone, everything else is new.

        Its discriminator may be one without perception. Raises CheckpointError.
        """
        raw = folder / checkpoints.RAW_GENERATOR
        averaged = folder / checkpoints.AVERAGED_GENERATOR
        checkpoints.load_weights(self.generator, raw if raw.exists() else averaged)
        checkpoints.load_weights(self.averaged, averaged)
        theirs = checkpoints.load_discriminator(folder)
        self.discriminator.load_state_dict(theirs.state_dict(), strict=False)

    def state(self) -> tuple[dict[str, Tensor], dict[str, str]]:
        """Everything that decides how the run goes on: (tensors, metadata)."""
        tensors = {
            "order": self.order,
            "sums": self.sums,
        }
        tensors |= {f"stream.{name}": stream.get_state() for name, stream in self.streams.items()}
        for prefix, network, optimizer in self._parts():
            tensors |= {f"{prefix}.{name}": tensor for name, tensor in network.state_dict().items()}
            tensors |= {f"{prefix}.{key}": tensor for key, tensor in _moments(network, optimizer)}
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
            for key, tensor in _moments(network, optimizer):
                tensor.copy_(tensors[f"{prefix}.{key}"])
        self.step_count = int(metadata["step"])
        self.seconds = float(metadata["seconds"])
        self.logged_step, self.logged_seconds = int(metadata["logged_step"]), float(metadata["logged_seconds"])

    def _parts(self) -> list[tuple[str, nn.Module, Adam | None]]:
        return [
            ("generator", self.generator, self.optimizer_g),
            ("discriminator", self.discriminator, self.optimizer_d),
            ("averaged", self.averaged, None),
        ]


def _moments(network: nn.Module, optimizer: Adam | None) -> Iterator[tuple[str, Tensor]]:
    """What the optimizer keeps of each of the network's parameters, by name."""
    learning = [name for name, parameter in network.named_parameters() if parameter.requires_grad]
    for key, tensors in optimizer.state.items() if optimizer else ():
        for name, tensor in zip(learning, tensors, strict=True):
            yield f"adam.{key}.{name}", tensor


def _gradient_norm(optimizer: Adam) -> float:
    return nn.utils.get_total_norm([parameter.grad for parameter in optimizer.parameters]).item()
