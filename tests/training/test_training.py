import dataclasses
import json
import shutil
import signal

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn

from cgan.data import IMAGE_SIZE, NUM_CLASSES
from cgan.models import checkpoints
from cgan.models.architectures import PERCEPTION_WIDTH
from cgan.models.classifier import CLASSIFIER, ResidualClassifier
from cgan.training.config import RECIPES, TrainingConfig
from cgan.training.loop import train
from cgan.training.run_folder import RunError, RunFolder, snapshot_steps
from cgan.training.trainer import Trainer
from tests.conftest import ROOT

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def few(fashion_mnist):
    """The first 2,000 images and labels: an epoch of 32 steps, the last one of 16 images."""
    images, labels = fashion_mnist
    return images[:2000].copy(), labels[:2000].copy()


def read_history(folder):
    return [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]


def without_timings(history):
    return [{k: v for k, v in entry.items() if k not in ("seconds", "images_per_second")} for entry in history]


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
    trainer, steps = Trainer(config, images, labels, CPU), 20

    # What the trainer will draw, from copies of its streams.
    order, noise = torch.Generator(), torch.Generator()
    order.set_state(trainer.streams["order"].get_state())
    noise.set_state(trainer.streams["noise"].get_state())
    chosen = torch.randperm(len(images), generator=order, dtype=torch.int32).split(64)[:steps]
    pixels = torch.from_numpy(images).float().sub(127.5).div(127.5).unsqueeze(1)
    batches = [(pixels[index], torch.from_numpy(labels)[index].long()) for index in chosen]
    draws = [(torch.randn(64, 100, generator=noise), torch.randint(10, (64,), generator=noise)) for _ in range(steps)]
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
    marked[:, 0, 0], marked[:, 0, 1] = np.arange(2000) // 256, np.arange(2000) % 256
    trainer = Trainer(TrainingConfig(), marked, labels, CPU)
    seen = []
    for step in range(trainer.batches.per_epoch):
        batch, batch_labels = trainer.batches.get(step)
        corner = ((batch[:, 0, 0, :2] + 1) * 127.5).round().long()
        index = corner[:, 0] * 256 + corner[:, 1]
        assert torch.equal(batch_labels, torch.from_numpy(labels)[index].long())
        seen += index.tolist()
    assert sorted(seen) == list(range(2000))
    assert seen != sorted(seen)


def test_a_short_run_learns(short_run):
    history = read_history(short_run)
    assert [entry["step"] for entry in history] == [100, 200, 300, 400, 500, 600]
    assert [entry["images"] for entry in history] == [6400 * n for n in range(1, 7)]
    for entry in history:
        assert all(np.isfinite(value) for value in entry.values())
        # Scores of real images near 1, of generated ones near 0, and neither side has given up.
        assert entry["score_real"] > entry["score_fake"]
        assert 0.02 < entry["loss_d"] < 0.5 and 0.1 < entry["loss_g"] < 1.5


def test_a_short_run_draws_its_classes(short_run, fashion_mnist):
    """After 600 steps each class's pictures are nearer to their own class's mean image than to most others'."""
    images, labels = fashion_mnist
    means = np.stack([images[labels == index].mean(axis=0) for index in range(NUM_CLASSES)]).reshape(NUM_CLASSES, -1)
    sheet = np.array(Image.open(short_run / "samples.png"))
    assert sheet.shape == (NUM_CLASSES * IMAGE_SIZE, 10 * IMAGE_SIZE)
    cells = sheet.reshape(NUM_CLASSES, IMAGE_SIZE, 10, IMAGE_SIZE).swapaxes(1, 2).reshape(NUM_CLASSES, 10, -1)
    drawn = cells.mean(axis=1)
    correlations = np.corrcoef(drawn, means)[:NUM_CLASSES, NUM_CLASSES:]
    ranks = (correlations > np.diag(correlations)[:, None]).sum(axis=1)
    assert np.mean(ranks <= 2) >= 0.7, ranks


def test_a_run_leaves_the_files_that_the_readme_names(short_run):
    names = {path.name for path in short_run.iterdir()} - {".lock"}
    assert names == {
        "config.json",
        "model.safetensors",
        "generator-raw.safetensors",
        "discriminator.safetensors",
        "training.safetensors",
        "history.jsonl",
        "samples.png",
        "epochs",
        "timeline",
    }
    assert [path.name for path in (short_run / "epochs").iterdir()] == ["0001.png"]
    steps = sorted(int(path.stem) for path in (short_run / "timeline").iterdir())
    assert steps == sorted(snapshot_steps(600))
    assert steps[:5] == [0, 1, 2, 3, 4] and steps[-1] == 600


