"""A real nginx, with its distribution's own table of media types."""

import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.server import free_port

_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def find_nginx() -> str | None:
    """Its path: Debian has it where only the administrator looks for programs."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


@contextmanager
def nginx(folder: Path, *servers: str) -> Iterator[list[int]]:
    """Serve with one `server { ... }` for each of these texts, and yield their ports."""
    import pytest  # which `python -m tests` may have to install first

    program = find_nginx()
    if program is None:
        pytest.skip("no nginx here (Debian: apt-get install nginx-light)")
    ports = [free_port() for _ in servers]
    temporary = "".join(f"{name}_temp_path {folder}/{name};\n" for name in _TEMPORARY)
    blocks = "".join(
        f"server {{ listen 127.0.0.1:{port};\n{text} }}\n" for port, text in zip(ports, servers, strict=True)
    )
    configuration = folder / "nginx.conf"
    user = "user root;\n" if os.geteuid() == 0 else ""  # its workers read folders that pytest has closed to others
    configuration.write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log off;\ninclude /etc/nginx/mime.types;\n{temporary}{blocks} }}\n"
    )
    process = subprocess.Popen([program, "-c", f"{configuration}", "-e", f"{folder}/error.log"])
    try:
        _wait(ports[0], process)
        yield ports
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            assert process.poll() is None, "nginx has ended"
            time.sleep(0.1)
    raise AssertionError("nginx does not answer")
