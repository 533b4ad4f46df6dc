import pytest
import torch
from torch import nn

from cgan.networks import ClassEmbedding, Dropout, MLPDiscriminator, MLPGenerator


def layers(network, kinds):
    return [layer for layer in network.modules() if isinstance(layer, kinds)]


def test_generator_has_the_reports_layers():
    generator = MLPGenerator()
    shapes = [(layer.in_features, layer.out_features) for layer in layers(generator, nn.Linear)]
    assert shapes == [(150, 128), (128, 256), (256, 512), (512, 1024), (1024, 784)]
    norms = [(layer.num_features, layer.eps) for layer in layers(generator, nn.BatchNorm1d)]
    assert norms == [(256, 0.8), (512, 0.8), (1024, 0.8)]
    assert [layer.negative_slope for layer in layers(generator, nn.LeakyReLU)] == [0.2] * 4
    assert isinstance(generator.layers[-1], nn.Tanh)
    assert tuple(generator.embedding.weight.shape) == (10, 50)


def test_discriminator_has_the_reports_layers():
    discriminator = MLPDiscriminator()
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
    assert sum(p.numel() for p in MLPGenerator().parameters()) == generator == 1_516_932
    assert sum(p.numel() for p in MLPDiscriminator().parameters()) == discriminator == 953_845


def test_label_size_is_a_setting_of_the_discriminator():
    # The report's prose: 784 + 100 inputs.
    assert MLPDiscriminator(label_dim=100).layers[0].in_features == 884


def test_generator_draws_images_within_the_range_of_tanh():
    images = MLPGenerator()(torch.randn(5, 100), torch.arange(5))
    assert images.shape == (5, 1, 28, 28)
    assert images.abs().max() <= 1


@pytest.mark.parametrize("network", [MLPGenerator(), MLPDiscriminator()], ids=["generator", "discriminator"])
def test_one_hot_weights_and_labels_are_the_same_class(network):
    network.eval()
    labels = torch.arange(10)
    inputs = torch.randn(10, 100) if isinstance(network, MLPGenerator) else torch.randn(10, 1, 28, 28)
    torch.testing.assert_close(network(inputs, labels), network(inputs, torch.eye(10)))


def test_class_weights_mix_embeddings():
    embedding = ClassEmbedding(4)
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
