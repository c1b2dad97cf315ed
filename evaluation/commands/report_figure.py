"""``report --figure``: one figure of a run in one format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evaluation.commands.outputs import write_file
from evaluation.errors import UsageError
from evaluation.report.figures.plot import Plot
from evaluation.report.figures.registry import plots_of
from evaluation.report.figures.render import render
from evaluation.report.language import Language
from evaluation.report.record import Record
from evaluation.spec.faults import nearest

FORMATS: dict[str, Callable[[Plot, Language], bytes]] = {
    "png": render,
    "svg": lambda plot, words: render(plot, words, "svg"),
    "pdf": lambda plot, words: render(plot, words, "pdf"),
    "csv": lambda plot, words: plot.points.csv().encode(),
}


def write_figure(
    record: Record, folder: Path, name: str, to: str | None = None, out: Path | None = None
) -> str:
    """Write one figure and return where it is.

    Parameters
    ----------
    record, folder
        The run and its outputs.
    name
        The figure's name.
    to
        Format; by the ending of ``out`` where it is not given, else ``png``.
    out
        File to write; in ``restricted/figures`` by default.

    Raises
    ------
    UsageError
        Where there is no such figure or format.
    EnvironmentProblem
        Where the file cannot be written.
    """
    wanted = to or (out.suffix.removeprefix(".") if out is not None else "png")
    if wanted not in FORMATS:
        raise UsageError(f"--to: {wanted!r} is none of {', '.join(FORMATS)}")
    plots = {plot.name: plot for plot in plots_of(record)}
    if name not in plots:
        known = ", ".join(plots) or "none"
        raise UsageError(f"--figure: no figure {name!r}{nearest(name, plots)} (there are: {known})")
    path = out or folder / "restricted" / "figures" / f"{name}.{wanted}"
    write_file(path, FORMATS[wanted](plots[name], record.words))
    return f"{name}: {path}"
