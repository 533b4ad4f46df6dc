"""What the tab "Train" says of runs and settings, without a browser."""

import dataclasses
import math
import sys

import pytest

from cgan.common.validation import Range, Widths
from cgan.training import command
from cgan.training.config import TrainingConfig
from cgan.training.step.losses import OBJECTIVES
from cgan.ui.texts import TEXTS

PRESETS = {"page/training_runs.js": "PRESETS, presetSettings, parseRun, formatRun"}
SETTINGS = {"page/training_runs.js": "completeSettings, REPORT"}
HISTORY = {"../tabs/train/history.js": "History"}


def settings(evaluate, *names):
    return evaluate(PRESETS, "(names) => names.map(presetSettings)", names)


def changes(evaluate, base, preset):
    before, after = settings(evaluate, base, preset)
    return {name: value for name, value in after.items() if value != before[name]}


@pytest.mark.parametrize(
    ("base", "change", "expected"),
    [
        ("first-clothes", "rate-10", {"learning_rate": 0.005, "learning_rate_d": 0.01}),
        ("report", "rate-10", {"learning_rate": 0.002}),
        ("report", "momentum-0.9", {"beta1": 0.9}),
        ("report", "no-batchnorm", {"batchnorm": False}),
        ("report", "eps-1e-5", {"batchnorm_eps": 1e-5}),
        ("first-clothes", "eps-0.8", {"batchnorm_eps": 0.8}),
        ("report", "d-5", {"d_steps": 5}),
        ("report", "no-dropout", {"dropout": 0}),
        ("report", "hinge", {"loss": "hinge"}),
        ("report", "relativistic", {"loss": "relativistic"}),
        ("first-clothes", "least-squares", {"loss": "least-squares"}),
        ("report", "penalty", {"penalty": 0.5, "penalty_every": 4}),
        ("first-clothes", "z-2", {"latent_dim": 2}),
    ],
)
def test_a_preset_changes_what_its_name_says(evaluate, base, change, expected):
    assert changes(evaluate, base, f"{base}.{change}") == expected


