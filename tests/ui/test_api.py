"""The endpoints as programs call them: by the real clients, on a real server."""

import asyncio
import base64
import io
import json
import math
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from cgan.data import NUM_CLASSES
from cgan.explain import own_networks, saliency
from cgan.explain.own_networks import Painter
from cgan.models.checkpoints import CHECKPOINTS
from cgan.sampling import latents
from cgan.sampling.sampler import Sampler
from cgan.ui.page import DEFAULT_CHECKPOINT
from tests.pictures import assert_same_pictures


@pytest.fixture(scope="module")
def sampler():
    return Sampler(CHECKPOINTS / DEFAULT_CHECKPOINT)


@pytest.fixture(scope="module")
def client(app, tmp_path_factory):
    return Client(app.address, download_files=tmp_path_factory.mktemp("downloads"), verbose=False)


def test_programs_see_these_endpoints_and_no_others(client):
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert {*endpoints} == {"/generate", "/interpolate", "/saliency", "/invert", "/nearest"}


@pytest.mark.parametrize("name", ["Dress", "连衣裙", "3", 3])
def test_generate(client, sampler, name):
    picture, arrays, facts = client.predict(name, seed=7, count=10, truncation=0.8, api_name="/generate")
    expected = sampler.sample(np.full(10, 3), np.arange(7, 17), truncation=0.8)
    found = np.load(arrays)
    assert_same_pictures(found["images"], expected)
    assert found["labels"].tolist() == [3] * 10 and found["seeds"].tolist() == [*range(7, 17)]
    np.testing.assert_array_equal(found["z"], latents.latents(np.arange(7, 17), sampler.latent_dim, 0.8))
    seen = np.array(Image.open(picture))[::8, ::8]
    np.testing.assert_array_equal(seen[:28], np.concatenate(found["images"][:8], axis=1))
    np.testing.assert_array_equal(seen[28:, :56], np.concatenate(found["images"][8:], axis=1))
    assert (facts["checkpoint"], facts["class"]) == (DEFAULT_CHECKPOINT, "Dress")


def test_interpolate(client, sampler):
    request = {"from_class": "sneaker", "to_class": 9, "from_seed": 7, "to_seed": 21, "frames": 5, "path": "lerp"}
    picture, arrays, _ = client.predict(**request, checkpoint="report-mlp", api_name="/interpolate")
    expected = Sampler(CHECKPOINTS / "report-mlp").walk((7, 9), (7, 21), 5, "lerp")
    assert_same_pictures(np.load(arrays)["images"], expected)
    assert_same_pictures(np.array(Image.open(picture))[::8, ::8], np.concatenate(expected, axis=1))
    assert np.load(arrays)["positions"].tolist() == [0, 0.25, 0.5, 0.75, 1]


def test_saliency(client, sampler):
    picture, arrays, facts = client.predict("dress", seed=7, api_name="/saliency")
    painter = Painter(sampler.generator, 3)
    image, judge = painter(painter.z(7)).detach(), own_networks.judge()
    scores = judge(image).softmax(dim=1)[0]
    found = np.load(arrays)
    np.testing.assert_allclose(found["image"], image[0, 0], atol=1e-5)
    expected = saliency.vanilla_gradient(judge, image, scores.argmax(dim=0, keepdim=True))[0]
    np.testing.assert_allclose(found["gradient"], expected, rtol=1e-2, atol=1e-3)
    assert {*found} == {"image", "gradient", "smooth_grad", "integrated_gradients", "grad_cam"}
    assert list(facts["choices"].values()) == pytest.approx(scores.tolist(), abs=1e-3)
    assert Image.open(picture).size == (5 * 28 * 8, 28 * 8)


def test_saliency_of_the_discriminator(client):
    _, _, facts = client.predict("dress", network="discriminator", api_name="/saliency")
    assert [*facts["choices"]] == ["generated", "real"]


