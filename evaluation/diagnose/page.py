"""What ``diagnose`` writes: a table for each world, and one page over all of them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from evaluation.errors import EnvironmentProblem
from evaluation.report.csvs import csv_text
from evaluation.report.diagnosed import failing_designs, read_diagnoses
from evaluation.report.diagnosis_tables import diagnosis_tables
from evaluation.report.figures.diagnosis import diagnosis_plots
from evaluation.report.figures.render import render
from evaluation.report.language import language_of
from evaluation.report.table_markup import markup
from evaluation.results import Diagnosis
from evaluation.spec.design_digest import design_digest
from evaluation.spec.spec import Spec


def write_diagnosis(spec: Spec, tables: Mapping[str, Sequence[Diagnosis]], folder: Path) -> None:
    """Write the tables of worlds, then figure and page over these and those written before.

    Parameters
    ----------
    spec
        Whose worlds they are.
    tables
        Rows by world.
    folder
        ``OUT/<id>/diagnose``.

    Raises
    ------
    EnvironmentProblem
        Where the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for world, rows in tables.items():
            _write(folder / f"{world}.csv", csv_text(Diagnosis, rows).encode())
        own = design_digest(spec)
        known = tuple(row for row in read_diagnoses(folder) if row.design == own)
        words = language_of(spec.lang)
        pictures = []
        (folder / "figures").mkdir(exist_ok=True)
        for plot in diagnosis_plots(known, words):
            drawn = render(plot, words)
            _write(folder / "figures" / f"{plot.name}.png", drawn)
            _write(folder / "figures" / f"{plot.name}.csv", plot.points.csv().encode())
            pictures.append((plot.caption, plot.alt, base64.b64encode(drawn).decode("ascii")))
        _write(folder / "index.html", _page(spec, known, pictures).encode())
    except OSError as error:
        raise EnvironmentProblem(
            f"{folder}: cannot be written ({error.strerror}); choose another folder with --out"
        ) from None


def _page(spec: Spec, rows: Sequence[Diagnosis], pictures: Sequence[tuple[str, str, str]]) -> str:
    """Return the HTML of the page: which designs fail, the figure, the tables."""
    import jinja2

    folder = files("evaluation.report") / "templates"
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    words = language_of(spec.lang)
    source = (folder / "diagnosis.html").read_text(encoding="utf-8")
    return environment.from_string(source).render(
        words=words,
        spec=spec,
        style=(folder / "style.css").read_text(encoding="utf-8"),
        failing=failing_designs(rows, words),
        pictures=pictures,
        tables=[markup(table, words) for table in diagnosis_tables(rows, words)],
    )


def _write(path: Path, content: bytes) -> None:
    """Replace a file as a whole."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
