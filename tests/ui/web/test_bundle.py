"""ES modules as one script."""

import subprocess

import pytest

from cgan.ui.web.bundle import BundleError, bundle, bundle_later


@pytest.fixture
def write(tmp_path):
    def write(**modules):
        for name, source in modules.items():
            (tmp_path / f"{name}.js").write_text(source)
        return tmp_path / "main.js"

    return write


def run(script):
    finished = subprocess.run(["node", "-"], input=script, capture_output=True, text=True, timeout=60)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.split()


def test_modules_run_once_each_after_what_they_import(write):
    main = write(
        main='import { a,\n  twice as double } from "./a.js";\nimport "./b.js";\nconsole.log(double(a));',
        a='import { b } from "./b.js";\nexport const a = b + 1;\nexport function twice(x) { return 2 * x; }',
        b='console.log("b");\nexport const b = 10;\nconst a = "another a";',
    )
    assert run(bundle(main)) == ["b", "22"]


def test_all_forms_of_exports(write):
    main = write(
        main='import { A, b, c, d } from "./a.js";\nc().then((x) => console.log(new A().x, b(), x, [...d()][0]));',
        a="export class A { x = 1; }\nexport function b() { return 2; }\n"
        "export async function c() { return 3; }\nexport function* d() { yield 4; }",
    )
    assert run(bundle(main)) == ["1", "2", "3", "4"]


def test_a_later_script_shares_what_the_page_has_run(write):
    main = write(
        main='import { count } from "./a.js";\nconsole.log(count());',
        a="let calls = 0;\nexport function count() { return ++calls; }",
        b='import { count } from "./a.js";\nimport { three } from "./c.js";\nexport const all = () => count() + three;',
        c="export const three = 3;",
    )
    later = main.with_name("b.js")
    scripts = bundle(main), bundle_later(later, main)
    assert run("\n".join(["globalThis.cgan = {};", *scripts, "console.log(cgan.all());"])) == ["1", "5"]
    assert "three" not in scripts[0] and "calls" not in scripts[1]


def test_comments_are_left_out_and_nothing_else(write):
    main = write(
        main="// said\n/**\n * said\n */\nconst a = 1; // kept\n/** said */\n/** kept */ const b = `/* c */`;\n"
        "console.log(a, b.length);\n"
    )
    script = bundle(main)
    assert run(script) == ["1", "7"]
    assert "said" not in script and script.count("kept") == 2


@pytest.mark.parametrize(
    ("modules", "words"),
    [
        (
            {"main": 'import { x } from "./a.js";\n', "a": "const x = 1;\n"},
            "main.js imports x, which a.js does not export",
        ),
        ({"main": 'import { x } from "./a.js";\n', "a": 'import "./main.js";\n'}, "import cycle: "),
        ({"main": "export default 1;\n"}, "'export default 1;' is none of the forms"),
        ({"main": 'import * as a from "./a.js";\n', "a": ""}, "none of the forms"),
        ({"main": "export { x };\n"}, "none of the forms"),
    ],
)
def test_what_does_not_fit_is_said(write, modules, words):
    with pytest.raises(BundleError) as refusal:
        bundle(write(**modules))
    assert words in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_missing_module_is_named(write):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        bundle(write(main='import { x } from "./nowhere.js";\n'))
