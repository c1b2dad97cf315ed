"""The command line: verbs only; every heavy import stands inside its verb."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from evaluation.errors import UserError, exit_code_of

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


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


def main() -> None:
    """Run the command line; a user's mistake ends in its line and its exit code."""
    try:
        app()
    except UserError as error:
        for line in error.faults:
            typer.echo(f"{error.label}: {line}", err=True)
        sys.exit(error.exit_code)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        _print(f"activity-duty {version('activity-duty')}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
]


@app.callback()
def top(version: Version = False) -> None:
    """Evaluate the activity duty for social-assistance recipients under 30 from specs."""


@app.command()
def demo(out: Out = Path("outputs"), set_: Set = [], json_events: Events = False) -> None:  # noqa: B006
    """Run the three demo specs on synthetic data, with the truth beside each estimate."""
    from evaluation.commands.console import open_console
    from evaluation.commands.demo import demo as verb

    with open_console(json_events, None) as console:
        ended = verb(out, set_, console)
    sys.exit(exit_code_of([done.error for done in ended if done.error]))


@app.command()
def new(
    kind: Annotated[str, typer.Argument(help="did, staggered, rd or registers.")],
    delivery: Annotated[
        Path | None, typer.Argument(help="With registers: the folder of the delivered files.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where to write it.")] = Path(),
) -> None:
    """Write a commented spec that runs as it is; for registers, a draft of their mapping too."""
    if kind == "registers":
        from evaluation.commands.new_registers import new_registers

        _print(*new_registers(delivery, folder))
        return
    from evaluation.commands.new import new as verb
    from evaluation.commands.new import refuse_delivery

    refuse_delivery(kind, delivery)
    _print(
        *(f"wrote {path}" for path in verb(kind, folder)), f"next: activity-duty run {kind}.toml"
    )


@app.command()
def run(
    specs: Annotated[list[str], typer.Argument(help="Spec files, or ids of shipped specs.")],
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
    json_events: Events = False,
    log: Log = None,
) -> None:
    """Run specs and write OUT/<id>/."""
    from evaluation.commands.console import open_console
    from evaluation.commands.engine_options import way_of
    from evaluation.commands.gates import parse_gates
    from evaluation.commands.run import run as verb

    gates = parse_gates(require)
    way = way_of(cells, rebuild, engine, memory, threads, spill)
    with open_console(json_events, log) as console:
        ended = verb(
            specs, settings=set_, allowed=allow, out=out, gates=gates, jobs=jobs, console=console,
            way=way,
        )  # fmt: skip
    sys.exit(exit_code_of([done.error for done in ended if done.error]))


@app.command()
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


@app.command()
def check(spec: SpecName, set_: Set = [], allow: Allow = []) -> None:  # noqa: B006
    """Read a spec and its data, draw the sample, and stop before estimating."""
    from evaluation.commands.check import check as verb

    _print(verb(spec, settings=tuple(set_), allowed=tuple(allow)))


@app.command()
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
        from evaluation.spec.loader import read_spec

        read = read_spec(locate(spec), catalogue(), settings=set_, allowed=allow, with_paths=False)
        _print(print_sql(read, sql, table).rstrip())
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


@app.command()
def explain(
    spec: SpecName,
    set_: Set = [],  # noqa: B006
    allow: Allow = [],  # noqa: B006
    plan: Annotated[
        bool, typer.Option("--plan", help="What is built of the rows, and which model needs them.")
    ] = False,
) -> None:
    """Say what a spec claims and assumes; needs no data."""
    from evaluation.commands.explain import explain as verb

    _print(verb(spec, settings=tuple(set_), allowed=tuple(allow), plan=plan).rstrip())


@app.command()
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
            help="actual, which is the default, no_law, no_adoption, under_duty or released: "
            "docs/synthetic.md."
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


@app.command("list")
def list_(
    kind: Annotated[str, typer.Argument(help="estimators, checks, worlds, policies or studies.")],
) -> None:
    """List what a spec can name."""
    from evaluation.commands.catalogues import catalogue_of

    _print(catalogue_of(kind))


@app.command()
def schema() -> None:
    """Print the JSON Schema of specs."""
    from evaluation.catalogue import catalogue
    from evaluation.spec.schema import schema_text

    _print(schema_text(catalogue()).rstrip())


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(help="An output folder with manifest and estimates.")],
    set_: Set = [],  # noqa: B006
    allow: Allow = [],  # noqa: B006
) -> None:
    """Run a manifest's spec again and compare number by number."""
    from evaluation.commands.verify import verify_folder

    _print(verify_folder(path, set_, allow))


def _print(*lines: str) -> None:
    for line in lines:
        typer.echo(line)
