"""The UI store: what is drawn when."""

_DRAWN = """(steps) => {
  const drawn = [];
  drawFrom("generate", ["checkpoint", "class", "seed"], (request) => drawn.push(request));
  drawFrom("interpolate", ["seed"], (request) => drawn.push(request));
  drawFrom("interpolate", ["position"], (request) => drawn.push(request), { position: 0 });
  const run = { update, openTab, redraw };
  return steps.map(([name, ...given]) => {
    drawn.length = 0;
    run[name](...given);
    return [...drawn];
  });
}"""


def drawn(evaluate, *steps):
    """What each step has drawn."""
    return evaluate({"page/store.js": "drawFrom, openTab, redraw, update"}, _DRAWN, steps)


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
