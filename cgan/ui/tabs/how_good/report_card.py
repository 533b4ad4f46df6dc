"""The measures of a checkpoint, beside those of the report's and of real images, as the page lays them out."""

import json
import math
from pathlib import Path

from cgan.common.classes import FASHION_MNIST
from cgan.common.command_line import as_command
from cgan.evaluation import metrics
from cgan.evaluation.classifiers import MAKE_JUDGE, judge_version
from cgan.models.checkpoints import CHECKPOINTS, CheckpointError
from cgan.ui.figures import Text, class_name, say
from cgan.ui.studio import TRAINED_HERE, Studio

REPORT = "report-mlp"  # beside which every checkpoint is set
_MAX_BYTES = 2**20
_MEASURES = {  # a dot leads into a part of the file
    "two_sample.accuracy": "{:.1%}",
    "two_sample.auc": "{:.1%}",
    "fid": "{:.3g}",
    "precision": "{:.1%}",
    "recall": "{:.1%}",
    "density": "{:.2f}",
    "coverage": "{:.1%}",
    "gan_test": "{:.1%}",
    "gan_train": "{:.1%}",
    "random_features.fid": "{:.3g}",
    "random_features.precision": "{:.1%}",
    "random_features.recall": "{:.1%}",
}
_MEASURES_BY_CLASS = ("fid", "precision", "recall", "gan_test")


def report_card(studio: Studio, checkpoint: str) -> dict:
    """A table (columns, and rows with a cell a column), measures class by class, and what is missing.

    Without a judge there are no rows. Raises RefusalError, CheckpointError.
    """
    if checkpoint == TRAINED_HERE:
        return _nothing(say("trained_here"), say("trained_only_here"))
    classes, judge = studio.classes(checkpoint), studio.judge(checkpoint)
    if judge is None:
        return _nothing(checkpoint, say("no_judge", name=checkpoint, command=MAKE_JUDGE))
    is_compared = checkpoint != REPORT and REPORT in studio.names() and studio.classes(REPORT) == classes
    names = [checkpoint, REPORT] if is_compared else [checkpoint]
    files = [*(studio.folder(name) / metrics.METRICS for name in names), judge / metrics.REAL]
    measured = [_read(file, judge) for file in files]
    rows = [
        {
            "title": say(f"measure_{measure.replace('.', '_')}"),
            "meaning": say(f"meaning_{measure.replace('.', '_')}"),
            "cells": [_cell(_value(of_column, measure), form) for of_column in measured],
        }
        for measure, form in _MEASURES.items()
    ]
    by_class = {
        measure: [
            {"name": class_name(classes, index), "values": [_of_class(column, name, measure) for column in measured]}
            for index, name in enumerate(classes.names)
        ]
        for measure in _MEASURES_BY_CLASS
    }
    missing = None if measured[0] else _why_unmeasured(studio, checkpoint)
    return {"columns": [*names, say("column_real")], "rows": rows, "by_class": by_class, "missing": missing}


def _nothing(checkpoint: Text, missing: Text) -> dict:
    return {"columns": [checkpoint], "rows": [], "by_class": {}, "missing": missing}


def _why_unmeasured(studio: Studio, checkpoint: str) -> Text:
    file = studio.folder(checkpoint) / metrics.METRICS
    if file.is_relative_to(CHECKPOINTS):
        file = file.relative_to(CHECKPOINTS.parent)  # the command is meant for the project's folder
    own = "" if studio.classes(checkpoint) == FASHION_MNIST else " --data PATH --judge DIR"
    words = {"name": checkpoint, "checkpoint": as_command(checkpoint), "file": as_command(file)}
    return say("not_measured", **words, own=own)


def _read(path: Path, judge: Path) -> dict:
    """What a file of metrics says; nothing where there is none, or where another judge has measured."""
    try:
        content = json.loads(path.read_bytes()[:_MAX_BYTES])
        is_current = isinstance(content, dict) and content.get("judge") == judge_version(judge)
    except (OSError, ValueError, RecursionError, CheckpointError):
        return {}
    return content if is_current else {}


def _of_class(measured: dict, name: str, measure: str) -> float | None:
    return _number(_part(measured, "per_class", name, measure))


def _value(measured: dict, measure: str) -> float | None:
    """Of several seeds the mean, of GAN-train the mean of its kinds of classifiers."""
    value = _part(measured, *measure.split("."))
    if not isinstance(value, dict):
        return _number(value)
    means = [_number(_part(kind, "mean")) for kind in (value.values() if measure == "gan_train" else [value])]
    return sum(means) / len(means) if means and None not in means else None


def _part(content: object, *names: str) -> object:
    """A value in nested dictionaries, None where it is missing."""
    for name in names:
        content = content.get(name) if isinstance(content, dict) else None
    return content


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and math.isfinite(value) else None


def _cell(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)
