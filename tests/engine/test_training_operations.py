"""Each operation of training.c, through training/engine.js, against PyTorch's gradients and its Adam."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.engine.conftest import assert_close, operations

SLOPE = 0.2
BETAS, RATE, DECAY = (0.5, 0.999), 0.01, 0.9


@pytest.fixture(scope="module")
def compute():
    with operations("training") as run:
        yield run


def gradients(function, dy, *arguments):
    """In float64, of sum(dy * function(arguments)) at each argument."""
    arguments = [argument.double().requires_grad_() for argument in arguments]
    return torch.autograd.grad(function(*arguments), arguments, dy.double())


def adam_constants(steps):
    """As training.c has them in its struct, a row a step."""
    beta1, beta2 = BETAS
    rows = [
        [RATE / (1 - beta1**t), beta1, 1 - beta1, beta2, 1 - beta2, (1 - beta2**t) ** -0.5, 1e-8, 1 - DECAY]
        for t in range(1, steps + 1)
    ]
    return torch.tensor(rows)


def adam_in_pytorch(value: Tensor, all_gradients: list[Tensor]) -> Tensor:
    """Value, both moments and moving average after the steps, one after the other."""
    parameter = nn.Parameter(value.double())
    optimizer = torch.optim.Adam([parameter], RATE, BETAS)
    average = parameter.detach().clone()
    for gradient in all_gradients:
        parameter.grad = gradient.double()
        optimizer.step()
        average.lerp_(parameter.detach(), 1 - DECAY)
    state = optimizer.state[parameter]
    return torch.stack([parameter.detach(), state["exp_avg"], state["exp_avg_sq"], average])


SIZES = [(64, 150, 128), (5, 33, 17), (8, 12, 1), (1, 3, 9)]


@pytest.mark.parametrize(("rows", "inputs", "outputs"), SIZES)
def test_gradient_of_a_linear_layer_at_its_input(compute, normal, rows, inputs, outputs):
    x, weight, dy = normal(rows, inputs), normal(outputs, inputs), normal(rows, outputs)
    (dx,) = gradients(lambda x: functional.linear(x, weight.double()), dy, x)
    assert_close(compute("linearBackward", "dy", "weight", 0, inputs, dy=dy, weight=weight), dx)


@pytest.mark.parametrize(("first", "count"), [(0, 50), (784, 50), (7, 3), (833, 1)])
def test_gradient_at_some_of_the_inputs(compute, normal, first, count):
    weight, dy = normal(24, 834), normal(6, 24)
    result = compute("linearBackward", "dy", "weight", first, count, dy=dy, weight=weight)
    assert_close(result, (dy.double() @ weight.double())[:, first : first + count])


@pytest.mark.parametrize(("rows", "inputs", "outputs"), SIZES)
def test_adam_on_the_gradient_of_a_weight(compute, normal, rows, inputs, outputs):
    x, weight, dy = normal(rows, inputs), normal(outputs, inputs), normal(rows, outputs)
    (gradient,) = gradients(lambda weight: functional.linear(x.double(), weight), dy, weight)
    constants = adam_constants(3)
    results = compute("linearUpdate", "x", "dy", "weight", "constants", x=x, dy=dy, weight=weight, constants=constants)
    expected = adam_in_pytorch(weight, [gradient] * 3)
    for result, part in zip(results.view(4, -1), expected, strict=True):
        assert_close(result, part)


@pytest.mark.parametrize("count", [1, 50, 512])
def test_adam(compute, normal, count):
    value, steps = normal(count), normal(5, count)
    results = compute("update", "steps", "value", "constants", steps=steps, value=value, constants=adam_constants(5))
    for result, part in zip(results.view(4, -1), adam_in_pytorch(value, list(steps)), strict=True):
        assert_close(result, part)


@pytest.mark.parametrize(("rows", "columns", "eps"), [(64, 512, 0.8), (2, 4, 1e-5), (33, 20, 1e-5)])
def test_batch_normalization(compute, normal, rows, columns, eps):
    x, gain, shift, mean, variance = 3 * normal(rows, columns) + 1, *normal(3, columns), normal(columns).abs()
    tensors = {"x": x, "gain": gain, "shift": shift, "mean": mean, "variance": variance}
    results = compute("normalize", "x", eps, "gain", "shift", "mean", "variance", **tensors)
    mean, variance = mean.clone(), variance.clone()
    y = functional.batch_norm(x, mean, variance, gain, shift, training=True, momentum=0.1, eps=eps)
    for result, expected in zip(results.split([rows * columns, columns, columns]), (y, mean, variance), strict=True):
        assert_close(result, expected)


@pytest.mark.parametrize(("rows", "columns", "eps"), [(64, 512, 0.8), (3, 4, 1e-5), (33, 20, 1e-5)])
def test_gradients_of_batch_normalization(compute, normal, rows, columns, eps):
    x, dy, gain, shift = normal(rows, columns), normal(rows, columns), normal(columns), normal(columns)
    results = compute("normalizeBackward", "x", "dy", eps, "gain", "shift", x=x, dy=dy, gain=gain, shift=shift)

    def normalized(x, gain, shift):
        return functional.batch_norm(x, None, None, gain, shift, training=True, eps=eps)

    all_expected = gradients(normalized, dy, x, gain, shift)
    for result, expected in zip(results.split([rows * columns, columns, columns]), all_expected, strict=True):
        assert_close(result, expected, 1e-5)


@pytest.mark.parametrize("count", [1, 6, 784])
def test_gradients_of_activations(compute, normal, count):
    x, dy = normal(count), normal(count)
    x[0] = 0
    (leaky,) = gradients(lambda x: functional.leaky_relu(x, SLOPE), dy, x)
    assert_close(compute("leakyReluBackward", "dy", "x", SLOPE, dy=dy, x=x), leaky)
    (tanh,) = gradients(torch.tanh, dy, x)
    assert_close(compute("tanhBackward", "dy", "x", dy=dy, x=x), tanh)


def test_what_goes_over_rows_and_single_numbers(compute, normal):
    x, y, factors = normal(7, 50), normal(7, 50), normal(7)
    assert_close(compute("multiplyBy", "x", "y", x=x, y=y), x * y, 0)
    assert_close(compute("scaleRows", "x", "factors", x=x, factors=factors), x * factors[:, None], 0)
    assert_close(compute("average", "x", "y", 0.25, x=x[0], y=y[0]), x[0].lerp(y[0], 0.25), 2e-7)
    assert_close(compute("sumRows", "x", 1, x=x), x.sum(dim=0))


def test_sums_of_each_of_several_groups(compute, normal):
    x = normal(3, 5, 5, 9)
    assert_close(compute("sumRows", "x", 3, x=x), x.sum(dim=(1, 2)))


@pytest.mark.parametrize("size", [1, 7, 14])
def test_every_second_pixel(compute, normal, size):
    x = normal(2, size, size, 12)
    assert_close(compute("everySecond", "x", x=x), x[:, ::2, ::2], 0)
