import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from cgan.data import NUM_CLASSES
from cgan.training.config import RECIPES, TrainingConfig
from cgan.training.trainer import Trainer

CPU = torch.device("cpu")
SMALL_CONV = dataclasses.replace(RECIPES["conv"], width=8, width_d=8, batch_size=64, augmentation=0.0)


def listing_of_the_report(trainer, batches, noise):
    """The report's loop as PyTorch-GAN has it, on copies of the trainer's networks: the losses of each step."""
    generator, discriminator = build_listing(trainer)
    adversarial_loss = nn.MSELoss()
    optimizer_g = torch.optim.Adam(generator.parameters(), lr=0.0002, betas=(0.5, 0.999))
    optimizer_d = torch.optim.Adam(discriminator.parameters(), lr=0.0002, betas=(0.5, 0.999))
    losses = []
    for (real, labels), (z, drawn) in zip(batches, noise, strict=True):
        valid, fake = torch.ones(len(real), 1), torch.zeros(len(real), 1)
        optimizer_g.zero_grad()
        generated = generator(z, drawn)
        loss_g = adversarial_loss(discriminator(generated, drawn), valid)
        loss_g.backward()
        optimizer_g.step()
        optimizer_d.zero_grad()
        real_loss = adversarial_loss(discriminator(real, labels), valid)
        fake_loss = adversarial_loss(discriminator(generated.detach(), drawn), fake)
        loss_d = (real_loss + fake_loss) / 2
        loss_d.backward()
        optimizer_d.step()
        losses.append((loss_g.item(), loss_d.item()))
    return losses, generator


def build_listing(trainer):
    networks = trainer.config.networks()
    pair = networks.build_generator(), networks.build_discriminator()
    for copy, original in zip(pair, (trainer.generator, trainer.discriminator), strict=True):
        copy.load_state_dict(original.state_dict())
    return pair


def test_the_step_is_the_reports(few):
    config = TrainingConfig(dropout=0, seed=5)  # without dropout, which the two would draw differently
    images, labels = few
    trainer, steps = Trainer(config, images, labels, CPU), 8

    # What the trainer will draw, from copies of its streams.
    order, noise = torch.Generator(), torch.Generator()
    order.set_state(trainer.streams["order"].get_state())
    noise.set_state(trainer.streams["noise"].get_state())
    chosen = torch.randperm(len(images), generator=order, dtype=torch.int32).split(64)[:steps]
    pixels = torch.from_numpy(images).float().sub(127.5).div(127.5).unsqueeze(1)
    batches = [(pixels[index], torch.from_numpy(labels)[index].long()) for index in chosen]
    draws = [
        (torch.randn(64, 100, generator=noise), torch.randint(NUM_CLASSES, (64,), generator=noise))
        for _ in range(steps)
    ]
    expected, generator = listing_of_the_report(trainer, batches, draws)

    actual = []
    for _ in range(steps):
        before = trainer.meter.sums.clone()
        trainer.step()
        actual.append((trainer.meter.sums - before)[:2].tolist())
    np.testing.assert_allclose(actual, expected, atol=1e-4)
    for name, tensor in generator.state_dict().items():
        torch.testing.assert_close(trainer.generator.state_dict()[name], tensor, atol=1e-3, rtol=1e-3)


def test_the_defaults_are_the_reports():
    config = TrainingConfig()
    assert (config.latent_dim, config.label_dim, config.dropout, config.batchnorm_eps) == (100, 50, 0.4, 0.8)
    assert (config.learning_rate, config.beta1, config.beta2) == (2e-4, 0.5, 0.999)
    assert (config.batch_size, config.epochs) == (64, 200)


def test_every_image_is_seen_once_an_epoch(few):
    images, labels = few
    marked = images.copy()
    marked[:, 0, 0], marked[:, 0, 1] = np.divmod(np.arange(len(images)), 256)
    trainer = Trainer(TrainingConfig(), marked, labels, CPU)
    seen = []
    for step in range(trainer.batches.per_epoch):
        batch, batch_labels = trainer.batches.get(step)
        corner = ((batch[:, 0, 0, :2] + 1) * 127.5).round().long()
        index = corner[:, 0] * 256 + corner[:, 1]
        assert torch.equal(batch_labels, torch.from_numpy(labels)[index].long())
        seen += index.tolist()
    assert sorted(seen) == list(range(len(images)))
    assert seen != sorted(seen)


def test_networks_can_learn_at_rates_of_their_own(few):
    trainer = Trainer(TrainingConfig(learning_rate=1e-4, learning_rate_d=0.0), *few, CPU)
    before = trainer.discriminator.layers[0].weight.clone(), trainer.generator.layers[0].weight.clone()
    trainer.step()
    assert torch.equal(trainer.discriminator.layers[0].weight, before[0])
    assert not torch.equal(trainer.generator.layers[0].weight, before[1])


