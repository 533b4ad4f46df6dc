"""What the page's script is told of the controls that a link may set."""

import pytest

from cgan.data import NUM_CLASSES
from cgan.sampling.latents import MAX_SEED
from cgan.ui.page import build
from cgan.ui.studio import MAX_COUNT, Studio


@pytest.fixture(scope="module")
def links():
    _, links = build(Studio(), "report-mlp")
    return links.for_page()


def test_every_tab_has_its_fields_and_begins_with_the_chosen_checkpoint(links):
    assert links["checkpoint"] == "report-mlp"
    for tab in ("generate", "interpolate", "directions", "inside", "how-good"):
        assert {"class", "seed"} <= {*links["tabs"][tab]}
    for field in (field for fields in links["tabs"].values() for field in fields.values()):
        assert "first" in field and field.keys() & {"low", "choices", "word", "each", "run", "checkpoint"}


def test_a_field_says_what_its_control_allows(links):
    generate = links["tabs"]["generate"]
    assert generate["seed"] == {"id": "seed", "first": 7, "low": 0, "high": MAX_SEED, "step": 1}
    assert generate["count"]["high"] == MAX_COUNT
    assert generate["class"]["choices"] == [*range(NUM_CLASSES)]
    assert links["tabs"]["interpolate"]["path"]["choices"] == ["slerp", "lerp"]
    assert generate["class"]["ofClasses"] and links["tabs"]["picture"]["redrawn-class"]["also"] == "find_class"
    weights, corners = (links["tabs"]["mix"][name] for name in ("weights", "corners"))  # the page puts in the classes
    assert weights["eachClass"] and weights["each"] == [{"low": 0, "high": 1, "step": 0.01}]
    assert [each.get("ofClasses") or each["high"] for each in corners["each"]] == [True, MAX_SEED] * 4
    assert links["tabs"]["watch"]["other"]["checkpoint"]
    assert links["tabs"]["inside"]["step"]["choices"] == ["saliency", "fooling", "visualization"]
