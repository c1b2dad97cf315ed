"""Verbs that read data: from a spec to its outputs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from evaluation.errors import exit_code_of
from evaluation.verbs.options import (
    Allow,
    Events,
    Log,
    Memory,
    Out,
    Rebuild,
    Set,
    SpecName,
    Spill,
    Threads,
    print_lines,
)

verbs = typer.Typer()


@verbs.command()
def demo(out: Out = Path("outputs"), set_: Set = [], json_events: Events = False) -> None:  # noqa: B006
    """Run the three demo specs on synthetic data, with the truth beside each estimate."""
    from evaluation.commands.console import open_console
    from evaluation.commands.demo import demo as verb

    with open_console(json_events, None) as console:
        ended = verb(out, set_, console)
    sys.exit(exit_code_of([done.error for done in ended if done.error]))


@verbs.command()
def run(
    specs: Annotated[
        list[str], typer.Argument(help="Spec files, ids of shipped specs, or bundles (.zip).")
    ],
    out: Out = Path("outputs"),
    set_: Set = [],  # noqa: B006
    jobs: Annotated[int, typer.Option(min=1, help="Specs run side by side.")] = 1,
    require: Annotated[str, typer.Option(help="Gates: all_models,checks,truth.")] = "",
    allow: Allow = [],  # noqa: B006
    cells: Annotated[
        Path | None, typer.Option(help="Estimate from the cells in a folder; read no rows.")
    ] = None,
    rebuild: Rebuild = False,
    engine: Annotated[
        str, typer.Option(help="auto, cells wherever they are exact; or microdata, rows alone.")
    ] = "auto",
    memory: Memory = "512MB",
    threads: Threads = 2,
    spill: Spill = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="Run on permuted rows: no number is a result.")
    ] = False,
    json_events: Events = False,
    log: Log = None,
) -> None:
    """Run specs and write OUT/<id>/."""
    from evaluation.commands.console import open_console
    from evaluation.commands.engine_options import way_of
    from evaluation.commands.gates import parse_gates
    from evaluation.commands.run import run as verb

    gates = parse_gates(require, blind=blind)
    way = way_of(cells, rebuild, engine, memory, threads, spill, blind)
    with open_console(json_events, log) as console:
        ended = verb(
            specs, settings=set_, allowed=allow, out=out, gates=gates, jobs=jobs, console=console,
            way=way,
        )  # fmt: skip
    sys.exit(exit_code_of([done.error for done in ended if done.error]))


@verbs.command()
def check(spec: SpecName, set_: Set = [], allow: Allow = []) -> None:  # noqa: B006
    """Read a spec and its data, draw the sample, and stop before estimating."""
    from evaluation.commands.check import check as verb

    print_lines(verb(spec, settings=tuple(set_), allowed=tuple(allow)))


@verbs.command()
def panel(
    spec: SpecName,
    set_: Set = [],  # noqa: B006
    allow: Allow = [],  # noqa: B006
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build the panel again; ignore the one kept.")
    ] = False,
    to: Annotated[
        str | None, typer.Option(help="Write the labelled panel as dta or parquet.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder in which panel/ is written, with --to.")
    ] = None,
    memory: Memory = "1200MB",
    threads: Threads = 2,
    log: Log = None,
) -> None:
    """Build the panel of a spec's registers, with every column they carry; print what was found."""
    from evaluation.commands.console import open_console
    from evaluation.commands.engine_options import engine_settings
    from evaluation.commands.panel import panel as verb

    limits = engine_settings(memory, threads, None)
    with open_console(False, log) as console:
        console.say(
            verb(
                spec, settings=tuple(set_), allowed=tuple(allow), rebuild=rebuild, to=to, out=out,
                engine=limits, console=console,
            )
        )  # fmt: skip


@verbs.command()
def cells(
    spec: SpecName,
    out: Out = Path("outputs"),
    set_: Set = [],  # noqa: B006
    allow: Allow = [],  # noqa: B006
    rebuild: Rebuild = False,
    memory: Memory = "512MB",
    threads: Threads = 2,
    spill: Spill = None,
    sql: Annotated[
        str | None,
        typer.Option(help="Print SELECTs for duckdb, spark or bigquery; build nothing."),
    ] = None,
    table: Annotated[str, typer.Option(help="Name of the panel's table in the SELECTs.")] = "panel",
) -> None:
    """Build the cells of a spec and write OUT/<id>/cells/; or print their SELECTs."""
    if sql is not None:
        from evaluation.catalogue import catalogue
        from evaluation.commands.cells_sql import print_sql
        from evaluation.commands.locate import locate
        from evaluation.pipeline import refuse_without_design
        from evaluation.spec.loader import read_spec

        read = read_spec(locate(spec), catalogue(), settings=set_, allowed=allow, with_paths=False)
        refuse_without_design(read, "build cells for")
        print_lines(print_sql(read, sql, table).rstrip())
        return
    from evaluation.commands.cells import cells as verb
    from evaluation.commands.console import open_console
    from evaluation.commands.engine_options import engine_settings

    limits = engine_settings(memory, threads, spill)
    with open_console(False, None) as console:
        console.say(
            verb(
                spec, settings=tuple(set_), allowed=tuple(allow), out=out, rebuild=rebuild,
                engine=limits, announce=console.stage,
            )
        )  # fmt: skip