def test_the_timeline_of_the_reports_run_has_about_60_snapshots():
    assert 55 <= len(snapshot_steps(187_600)) <= 70


def test_more_steps_of_the_discriminator_see_more_images_and_move_it_alone(few, tmp_path):
    config = TrainingConfig(d_steps=3, steps=22, log_every=11)
    trainer = Trainer(config, *few, CPU)
    trainer.step()
    updates = [optimizer.state["step"][0] for optimizer in (trainer.optimizer_g, trainer.optimizer_d)]
    assert updates == [1, 3]

    # 22 steps are 66 batches: two epochs of 32 and two batches.
    train(config, *few, tmp_path, CPU)
    assert [entry["images"] for entry in read_history(tmp_path)] == [2000 + 64, 4000 + 128]
    assert sorted(path.name for path in (tmp_path / "epochs").iterdir()) == ["0001.png", "0002.png"]


def test_networks_can_learn_at_rates_of_their_own(few):
    trainer = Trainer(TrainingConfig(learning_rate=1e-4, learning_rate_d=0.0), *few, CPU)
    before = trainer.discriminator.layers[0].weight.clone(), trainer.generator.layers[0].weight.clone()
    trainer.step()
    assert torch.equal(trainer.discriminator.layers[0].weight, before[0])
    assert not torch.equal(trainer.generator.layers[0].weight, before[1])


@pytest.mark.parametrize("loss", ["non-saturating", "hinge"])
def test_other_losses_train_too(few, tmp_path, loss):
    train(TrainingConfig(loss=loss, steps=60, log_every=30), *few, tmp_path, CPU)
    last = read_history(tmp_path)[-1]
    assert last["score_real"] > last["score_fake"]


def test_averaged_weights_follow_the_raw_ones(few):
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


def interrupt_at(step, monkeypatch):
    """Let Ctrl-C arrive in the middle of a step."""
    original = Trainer.step

    def step_and_interrupt(trainer):
        if trainer.step_count + 1 == step:
            signal.raise_signal(signal.SIGINT)
        original(trainer)

    monkeypatch.setattr(Trainer, "step", step_and_interrupt)


SMALL_CONV = dataclasses.replace(RECIPES["conv"], width=8, width_d=8)


@pytest.fixture(scope="module")
def perception(tmp_path_factory):
    """The folder of a classifier that has learned nothing."""
    folder = tmp_path_factory.mktemp("perception")
    torch.manual_seed(0)
    checkpoints.save_tensors(folder / CLASSIFIER, ResidualClassifier(PERCEPTION_WIDTH).state_dict(), {})
    return folder


INTERRUPTIONS = [*(("mlp", at) for at in (1, 31, 32, 33, 50)), ("conv", 33), ("conv with perception", 33)]


@pytest.mark.parametrize(("arch", "at"), INTERRUPTIONS)
def test_an_interrupted_run_ends_as_one_that_was_not(few, tmp_path, monkeypatch, perception, arch, at):
    seeing = dataclasses.replace(SMALL_CONV, perception=f"{perception}")
    recipe = {"mlp": TrainingConfig(), "conv": SMALL_CONV, "conv with perception": seeing}[arch]
    config = dataclasses.replace(recipe, steps=70, log_every=20, seed=3)
    assert train(config, *few, tmp_path / "whole", CPU) is None
    with monkeypatch.context() as patch:
        interrupt_at(at, patch)
        assert train(config, *few, tmp_path / "parted", CPU) is not None
    assert train(config, *few, tmp_path / "parted", CPU, resume=True) is None

    whole, parted = (load_file(tmp_path / run / "training.safetensors") for run in ("whole", "parted"))
    assert whole.keys() == parted.keys()
    assert [name for name in whole if not torch.equal(whole[name], parted[name])] == []
    histories = [without_timings(read_history(tmp_path / run)) for run in ("whole", "parted")]
    assert histories[0] == histories[1]
    for folder in ("epochs", "timeline"):
        pictures = [
            {p.name: p.read_bytes() for p in (tmp_path / run / folder).iterdir()} for run in ("whole", "parted")
        ]
        assert pictures[0] == pictures[1]


