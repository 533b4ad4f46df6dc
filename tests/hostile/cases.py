"""Hostile requests, drawn at random from what the app says of itself: a tab that is added tomorrow is asked as well."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import numpy as np

_TEXTS = [
    *("", " ", "\0", "dress", "r3gan-conv", "judge", "generated", "slerp", "None", "nan", "1e999", "-1", "0x10", "𝟛"),
    *(
        "${7*7}",
        "${constructor.constructor('return 1')()}",
        "{{7*7}}",
        "<img src=x onerror=alert(1)>",
        "</script><script>",
    ),
    *("../../etc/passwd", "/etc/passwd", "..\\..\\app.py", "file:///etc/passwd", "http://127.0.0.1:1/", "%2e%2e%2f"),
    *(
        "checkpoints/r3gan-conv",
        "r3gan-conv/../judge",
        "'; DROP TABLE x; --",
        "\ud800",
        "\u202e\u0000\uffff",
        "裙" * 5000,
    ),
    *("A" * 100_000, "\n\nTraceback (most recent call last)", "__class__", "iVBORw0KGgo="),
]
_NUMBERS = [0, 1, -1, 7, 10, 63, 65, 9999, 10_000, 2**31, 2**53 + 1, -(2**63), 10**30, 0.5, 1e-300, 1e308, -0.0]
_ODD = [None, True, False, float("nan"), float("inf"), -float("inf"), [], {}, [[]], [None] * 100, {"a": {"b": [1]}}]
_FLOATS = [0, 1, -1, 0.5, 1e30, -1e-30, float("nan"), float("inf")]
_FILES = [
    {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
    {"path": "app.py"},
    {"url": "http://127.0.0.1:1"},
]
_PATHS = [
    *("/", "/config", "/gradio_api/info", "/gradio_api/openapi.json", "/theme.css", "/cgan/timelines.json", "/login"),
    *(
        "/gradio_api/file=",
        "/gradio_api/file/",
        "/file=",
        "/static/",
        "/assets/",
        "/cgan/",
        "/cgan/checkpoints/",
        "/svelte/",
    ),
    *("/gradio_api/upload", "/gradio_api/upload_progress", "/gradio_api/proxy=", "/gradio_api/stream/", "/monitoring"),
    *("/gradio_api/queue/data", "/gradio_api/queue/status", "/gradio_api/heartbeat/", "/gradio_api/vibe-code/"),
    *("/gradio_api/runs", "/gradio_api/run-history/records", "/gradio_api/dev/reload", "/gradio_api/deep_link"),
    *("/custom_component/", "/gradio_api/custom_component/1/2/3/", "/pwa_icon/9999999", "/manifest.json", "/nothing"),
]
_TARGETS = [
    *("", "etc/passwd", "/etc/passwd", "../app.py", "..%2f..%2fapp.py", "%2e%2e/%2e%2e/etc/passwd", "....//app.py"),
    *(
        "..%252f..%252fapp.py",
        "%5c..%5capp.py",
        "%00",
        "r3gan-conv/model.safetensors",
        "../checkpoints/judge/README.md",
    ),
    *("..%c0%af..%c0%afetc/passwd", "http://127.0.0.1:1/", "%2fetc%2fpasswd", "~root", "./././cgan/ui/page.py"),
]


@dataclass
class Request:
    method: str
    path: str
    content: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.headers} {(self.content or b'')[:300]!r}"


class Api:
    """What the app says it can be asked for."""

    def __init__(self, client: httpx.Client) -> None:
        self.config = client.get("/config").json()
        self.info = client.get("/gradio_api/info").json()
        self.arguments = {
            name.strip("/"): [parameter.get("example_input") for parameter in endpoint["parameters"]]
            for name, endpoint in self.info["named_endpoints"].items()
        }


def hostile_requests(api: Api, count: int, seed: int) -> Iterator[Request]:
    draw = random.Random(seed)
    kinds = (_call, _call, _event, _event, _computation, _computation, _computation, _body, _path, _path)
    for _ in range(count):
        yield draw.choice(kinds)(draw, api)


def _value(draw: random.Random) -> object:
    return draw.choice(draw.choice((_TEXTS, _NUMBERS, _ODD, _FILES, ["judge", 3, 7, "r3gan-conv", 1.0])))


def _values(draw: random.Random, valid: list) -> list:
    """Arguments of which some are not what they should be, some missing, some too many."""
    values = [_value(draw) if draw.random() < 0.4 else value for value in valid]
    if draw.random() < 0.2:
        values = values[: draw.randrange(len(values) + 1)]
    if draw.random() < 0.1:
        values += [_value(draw) for _ in range(draw.randrange(1, 5))]
    return values


def _post(path: str, content: object, **headers: str) -> Request:
    return Request("POST", path, json.dumps(content).encode(), {"content-type": "application/json"} | headers)


def _call(draw: random.Random, api: Api) -> Request:
    """One of the named endpoints, in one of Gradio's ways to call it."""
    name, valid = draw.choice([*api.arguments.items()])
    data: object = _values(draw, valid) if draw.random() < 0.9 else _value(draw)
    way = draw.choice(("run", "run", "api", "call", "call/v2"))
    if way == "call/v2":
        names = [parameter["parameter_name"] for parameter in api.info["named_endpoints"][f"/{name}"]["parameters"]]
        content = dict(zip(names, data, strict=False)) if isinstance(data, list) else data
        return _post(f"/gradio_api/{way}/{name}", content)
    name = name if draw.random() < 0.95 else draw.choice(("nothing", "..", "%00", "<b>"))
    return _post(f"/gradio_api/{way}/{name}", {"data": data, "session_hash": f"s{draw.randrange(20)}"})


