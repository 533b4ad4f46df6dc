import pytest
import torch
from torch import nn

from cgan.data import NUM_CLASSES
from cgan.models.conv import ConvDiscriminator, ConvGenerator, ModulatedBlock

MOST_MULTIPLY_ADDS = 30e6  # of a picture, so that the page draws ten in a frame or two
LAYERS, PARTS = ("first", "second"), ("weight", "bias")


@pytest.fixture(scope="module")
def generator():
    torch.manual_seed(0)
    return ConvGenerator(NUM_CLASSES).eval()


@pytest.fixture(scope="module")
def discriminator():
    torch.manual_seed(0)
    return ConvDiscriminator(NUM_CLASSES).eval()


def multiply_adds(network, *inputs):
    """Of one picture: each output of a layer needs as many as a row of its weight has numbers."""
    counts = []

    def count(layer, _, output):
        outputs = output[0].numel() if isinstance(layer, nn.Conv2d) else layer.out_features
        counts.append(outputs * layer.weight[0].numel())

    layers = [layer for layer in network.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]
    handles = [layer.register_forward_hook(count) for layer in layers]
    with torch.inference_mode():
        network(*inputs)
    for handle in handles:
        handle.remove()
    return sum(counts)


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def test_sizes_and_costs_are_those_of_the_lab(generator, discriminator):
    assert (parameters(generator), parameters(discriminator)) == (554_225, 2_424_769)
    assert multiply_adds(generator, torch.randn(1, 64), torch.tensor([3])) == 27_931_008 < MOST_MULTIPLY_ADDS
    assert multiply_adds(discriminator, torch.randn(1, 1, 28, 28), torch.tensor([3])) == 91_746_816


def test_weights_have_the_names_of_the_shipped_checkpoint(generator, discriminator):
    """A checkpoint is read by these names."""
    blocks = {f"stages.{stage}.{block}" for stage, count in enumerate((1, 2, 2)) for block in range(count)}
    others = {"input", "output", "transitions.0", "transitions.1", "modulation.mapping", "modulation.heads"}
    convolutions = {f"{block}.{layer}.weight" for block in blocks for layer in LAYERS}
    names = convolutions | {f"{layer}.{part}" for layer in others for part in PARTS} | {"embedding.weight"}
    assert generator.state_dict().keys() == names
    blocks = {f"stages.{stage}.{block}" for stage in range(3) for block in range(2)}
    others = {"input", "transitions.0", "transitions.1", "features", "score"}
    convolutions = {f"{block}.{name}" for block in blocks for name in ("first.weight", "first.bias", "second.weight")}
    names = convolutions | {f"{layer}.{part}" for layer in others for part in PARTS} | {"embedding.weight"}
    assert discriminator.state_dict().keys() == names


@pytest.mark.parametrize("width", [8, 22])
def test_images_are_in_range(width):
    images = ConvGenerator(NUM_CLASSES, latent_dim=5, label_dim=3, width=width)(torch.randn(7, 5) * 9, torch.arange(7))
    assert images.shape == (7, 1, 28, 28)
    assert images.abs().max() <= 1


def test_labels_are_one_hot_weights(generator, discriminator):
    labels = torch.arange(NUM_CLASSES)
    for network, inputs in (
        (generator, torch.randn(NUM_CLASSES, 64)),
        (discriminator, torch.randn(NUM_CLASSES, 1, 28, 28)),
    ):
        outputs = network(inputs, labels)
        torch.testing.assert_close(outputs, network(inputs, torch.eye(NUM_CLASSES)))
        assert not torch.allclose(outputs, network(inputs, labels.roll(1)))


def test_the_first_features_of_a_mixture_lie_between_those_of_its_classes(generator):
    z = torch.randn(1, 64)
    half = torch.zeros(1, NUM_CLASSES)
    half[0, [2, 7]] = 0.5
    first, second = (generator.first_features(z, torch.tensor([label])) for label in (2, 7))
    torch.testing.assert_close(generator.first_features(z, half), (first + second) / 2)


def test_a_block_starts_as_the_identity_whatever_its_modulation():
    x, scale, shift = torch.randn(2, 8, 7, 7), torch.randn(2, 8, 1, 1), torch.randn(2, 8, 1, 1)
    torch.testing.assert_close(ModulatedBlock(8)(x, scale, shift), x)


def test_z_modulates_every_block(generator):
    """Each block gets other scales and shifts for another z of the same class."""
    seen = []
    blocks = [block for stage in generator.stages for block in stage]
    handles = [block.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[1:])) for block in blocks]
    with torch.inference_mode():
        generator(torch.randn(2, 64), torch.tensor([4, 4]))
    for handle in handles:
        handle.remove()
    assert [scale.shape[1] for scale, _ in seen] == [64, 32, 32, 24, 24]
    for scale, shift in seen:
        assert (scale[0] - scale[1]).abs().max() > 0.1
        assert (shift[0] - shift[1]).abs().max() > 0.1
        assert abs(scale.mean() - 1) < 0.5


def test_modulation_is_a_scale_and_a_shift_between_the_convolutions():
    block = ModulatedBlock(4)
    nn.init.dirac_(block.second.weight)
    nn.init.dirac_(block.first.weight)
    x = torch.rand(1, 4, 7, 7)  # positive, so the first activation is the identity
    scale, shift = torch.full((1, 4, 1, 1), -2.0), torch.full((1, 4, 1, 1), 1.0)
    expected = x + torch.where(1 - 2 * x > 0, 1 - 2 * x, 0.2 * (1 - 2 * x))
    torch.testing.assert_close(block(x, scale, shift), expected)
