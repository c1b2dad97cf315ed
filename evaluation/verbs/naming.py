"""Verbs on what the system knows: worlds, catalogues, the schema."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evaluation.verbs.options import print_lines

verbs = typer.Typer()


@verbs.command()
def synth(
    world: Annotated[str, typer.Argument(help="A world by name; see list worlds.")],
    persons: Annotated[
        int | None,
        typer.Option(
            help="All who are ever of the world's ages in its months: in Norway some 5 million. "
            "100,000 if not given, 400,000 for --describe."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the persons' draws.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Folder for the delivery.")] = None,
    shape: Annotated[
        str | None,
        typer.Option(
            help="person_month, which is the default, tables, research_extract, microdata_event "
            "or kostra_11f."
        ),
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="parquet, which is the default, or csv.")
    ] = None,
    window: Annotated[
        str | None,
        typer.Option(help="Months, such as 2010-01:2019-12; all of the world if not given."),
    ] = None,
    ages: Annotated[
        str | None,
        typer.Option(
            help="Completed years, such as 18:42; all if not given. person_month has rows at these "
            "ages; register shapes hold all months of those ever of them."
        ),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            help="actual, which is the default, no_law, no_adoption, under_duty, released or "
            "no_programme: docs/synthetic.md."
        ),
    ] = None,
    columns: Annotated[
        str | None, typer.Option(help="Columns of person_month, parted by commas, or all.")
    ] = None,
    jobs: Annotated[int, typer.Option(help="Processes; the same bytes whatever their number.")] = 2,
    describe: Annotated[
        bool,
        typer.Option(
            "--describe",
            help="Print simulated against published facts: the whole world, actual policy.",
        ),
    ] = False,
) -> None:
    """Simulate a world: write OUT/<shape>/, print its facts, or both."""
    from evaluation.commands.console import open_console
    from evaluation.commands.synth import Words
    from evaluation.commands.synth import synth as verb

    words = Words(world, persons, seed, window, ages, policy, shape, format_, columns)
    with open_console(False, None) as console:
        verb(words, out, jobs, console, describe=describe)


@verbs.command("list")
def list_(
    kind: Annotated[str, typer.Argument(help="estimators, checks, worlds, policies or studies.")],
) -> None:
    """List what a spec can name."""
    from evaluation.commands.catalogues import catalogue_of

    print_lines(catalogue_of(kind))


@verbs.command()
def schema() -> None:
    """Print the JSON Schema of specs."""
    from evaluation.catalogue import catalogue
    from evaluation.spec.schema import schema_text

    print_lines(schema_text(catalogue()).rstrip())