def _event(draw: random.Random, api: Api) -> Request:
    """Any event of the page, the private ones as well."""
    event = draw.choice(api.config["dependencies"])
    content = {
        "fn_index": event["id"] if draw.random() < 0.9 else _value(draw),
        "data": _values(draw, [_value(draw) for _ in event["inputs"]]),
        "session_hash": f"s{draw.randrange(20)}" if draw.random() < 0.9 else _value(draw),
        "event_data": _value(draw) if draw.random() < 0.2 else None,
        "trigger_id": _value(draw) if draw.random() < 0.2 else None,
    }
    path = draw.choice(("/gradio_api/queue/join", "/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/reset"))
    return _post(path, content)


def _computation(draw: random.Random, api: Api) -> Request:
    """What the page's scripts have computed from bytes: pictures of numbers, an animation of frames, an upload."""
    width = 64 + 10
    numbers = np.array(draw.choices(_FLOATS, k=width * draw.randrange(4)), np.float32)
    if draw.random() < 0.5:
        numbers = np.clip(np.nan_to_num(numbers), 0, 1)
    body = draw.choice((numbers.tobytes(), bytes(784 * draw.randrange(5)), bytes(draw.randrange(2000)), b"\x89PNG\r\n"))
    target = draw.choice(("r3gan-conv", "r3gan-conv", "judge", *_TARGETS))
    path = draw.choice((f"checkpoints/{target}/pictures", "animation.webp", "upload"))
    return Request("POST", f"/cgan/{path}", body, {"content-type": "application/octet-stream"})


def _body(draw: random.Random, api: Api) -> Request:
    """A body that is none: cut off, too long, too deep, of another type."""
    request = draw.choice((_call, _event, _computation))(draw, api)
    body = request.content or b""
    request.content, request.headers = draw.choice(
        (
            (body[: draw.randrange(len(body) + 1)], request.headers),
            (b"[" * 50_000, request.headers),
            (b'{"data":' * 2000 + b"1" + b"}" * 2000, request.headers),
            (bytes(draw.randrange(256) for _ in range(200)), request.headers),
            (body, {"content-type": "text/plain"}),
            (body, {"content-type": "multipart/form-data; boundary=x"}),
            (
                b"--x\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\n" + body,
                {"content-type": "multipart/form-data; boundary=x"},
            ),
            (body, request.headers | {"content-encoding": "gzip"}),
            (b'"' + b"A" * (13 * 2**20) + b'"', request.headers) if draw.random() < 0.1 else (b"", request.headers),
        )
    )
    return request


def _path(draw: random.Random, api: Api) -> Request:
    """Any address, by any method, with a query string from a stranger."""
    path = draw.choice(_PATHS) + draw.choice(_TARGETS)
    if draw.random() < 0.5:
        name = draw.choice(
            ("__theme", "view", "page", "deep_link", "session_hash", "seed", "class", "checkpoint", "size")
        )
        path += "?" + str(httpx.QueryParams({name: draw.choice(_TEXTS).encode(errors="replace").decode()[:2000]}))
    odd_headers = draw.choice(
        (
            {},
            {},
            {"origin": "http://evil.example"},
            {"accept-language": "zh;q=0,,,=" * 9},
            {"x-forwarded-host": "evil<script>"},
            {"range": "bytes=9-1"},
        )
    )
    return Request(
        draw.choice(("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")), path, None, odd_headers
    )
