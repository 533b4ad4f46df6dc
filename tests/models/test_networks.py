import pytest
import torch
from torch import nn

from cgan.data import NUM_CLASSES
from cgan.models.conv import ConvDiscriminator, ConvGenerator
from cgan.models.layers import ClassEmbedding, Dropout, StraightThroughClamp
from cgan.models.mlp import MLPDiscriminator, MLPGenerator


def layers(network, kinds):
    return [layer for layer in network.modules() if isinstance(layer, kinds)]


def test_generator_has_the_reports_layers():
    generator = MLPGenerator(NUM_CLASSES)
    shapes = [(layer.in_features, layer.out_features) for layer in layers(generator, nn.Linear)]
    assert shapes == [(150, 128), (128, 256), (256, 512), (512, 1024), (1024, 784)]
    norms = [(layer.num_features, layer.eps) for layer in layers(generator, nn.BatchNorm1d)]
    assert norms == [(256, 0.8), (512, 0.8), (1024, 0.8)]
    assert [layer.negative_slope for layer in layers(generator, nn.LeakyReLU)] == [0.2] * 4
    assert isinstance(generator.layers[-1], nn.Tanh)
    assert tuple(generator.embedding.weight.shape) == (NUM_CLASSES, 50)


def test_discriminator_has_the_reports_layers():
    discriminator = MLPDiscriminator(NUM_CLASSES)
    shapes = [(layer.in_features, layer.out_features) for layer in layers(discriminator, nn.Linear)]
    assert shapes == [(784 + 50, 512), (512, 512), (512, 512), (512, 1)]
    kinds = [type(layer).__name__ for layer in discriminator.layers]
    hidden = ["Linear", "Dropout", "LeakyReLU"]
    assert kinds == ["Linear", "LeakyReLU", *hidden, *hidden, "Linear"]
    assert [layer.p for layer in layers(discriminator, Dropout)] == [0.4, 0.4]


def test_parameter_counts_are_the_reports():
    # Weights and biases of the layers above, with 10 x 50 embeddings and 2 parameters a normalized feature.
    generator = 500 + 151 * 128 + 129 * 256 + 257 * 512 + 513 * 1024 + 1025 * 784 + 2 * (256 + 512 + 1024)
    discriminator = 500 + 835 * 512 + 2 * 513 * 512 + 513
    assert sum(p.numel() for p in MLPGenerator(NUM_CLASSES).parameters()) == generator == 1_516_932
    assert sum(p.numel() for p in MLPDiscriminator(NUM_CLASSES).parameters()) == discriminator == 953_845


def test_widths_and_batch_normalization_are_settings():
    """The names in a checkpoint count activations too, and the first hidden layer is never normalized."""
    generator = MLPGenerator(NUM_CLASSES, 16, 10, 1e-5, hidden=[24, 36, 8])
    kinds = [type(layer).__name__ for layer in generator.layers]
    normalized = ["Linear", "BatchNorm1d", "LeakyReLU"]
    assert kinds == ["Linear", "LeakyReLU", *normalized, *normalized, "Linear", "Tanh"]
    assert [layer.out_features for layer in layers(generator, nn.Linear)] == [24, 36, 8, 784]
    plain = MLPGenerator(NUM_CLASSES, 16, 10, hidden=[24, 36], batchnorm=False)
    assert [type(layer).__name__ for layer in plain.layers] == ["Linear", "LeakyReLU"] * 2 + ["Linear", "Tanh"]
    discriminator = MLPDiscriminator(NUM_CLASSES, 10, hidden=[20])
    assert [type(layer).__name__ for layer in discriminator.layers] == ["Linear", "LeakyReLU", "Linear"]
    assert generator(torch.randn(3, 16), torch.arange(3)).shape == (3, 1, 28, 28)
    assert generator.first_features(torch.randn(3, 16), torch.arange(3)).shape == (3, 24)


def test_label_size_is_a_setting_of_the_discriminator():
    # The report's prose: 784 + 100 inputs.
    assert MLPDiscriminator(NUM_CLASSES, label_dim=100).layers[0].in_features == 884


def test_generator_draws_images_within_the_range_of_tanh():
    images = MLPGenerator(NUM_CLASSES)(torch.randn(5, 100), torch.arange(5))
    assert images.shape == (5, 1, 28, 28)
    assert images.abs().max() <= 1


NETWORKS = {
    "mlp, generator": MLPGenerator(NUM_CLASSES),
    "mlp, discriminator": MLPDiscriminator(NUM_CLASSES),
    "conv, generator": ConvGenerator(NUM_CLASSES),
    "conv, discriminator": ConvDiscriminator(NUM_CLASSES),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_one_hot_weights_and_labels_are_the_same_class(name):
    network = NETWORKS[name].eval()
    labels = torch.arange(NUM_CLASSES)
    inputs = (
        torch.randn(NUM_CLASSES, network.latent_dim) if "generator" in name else torch.randn(NUM_CLASSES, 1, 28, 28)
    )
    outputs = network(inputs, labels)
    assert outputs.shape == ((NUM_CLASSES, 1, 28, 28) if "generator" in name else (NUM_CLASSES, 1))
    torch.testing.assert_close(outputs, network(inputs, torch.eye(NUM_CLASSES)))
    other = network(inputs, labels.roll(1))
    assert not torch.allclose(outputs, other), "the class changes nothing"


def test_what_has_strayed_beyond_black_or_white_can_come_back_but_not_go_on():
    pixels = torch.tensor([-1.5, -1.5, 0.25, 0.25, 1.5, 1.5], requires_grad=True)
    images = StraightThroughClamp.apply(pixels)
    assert images.tolist() == [-1, -1, 0.25, 0.25, 1, 1]
    images.backward(torch.tensor([1.0, -2, 3, -4, 5, -6]))  # a step goes against the gradient
    assert pixels.grad.tolist() == [0, -2, 3, -4, 5, 0]


def test_class_weights_mix_embeddings():
    embedding = ClassEmbedding(NUM_CLASSES, 4)
    mixed = embedding(torch.tensor([[0.25, 0.75] + [0.0] * 8]))
    torch.testing.assert_close(mixed[0], 0.25 * embedding.weight[0] + 0.75 * embedding.weight[1])


def test_dropout_keeps_the_share_and_the_mean_of_torchs_own():
    dropout = Dropout(0.4)
    dropout.stream = torch.Generator().manual_seed(0)
    dropped = dropout(torch.ones(1_000_000))
    assert (dropped == 0).float().mean() == pytest.approx(0.4, abs=0.003)  # six standard errors
    torch.testing.assert_close(dropped.unique(), torch.tensor([0, 1 / 0.6]))
    assert dropped.mean() == pytest.approx(1, abs=0.005)


def test_dropout_does_nothing_in_eval_mode():
    ones = torch.ones(100)
    assert Dropout(0.4).eval()(ones) is ones


def test_dropout_draws_from_its_own_stream():
    dropout = Dropout(0.4)
    dropout.stream = torch.Generator().manual_seed(1)
    first = dropout(torch.ones(100))
    torch.manual_seed(123)
    dropout.stream.manual_seed(1)
    assert torch.equal(first, dropout(torch.ones(100)))
