"""docs/exercise.ipynb runs from top to bottom: with few steps, and as a slow proof with all of them."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

NOTEBOOK = ROOT / "docs" / "exercise.ipynb"
PICTURES = 11  # data, report-mlp, by hand, the run, its curves, the end, saliency, three fooled, class visualization


def cells(notebook, kind):
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def pictures(notebook):
    outputs = [output for cell in cells(notebook, "code") for output in cell.outputs]
    return [output for output in outputs if "image/png" in output.get("data", {})]


def share_named_right(notebook):
    """What the judge says of the run at its end, in percent."""
    printed = "".join(o.get("text", "") for cell in cells(notebook, "code") for o in cell.outputs)
    return float(re.search(r"The judge names ([\d.]+)%", printed)[1])


@pytest.fixture
def run_notebook():
    """Run all cells in a kernel of its own and return the notebook; a cell that fails fails the test."""

    def run(**parameters):
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        (chosen,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
        for name, value in parameters.items():
            chosen.source, count = re.subn(rf"^{name} = .*$", f"{name} = {value}", chosen.source, flags=re.MULTILINE)
            assert count == 1, name
        folder = {"metadata": {"path": f"{NOTEBOOK.parent}"}}
        return NotebookClient(notebook, timeout=600, kernel_name="python3", resources=folder).execute()

    return run


def test_it_runs_from_top_to_bottom(run_notebook):
    assert len(pictures(run_notebook(STEPS_BY_HAND=5, STEPS=50))) == PICTURES


@pytest.mark.slow
def test_its_run_draws_clothes(run_notebook):
    assert share_named_right(run_notebook()) > 50


def test_it_is_kept_with_its_pictures_and_is_small():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert NOTEBOOK.stat().st_size < 600_000
    counts = [cell.execution_count for cell in cells(notebook, "code")]
    assert counts == [*range(1, len(counts) + 1)]
    assert len(pictures(notebook)) == PICTURES and share_named_right(notebook) > 50


def test_its_text_is_in_both_languages():
    texts = [
        re.sub(r"`[^`]*`|\$\$.*?\$\$", "", cell.source, flags=re.S)
        for cell in cells(nbformat.read(NOTEBOOK, 4), "markdown")
    ]
    for text in texts:
        assert re.search(r"[a-z]{3,} [a-z]{2,}", text) and re.search(r"[一-鿿]{3,}", text), text
