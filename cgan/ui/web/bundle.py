"""ES modules as one classic script, which a page can carry inline and a worker can load.

Each module becomes a function scope; its imports become destructured results of other modules. The modules keep to two
forms, each on lines that begin with it:

    import { a, b as c } from "./other.js";         (also without names: import "./other.js";)
    export function a() {}          (also async function, function*, const, class)
"""

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

_COMMENT = re.compile(r"^ *(?://.*|/\*\*(?:(?!\*/)[\s\S])*\*/)\n", re.MULTILINE)  # of whole lines: left out
_IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.{1,2}/[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function\*?|const|class) (\w+))", re.MULTILINE)
_OTHER_FORM = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class BundleError(Exception):
    """Modules do not fit together; the message is one line for the programmer."""


class _Module(NamedTuple):
    imports: dict[Path, str]  # by the imported file: the names between the braces
    exports: list[str]
    body: str


def bundle(entry: Path) -> str:
    """The script that runs a module after all that it imports. Raises BundleError, OSError."""
    modules = _collect(entry)
    numbers = {path: number for number, path in enumerate(modules)}
    parts = []
    for path, module in modules.items():
        heads = [
            f"const {{ {_destructured(path, names, imported, modules[imported])} }} = module_{numbers[imported]};"
            for imported, names in module.imports.items()
        ]
        result = f"return {{ {', '.join(module.exports)} }};"
        parts += [f"const module_{numbers[path]} = (() => {{", *heads, module.body, result, "})();"]
    return "\n".join(['(() => {\n"use strict";', *parts, "})();\n"])


def _collect(entry: Path) -> dict[Path, _Module]:
    """A module and all that it imports, each after what it imports itself."""
    modules: dict[Path, _Module] = {}
    missing = [entry.resolve()]
    while missing:
        path = missing.pop()
        modules[path] = _parse(path)
        missing += [imported for imported in modules[path].imports if imported not in modules]
    try:
        order = [*TopologicalSorter({path: module.imports for path, module in modules.items()}).static_order()]
    except CycleError as error:
        raise BundleError(f"import cycle: {' imports '.join(path.name for path in error.args[1][::-1])}") from error
    return {path: modules[path] for path in order}


def _parse(path: Path) -> _Module:
    source = path.read_text(encoding="utf-8")
    imports: dict[Path, str] = {}
    for names, address in _IMPORT.findall(source):
        imported = (path.parent / address).resolve()
        imports[imported] = f"{imports[imported]}, {names}" if imported in imports else names
    body = _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", source)))
    if unknown := _OTHER_FORM.search(body):
        raise BundleError(f"{path.name}: {unknown[0]!r} is none of the forms that this bundler knows")
    return _Module(imports, _EXPORT.findall(source), body)


def _destructured(importer: Path, names: str, imported: Path, module: _Module) -> str:
    """`a, b: c` for the names `a, b as c` of an import."""
    pairs = [name.split(" as ") for name in re.split(r"\s*,\s*", names.strip()) if name]
    for name, *_ in pairs:
        if name not in module.exports:
            raise BundleError(f"{importer.name} imports {name}, which {imported.name} does not export")
    return ", ".join(": ".join(pair) for pair in pairs)
