import functools
import gzip
import hashlib
import http.server
import threading

import pytest

from cgan.web import runtime
from cgan.web.runtime import Runtime
from tests.conftest import ROOT

NPM = ROOT / "node_modules/onnxruntime-web/dist"  # made by `python -m tests`


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", f"{tmp_path / 'cache'}")


@pytest.fixture
def no_npm(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "_NPM", tmp_path / "no-npm")


@pytest.fixture
def cdn(tmp_path, monkeypatch):
    """A server in the CDN's place; the folder that it serves."""
    folder = tmp_path / "cdn" / f"onnxruntime-web@{runtime.VERSION}" / "dist"
    folder.mkdir(parents=True)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path / "cdn")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(runtime, "_CDN", f"http://127.0.0.1:{server.server_port}")
    yield folder
    server.shutdown()


def obtained(offline=False):
    result = Runtime()
    assert result.pending and result.folder is None
    result.obtain(offline)
    assert not result.pending
    return result.folder


def assert_whole(folder):
    for name in ("ort.wasm.min.js", "ort-wasm-simd-threaded.mjs"):
        assert (folder / name).read_bytes() == (NPM / name).read_bytes()
    wasm = gzip.decompress((folder / "ort-wasm-simd-threaded.wasm.gz").read_bytes())
    assert hashlib.sha256(wasm).digest() == hashlib.sha256((NPM / "ort-wasm-simd-threaded.wasm").read_bytes()).digest()
    assert sorted(path.name for path in folder.iterdir()) == sorted(runtime.file_names())


def test_an_npm_install_serves_also_offline(capsys):
    assert_whole(obtained(offline=True))
    assert capsys.readouterr().out == ""


def test_what_is_in_the_cache_is_not_fetched_again(monkeypatch, tmp_path):
    folder = obtained()
    monkeypatch.setattr(runtime, "_NPM", tmp_path / "no-npm")
    assert obtained(offline=True) == folder


def test_it_is_fetched_once_and_says_so(no_npm, cdn, capsys):
    for name in NPM.glob("ort*wasm*"):
        (cdn / name.name).symlink_to(name)
    assert_whole(obtained())
    (line,) = capsys.readouterr().out.splitlines()
    assert "--offline" in line and "http://127.0.0.1" in line
    obtained()
    assert capsys.readouterr().out == ""


def test_offline_without_it_is_one_line(no_npm, capsys):
    assert obtained(offline=True) is None
    output = capsys.readouterr().out
    assert output.count("\n") == 1 and "--offline" in output and "server" in output


def test_what_is_not_the_pinned_version_is_not_used(no_npm, cdn, capsys):
    for name in NPM.glob("ort*wasm*"):
        (cdn / name.name).write_bytes(name.read_bytes()[:-1] + b"?")
    assert obtained() is None
    assert "not what it should be" in capsys.readouterr().out
    assert not runtime.cache_folder().exists()


def test_a_damaged_cache_is_mended():
    folder = obtained()
    (folder / "ort-wasm-simd-threaded.wasm.gz").write_bytes(b"half")
    (folder / "ort.wasm.min.js").write_text("other")
    assert_whole(obtained())


def test_the_charts_library_is_obtained_in_the_same_way(no_npm, capsys):
    charts = Runtime(runtime.UPLOT)
    charts.obtain(offline=True)
    assert charts.folder is None and "without charts" in capsys.readouterr().out
