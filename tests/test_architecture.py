"""The rules of ARCHITECTURE.md, checked by reading the imports and the sizes of the files."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

CORE = ("common", "data", "evaluation", "explain", "models", "sampling", "training")
NOT_FOR_CORE = ("gradio", "cgan.ui", "cgan.engine", "cgan.publish")
SLOW_TO_IMPORT = ("captum", "torchvision")
MOST_FILES = 16  # of a folder
MOST_LINES = 300  # of a file; engine.c is longer, to be read as one text
PACKAGES = sorted(path.parent.name for path in (ROOT / "cgan").glob("*/__init__.py"))


def sources(folder, suffixes=(".py",)):
    return [path for path in sorted((ROOT / "cgan" / folder).rglob("*")) if path.suffix in suffixes]


def imports(path, inside_functions=True):
    """The full names of the modules (and of the names) that a file imports."""
    found = set()
    todo = [ast.parse(path.read_text(encoding="utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif inside_functions or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            todo += ast.iter_child_nodes(node)
    return found


def within(name, packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def violations(paths, forbidden, **options):
    return [
        f"{path.relative_to(ROOT)}: {name}" for path in paths for name in imports(path, **options) if forbidden(name)
    ]


@pytest.mark.parametrize("package", CORE)
def test_the_core_imports_neither_the_page_nor_gradio(package):
    assert violations(sources(package), lambda name: within(name, NOT_FOR_CORE)) == []


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("common", ["cgan.common"]),
        ("models", ["cgan.models", "cgan.common"]),
        ("data", ["cgan.data", "cgan.common"]),
        ("training/step/losses.py", []),
        ("sampling/latents.py", []),
    ],
)
def test_basics_import_nothing_of_the_project_but_basics(path, allowed):
    paths = [ROOT / "cgan" / path] if path.endswith(".py") else sources(path)
    assert violations(paths, lambda name: within(name, ["cgan"]) and not within(name, allowed)) == []


def test_slow_packages_are_imported_only_inside_functions():
    slow = violations(sources(""), lambda name: within(name, SLOW_TO_IMPORT), inside_functions=False)
    assert slow == []


def test_a_tab_does_not_import_another_tab():
    tabs = [path for path in (ROOT / "cgan/ui/tabs").iterdir() if path.is_dir()]
    found = []
    for tab in tabs:
        others = [f"cgan.ui.tabs.{other.name}" for other in tabs if other != tab]
        found += violations(sources(tab), lambda name, others=others: within(name, others))
    assert found == []


@pytest.mark.parametrize("package", ["", *PACKAGES])
def test_folders_and_files_are_small(package):
    folder = ROOT / "cgan" / package
    files = [path for path in (folder.rglob("*") if package else folder.glob("*")) if path.is_file()]
    files = [path for path in files if "__pycache__" not in path.parts]
    counts = {parent: sum(path.parent == parent for path in files) for parent in {path.parent for path in files}}
    assert {f"{parent}": count for parent, count in counts.items() if count > MOST_FILES} == {}
    lines = {path: count_lines(path) for path in files if path.suffix in (".py", ".js", ".css", ".html")}
    assert {f"{path}": count for path, count in lines.items() if count > MOST_LINES} == {}


def count_lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
