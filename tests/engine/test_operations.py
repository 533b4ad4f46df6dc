"""Each operation of engine.c, through engine.js, against PyTorch."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from cgan.common.images import to_uint8
from tests.engine.conftest import EngineError, assert_close, operations

SLOPE = 0.2


@pytest.fixture(scope="module")
def compute():
    with operations("engine") as run:
        yield run


def channels_last(images: Tensor) -> Tensor:
    return images.permute(0, 2, 3, 1)


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize(("m", "k", "n"), [(64, 150, 128), (5, 33, 17), (1, 100, 784), (3, 1, 1), (6, 7, 8)])
def test_matrix_product(compute, normal, m, k, n, transposed):
    a, b = normal(m, k), normal(k, n)
    assert_close(compute("multiply", "a", "b", transposed, a=a.T if transposed else a, b=b), a @ b)


@pytest.mark.parametrize(("rows", "inputs", "outputs"), [(1, 96, 3136), (7, 150, 128), (16, 9, 5)])
def test_linear_layer(compute, normal, rows, inputs, outputs):
    x, weight, bias = normal(rows, inputs), normal(outputs, inputs), normal(outputs)
    result = compute("linear", "x", "weight", "bias", x=x, weight=weight, bias=bias)
    assert_close(result, functional.linear(x, weight, bias))


@pytest.mark.parametrize(
    ("pictures", "size", "inputs", "outputs"),
    [(1, 7, 64, 64), (11, 7, 64, 64), (5, 14, 32, 32), (3, 28, 16, 16), (2, 28, 4, 12), (2, 9, 20, 8), (1, 1, 4, 4)],
)
def test_3x3_convolution(compute, normal, pictures, size, inputs, outputs):
    x, weight, bias = normal(pictures, inputs, size, size), normal(outputs, inputs, 3, 3), normal(outputs)
    tensors = {"x": channels_last(x), "weight": weight, "bias": bias}
    expected = functional.conv2d(x, weight, bias, padding=1)
    assert_close(compute("convolve", "x", "weight", "bias", **tensors), channels_last(expected), 1e-5)


def test_3x3_convolution_with_all_that_it_takes_along(compute, normal):
    x, weight, bias = normal(6, 12, 14, 14), normal(8, 12, 3, 3), normal(8)
    gain, shift, before = normal(6, 12), normal(6, 12), normal(6, 8, 14, 14)
    tensors = {"x": channels_last(x), "weight": weight, "bias": bias, "gain": gain, "shift": shift}
    options = {"modulation": {"gain": "gain", "shift": "shift"}, "slope": SLOPE}
    activated = functional.leaky_relu(x * gain[:, :, None, None] + shift[:, :, None, None], SLOPE)
    expected = channels_last(functional.conv2d(activated, weight, bias, padding=1))
    assert_close(compute("convolve", "x", "weight", "bias", options, **tensors), expected, 1e-5)
    tensors["before"] = channels_last(before)
    added = compute("convolve", "x", "weight", "bias", {**options, "addTo": "before"}, **tensors)
    assert_close(added, expected + channels_last(before), 1e-5)


@pytest.mark.parametrize("modulated", [False, True])
@pytest.mark.parametrize(("pictures", "size", "inputs"), [(3, 28, 16), (1, 4, 4)])
def test_3x3_convolution_to_one_channel(compute, normal, pictures, size, inputs, modulated):
    x, weight, gain, shift = normal(pictures, inputs, size, size), normal(1, inputs, 3, 3), *normal(2, pictures, inputs)
    tensors = {"x": channels_last(x), "weight": channels_last(weight)[0], "gain": gain, "shift": shift}
    options = {"slope": SLOPE} | ({"modulation": {"gain": "gain", "shift": "shift"}} if modulated else {})
    if modulated:
        x = x * gain[:, :, None, None] + shift[:, :, None, None]
    expected = functional.conv2d(functional.leaky_relu(x, SLOPE), weight, torch.tensor([0.5]), padding=1)
    assert_close(compute("convolveToOne", "x", "weight", 0.5, options, **tensors), expected)


@pytest.mark.parametrize("size", [1, 7, 14])
def test_upsampling(compute, normal, size):
    x = normal(2, 12, size, size)
    expected = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    assert_close(compute("upsample", "x", x=channels_last(x)), channels_last(expected), 2e-7)


def test_batch_normalization_is_a_scale_and_a_shift(compute, normal):
    x, mean, variance, weight, bias = normal(5, 8, 14, 14), normal(8), normal(8) ** 2, normal(8), normal(8)
    gain = weight / (variance + 1e-5).sqrt()
    result = compute(
        "scaleShift", "x", {"gain": "gain", "shift": "shift"}, x=channels_last(x), gain=gain, shift=bias - mean * gain
    )
    assert_close(result, channels_last(functional.batch_norm(x, mean, variance, weight, bias)))


def test_modulation_of_each_picture(compute, normal):
    x, gain, shift = normal(5, 8, 7, 7), normal(5, 8), normal(5, 8)
    result = compute("scaleShift", "x", {"gain": "gain", "shift": "shift"}, x=channels_last(x), gain=gain, shift=shift)
    assert_close(result, channels_last(x * gain[:, :, None, None] + shift[:, :, None, None]))


@pytest.mark.parametrize("count", [1, 6, 784])
def test_what_goes_over_single_numbers(compute, normal, count):
    x = 3 * normal(count)
    assert_close(compute("leakyRelu", "x", SLOPE, x=x), functional.leaky_relu(x, SLOPE), 0)
    assert_close(compute("clamp", "x", -1, 1, x=x), x.clamp(-1, 1), 0)


def test_tanh(compute):
    x = torch.cat([torch.linspace(-12, 12, 4001), torch.tensor([0.0, -0.0, 1e-6, 88, -1e4, 3e38])])
    assert (compute("tanh", "x", x=x) - x.double().tanh()).abs().max() < 2.5e-7


def test_concatenation(compute, normal):
    a, b = normal(3, 50), normal(3, 7)
    assert_close(compute("concatenate", "a", "b", a=a, b=b), torch.cat([a, b], dim=1), 0)


def test_grey_levels_are_those_of_the_server(compute):
    exact_halves = (torch.arange(256) + 0.5) / 127.5 - 1
    x = torch.cat([torch.linspace(-1.2, 1.2, 9_973), exact_halves, torch.tensor([-1.0, 1.0, 0.0, -1e30, 1e30])])
    levels = compute("toUint8", "x", dtype=np.uint8, x=x)
    np.testing.assert_array_equal(levels, to_uint8(x.view(1, 1, 1, -1)).ravel())


@pytest.mark.parametrize(
    ("operation", "arguments", "words"),
    [
        ("multiply", ["a", "a"], "3,5 and 3,5 cannot be multiplied"),
        ("linear", ["a", "b", None], "3,5 given to a layer of 6 inputs"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(compute, normal, operation, arguments, words):
    with pytest.raises(EngineError, match=words):
        compute(operation, *arguments, a=normal(3, 5), b=normal(4, 6))
