"""What the page makes of the classes of a checkpoint: fields, links, menus."""

import json

import pytest

from cgan.ui.page import DEFAULT_CHECKPOINT, build
from cgan.ui.studio import Studio
from cgan.ui.web.config import config_script
from tests.own_pictures import NAMES

OWN, TWO = "my-own", "my-two"
CLASSES = {OWN: {"en": NAMES, "zh": NAMES}, TWO: {"en": ["cat", "dog"], "zh": ["猫", "狗"]}}
READ = f"(query) => {{ setCheckpoints({json.dumps([DEFAULT_CHECKPOINT, *CLASSES])}); return readLink(query); }}"
MODULES = {"page/url.js": "readLink", "page/store.js": "setCheckpoints"}


@pytest.fixture(scope="session")
def config():
    studio = Studio()
    _, links = build(studio, DEFAULT_CHECKPOINT)
    return config_script(links.for_page(), studio.names_of_classes() | CLASSES)


def test_a_link_names_a_class_of_its_checkpoint(evaluate):
    for given, index in (("10", 3), ("火", 10), ("11", 11), ("c++", 7), ("big-b", 5)):
        link = evaluate(MODULES, READ, f"?checkpoint={OWN}&class={given.replace('+', '%2B')}")
        assert link["values"]["class"] == index and link["problems"] == []


def test_a_link_of_a_garment_says_that_the_checkpoint_has_none(evaluate):
    link = evaluate(MODULES, READ, f"?checkpoint={OWN}&class=ankle-boot")
    assert link["values"]["class"] == 3
    (problem,) = link["problems"]
    assert "class: ankle-boot. Allowed: 2, 3, 5, 10, a, big-b, c, C++, 水" in problem  # c- would be read as C
    assert problem.endswith("Shown instead: 10.")


@pytest.mark.parametrize(
    ("tab", "values"),
    [
        ("generate", {"class": 1}),
        ("interpolate", {"class": 1, "to-class": 1}),
        ("mix", {"weights": [0.5, 0.5], "corners": [0, 7, 1, 21, 1, 7, 1, 21]}),
        ("directions", {"class": 1, "cell": [1, 3]}),
        ("picture", {"redrawn-class": -1, "onward-class": 1}),
    ],
)
def test_what_the_page_says_at_first_is_a_class_that_there_is(evaluate, tab, values):
    link = evaluate(MODULES, READ, f"?tab={tab}&checkpoint={TWO}")
    assert link["problems"] == [] and {name: link["values"][name] for name in values} == values


def test_weights_are_as_many_as_classes(evaluate):
    weights = ",".join(["0.5"] * len(NAMES))
    link = evaluate(MODULES, READ, f"?tab=mix&checkpoint={OWN}&weights={weights}&corners=11,1,0,2,3,3,4,4")
    assert link["problems"] == [] and link["values"]["weights"] == [0.5] * len(NAMES)
    assert link["values"]["corners"][0] == 11
    link = evaluate(MODULES, READ, f"?tab=mix&checkpoint={TWO}&weights={weights}")
    assert len(link["problems"]) == 1 and "2 numbers" in link["problems"][0]


def test_what_was_chosen_is_held_to_the_classes_and_comes_back(evaluate):
    function = f"""() => {{
      update({{ checkpoint: "{OWN}", class: 11 }});
      const seen = [valuesOf("generate").class];
      update({{ checkpoint: "{TWO}" }});
      seen.push(valuesOf("generate").class);
      update({{ checkpoint: "{OWN}" }});
      return [...seen, valuesOf("generate").class];
    }}"""
    assert evaluate({"page/store.js": "update, valuesOf"}, function) == [11, 1, 11]


def test_a_text_of_the_server_may_be_a_name_in_two_languages(evaluate):
    function = """(words) => [say(words), className("my-two", 1), classNames("unknown").length]"""
    modules = {"page/texts.js": "say", "drawing/classes.js": "className, classNames"}
    assert evaluate(modules, function, {"en": "Dress", "zh": "连衣裙"}) == ["Dress", "dog", 10]


def test_any_class_is_not_the_class_that_is_called_one(evaluate, config):
    function = """(names) => {
      const field = { names, choices: [-1, 0, 1], first: -1 };
      return [heldValue(field, -1), parseValue(field, "-1"), parseValue(field, "1"), formatValue(field, 0)];
    }"""
    modules = {"page/fields.js": "formatValue, heldValue, parseValue"}
    assert evaluate(modules, function, [["1", "1"], ["0", "0"]]) == [-1, -1, 0, "1"]
