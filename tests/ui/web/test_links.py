"""What a link says, and what it may not say."""

from urllib.parse import urlencode

import pytest

from cgan.common.classes import parse_class
from cgan.data import CLASSES
from tests.common.test_classes import ODD, ODD_NAMES, SPELLINGS, UNKNOWN

NAMES = ["r3gan-conv", "report-mlp"]
READ = f"(query) => {{ setCheckpoints({NAMES}); return readLink(query); }}"
MODULES = {"page/url.js": "readLink", "page/store.js": "setCheckpoints"}


@pytest.mark.parametrize("name", ["bag", "Bag", "包", "8"])
def test_a_class_goes_by_any_of_its_names(evaluate, name):
    link = evaluate(MODULES, READ, urlencode({"class": name}))
    assert link["values"]["class"] == 8 and link["problems"] == []


def test_a_link_has_a_tab_and_the_values_of_its_fields(evaluate):
    query = {"tab": "mix", "checkpoint": "report-mlp", "seed": 40, "weights": "0,0.5,0,1,0,0,0,0.25,0,0"}
    link = evaluate(MODULES, READ, urlencode(query))
    assert (link["tab"], link["problems"]) == ("mix", [])
    assert link["values"] == {
        **{"checkpoint": "report-mlp", "seed": 40, "weights": [0, 0.5, 0, 1, 0, 0, 0, 0.25, 0, 0]},
        **{"corners": [0, 7, 3, 21, 7, 7, 9, 21], "place": [0.5, 0.167]},  # what they say at first
    }


@pytest.mark.parametrize("network", ["efficientnet-lite0", "squeezenet1_1"])
def test_a_link_names_a_network_of_imagenet(evaluate, network):
    link = evaluate(MODULES, READ, urlencode({"tab": "inside", "network": network}))
    assert link["values"]["network"] == network and link["problems"] == []


@pytest.mark.parametrize("seed", [0, 9999, 10_000, 2**32 - 1])
@pytest.mark.parametrize("tab", ["generate", "mix", "inside"])
def test_a_link_has_any_seed(evaluate, tab, seed):
    link = evaluate(MODULES, READ, urlencode({"tab": tab, "seed": seed}))
    assert link["values"]["seed"] == seed and link["problems"] == []


@pytest.mark.parametrize(
    ("query", "network"),
    [
        ({}, "efficientnet-lite0"),
        ({"checkpoint": "report-mlp"}, "efficientnet-lite0"),
        ({"class": "bag"}, "judge"),
        ({"way": "z", "step": "fooling"}, "judge"),
        ({"network": "efficientnet-lite0", "class": "bag"}, "efficientnet-lite0"),
    ],
)
def test_which_network_a_link_means_that_may_not_name_one(evaluate, query, network):
    link = evaluate(MODULES, READ, urlencode({"tab": "inside", **query}))
    assert link["values"]["network"] == network and link["problems"] == []


@pytest.mark.parametrize("chosen", [{}, {"class": 8}, {"network": "judge"}, {"network": "judge", "class": 8}])
def test_a_link_to_the_inside_of_a_network_leads_back_to_it(evaluate, chosen):
    modules = MODULES | {"page/url.js": "readLink, writeLink", "page/store.js": "setCheckpoints, openTab, valuesOf"}
    script = f"""(chosen) => {{
      setCheckpoints({NAMES});
      openTab("inside", chosen);
      return [readLink(writeLink()).values, valuesOf("inside")];
    }}"""
    read, shown = evaluate(modules, script, chosen)
    assert read == shown


