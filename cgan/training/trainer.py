"""One step of training: update the discriminator and the generator on one batch, then the moving average.

A run is decided by its `TrainingConfig`: on one CPU the same settings give the same weights, interrupted or not. All
randomness comes from four seeds, derived from the run's: first weights, order of the images, noise (z and classes), and
dropout with augmentations. The state that is saved holds the random streams, the optimizers and the position in the
epoch.
"""

import copy
import dataclasses
import json
import math
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from cgan.common.classes import FASHION_MNIST, Classes
from cgan.models.architectures import NetworkConfig
from cgan.models.layers import Dropout
from cgan.training.config import TrainingConfig
from cgan.training.distributed import SINGLE, ProcessGroup, convert_sync_batchnorm
from cgan.training.meter import Meter
from cgan.training.step.adam import Adam
from cgan.training.step.augmentation import augment
from cgan.training.step.batches import Batches, to_device
from cgan.training.step.cuda_graph import RecordedFunction
from cgan.training.step.gradients import Inputs, StepGradients
from cgan.training.step.losses import OBJECTIVES

_LONGEST_BURN_IN = 0.9  # as a share of a run's steps


class Trainer:
    """Two networks, their optimizers and random streams; `step` trains them by one batch."""

    def __init__(
        self,
        config: TrainingConfig,
        images: np.ndarray,
        labels: np.ndarray,
        device: torch.device,
        group: ProcessGroup = SINGLE,
        classes: Classes = FASHION_MNIST,
    ) -> None:
        """images: uint8 (N, 28, 28); labels: uint8 (N,). Both are kept in the device's memory."""
        self.config, self.device, self.group, self.classes = config, device, group, classes
        weights_seed, *seeds = np.random.SeedSequence(config.seed).generate_state(4).tolist()
        self.streams = {
            "order": torch.Generator().manual_seed(seeds[0]),
            "noise": torch.Generator().manual_seed(seeds[1]),
            "dropout": torch.Generator(device).manual_seed(seeds[2]),
        }
        self.batches = Batches(images, labels, config.batch_size, self.streams["order"], device, group)

        torch.manual_seed(weights_seed)
        networks = self.networks()
        self.generator = self._prepared(networks.build_generator())
        self.ema = copy.deepcopy(self.generator).requires_grad_(False)
        self._ema_pairs = _floating_pairs(self.ema, self.generator)
        self.discriminator = self._prepared(networks.build_discriminator())
        self.objective = OBJECTIVES[config.loss]
        self.optimizer_g, self.optimizer_d = self._adam(self.generator), self._adam(self.discriminator)
        self.meter = Meter(device)
        self.step_count = 0
        self._gradients = self._step_gradients()

    def networks(self) -> NetworkConfig:
        """The description of both networks, which the checkpoint keeps."""
        return self.config.networks()._replace(classes=self.classes)

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
        return Adam(network.parameters(), self.config.learning_rate, (self.config.beta1, self.config.beta2))

    def _step_gradients(self) -> StepGradients:
        """Computes a step's gradients; on a GPU as CUDA graphs."""
        stream, group = self.streams["dropout"], self.group
        change = partial(augment, stream=stream, part=group.rank, parts=group.world_size)
        precision = torch.bfloat16 if self.config.precision == "bf16" else None
        gradients = StepGradients(self.generator, self.discriminator, self.objective, precision, change)
        if self.device.type == "cuda":
            gradients.of_both = RecordedFunction(gradients.of_both, [stream])
            gradients.of_discriminator = RecordedFunction(gradients.of_discriminator, [stream])
        return gradients

    # The step.

    def step(self) -> None:
        """Update the generator and the discriminator on one batch, then the moving average of the generator.

        Both gradients are taken with the same generated images and the same weights of the discriminator, so the
        discriminator sees these images once and not, as in the report's listing, once for each update.
        """
        self._set_learning_rates()
        gradients_g, gradients_d, measured_d, loss_g = self._gradients.of_both(*self._inputs(turn=0))
        self._update(self.optimizer_g, gradients_g)
        self._update(self.optimizer_d, gradients_d)
        measured = torch.cat([loss_g.view(1), measured_d / self.config.d_steps])
        for turn in range(1, self.config.d_steps):  # more updates of the discriminator, on other images
            gradients_d, measured_d = self._gradients.of_discriminator(*self._inputs(turn))
            self._update(self.optimizer_d, gradients_d)
            measured[1:] += measured_d / self.config.d_steps
        self.step_count += 1
        self._update_ema()
        self.meter.add(measured)

    def _inputs(self, turn: int) -> Inputs:
        real, labels = self.batches.get(self.step_count * self.config.d_steps + turn)
        count, noise = len(labels) * self.group.world_size, self.streams["noise"]
        z = to_device(self.group.shard(torch.randn(count, self.config.latent_dim, generator=noise)), self.device)
        classes = labels
        if not self.objective.paired:
            drawn = torch.randint(self.classes.count, (count,), generator=noise)
            classes = to_device(self.group.shard(drawn), self.device)
        penalty = self._number(self._penalty * self.config.penalty_every) if self._is_penalized else None
        changed = self._number(self.config.augmentation * self._burn_in_share) if self.config.augmentation else None
        return Inputs(real, labels, z, classes, penalty, changed)

    def _number(self, value: float) -> Tensor:
        return torch.full((), value, device=self.device)

    def _update(self, optimizer: Adam, gradients: Sequence[Tensor]) -> None:
        self.group.all_reduce_mean(gradients)
        optimizer.step(gradients)

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
        """Progress of the burn-in, 0 to 1, along half a cosine wave (R3GAN, arXiv:2501.05441); 1 without a burn-in.

        In a run that is hardly longer than its burn-in or shorter, it ends after nine tenths of the steps.
        """
        if not self.config.burn_in:
            return 1.0
        images, steps = self.images_after(self.step_count), self.step_count
        passed = min(1.0, max(images / self.config.burn_in, steps / (_LONGEST_BURN_IN * self.last_step)))
        return (1 - math.cos(math.pi * passed)) / 2

    @property
    def _penalty(self) -> float:
        """The weight of the gradient penalties in this step; in the burn-in its logarithm follows the cosine."""
        first, last = self.config.first_penalty, self.config.penalty
        return last if first is None else first ** (1 - self._burn_in_share) * last**self._burn_in_share

    @property
    def _is_penalized(self) -> bool:
        return bool(self.config.penalty) and self.step_count % self.config.penalty_every == 0

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
        data = {"data": self.classes.data} if self.classes.data else {}
        return tensors, {"step": str(self.step_count), "config": config, **data, **self.meter.metadata()}

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
    """The optimizer's tensors for each parameter, by name."""
    names = [name for name, _ in network.named_parameters()]
    for key, tensors in optimizer.state.items() if optimizer else ():
        for name, tensor in zip(names, tensors, strict=True):
            yield f"adam.{key}.{name}", tensor


def _gradient_norm(optimizer: Adam) -> float:
    return nn.utils.get_total_norm(optimizer.gradients).item()
