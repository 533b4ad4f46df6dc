"""The UI store: what is drawn when."""

_DRAWN = """(steps) => {
  const drawn = [];
  drawFrom("generate", ["checkpoint", "class", "seed"], (request) => drawn.push(request));
  drawFrom("interpolate", ["seed"], (request) => drawn.push(request));
  drawFrom("interpolate", ["position"], (request) => drawn.push(request), { position: 0 });
  const run = { update, openTab, redraw, standInFor };
  return steps.map(([name, ...given]) => {
    drawn.length = 0;
    run[name](...given);
    return [...drawn];
  });
}"""


def drawn(evaluate, *steps):
    """What each step has drawn."""
    return evaluate({"page/store.js": "drawFrom, openTab, redraw, standInFor, update"}, _DRAWN, steps)


def test_what_depends_on_a_value_is_drawn_when_it_changes(evaluate):
    first, again, other = drawn(evaluate, ["update", {"seed": 5}], ["update", {"seed": 5}], ["update", {"count": 3}])
    assert first == [{"checkpoint": "r3gan-conv", "class": 3, "seed": 5}]
    assert again == other == []


def test_a_closed_tab_is_drawn_when_it_opens(evaluate):
    opened, moved, back = drawn(
        evaluate, ["openTab", "interpolate", {"seed": 5}], ["update", {"position": 0.5}], ["openTab", "generate"]
    )
    assert opened == [{"seed": 5}] and moved == [{"position": 0.5}]
    assert back == [{"checkpoint": "r3gan-conv", "class": 3, "seed": 5}]


def test_a_redraw_is_of_what_the_checkpoint_has_drawn(evaluate):
    _, redrawn, opened, again = drawn(
        evaluate, ["update", {"seed": 5}], ["redraw"], ["openTab", "interpolate"], ["redraw"]
    )
    assert redrawn == [{"checkpoint": "r3gan-conv", "class": 3, "seed": 5}]
    assert opened == [{"seed": 5}] and again == []


def test_what_is_typed_is_held_in_its_range(evaluate):
    steps = [["update", {"seed": value}] for value in (2**40, 12345, -3, 7.4)]
    assert [each[0]["seed"] for each in drawn(evaluate, *steps)] == [2**32 - 1, 12345, 0, 7]


FOUND = {"checkpoint": "r3gan-conv", "z": [0.5, 1], "strength": 0.2}


def test_a_found_z_stands_in_for_a_seed_until_another_is_chosen(evaluate):
    taken, opened, chosen, again, left = drawn(
        evaluate,
        ["standInFor", "seed", FOUND],
        ["openTab", "interpolate"],
        ["update", {"seed": 12}],
        ["standInFor", "seed", FOUND],
        ["standInFor", "seed", None],
    )
    assert taken[0]["seed"] == FOUND and opened == [{"seed": FOUND}]
    assert chosen == [{"seed": 12}] and again == [{"seed": FOUND}] and left == [{"seed": 12}]


def test_a_found_z_is_of_one_checkpoint(evaluate):
    _, other, back = drawn(
        evaluate,
        ["standInFor", "seed", FOUND],
        ["update", {"checkpoint": "report-mlp"}],
        ["update", {"checkpoint": "r3gan-conv"}],
    )
    assert other[0]["seed"] == 7 and back[0]["seed"] == FOUND
