import copy
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
import torch
import torchvision
from PIL import Image

from cgan.explain import adversarial, imagenet, saliency
from cgan.explain.imagenet import EFFICIENTNET_LITE0, SQUEEZENET, ImageNetError
from cgan.ui.tabs.inside.photographs import PHOTOGRAPHS

CONTENT = bytes(range(256)) * 4000
NAME = f"weights-{hashlib.sha256(CONTENT).hexdigest()[:8]}.pth"


@pytest.fixture(scope="module")
def efficientnet():
    return imagenet.load(EFFICIENTNET_LITE0)


@pytest.fixture
def web():
    """A real server that gives CONTENT, or, under /cut/, half of it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT[: len(CONTENT) // 2] if "/cut/" in self.path else CONTENT)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def torch_home(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    imagenet.load.cache_clear()
    yield tmp_path / "hub/checkpoints"
    imagenet.load.cache_clear()


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_each_photograph_is_named_right(efficientnet, name):
    photograph = PHOTOGRAPHS[name]
    scores = efficientnet.network(imagenet.to_images(photograph.open(), efficientnet.size))
    assert imagenet.class_names()[scores.argmax()] == photograph.content


def test_a_photograph_is_fooled_and_looks_the_same(efficientnet):
    image = imagenet.to_images(PHOTOGRAPHS["lion"].open(), efficientnet.size)
    goldfish = imagenet.class_names().index("goldfish")
    *_, last = adversarial.fool(efficientnet.network, image, goldfish)
    assert efficientnet.network(last.moved).argmax() == goldfish
    assert last.linf < 20 / 255


def test_gradients_of_a_photograph_by_finite_differences(efficientnet):
    network = copy.deepcopy(efficientnet.network).double()
    image = imagenet.to_images(PHOTOGRAPHS["cheetah"].open(), 64).double() * 0.9 + 0.05
    found = saliency.vanilla_gradient(network, image, torch.tensor([293]))
    for y, x in ((20, 30), (32, 32), (50, 11)):
        slopes = []
        for channel in range(3):
            step = torch.zeros_like(image)
            step[0, channel, y, x] = 1e-6
            slopes.append(float((network(image + step) - network(image - step))[0, 293] / 2e-6))
        assert float(found[0, y, x]) == pytest.approx(max(map(abs, slopes)), rel=1e-4)


def test_integrated_gradients_of_a_photograph_are_complete(efficientnet):
    network = efficientnet.network
    image = imagenet.to_images(PHOTOGRAPHS["cheetah"].open(), 128)
    parts = saliency.integrated_gradients(network, image, torch.tensor([293]), steps=64)
    difference = (network(image) - network(torch.zeros_like(image)))[0, 293]
    assert float(parts.sum()) == pytest.approx(float(difference), rel=0.03)


def test_pictures_become_square_and_keep_their_colours():
    picture = Image.new("RGB", (300, 200), (255, 0, 51))
    images = imagenet.to_images(picture, 64)
    assert images.shape == (1, 3, 64, 64)
    torch.testing.assert_close(images[0, :, 10, 10], torch.tensor([1.0, 0.0, 0.2]))


def test_a_download_is_whole_and_is_what_its_name_says(web, tmp_path):
    seen = list(imagenet.fetch(f"{web}/{NAME}", tmp_path / NAME))
    assert (tmp_path / NAME).read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT)) and len(seen) > 1
    assert seen == sorted(seen)


@pytest.mark.parametrize("path", ["weights-00000000.pth", f"cut/{NAME}"])
def test_what_is_altered_or_cut_is_not_kept(web, tmp_path, path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(imagenet, "_weights", lambda name: SimpleNamespace(url=f"{web}/{path}"))
    with pytest.raises(ImageNetError) as refusal:
        list(imagenet.download("resnet18"))
    assert refusal.value.reason == "unreachable" and "\n" not in str(refusal.value)
    assert list((tmp_path / "hub/checkpoints").iterdir()) == []


def test_squeezenet_is_downloaded_once_and_then_works_without_a_network(web, torch_home, monkeypatch):
    """Real SqueezeNet, weights drawn at random: those of ImageNet lie where no test reaches."""
    torch.manual_seed(0)
    network = torchvision.models.squeezenet1_1().eval()
    monkeypatch.setattr(imagenet, "_downloading", threading.Lock())
    with pytest.raises(ImageNetError) as refusal:
        list(imagenet.download(SQUEEZENET, offline=True))
    assert refusal.value.reason == "offline" and SQUEEZENET in str(refusal.value)

    url = torchvision.models.SqueezeNet1_1_Weights.DEFAULT.url
    torch_home.mkdir(parents=True)
    torch.save(network.state_dict(), torch_home / url.rsplit("/", 1)[1])
    assert list(imagenet.download(SQUEEZENET, offline=True)) == []
    loaded = imagenet.load(SQUEEZENET)
    image = imagenet.to_images(PHOTOGRAPHS["lion"].open(), loaded.size)
    expected = network(
        torchvision.models.SqueezeNet1_1_Weights.DEFAULT.transforms(crop_size=224, resize_size=224)(image)
    )
    torch.testing.assert_close(loaded.network(image), expected, rtol=1e-3, atol=1e-3)
    assert saliency.grad_cam(loaded.network, image, torch.tensor([1])).shape == (1, 224, 224)


@pytest.mark.parametrize(
    ("name", "reason"), [("nonsense", "unknown"), ("../../etc", "unknown"), ("vit_h_14", "too_large")]
)
def test_networks_that_there_are_none_of_or_too_large_ones_are_refused(name, reason):
    with pytest.raises(ImageNetError) as refusal:
        list(imagenet.download(name))
    assert refusal.value.reason == reason and "\n" not in str(refusal.value)


def test_only_one_download_at_a_time(web, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(imagenet, "_weights", lambda name: SimpleNamespace(url=f"{web}/{NAME}"))
    first = imagenet.download("resnet18")
    next(first)
    with pytest.raises(ImageNetError) as refusal:
        next(imagenet.download("resnet34"))
    assert refusal.value.reason == "busy"
    first.close()  # someone pressed Stop
    assert [*imagenet.download("resnet34")][-1] == (len(CONTENT), len(CONTENT))