def test_the_learning_rate_falls_in_the_second_half(few):
    config = dataclasses.replace(SMALL_CONV, steps=100, learning_rate=1e-3, learning_rate_d=2e-3, final_rate=0.01)
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
        config = dataclasses.replace(SMALL_CONV, steps=150, penalty=penalty, precision="fp32")
        trainer = Trainer(config, *few, CPU)
        for _ in range(150):
            trainer.step()
        images, labels = trainer.batches.get(0)
        images.requires_grad_()
        (gradient,) = torch.autograd.grad(trainer.discriminator(images, labels).sum(), images)
        slopes[penalty] = gradient.flatten(1).norm(dim=1).mean().item()
    assert slopes[5.0] < slopes[0.0] / 3, slopes


def test_paired_losses_generate_the_classes_of_the_real_images(few):
    trainer = Trainer(SMALL_CONV, *few, CPU)
    labels = torch.arange(10)
    assert torch.equal(trainer._generate(labels)[1], labels)
    drawn = Trainer(TrainingConfig(), *few, CPU)._generate(labels.repeat(50))[1]
    assert not torch.equal(drawn, labels.repeat(50)) and set(drawn.tolist()) == set(range(10))


def test_an_architecture_brings_its_recipe(tmp_path, run_command):
    """What is given counts, and the rest is as the recipe has it, wherever --arch stands."""
    flags = ["--steps", 1, "--out", tmp_path, "--beta2", "0.9", "--arch", "conv", "--width", 8, "--width-d", 4]
    assert run_command("train.py", *flags).returncode == 0
    config = TrainingConfig(**json.loads((tmp_path / "config.json").read_text())["training"])
    assert config == dataclasses.replace(RECIPES["conv"], steps=1, beta2=0.9, width=8, width_d=4)


def test_a_run_can_be_prolonged(few, tmp_path):
    config = TrainingConfig(steps=40, log_every=20)
    train(config, *few, tmp_path / "run", CPU)
    train(dataclasses.replace(config, steps=60), *few, tmp_path / "run", CPU, resume=True)
    train(dataclasses.replace(config, steps=60), *few, tmp_path / "once", CPU)
    states = [load_file(tmp_path / run / "training.safetensors") for run in ("run", "once")]
    assert torch.equal(states[0]["averaged.layers.0.weight"], states[1]["averaged.layers.0.weight"])


def test_a_run_can_start_with_the_weights_of_another(few, short_run, tmp_path):
    config = TrainingConfig(start_from=f"{short_run}", steps=1, learning_rate=0.0, ema_decay=1.0)
    train(config, *few, tmp_path / "run", CPU)
    for name in ("generator-raw.safetensors", "discriminator.safetensors"):
        before, after = (load_file(folder / name) for folder in (short_run, tmp_path / "run"))
        for key in before:
            if "running" not in key and "num_batches" not in key:  # which a step updates, whatever the learning rate
                assert torch.equal(before[key], after[key]), key


def test_a_run_can_go_on_with_perception_from_one_without(few, perception, tmp_path):
    train(dataclasses.replace(SMALL_CONV, steps=3), *few, tmp_path / "without", CPU)
    config = dataclasses.replace(SMALL_CONV, steps=3, start_from=f"{tmp_path / 'without'}", perception=f"{perception}")
    train(config, *few, tmp_path / "seeing", CPU)
    classifier = load_file(perception / CLASSIFIER)
    discriminator = checkpoints.load_discriminator(tmp_path / "seeing")
    for name, tensor in discriminator.perception.state_dict().items():
        assert torch.equal(tensor, classifier[name]), name
    assert discriminator.perceived7.weight.abs().max() > 0


def test_a_missing_perception_is_refused_with_the_command_that_makes_one(few, tmp_path):
    config = dataclasses.replace(SMALL_CONV, steps=3, perception=f"{tmp_path / 'none'}")
    with pytest.raises(RunError, match=r"--perception: .*cgan\.classifier --width 16 --epochs 3 --out .*none"):
        train(config, *few, tmp_path / "run", CPU)


def test_weights_of_other_networks_are_refused(few, short_run, tmp_path):
    config = TrainingConfig(start_from=f"{short_run}", steps=1, latent_dim=7)
    with pytest.raises(RunError, match=r"--start-from .*'latent_dim': 100.*'latent_dim': 7"):
        train(config, *few, tmp_path / "run", CPU)


def test_resume_refuses_other_settings_and_names_them(few, tmp_path):
    config = TrainingConfig(steps=5)
    train(config, *few, tmp_path, CPU)
    other = dataclasses.replace(config, learning_rate=1e-3, seed=4)
    with pytest.raises(RunError, match=r"learning_rate was 0\.0002, now 0\.001; seed was 0, now 4"):
        train(other, *few, tmp_path, CPU, resume=True)