def test_the_moving_average_follows_the_raw_weights(few):
    trainer = Trainer(TrainingConfig(ema_decay=0.9), *few, CPU)
    expected = trainer.generator.layers[0].weight.detach().clone()
    for step in range(1, 21):
        trainer.step()
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * trainer.generator.layers[0].weight.detach()
    torch.testing.assert_close(trainer.ema.layers[0].weight, expected)
    assert not torch.equal(trainer.ema.layers[0].weight, trainer.generator.layers[0].weight)


def test_the_seed_alone_decides_a_run(few):
    def weights(seed):
        trainer = Trainer(TrainingConfig(seed=seed), *few, CPU)
        for _ in range(3):
            trainer.step()
        return trainer.generator.layers[0].weight

    first = weights(1)
    torch.manual_seed(99)  # what else was drawn in the process does not matter
    assert torch.equal(first, weights(1))
    assert not torch.equal(first, weights(2))


def test_the_learning_rate_falls_in_the_second_half(few):
    config = dataclasses.replace(
        SMALL_CONV, steps=100, burn_in=0, learning_rate=1e-3, learning_rate_d=2e-3, final_rate=0.01
    )
    trainer = Trainer(config, *few, CPU)
    rates = {}
    for step in (0, 50, 75, 100):
        trainer.step_count = step
        trainer._set_learning_rates()
        rates[step] = (trainer.optimizer_g.learning_rate, trainer.optimizer_d.learning_rate)
    expected = {0: (1e-3, 2e-3), 50: (1e-3, 2e-3), 75: (1e-4, 2e-4), 100: (1e-5, 2e-5)}
    assert rates == {step: pytest.approx(pair) for step, pair in expected.items()}


def test_penalties_hold_the_discriminators_slope_down(few):
    """Every fourth step with four times the weight; without them the slope at real images grows beyond."""
    slopes = {}
    for penalty in (0.0, 5.0):
        config = dataclasses.replace(
            SMALL_CONV, steps=80, penalty=penalty, first_penalty=None, precision="fp32", batch_size=32
        )
        trainer = Trainer(config, *few, CPU)
        for _ in range(80):
            trainer.step()
        images, labels = trainer.batches.get(0)
        images.requires_grad_()
        (gradient,) = torch.autograd.grad(trainer.discriminator(images, labels).sum(), images)
        slopes[penalty] = gradient.flatten(1).norm(dim=1).mean().item()
    assert slopes[5.0] < slopes[0.0] / 3, slopes


def test_paired_losses_generate_the_classes_of_the_real_images(few):
    _, labels, _, classes, *_ = Trainer(SMALL_CONV, *few, CPU)._inputs(turn=0)
    assert torch.equal(classes, labels)
    trainer = Trainer(dataclasses.replace(TrainingConfig(), batch_size=500), *few, CPU)
    _, labels, _, classes, *_ = trainer._inputs(turn=0)
    assert not torch.equal(classes, labels) and set(classes.tolist()) == set(range(NUM_CLASSES))


def test_the_burn_in_lowers_rate_and_penalty_and_ends(few):
    config = dataclasses.replace(
        SMALL_CONV,
        batch_size=100,
        epochs=9,
        learning_rate=1e-3,
        final_rate=0.1,
        burn_in=6 * 656,
        first_penalty=1.0,
        penalty=0.01,
    )
    trainer = Trainer(config, *few, CPU)
    seen = {}
    for step in (0, 21, 42, 63):  # an epoch has 7 steps, and the burn-in ends after 6 epochs
        trainer.step_count = step
        trainer._set_learning_rates()
        seen[step] = (trainer.optimizer_g.learning_rate, trainer.optimizer_d.learning_rate, trainer._penalty)
    expected = {0: (1e-3, 1e-3, 1.0), 21: (5.5e-4, 5.5e-4, 0.1), 42: (1e-4, 1e-4, 0.01), 63: (1e-4, 1e-4, 0.01)}
    assert seen == {step: pytest.approx(values) for step, values in expected.items()}


def test_the_burn_in_ends_in_a_run_that_is_shorter(few):
    """After nine tenths of its steps."""
    config = dataclasses.replace(SMALL_CONV, steps=100, learning_rate=1e-3, final_rate=0.1, burn_in=27_000_000)
    trainer = Trainer(config, *few, CPU)
    rates = {}
    for step in (0, 45, 90, 100):
        trainer.step_count = step
        trainer._set_learning_rates()
        rates[step] = trainer.optimizer_g.learning_rate
    assert rates == pytest.approx({0: 1e-3, 45: 5.5e-4, 90: 1e-4, 100: 1e-4})
