"""The classifier two-sample test: how well a network learns to tell pictures from real images."""

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from cgan.data import NUM_CLASSES
from cgan.evaluation import classifiers
from cgan.models.classifier import ResidualClassifier

WIDTH = 16


def minimize(
    loss: Callable[[Tensor], Tensor],
    parameters: Iterable[nn.Parameter],
    count: int,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    weight_decay: float,
) -> None:
    """Minimize the loss of batches by AdamW with a one-cycle learning rate; `loss` takes indices below `count`."""
    steps = epochs * (count // batch_size)
    optimizer = torch.optim.AdamW(parameters, lr=1.0, weight_decay=weight_decay, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=steps)
    for _ in range(epochs):
        for chosen in torch.randperm(count).split(batch_size)[: steps // epochs]:
            optimizer.zero_grad()
            loss(chosen).backward()
            optimizer.step()
            schedule.step()


def two_sample_test(
    real: np.ndarray, fake: np.ndarray, unseen_real: np.ndarray, unseen_fake: np.ndarray, seed: int = 0, epochs: int = 4
) -> dict[str, float]:
    """The classifier two-sample test (Lopez-Paz & Oquab 2017, arXiv:1610.06545).

    A network learns to tell real from fake images, then it is tested on unseen ones; all are uint8 (N, 28, 28). Returns
    its accuracy on as many real as fake images, and its AUC: the chance that it gives a real image a higher score than
    a fake one. Both are 0.5 if they cannot be told apart.
    """
    torch.manual_seed(seed)
    network = ResidualClassifier(NUM_CLASSES, WIDTH)
    network.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(4 * WIDTH, 1))
    network = network.to(memory_format=torch.channels_last)
    images = torch.from_numpy(np.concatenate([real, fake]))
    is_real = torch.cat([torch.ones(len(real)), torch.zeros(len(fake))])

    def loss(chosen: Tensor) -> Tensor:
        batch = classifiers.to_float(images[chosen]).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            scores = network(batch)
        return binary_cross_entropy_with_logits(scores.float().flatten(), is_real[chosen])

    minimize(loss, network.parameters(), len(images), epochs, batch_size=128, learning_rate=4e-3, weight_decay=0.05)
    network.eval()
    count = min(len(unseen_real), len(unseen_fake))
    real_scores, fake_scores = (
        classifiers.evaluate(network, unseen[:count]).flatten() for unseen in (unseen_real, unseen_fake)
    )
    return {
        "accuracy": float(((real_scores > 0).mean() + (fake_scores <= 0).mean()) / 2),
        "auc": area_under_curve(real_scores, fake_scores),
    }


def area_under_curve(positive: np.ndarray, negative: np.ndarray) -> float:
    """The chance that a positive score (N,) is above a negative one (M,); ties count half (Mann & Whitney 1947)."""
    ordered = np.sort(negative)
    below, up_to = (np.searchsorted(ordered, positive, side) for side in ("left", "right"))
    return float((below + up_to).mean() / 2 / len(negative))