def test_the_reports_preset_is_train_pys_default(evaluate):
    (report,) = settings(evaluate, "report")
    defaults = TrainingConfig()
    values = {name: getattr(defaults, name) for name in report}
    assert report == {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def test_no_preset_is_the_same_as_its_base(evaluate):
    presets = evaluate(PRESETS, "() => PRESETS")
    assert set(presets) == {"first-clothes", "report"}
    for base, (first, *others) in presets.items():
        assert first["name"] == base
        assert {"report.eps-0.8", "report.least-squares", "first-clothes.relativistic"}.isdisjoint(
            each["name"] for each in others
        )


@pytest.mark.parametrize(
    "text",
    [
        *("report", "first-clothes.rate-10", "report.hinge,hidden:64-128,seed:3", "report,batchnorm:false,steps:500"),
        "report,penalty:0.5,first_penalty:2,penalty_every:4,burn_in:5000",
    ],
)
def test_a_run_is_read_and_written_as_the_same_text(evaluate, text):
    once = "(text) => { const { preset, settings } = parseRun(text); return formatRun(preset, settings); }"
    assert evaluate(PRESETS, once, text) == text


def test_a_run_has_the_settings_of_its_text(evaluate):
    run = evaluate(PRESETS, "parseRun", "report.hinge,seed:3,hidden:64-128,learning_rate_d:1e-3,batchnorm:false")
    expected = {"loss": "hinge", "seed": 3, "hidden": [64, 128], "learning_rate_d": 0.001, "batchnorm": False}
    assert run["settings"] == run["settings"] | expected and run["preset"] == "report.hinge"


@pytest.mark.parametrize("text", ["", "reports", "report,depth:3", "report,seed:-1", "report,hidden:6", "__proto__"])
def test_no_other_text_is_a_run(evaluate, text):
    assert evaluate(PRESETS, "(text) => { try { return parseRun(text); } catch { return null; } }", text) is None


FIELDS = {field.name: field.metadata["setting"].allowed for field in dataclasses.fields(TrainingConfig)}
# What a run of the terminal alone has, and what the other pairs have.
NOT_IN_THE_PAGE = {"augmentation", "start_from", "log_every", "precision", "keep_averages", "save_every"}
NOT_IN_THE_PAGE |= {"arch", "width", "width_d"}


def test_all_of_train_pys_settings_of_this_pair_are_there(evaluate):
    assert FIELDS.keys() - evaluate(SETTINGS, "() => REPORT").keys() == NOT_IN_THE_PAGE
    assert evaluate({"../../engine/training/losses.js": "LOSSES"}, "() => LOSSES") == [*OBJECTIVES]


def values_around(allowed):
    """Values at the ends of what train.py allows, and beyond them: (value, whether it is allowed)."""
    if isinstance(allowed, Widths):
        most = [allowed.high] * allowed.layers
        wrong = ([], [*most, 4], [allowed.low - 4], [allowed.high + 4], [6], [8.5], 64)
        return [(most, True), ([allowed.low], True), *((value, False) for value in wrong)]
    step = 1 if allowed.kind is int else 1e-9
    ends = [(allowed.low, True), (allowed.low - step, False)]
    if allowed.kind is int:
        ends.append((allowed.low + 0.5, False))
    return ends if allowed.high == math.inf else [*ends, (allowed.high, True), (allowed.high + step, False)]


REFUSALS = """(all) => all.map((given) => {
  try {
    completeSettings(given);
    return null;
  } catch (error) {
    return error.message;
  }
})"""


def test_ranges_are_those_of_train_py(evaluate):
    names = [name for name in evaluate(SETTINGS, "() => REPORT") if isinstance(FIELDS[name], Range | Widths)]
    cases = [(name, *case) for name in names for case in values_around(FIELDS[name])]
    refusals = evaluate(SETTINGS, REFUSALS, [{name: value} for name, value, _ in cases])
    for (name, value, is_allowed), refusal in zip(cases, refusals, strict=True):
        assert (refusal is None) == is_allowed, (name, value, refusal)


def test_what_is_no_setting_is_one_line(evaluate):
    given = [{"rate": 1}, {"batch_size": "64"}, {"loss": "toString"}, {"batchnorm": 1}, {"learning_rate": None}]
    assert evaluate(SETTINGS, REFUSALS, given) == [
        "there is no setting rate; there are: " + ", ".join(evaluate(SETTINGS, "() => REPORT")),
        'batch_size may not be "64"',
        'loss may not be "toString"',
        "batchnorm may not be 1",
        "learning_rate may not be null",
    ]


def test_all_that_the_page_names_has_words(evaluate):
    presets = evaluate(PRESETS, "() => PRESETS")
    changed = {each["change"] for of_base in presets.values() for each in of_base if each["change"]}
    (report,) = settings(evaluate, "report")
    keys = [*(f"train_base_{base}" for base in presets), *(f"train_about_{base}" for base in presets)]
    keys += [*(f"train_change_{change}" for change in changed), *(f"train_set_{name}" for name in report)]
    assert [key for key in keys if key not in TEXTS] == []


def test_the_command_of_a_run_trains_with_its_settings(evaluate, monkeypatch):
    modules = PRESETS | {"../tabs/train/command.js": "commandOf"}
    text = "first-clothes.no-batchnorm,penalty:0.5,first_penalty:2,burn_in:5000,seed:3,steps:500"
    written = evaluate(modules, "(text) => commandOf(parseRun(text).settings)", text)
    python, *arguments = written.replace("\\\n", " ").split()
    monkeypatch.setattr(sys, "argv", arguments)
    expected = TrainingConfig(
        **{"latent_dim": 16, "label_dim": 10, "hidden": (256, 512), "hidden_d": (256, 256), "batchnorm": False},
        **{"batchnorm_eps": 1e-5, "loss": "relativistic", "learning_rate": 5e-4, "learning_rate_d": 1e-3},
        **{"beta1": 0.0, "beta2": 0.99, "penalty": 0.5, "first_penalty": 2.0, "burn_in": 5000, "seed": 3, "steps": 500},
    )
    assert command._config(command._arguments()) == expected
    assert (python, arguments[0]) == ("python", "train.py")


def test_a_long_history_keeps_its_course_in_few_points(evaluate):
    history = evaluate(
        HISTORY,
        """() => {
          const history = new History(["a", "b"]);
          for (let x = 0; x < 10_000; x++) history.add(x, { a: x, b: 2 * x });
          history.add(9999, { a: 0, b: 0 });
          history.add(10_000, { a: NaN, b: 0 });
          return history;
        }""",
    )
    xs = history["xs"]
    assert xs == [*range(15, 10_000, 16)]  # 625 points of 16 measurements each
    assert history["ys"]["a"] == [x - 7.5 for x in xs]  # their means
    assert history["ys"]["b"] == [2 * x - 15 for x in xs]
