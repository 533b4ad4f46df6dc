"""The measures of a checkpoint, beside those of the report's and of real images, as the page lays them out."""

import json
import math
import shlex
from pathlib import Path

from cgan.data import CLASS_NAMES
from cgan.evaluation import metrics
from cgan.evaluation.classifiers import JUDGE, judge_version
from cgan.models.checkpoints import CHECKPOINTS, CheckpointError
from cgan.ui.figures import Text, say
from cgan.ui.studio import TRAINED_HERE, Studio

REPORT = "report-mlp"  # beside which every checkpoint is set
_MAX_BYTES = 2**20
_MEASURES = {
    "fid": "{:.3g}",
    "precision": "{:.1%}",
    "recall": "{:.1%}",
    "density": "{:.2f}",
    "coverage": "{:.1%}",
    "gan_test": "{:.1%}",
    "gan_train": "{:.1%}",
}
_MEASURES_BY_CLASS = ("fid", "precision", "recall", "gan_test")


def report_card(studio: Studio, checkpoint: str) -> dict:
    """A table (columns, and rows with a cell a column), measures class by class, and what is missing.

    Raises RefusalError, CheckpointError.
    """
    names = [checkpoint] if checkpoint == REPORT or REPORT not in studio.names() else [checkpoint, REPORT]
    measured = [{} if name == TRAINED_HERE else _read(studio.folder(name) / metrics.METRICS) for name in names]
    columns = [*(say("trained_here") if name == TRAINED_HERE else name for name in names), say("column_real")]
    measured.append(_read(JUDGE / metrics.REAL))
    rows = [
        {
            "title": say(f"measure_{measure}"),
            "meaning": say(f"meaning_{measure}"),
            "cells": [_cell(_value(of_column, measure), form) for of_column in measured],
        }
        for measure, form in _MEASURES.items()
    ]
    by_class = {
        measure: [
            {"name": say(f"class_{index}"), "values": [_of_class(column, name, measure) for column in measured]}
            for index, name in enumerate(CLASS_NAMES)
        ]
        for measure in _MEASURES_BY_CLASS
    }
    missing = None if measured[0] else _why_unmeasured(studio, checkpoint)
    return {"columns": columns, "rows": rows, "by_class": by_class, "missing": missing}


def _why_unmeasured(studio: Studio, checkpoint: str) -> Text:
    if checkpoint == TRAINED_HERE:
        return say("trained_only_here")
    file = studio.folder(checkpoint) / metrics.METRICS
    if file.is_relative_to(CHECKPOINTS):
        file = file.relative_to(CHECKPOINTS.parent)  # the command is meant for the project's folder
    return say("not_measured", name=checkpoint, checkpoint=shlex.quote(checkpoint), file=shlex.quote(f"{file}"))


def _read(path: Path) -> dict:
    """What a file of metrics says; nothing where there is none, or where another judge has measured."""
    try:
        content = json.loads(path.read_bytes()[:_MAX_BYTES])
        is_current = isinstance(content, dict) and content.get("judge") == judge_version()
    except (OSError, ValueError, RecursionError, CheckpointError):
        return {}
    return content if is_current else {}


def _of_class(measured: dict, name: str, measure: str) -> float | None:
    classes = measured.get("per_class")
    of_class = classes.get(name) if isinstance(classes, dict) else None
    return _number(of_class.get(measure)) if isinstance(of_class, dict) else None


def _value(measured: dict, measure: str) -> float | None:
    """Of GAN-train the mean of its kinds of classifiers."""
    value = measured.get(measure)
    if measure != "gan_train":
        return _number(value)
    kinds = value.values() if isinstance(value, dict) else ()
    means = [_number(kind.get("mean")) for kind in kinds if isinstance(kind, dict)]
    return sum(means) / len(means) if means and None not in means else None


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and math.isfinite(value) else None


def _cell(value: float | None, form: str) -> Text:
    return say("no_number") if value is None else form.format(value)
