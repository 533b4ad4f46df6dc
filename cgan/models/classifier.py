"""Classifiers of the pictures: a residual network (the judge) and LeNet. See `evaluation.classifiers`."""

from torch import Tensor, nn

CLASSIFIER = "classifier.safetensors"  # file name of its weights
WIDTH = 32  # channels of the judge's first layer


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut (He et al. 2016, arXiv:1512.03385); stride 2 halves the image size."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return (self.layers(x) + self.shortcut(x)).relu()


class ResidualClassifier(nn.Module):
    """A small residual network: images (N, 1, 28, 28) in [-1, 1] to logits (N, classes)."""

    def __init__(self, classes: int, width: int = WIDTH) -> None:
        """classes: how many. width: channels of the first layer; the last one has four times as many."""
        super().__init__()
        self.width = width
        self.body = nn.Sequential(
            nn.Conv2d(1, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            ResidualBlock(width, 2 * width, stride=2),
            ResidualBlock(2 * width, 2 * width, stride=1),
            ResidualBlock(2 * width, 4 * width, stride=2),
        )
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(4 * width, classes))

    def features(self, images: Tensor) -> Tensor:
        """Inputs of the last layer, (N, 4 width), 0 or more: the last activations, averaged over the image."""
        return self.body(images).mean(dim=(2, 3))

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features(images))


class LeNet(nn.Module):
    """A network of the size of LeNet-5 (LeCun et al. 1998): images (N, 1, 28, 28) in [-1, 1] to logits (N, classes)."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 32, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(64 * 7 * 7, 128),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(128, classes),
        )

    def forward(self, images: Tensor) -> Tensor:
        return self.layers(images)
