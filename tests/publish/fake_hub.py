"""The Hugging Face Hub as far as huggingface_hub calls it to publish and to download, on loopback.

It takes a file by its name or its first bytes as text into "git", or asks for it by the LFS protocol, as the Hub does.
"""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

TOKEN = "hf_write"
READER = "hf_read"
COMMIT = "1234567890abcdef1234567890abcdef12345678"


class Repo(NamedTuple):
    """A repository: how it was created, and its files by path."""

    created: dict
    files: dict[str, bytes]
    large: set[str]  # paths of those that came by LFS


class FakeHub(ThreadingHTTPServer):
    """`repos` by "models/OWNER/NAME" or "spaces/OWNER/NAME"."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repos: dict[str, Repo] = {}
        self.objects: dict[str, bytes] = {}  # what came by LFS, by its SHA-256
        self.address = f"http://127.0.0.1:{self.server_port}"


@contextmanager
def running_hub() -> Iterator[FakeHub]:
    hub = FakeHub()
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    yield hub
    hub.shutdown()
    hub.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeHub

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self._body()
        if self.path == "/api/validate-yaml":
            return self._answer({"errors": [], "warnings": []})
        if (token := self.headers.get("Authorization", "").removeprefix("Bearer ")) != TOKEN:
            status, why = (403, "You have read access only") if token == READER else (401, "Invalid credentials")
            return self._answer({"error": why}, status)
        if self.path == "/api/repos/create":
            return self._create(json.loads(body))
        if match := re.fullmatch(r"/api/(\w+/[^/]+/[^/]+)/preupload/main", self.path):
            return self._preupload(json.loads(body))
        if re.fullmatch(r"/(spaces/)?[^/]+/[^/]+\.git/info/lfs/objects/batch", self.path):
            return self._batch(json.loads(body))
        if match := re.fullmatch(r"/api/(\w+/[^/]+/[^/]+)/commit/main", self.path):
            return self._commit(match[1], body)
        return self._answer({"error": f"POST {self.path} is not known"}, 404)

    def do_PUT(self) -> None:
        content, oid = self._body(), self.path.removeprefix("/lfs/")
        assert hashlib.sha256(content).hexdigest() == oid
        self.server.objects[oid] = content
        self._answer({})

    def do_GET(self) -> None:
        match = re.fullmatch(r"/([^/]+/[^/]+)/resolve/(?:main|[0-9a-f]{40})/(.+)", self.path)
        repo = self.server.repos.get(f"models/{match[1]}") if match else None
        if repo is None or match[2] not in repo.files:
            code = "EntryNotFound" if repo else "RepoNotFound"
            return self._answer({"error": "Not found"}, 404, {"X-Error-Code": code})
        content = repo.files[match[2]]
        headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()}"', "X-Repo-Commit": COMMIT}
        return self._send(200, content, headers)

    do_HEAD = do_GET  # noqa: N815 (http.server's name)

    def _create(self, request: dict) -> None:
        key = f"{request.get('type', 'model')}s/{request['organization']}/{request['name']}"
        existed = key in self.server.repos
        self.server.repos.setdefault(key, Repo(request, {}, set()))
        self._answer({"url": f"{self.server.address}/{key.removeprefix('models/')}"}, 409 if existed else 200)

    def _preupload(self, request: dict) -> None:
        def mode(file: dict) -> str:
            large = file["path"].endswith((".safetensors", ".wasm", ".gz")) or file["size"] > 10 * 2**20
            return "lfs" if large or b"\0" in base64.b64decode(file["sample"]) else "regular"

        files = [{"path": f["path"], "uploadMode": mode(f), "shouldIgnore": False} for f in request["files"]]
        self._answer({"files": files})

    def _batch(self, request: dict) -> None:
        upload = "{}/lfs/{}".format
        objects = [
            {**wanted, "actions": {"upload": {"href": upload(self.server.address, wanted["oid"])}}}
            for wanted in request["objects"]
        ]
        self._answer({"transfer": "basic", "objects": objects})

    def _commit(self, key: str, body: bytes) -> None:
        repo = self.server.repos[key]
        for line in body.splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "file":
                repo.files[value["path"]] = base64.b64decode(value["content"])
            elif entry["key"] == "lfsFile":
                repo.files[value["path"]] = self.server.objects[value["oid"]]
                repo.large.add(value["path"])
        self._answer({"commitUrl": f"{self.server.address}/{key}/commit/{COMMIT}", "commitOid": COMMIT})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, content: dict, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(content).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", f"{len(content)}")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
