"""The page's scripts without a page: node runs what the bundler makes of them."""

import json
import subprocess
from os.path import relpath

import pytest

from cgan.ui.page import DEFAULT_CHECKPOINT, build
from cgan.ui.studio import Studio
from cgan.ui.web import UI
from cgan.ui.web.bundle import bundle
from cgan.ui.web.config import config_script

# As much of a browser as the modules ask for when they are loaded.
_BROWSER = """
globalThis.window = globalThis;
globalThis.document = { documentElement: { lang: "en" }, baseURI: "http://localhost/" };
globalThis.location = { origin: "http://localhost", pathname: "/", href: "http://localhost/", search: "" };
"""


@pytest.fixture(scope="session")
def config():
    """The script with the app's own configuration."""
    studio = Studio()
    _, links = build(studio, DEFAULT_CHECKPOINT)
    return config_script(links.for_page(), studio.names_of_classes())


@pytest.fixture
def evaluate(tmp_path, config):
    """What a JavaScript function gives for an argument; `modules`: the names that it uses, by their file in web/."""

    def evaluate(modules: dict[str, str], function: str, argument: object = None) -> object:
        entry = tmp_path / "entry.js"
        imports = [
            f'import {{ {names} }} from "{relpath(UI / "web" / module, tmp_path)}";\n'
            for module, names in modules.items()
        ]
        call = f"({function})({json.dumps(argument)})"
        say = "((found) => console.log(JSON.stringify(found)))"
        entry.write_text("".join(imports) + f"Promise.resolve({call}).then({say});")
        script = _BROWSER + config + bundle(entry)
        finished = subprocess.run(["node", "-"], input=script, capture_output=True, text=True, timeout=60)
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)

    return evaluate
