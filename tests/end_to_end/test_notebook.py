"""The notebook runs from its first cell to its last, away from the network and from any home."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

SECONDS_A_CELL = 120
# No number of the synthetic panel is held here: fewer persons are drawn, of it and of its truth.
PERSONS = ('{"panel.persons": 150_000}', '{"panel.persons": 12_000}')
FEWER = """
from dataclasses import replace

from evaluation.checks import known_truth

whole = known_truth.superpopulation
known_truth.superpopulation = lambda spec: replace(whole(spec), persons=8_000)
"""


@pytest.fixture(scope="module")
def written(root: Path) -> Any:
    return nbformat.read(root / "docs" / "notebook.ipynb", as_version=4)


@pytest.fixture(scope="module")
def kernel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Offer the running interpreter as a kernel; a kernel of the user's cannot take its place."""
    folder = tmp_path_factory.mktemp("jupyter")
    place = folder / "kernels" / "under_test"
    place.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    described = {
        "argv": command,
        "display_name": "under test",
        "language": "python",
        # This checkout, even where the installed package is another.
        "env": {"PYTHONPATH": str(root)},
    }
    (place / "kernel.json").write_text(json.dumps(described), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder))
        for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(folder / name.lower()))
        yield "under_test"


@pytest.fixture(scope="module")
def executed(written: Any, kernel: str, root: Path) -> Any:
    notebook = nbformat.from_dict(json.loads(json.dumps(written)))
    (run,) = [cell for cell in notebook.cells if PERSONS[0] in cell["source"]]
    run["source"] = run["source"].replace(*PERSONS)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(FEWER))
    resources = {"metadata": {"path": str(root / "docs")}}
    client = NotebookClient(
        notebook, kernel_name=kernel, timeout=SECONDS_A_CELL, resources=resources
    )
    return client.execute()


def outputs(notebook: Any, cell_id: str) -> list[Any]:
    (cell,) = [cell for cell in notebook.cells if cell["id"] == cell_id]
    return list(cell["outputs"])


def test_no_output_is_stored(written: Any) -> None:
    code = [cell for cell in written.cells if cell["cell_type"] == "code"]
    assert code
    assert not [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"]]


@pytest.mark.slow
def test_notebook_runs(executed: Any) -> None:
    shown = {cell["id"]: cell.get("outputs", []) for cell in executed.cells}
    for name in ("run", "estimates", "checks", "details", "frame"):
        (table,) = shown[name]
        assert "text/html" in table["data"], name
    (drawn,) = shown["figure"]
    assert "image/png" in drawn["data"]
    (told,) = shown["spec"]
    assert "kernal: unknown key; did you mean kernel?" in told["data"]["text/plain"]


@pytest.mark.slow
def test_notebook_frame_gives_the_published_number(executed: Any) -> None:
    (table,) = outputs(executed, "frame")
    shown = re.findall(r"<td>(-?\d+\.\d+)</td>", table["data"]["text/html"])
    # rdrobust's own example: 7.414 (1.459), robust interval [4.094, 10.919].
    assert [f"{float(number):.3f}" for number in shown] == ["7.414", "1.459", "4.094", "10.919"]