GARMENT = {"class_name": "dress"}
ENDS = {"from_class": "dress", "to_class": "bag"}
REFUSED = [
    ("generate", {"class_name": "hat"}, "class_name: 'hat' is no class; allowed: 0 T-shirt/top T恤, "),
    ("generate", {"class_name": NUM_CLASSES}, "class_name: 10 is no class; allowed: 0 T-shirt/top"),
    ("generate", {"class_name": None}, "class_name: None is no class; allowed: "),
    ("generate", {"class_name": ["dress"]}, "class_name: ['dress'] is no class; allowed: "),
    ("generate", GARMENT | {"seed": -1}, "seed: -1 given; allowed: a whole number from 0 to 4294967295"),
    ("generate", GARMENT | {"seed": True}, "seed: True given"),
    ("generate", GARMENT | {"seed": 4294967295, "count": 2}, "seed and count: seeds 4294967295 to 4294967296 wanted"),
    ("generate", GARMENT | {"count": 65}, "count: 65 given; allowed: a whole number from 1 to 64"),
    ("generate", GARMENT | {"truncation": "wide"}, "truncation: 'wide' given; allowed: a number from 0 to 1"),
    ("generate", GARMENT | {"checkpoint": "../../etc"}, "checkpoint: '../../etc' given; allowed: "),
    ("interpolate", ENDS | {"frames": 1}, "frames: 1 given; allowed: a whole number from 2 to 64"),
    ("interpolate", ENDS | {"path": "arc"}, "path: 'arc' given; allowed: slerp, lerp"),
    ("saliency", GARMENT | {"network": "resnet18"}, "network: 'resnet18' given; allowed: judge, discriminator"),
    ("saliency", GARMENT | {"seed": 2**32}, "seed: 4294967296 given; allowed: a whole number from 0 to 4294967295"),
]


@pytest.mark.parametrize(("endpoint", "request_value", "line"), REFUSED)
def test_a_refusal_is_one_line(client, endpoint, request_value, line):
    with pytest.raises(AppError) as refusal:
        client.predict(**request_value, api_name=f"/{endpoint}")
    assert f"{refusal.value}".startswith(line) and "\n" not in f"{refusal.value}"
    assert len(f"{refusal.value}") < 300


def test_a_plain_post_is_checked_as_well(app):
    body = json.dumps({"data": ["x" * 100_000, math.nan, 1, 1, ""]}).encode()
    request = urllib.request.Request(
        f"{app.address}/gradio_api/run/generate", body, {"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=20)
    assert len(refusal.value.read()) < 1000


def test_mcp_tools(app, sampler):
    mcp = pytest.importorskip("mcp", reason="gradio[mcp] is not installed")
    from mcp.client.streamable_http import streamable_http_client

    async def converse():
        async with (
            streamable_http_client(f"{app.address}/gradio_api/mcp/") as (read, write, _),
            mcp.ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = (await session.list_tools()).tools
            answers = [
                await session.call_tool("generate", {"class_name": "连衣裙", "seed": 7}),
                await session.call_tool("interpolate", {"from_class": "bag", "to_class": "coat"}),
                await session.call_tool("saliency", {"class_name": "dress"}),
                await session.call_tool("generate", {"class_name": "hat"}),
            ]
            return tools, answers

    with ThreadPoolExecutor(1) as thread:  # for Playwright keeps a loop in this one
        tools, (*answers, refusal) = thread.submit(asyncio.run, converse()).result()
    assert {tool.name for tool in tools} == {"generate", "interpolate", "saliency", "invert", "nearest"}
    for tool in tools:
        assert len(tool.description) > 40
        assert all(parameter["description"] for parameter in tool.inputSchema["properties"].values())
    for answer in answers:
        assert (
            not answer.isError and answer.content[0].type == "image" and DEFAULT_CHECKPOINT in answer.content[-1].text
        )
    png = Image.open(io.BytesIO(base64.b64decode(answers[0].content[0].data)))
    assert_same_pictures(np.array(png)[::8, ::8], sampler.sample(np.array([3]), np.array([7]))[0])
    assert refusal.isError and "'hat' is no class; allowed: " in refusal.content[0].text


def test_without_the_package_mcp_is_refused_in_one_line(expect_refusal_here, monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp", None)
    expect_refusal_here("app.py", "--mcp", words=["--mcp", "pip install 'gradio[mcp]'"])
