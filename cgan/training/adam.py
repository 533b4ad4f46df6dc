"""Adam with torch's fused kernel, but without `torch.optim.Adam`.

The constructor of `torch.optim.Adam` imports torch's compiler, which takes 156 MB and two seconds and is not used here.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.optim.adam import adam


class Adam:
    """Kingma & Ba 2015 (arXiv:1412.6980), Algorithm 1. The state has the same names as in torch."""

    def __init__(self, parameters: Iterable[nn.Parameter], learning_rate: float, betas: tuple[float, float]) -> None:
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self.betas = betas
        self.state: dict[str, list[Tensor]] = {
            "step": [torch.zeros((), device=parameter.device) for parameter in self.parameters],
            "exp_avg": [torch.zeros_like(parameter) for parameter in self.parameters],
            "exp_avg_sq": [torch.zeros_like(parameter) for parameter in self.parameters],
        }

    def zero_grad(self) -> None:
        """Forget the gradients of the last step."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter; each needs a gradient."""
        adam(
            self.parameters,
            [parameter.grad for parameter in self.parameters],
            self.state["exp_avg"],
            self.state["exp_avg_sq"],
            [],
            self.state["step"],
            fused=True,
            amsgrad=False,
            beta1=self.betas[0],
            beta2=self.betas[1],
            lr=self.learning_rate,
            weight_decay=0.0,
            eps=1e-8,
            maximize=False,
        )
