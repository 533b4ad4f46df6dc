"""What schemathesis makes of the app's own OpenAPI document, valid calls and invalid ones, is answered as promised."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from tests.hostile.cases import Request
from tests.hostile.test_fuzz import expect_one_line, outcome

_SETTINGS = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def operations(app):
    schema = schemathesis.openapi.from_url(f"{app.address}/gradio_api/openapi.json")
    return [operation.ok() for operation in schema.get_all_operations()]


def test_the_document_names_every_endpoint(operations):
    paths = {operation.path for operation in operations}
    for name in ("generate", "interpolate", "saliency", "invert", "nearest"):
        assert f"/gradio_api/call/v2/{name}" in paths


@pytest.mark.parametrize("count", [5, pytest.param(40, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("mode", "methods"),
    [(GenerationMode.POSITIVE, ["get", "post"]), (GenerationMode.NEGATIVE, ["post"])],  # no text is an invalid event
    ids=["valid", "invalid"],
)
def test_what_the_document_describes_is_answered_as_promised(app, operations, mode, methods, count):
    """count: cases of each operation."""
    for operation in (operation for operation in operations if operation.method in methods):

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(_SETTINGS, max_examples=count)
        def check(case):
            response = case.call(base_url=app.address)
            request = Request(case.method, case.path, b"", {})
            assert response.status_code < 500 or response.status_code == 503, f"{case}: {response.text[:300]}"
            expect_one_line(request, response.status_code, response.text)
            if response.status_code == 200 and "event_id" in response.text:
                said = outcome(app.client, request.path, json.loads(response.text)["event_id"])
                assert "Traceback" not in said

        check()
    app.expect_no_traceback()
