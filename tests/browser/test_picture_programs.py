"""The endpoints `invert` and `nearest`, as a program calls them."""

import base64
import io

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from cgan.data import NUM_CLASSES, examples


@pytest.fixture(scope="module")
def client(server):
    return Client(server, verbose=False)


def as_file(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_invert(client):
    answer = client.predict(checkpoint="r3gan-conv", picture=as_file(examples.load()[84]), api_name="/invert")
    assert len(answer["z"]) == 64 and answer["class_index"] in range(NUM_CLASSES)
    redrawn, seen = (np.frombuffer(base64.b64decode(answer[name]), np.uint8) for name in ("pixels", "seen"))
    error = np.square((redrawn.astype(float) - seen) / 255).mean()
    assert len(seen) == 784 and answer["error"] == pytest.approx(error, rel=0.1) and error < 0.05


def test_nearest(client):
    answer = client.predict(picture=as_file(examples.load()[84]), count=2, api_name="/nearest")
    assert [len(answer[measure]["neighbours"]) for measure in ("features", "pixels")] == [2, 2]
    assert all(0 <= answer[measure]["closer"] <= 1 for measure in ("features", "pixels"))


def test_both_are_described_to_programs(client):
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert [parameter["parameter_name"] for parameter in endpoints["/invert"]["parameters"]] == [
        *("checkpoint", "picture", "class_index")
    ]
    assert [parameter["parameter_name"] for parameter in endpoints["/nearest"]["parameters"]] == ["picture", "count"]


def test_what_is_not_allowed_is_said_in_one_line(client):
    with pytest.raises(AppError, match="no picture that can be read"):
        client.predict(checkpoint="r3gan-conv", picture="AAAA", api_name="/invert")
    with pytest.raises(AppError, match="1 to 50"):
        client.predict(picture=as_file(examples.load()[0]), count=99, api_name="/nearest")