HOSTILE = [
    ("class", "${alert(1)}"),
    ("class", "10"),
    ("class", "constructor"),
    ("seed", "<img src=x onerror=alert(1)>"),
    ("seed", "-1"),
    ("seed", "1e99"),
    ("seed", "4294967296"),
    ("seed", "7.5"),
    ("seed", ""),
    ("truncation", "NaN"),
    ("count", "65"),
    ("checkpoint", "../../etc"),
    ("checkpoint", "${window.broken = 1}"),
    ("tab", "__proto__"),
    ("seed", "9" * 5000),
    ("mix", "weights", "0,1"),
    ("mix", "weights", "0,0,0,0,0,0,0,0,0,1.1"),
    ("mix", "corners", "0,7,3,21,7,7,10,21"),
    ("mix", "place", "0.5,<img src=x onerror=alert(1)>"),
    ("directions", "sigmas", ",,,,,"),
    ("directions", "cell", "4,3,0"),
    ("watch", "other", "../../etc"),
    ("picture", "image", "100"),
    ("how-good", "evidence", "constructor"),
    ("train", "run-a", "report,hidden:6"),
    ("train", "run-a", "off"),
    ("train", "run-b", "constructor.constructor,seed:<img src=x onerror=alert(1)>"),
    ("train", "training-images", "70000"),
]


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: " ".join(case)[:40])
def test_what_a_link_may_not_say_gets_one_line_and_the_default(evaluate, case):
    *tab, name, value = case
    asked = {"tab": tab[0]} if tab else {}
    link = evaluate(MODULES, READ, urlencode(asked | {name: value}))
    (line,) = link["problems"]
    assert line.startswith(f"The link says {name}: {value[:40]}") and "Allowed: " in line
    assert "\n" not in line and len(line) < 300
    assert link == {**evaluate(MODULES, READ, urlencode(asked)), "problems": [line]}


def test_what_is_written_is_read_again(evaluate):
    values = {"seed": 50, "weights": [0.5, 0, 0, 0, 0.25, 0, 0, 0, 0.5, 0], "place": [0.52, 0.167]}
    query, link = evaluate(
        {"page/url.js": "readLink, writeLink", "page/store.js": "openTab, setCheckpoints"},
        """([names, values]) => {
          setCheckpoints(names);
          openTab("mix", values);
          return [writeLink(), readLink(writeLink())];
        }""",
        [NAMES, values],
    )
    assert query == "tab=mix&seed=50&weights=0.5,0,0,0,0.25,0,0,0,0.5,0&place=0.52,0.167"
    assert link["values"] == link["values"] | values


def test_a_link_carries_the_settings_of_training_runs(evaluate):
    query = "tab=train&run-a=report.hinge,seed:3&run-b=off"
    values, written = evaluate(
        {"page/url.js": "readLink, writeLink", "page/store.js": "openTab, setCheckpoints"},
        """([names, query]) => {
          setCheckpoints(names);
          const { tab, values } = readLink(query);
          openTab(tab, values);
          return [values, writeLink()];
        }""",
        [NAMES, query],
    )
    assert (values["run-a"], values["run-b"], written) == ("report.hinge,seed:3", "off", query)


def test_a_link_leaves_out_the_generator_that_was_trained_here(evaluate):
    written = evaluate(
        {"page/url.js": "writeLink", "page/store.js": "update", "page/config.js": "TRAINED_HERE"},
        "() => { update({ checkpoint: TRAINED_HERE, seed: 50 }); return writeLink(); }",
    )
    assert written == "seed=50"


def test_the_first_view_has_no_query(evaluate):
    assert evaluate({"page/url.js": "writeLink"}, "() => writeLink()") == ""


def test_the_page_reads_the_names_of_classes_as_python_does(evaluate):
    """A table for both: tests/common/test_classes.py."""
    function = "([given, names]) => given.map((text) => parseClass(text, names) ?? null)"
    modules = {"page/fields.js": "parseClass"}
    assert evaluate(modules, function, [[text for text, _ in SPELLINGS], CLASSES]) == [index for _, index in SPELLINGS]
    assert evaluate(modules, function, [UNKNOWN, CLASSES]) == [None] * len(UNKNOWN)
    assert evaluate(modules, function, [[text for text, _ in ODD], ODD_NAMES]) == [index for _, index in ODD]


def test_every_class_of_a_link_is_read_again(evaluate):
    function = "(count) => Array.from({ length: count }, (_, index) => formatValue('class', index))"
    written = evaluate({"page/fields.js": "formatValue"}, function, len(CLASSES))
    assert [parse_class(name, CLASSES) for name in written] == [*range(10)]
