"""One step of training: update the discriminator and the generator on one batch, then the moving average.

A run is decided by its `TrainingConfig`: on one CPU the same settings give the same weights, interrupted or not. All
randomness comes from four seeds, derived from the run's: first weights, order of the images, noise (z and classes) and
dropout. The state that is saved holds the random streams, the optimizers and the position in the epoch.
"""

import copy
import dataclasses
import json
import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from cgan.data import NUM_CLASSES
from cgan.models.layers import Dropout
from cgan.training.adam import Adam
from cgan.training.batches import Batches
from cgan.training.config import TrainingConfig
from cgan.training.distributed import SINGLE, ProcessGroup, convert_sync_batchnorm
from cgan.training.losses import OBJECTIVES, gradient_penalty
from cgan.training.meter import Meter


class Trainer:
    """Two networks, their optimizers and random streams; `step` trains them by one batch."""

    def __init__(
        self,
        config: TrainingConfig,
        images: np.ndarray,
        labels: np.ndarray,
        device: torch.device,
        group: ProcessGroup = SINGLE,
    ) -> None:
        """images: uint8 (N, 28, 28); labels: uint8 (N,). Both are kept in the device's memory."""
        self.config, self.device, self.group = config, device, group
        weights_seed, *seeds = np.random.SeedSequence(config.seed).generate_state(4).tolist()
        self.streams = {
            "order": torch.Generator().manual_seed(seeds[0]),
            "noise": torch.Generator().manual_seed(seeds[1]),
            "dropout": torch.Generator(device).manual_seed(seeds[2]),
        }
        self.batches = Batches(images, labels, config.batch_size, self.streams["order"], device, group)

        torch.manual_seed(weights_seed)
        networks = config.networks()
        self.generator = self._prepared(networks.build_generator())
        self.ema = copy.deepcopy(self.generator).requires_grad_(False)
        self._ema_pairs = _floating_pairs(self.ema, self.generator)
        self.discriminator = self._prepared(networks.build_discriminator())
        self.objective = OBJECTIVES[config.loss]
        self.optimizer_g, self.optimizer_d = self._adam(self.generator), self._adam(self.discriminator)
        self.meter = Meter(device)
        self.step_count = 0

    def _prepared(self, network: nn.Module) -> nn.Module:
        """The network on its device, in the memory layout in which convolutions are fastest."""
        for module in network.modules():
            if isinstance(module, Dropout):
                module.stream = self.streams["dropout"]
                module.rank, module.world_size = self.group.rank, self.group.world_size
        if self.group.world_size > 1:
            convert_sync_batchnorm(network)
        return network.to(self.device, memory_format=torch.channels_last)

    def _adam(self, network: nn.Module) -> Adam:
        trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
        return Adam(trained, self.config.learning_rate, (self.config.beta1, self.config.beta2))

    # The step.

    def step(self) -> None:
        """Update the generator and the discriminator on one batch, then the moving average of the generator.

        Both gradients are taken with the same generated images and the same weights of the discriminator, so the
        discriminator sees these images once and not, as in the report's listing, once for each update.
        """
        self._set_learning_rates()
        real, labels = self.batches.get(self.step_count * self.config.d_steps)
        fake, classes = self._generate(labels)
        shown = fake.detach()
        scores = self._scores(real, labels, shown, classes)
        loss_g = self._update_generator(fake, shown, scores)  # first, because it frees the generator's graph
        measured_d = self._update_discriminator(real, shown, scores)
        for turn in range(1, self.config.d_steps):
            measured_d += self._discriminator_step(turn)
        self.step_count += 1
        self._update_ema()
        self.meter.add(torch.cat([loss_g.view(1), measured_d / self.config.d_steps]))

    def _discriminator_step(self, turn: int) -> Tensor:
        """One more update of the discriminator alone, on other real and newly generated images."""
        real, labels = self.batches.get(self.step_count * self.config.d_steps + turn)
        with torch.no_grad():
            fake, classes = self._generate(labels)
        return self._update_discriminator(real, fake, self._scores(real, labels, fake, classes))

    def _generate(self, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Images (N, 1, 28, 28) from new z, and their classes (N,): the labels of a paired loss, else uniform ones."""
        count, noise = len(labels) * self.group.world_size, self.streams["noise"]
        z = torch.randn(count, self.config.latent_dim, generator=noise)
        classes = labels
        if not self.objective.paired:
            classes = self.group.shard(torch.randint(NUM_CLASSES, (count,), generator=noise)).to(self.device)
        with self._autocast():
            return self.generator(self.group.shard(z).to(self.device), classes), classes

    def _scores(self, real: Tensor, labels: Tensor, fake: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
        """The discriminator's scores (N, 1) of real and of generated images, in at least float32."""
        real.requires_grad_(self._is_penalized)
        fake.requires_grad_()
        with self._autocast():
            scores = self.discriminator(real, labels), self.discriminator(fake, classes)
        real_scores, fake_scores = (side.to(torch.promote_types(side.dtype, torch.float32)) for side in scores)
        return real_scores, fake_scores

    def _update_generator(self, fake: Tensor, shown: Tensor, scores: tuple[Tensor, Tensor]) -> Tensor:
        """Back-propagate the loss to `shown`, the detached copy of `fake`, and from there to the generator.

        Returns the loss.
        """
        loss = self.objective.generator(*scores)
        (gradient,) = torch.autograd.grad(loss, shown, retain_graph=True)
        self.optimizer_g.zero_grad()
        (fake * gradient).sum().backward()  # the same as fake.backward(gradient), which imports 60 MB of sympy
        self._update(self.optimizer_g)
        return loss.detach()

    def _update_discriminator(self, real: Tensor, fake: Tensor, scores: tuple[Tensor, Tensor]) -> Tensor:
        """Returns (3,): the loss without penalties, and the mean scores of real and of generated images."""
        loss = self.objective.discriminator(*scores)
        total = loss
        if self._is_penalized:
            weight = self._penalty * self.config.penalty_every
            r1, r2 = (gradient_penalty(*pair) for pair in zip(scores, (real, fake), strict=True))
            total = loss + weight * (r1 + r2)
        self.optimizer_d.zero_grad()
        total.backward(inputs=self.optimizer_d.parameters)
        self._update(self.optimizer_d)
        return torch.stack([loss, *(side.mean() for side in scores)]).detach()

    def _update(self, optimizer: Adam) -> None:
        self.group.all_reduce_mean([parameter.grad for parameter in optimizer.parameters])
        optimizer.step()

    def _update_ema(self) -> None:
        """Exponential moving average of the generator's weights. A smaller decay at first forgets untrained weights."""
        decay = min(self.config.ema_decay, (1 + self.step_count) / (10 + self.step_count))
        get_ema_multi_avg_fn(decay)(*self._ema_pairs, None)

    def _set_learning_rates(self) -> None:
        """Let them fall to `final_rate`: along a cosine in the burn-in, else exponentially in the second half."""
        if self.config.burn_in:
            share = 1 + (self.config.final_rate - 1) * self._burn_in_share
        else:
            share = self.config.final_rate ** max(0.0, 2 * self.step_count / self.last_step - 1)
        rate, rate_d = self.config.learning_rate, self.config.learning_rate_d
        self.optimizer_g.learning_rate = rate * share
        self.optimizer_d.learning_rate = (rate if rate_d is None else rate_d) * share

    @property
    def _burn_in_share(self) -> float:
        """Progress of the burn-in, 0 to 1, along half a cosine wave (R3GAN, arXiv:2501.05441); 1 without a burn-in."""
        passed = min(1.0, self.images_after(self.step_count) / self.config.burn_in) if self.config.burn_in else 1.0
        return (1 - math.cos(math.pi * passed)) / 2

    @property
    def _penalty(self) -> float:
        """The weight of the gradient penalties in this step; in the burn-in its logarithm follows the cosine."""
        first, last = self.config.first_penalty, self.config.penalty
        return last if first is None else first ** (1 - self._burn_in_share) * last**self._burn_in_share

    @property
    def _is_penalized(self) -> bool:
        return bool(self.config.penalty) and self.step_count % self.config.penalty_every == 0

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.config.precision == "bf16")

    # Progress.

    @property
    def last_step(self) -> int:
        """The number of steps of the whole run."""
        batches = self.config.epochs * self.batches.per_epoch
        return self.config.steps or math.ceil(batches / self.config.d_steps)

    @property
    def epoch(self) -> int:
        """How many epochs are complete."""
        return self.step_count * self.config.d_steps // self.batches.per_epoch

    def images_after(self, steps: int) -> int:
        """How many real images the discriminator has seen after so many steps."""
        return self.batches.images_in(steps * self.config.d_steps)

    def pop_entry(self) -> dict[str, float]:
        """An entry of the history: step and images so far, means since the last entry, norms of the last gradients.

        score_real and score_fake are the discriminator's outputs; gradient norms are L2, over all of a network's
        weights; seconds are those of training, over all sessions of the run.
        """
        images = self.images_after(self.step_count)
        new_images = images - self.images_after(self.meter.logged_step)
        means, seconds = self.meter.pop_means(self.step_count, self.group)
        return {
            "step": self.step_count,
            "images": images,
            **means,
            "gradient_norm_g": _gradient_norm(self.optimizer_g),
            "gradient_norm_d": _gradient_norm(self.optimizer_d),
            "images_per_second": round(new_images / seconds, 1),
            "seconds": round(self.meter.logged_seconds, 1),
        }

    def is_finite(self) -> bool:
        """Whether all losses and weights are finite numbers."""
        tensors = [self.meter.sums, *(t for _, network, _ in self._parts() for t in network.state_dict().values())]
        return all(tensor.isfinite().all() for tensor in tensors)

    # The state.

    def state(self) -> tuple[dict[str, Tensor], dict[str, str]]:
        """Everything that a resumed run needs: (tensors, metadata)."""
        tensors = {"order": self.batches.order, "sums": self.meter.sums}
        tensors |= {f"stream.{name}": stream.get_state() for name, stream in self.streams.items()}
        for prefix, network, optimizer in self._parts():
            tensors |= {f"{prefix}.{name}": tensor for name, tensor in network.state_dict().items()}
            tensors |= {f"{prefix}.{key}": tensor for key, tensor in _adam_state(network, optimizer)}
        config = json.dumps(dataclasses.asdict(self.config))
        return tensors, {"step": str(self.step_count), "config": config, **self.meter.metadata()}

    def load_state(self, tensors: dict[str, Tensor], metadata: dict[str, str]) -> bool:
        """Continue from a `state` of a trainer with the same settings. Raises KeyError, RuntimeError or ValueError.

        Returns whether all random streams go on as they were. One on another kind of device (CPU, CUDA) has another
        state; it is seeded anew, by the step.
        """
        exact = True
        self.batches.order = tensors["order"]
        self.meter.sums.copy_(tensors["sums"])
        for name, stream in self.streams.items():
            state = tensors[f"stream.{name}"]
            if len(state) == len(stream.get_state()):
                stream.set_state(state)
            else:
                stream.manual_seed(int(metadata["step"]))
                exact = False
        for prefix, network, optimizer in self._parts():
            network.load_state_dict({name: tensors[f"{prefix}.{name}"] for name in network.state_dict()})
            for key, tensor in _adam_state(network, optimizer):
                tensor.copy_(tensors[f"{prefix}.{key}"])
        self.step_count = int(metadata["step"])
        self.meter.load_metadata(metadata)
        return exact

    def _parts(self) -> list[tuple[str, nn.Module, Adam | None]]:
        """Each network with its optimizer and the prefix of its names in the state."""
        return [
            ("generator", self.generator, self.optimizer_g),
            ("discriminator", self.discriminator, self.optimizer_d),
            ("averaged", self.ema, None),
        ]


def _floating_pairs(*networks: nn.Module) -> tuple[list[Tensor], list[Tensor]]:
    """The weights and statistics of two equal networks, without counters: one list for each."""
    one, other = ([t for t in network.state_dict().values() if t.is_floating_point()] for network in networks)
    return one, other


def _adam_state(network: nn.Module, optimizer: Adam | None) -> Iterator[tuple[str, Tensor]]:
    """The optimizer's tensors for each trained parameter, by name."""
    trained = [name for name, parameter in network.named_parameters() if parameter.requires_grad]
    for key, tensors in optimizer.state.items() if optimizer else ():
        for name, tensor in zip(trained, tensors, strict=True):
            yield f"adam.{key}.{name}", tensor


def _gradient_norm(optimizer: Adam) -> float:
    return nn.utils.get_total_norm([parameter.grad for parameter in optimizer.parameters]).item()