def test_resume_refuses_a_damaged_state_with_one_line(few, tmp_path):
    config = TrainingConfig(steps=5)
    train(config, *few, tmp_path, CPU)
    path = tmp_path / checkpoints.TRAINING_STATE
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(checkpoints.CheckpointError, match=r"training\.safetensors"):
        train(config, *few, tmp_path, CPU, resume=True)


def test_a_run_is_not_overwritten_and_not_conjured_up(short_run, expect_refusal, tmp_path):
    expect_refusal("train.py", "--out", short_run, "--steps", 5, words=[str(short_run), "--resume"])
    expect_refusal("train.py", "--out", tmp_path, "--steps", 5, "--resume", words=[str(tmp_path), "--resume"])


def test_a_checkpoint_without_a_state_to_go_on_from_is_not_overwritten(expect_refusal, tmp_path):
    shipped = ROOT / "checkpoints" / "report-mlp"
    folder = shutil.copytree(shipped, tmp_path / "copy")
    expect_refusal("train.py", "--out", folder, "--steps", 5, words=[str(folder), "another folder"])
    assert (folder / "history.jsonl").read_bytes() == (shipped / "history.jsonl").read_bytes()


def test_a_history_that_a_power_cut_left_half_written_is_mended(few, tmp_path):
    config = TrainingConfig(steps=20, log_every=10)
    train(config, *few, tmp_path, CPU)
    with open(tmp_path / "history.jsonl", "ab") as file:
        file.write(b"\0\0\0\0")
    (tmp_path / "timeline" / "mine.png").touch()
    train(dataclasses.replace(config, steps=30), *few, tmp_path, CPU, resume=True)
    assert [entry["step"] for entry in read_history(tmp_path)] == [10, 20, 30]


def test_a_second_trainer_in_one_folder_is_refused(tmp_path, expect_refusal):
    holder = RunFolder(tmp_path)
    expect_refusal("train.py", "--out", tmp_path, "--steps", 5, words=[str(tmp_path), "another"])
    del holder


@pytest.mark.parametrize("log_every", [10, 500], ids=["noticed by its losses", "noticed when it is to be saved"])
def test_a_run_that_diverges_keeps_its_last_good_checkpoint(few, tmp_path, monkeypatch, log_every):
    config = TrainingConfig(steps=128, log_every=log_every)
    train(dataclasses.replace(config, steps=32), *few, tmp_path, CPU)
    before = (tmp_path / checkpoints.TRAINING_STATE).read_bytes()

    original = Trainer.step

    def poisoned_step(trainer):
        original(trainer)
        if trainer.step_count == 35:
            with torch.no_grad():
                trainer.generator.layers[0].weight[0, 0] = float("nan")

    monkeypatch.setattr(Trainer, "step", poisoned_step)
    with pytest.raises(RunError, match="not finite"):
        train(config, *few, tmp_path, CPU, resume=True)
    assert (tmp_path / checkpoints.TRAINING_STATE).read_bytes() == before


def test_bf16_trains_too(few, tmp_path):
    assert train(TrainingConfig(steps=3, precision="bf16"), *few, tmp_path, CPU) is None
    assert np.isfinite(read_history(tmp_path)[0]["loss_g"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--epochs", "0"], ["--epochs", "0 given", "1 or more"]),
        (["--learning-rate", "nan"], ["--learning-rate", "nan", "from 0 to 10"]),
        (["--batch-size", "many"], ["--batch-size", "many", "whole number"]),
        (["--arch", "conv9"], ["--arch", "conv9", "mlp"]),
        (["--steps", "5", "--epochs", "2"], ["--epochs", "--steps"]),
        (["--nonsense"], ["--nonsense"]),
    ],
)
def test_wrong_flags_get_one_line(expect_refusal, arguments, words):
    expect_refusal("train.py", *arguments, words=words)


def test_a_folder_that_cannot_be_written_gets_one_line(expect_refusal, tmp_path):
    (tmp_path / "file").touch()
    expect_refusal("train.py", "--out", tmp_path / "file" / "run", "--steps", 5, words=["--out", "cannot be written"])


def test_shipped_checkpoint_is_of_the_whole_run():
    folder = ROOT / "checkpoints" / "report-mlp"
    _, metadata = checkpoints.load_generator(folder)
    assert metadata == {"step": "187600", "images": "12000000"}
    config = json.loads((folder / "config.json").read_text())
    assert TrainingConfig(**config["training"]) == TrainingConfig()
    assert read_history(folder)[-1]["step"] == 187_600
