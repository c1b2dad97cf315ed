"""Verbs on what a run wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evaluation.verbs.options import Allow, Set, print_lines

verbs = typer.Typer()


@verbs.command()
def report(
    folder: Annotated[
        Path, typer.Argument(help="outputs/<id>, or the folder that runs were written to.")
    ],
    table: Annotated[str | None, typer.Option(help="Print one table of the spec.")] = None,
    figure: Annotated[str | None, typer.Option(help="Draw one figure.")] = None,
    to: Annotated[
        str | None,
        typer.Option(help="Tables: docx, tex, xlsx, html or csv. Figures: png, svg, pdf or csv."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; by default in restricted/.")] = (
        None
    ),
) -> None:
    """Make page, tables and figures again from what a run wrote; over several runs, one index."""
    from evaluation.commands.report import report as verb

    print_lines(*verb(folder, table=table, figure=figure, to=to, out=out))


@verbs.command()
def verify(
    path: Annotated[Path, typer.Argument(help="An output folder, or a bundle (.zip).")],
    set_: Set = [],  # noqa: B006
    allow: Allow = [],  # noqa: B006
    cells: Annotated[
        Path | None, typer.Option(help="Folder of the cells that the run was estimated from.")
    ] = None,
) -> None:
    """Run a manifest's spec again, or a bundle's from its cells, and compare number by number."""
    from evaluation.commands.verify import verify_folder

    print_lines(verify_folder(path, set_, allow, cells))


@verbs.command(context_settings={"ignore_unknown_options": True})
def trace(
    what: Annotated[
        str,
        typer.Argument(
            help="table2:1:2 (table, line, column after the labels), estimates:12, FIGURE:3, or a "
            "printed value, such as 0.0042."
        ),
    ],
    path: Annotated[
        Path, typer.Argument(help="An output folder, a release folder, or a bundle (.zip).")
    ],
) -> None:
    """Say where a printed number comes from: row, model, spec, cells, inputs, code, ruling."""
    from evaluation.commands.trace import trace as verb

    print_lines(*verb(what, path))


@verbs.command()
def compare(
    before: Annotated[Path, typer.Argument(help="An output folder, or a bundle (.zip).")],
    after: Annotated[Path, typer.Argument(help="The later round, as either.")],
) -> None:
    """Say what changed between two rounds: spec, sample, inputs, software and numbers."""
    from evaluation.commands.compare import compare_rounds

    print_lines(compare_rounds(before, after))
