"""Adam with torch's fused kernel, but without `torch.optim.Adam`.

The constructor of `torch.optim.Adam` imports torch's compiler, which takes 156 MB and two seconds and is not used here.
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.optim.adam import adam


class Adam:
    """Kingma & Ba 2015 (arXiv:1412.6980), Algorithm 1. The state has the same names as in torch."""

    def __init__(self, parameters: Iterable[nn.Parameter], learning_rate: float, betas: tuple[float, float]) -> None:
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self.betas = betas
        self.gradients: list[Tensor] = []  # of the last step
        self.state: dict[str, list[Tensor]] = {
            "step": [torch.zeros((), device=parameter.device) for parameter in self.parameters],
            "exp_avg": [torch.zeros_like(parameter) for parameter in self.parameters],
            "exp_avg_sq": [torch.zeros_like(parameter) for parameter in self.parameters],
        }

    @torch.no_grad()
    def step(self, gradients: Sequence[Tensor]) -> None:
        """Update every parameter by its gradient."""
        pairs = zip(gradients, self.parameters, strict=True)
        # The kernel reads a gradient as if it lay in memory as its parameter does.
        self.gradients = [g if g.stride() == p.stride() else torch.empty_like(p).copy_(g) for g, p in pairs]
        adam(
            self.parameters,
            self.gradients,
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
