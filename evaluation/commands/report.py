"""``report``: the page and figures of a run made again, or one index over several runs."""

from __future__ import annotations

from pathlib import Path

from evaluation.commands.outputs import write_file
from evaluation.commands.report_figure import write_figure
from evaluation.commands.report_table import write_table
from evaluation.data.durable.holding import holding
from evaluation.errors import DataError, UsageError
from evaluation.release.writer import write_pages
from evaluation.report.across import Compared, across
from evaluation.report.csvs import csv_text
from evaluation.report.figures.concordance import concordance_plot
from evaluation.report.figures.render import render
from evaluation.report.index import Entry, index_page
from evaluation.report.reading import read_record
from evaluation.results import Check

MANIFEST = "manifest.json"
PAGE = "restricted/report.html"


def report(
    folder: Path,
    *,
    table: str | None = None,
    figure: str | None = None,
    to: str | None = None,
    out: Path | None = None,
) -> tuple[str, ...]:
    """Make the page and figures of one run again, or the index of a folder of runs.

    Parameters
    ----------
    folder
        Outputs of one spec, or the folder that holds those of several.
    table, figure
        One table or figure instead, in the format ``to``, written to ``out``.

    Returns
    -------
    tuple of str
        Where to look.

    Raises
    ------
    UsageError
        Where the folder holds no outputs.
    DataError
        Where the outputs cannot be read.
    """
    single = table or figure
    if table and figure:
        raise UsageError("report: give --table or --figure, not both")
    if (to or out) and not single:
        raise UsageError("report: --to and --out belong to --table or --figure")
    if (folder / MANIFEST).is_file():
        if table is not None:
            return (write_table(read_record(folder), folder, table, to, out),)
        if figure is not None:
            return (write_figure(read_record(folder), folder, figure, to, out),)
        with holding(folder):
            record = read_record(folder)
            write_pages(record, folder)
        return (f"{record.spec.id}: {record.status}; {folder / PAGE}",)
    if single:
        raise UsageError(f"{folder}: holds no manifest.json; give the outputs of one spec")
    return _index(folder)


def _index(folder: Path) -> tuple[str, ...]:
    found = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
    runs = [one for one in found if not one.name.startswith(".")]
    if not runs:
        raise UsageError(
            f"{folder}: holds no outputs; give outputs/<id>, or the folder that 'run' wrote to"
        )
    entries, unread = [], []
    for one in runs:
        if not (one / "restricted" / "details.csv").is_file():
            unread.append(f"{one.name}: holds no restricted/details.csv, so it is left out")
            continue
        record = read_record(one)
        if record.blind:
            unread.append(f"{one.name}: is a blind run, whose numbers are no results; left out")
            continue
        entries.append(Entry(record, f"{one.name}/{PAGE}"))
    if not entries:
        raise DataError(f"{folder}: {'; '.join(unread)}")
    compared = across([entry.record for entry in entries])
    pictures = []
    drawn = [one for one in compared if one.other is not None]
    words = entries[0].record.words
    if drawn:
        plot = concordance_plot(drawn, words)
        pictures.append((plot.alt, render(plot, words)))
    files = {"index.html": index_page(entries, compared, pictures)}
    if compared:
        files["concordance.csv"] = csv_text(Check, [one.check for one in compared])
    for name, text in files.items():
        write_file(folder / name, text.encode())
    return (
        *unread,
        *(_told(one) for one in compared),
        f"{len(entries)} specs; {folder / 'index.html'}",
    )


def _told(one: Compared) -> str:
    row = one.check
    return f"{row.spec_id}: {row.check}, {row.outcome}: {row.verdict}: {row.message}"
