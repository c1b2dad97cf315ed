"""Options that verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def _settings(texts: list[str]) -> list[str]:
    if texts:
        from evaluation.commands.settings import refuse_unreadable

        refuse_unreadable(texts)
    return texts


Out = Annotated[Path, typer.Option(help="Folder for outputs.")]
Set = Annotated[
    list[str],
    typer.Option(
        "--set", callback=_settings, help="KEY.PATH=TOML value, or NAME=FOLDER for ${NAME}."
    ),
]
Allow = Annotated[list[Path], typer.Option(help="A further folder that specs may read.")]
Events = Annotated[bool, typer.Option("--json-events", help="Events on stdout, as JSON lines.")]
Log = Annotated[Path | None, typer.Option(help="Append events to a file; never values.")]
Rebuild = Annotated[bool, typer.Option("--rebuild", help="Build cells again; ignore kept ones.")]
Memory = Annotated[str, typer.Option(help="Memory of the query engine, such as 512MB or 4GB.")]
Threads = Annotated[int, typer.Option(help="Threads of the query engine; same results.")]
Spill = Annotated[Path | None, typer.Option(help="Folder where the query engine may spill.")]
SpecName = Annotated[str, typer.Argument(help="A spec file, or the id of a shipped spec.")]


def print_lines(*lines: str) -> None:
    """Print lines on stdout."""
    for line in lines:
        typer.echo(line)
