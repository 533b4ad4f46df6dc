import numpy as np
import pytest
import torch

from cgan.data import NUM_CLASSES
from cgan.explain import adversarial, own_networks, saliency
from cgan.models import checkpoints
from cgan.sampling import latents
from tests.explain.conftest import CONV


def test_a_discriminator_is_half_sure_of_what_it_was_compared_with(painter):
    """Of sixteen generated pictures the probability of "real" is about one half; more for what D scores higher."""
    network = own_networks.discriminator(CONV, 3, painter)
    with torch.no_grad():
        pictures = painter(painter.z(*range(16)))
        scores = network(pictures)
    assert float((scores[:, 1] - scores[:, 0]).mean()) == pytest.approx(0, abs=1e-4)
    pair = checkpoints.load_config(CONV).build_discriminator()
    checkpoints.load_weights(pair, CONV / checkpoints.DISCRIMINATOR)
    weights = torch.from_numpy(latents.one_hot(np.full(16, 3), NUM_CLASSES))
    own = pair.eval()(2 * pictures - 1, weights)[:, 0]
    torch.testing.assert_close(scores[:, 1], own.detach(), rtol=1e-4, atol=1e-4)


def test_looking_into_a_network_leaves_it_as_it_was(judge, images):
    before = {name: tensor.clone() for name, tensor in judge.state_dict().items()}
    list(adversarial.fool(judge, images[0][:1], 3))
    saliency.grad_cam(judge, images[0][:1], torch.tensor([0]))
    for name, tensor in judge.state_dict().items():
        assert torch.equal(tensor, before[name])
    assert all(parameter.grad is None for parameter in judge.parameters())
    assert not any(module._forward_hooks for module in judge.modules())
