"""Verbs about a spec, before or beside its data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evaluation.verbs.options import Allow, Events, Log, Out, Set, SpecName, print_lines

verbs = typer.Typer()


@verbs.command()
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

        print_lines(*new_registers(delivery, folder))
        return
    from evaluation.commands.new import new as verb
    from evaluation.commands.new import refuse_delivery

    refuse_delivery(kind, delivery)
    print_lines(
        *(f"wrote {path}" for path in verb(kind, folder)), f"next: activity-duty run {kind}.toml"
    )


@verbs.command()
def explain(
    spec: SpecName,
    set_: Set = [],  # noqa: B006
    allow: Allow = [],  # noqa: B006
    plan: Annotated[
        bool, typer.Option("--plan", help="What is built of the rows, and which model needs them.")
    ] = False,
    std_error: Annotated[
        float | None,
        typer.Option(help="An error to expect, from which the detectable effect follows."),
    ] = None,
    as_: Annotated[
        str | None, typer.Option("--as", help="stata or r: the lines that fit the same models.")
    ] = None,
    out: Out = Path("outputs"),
) -> None:
    """Say what a spec claims and assumes, or what a bundle (.zip) answers; needs no data."""
    from evaluation.commands.explain import explain as verb

    told = verb(
        spec, settings=tuple(set_), allowed=tuple(allow), plan=plan, std_error=std_error, out=out,
        language=as_,
    )  # fmt: skip
    print_lines(told.rstrip())


@verbs.command()
def freeze(
    spec: SpecName,
    set_: Set = [],  # noqa: B006
    allow: Allow = [],  # noqa: B006
    out: Annotated[Path | None, typer.Option(help="Where the lock is written.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Replace a lock that no longer holds.")] = (
        False
    ),
) -> None:
    """Write beside a spec what it asks today; models that change later are marked exploratory."""
    import datetime as dt

    from evaluation.commands.freeze import freeze as verb

    today = dt.datetime.now(dt.UTC).date()
    print_lines(
        verb(
            spec, settings=tuple(set_), allowed=tuple(allow), out=out, again=again, today=today
        )
    )  # fmt: skip


@verbs.command()
def power(
    spec: SpecName,
    persons: Annotated[
        str, typer.Option(help="Sizes, such as 50_000,200_000: persons of the whole world.")
    ] = "",
    clusters: Annotated[str, typer.Option(help="Numbers of clusters, such as 100,357.")] = "",
    effects: Annotated[str, typer.Option(help="True effects, such as 0.005,0.01.")] = "",
    world: Annotated[
        str | None, typer.Option(help="World to measure errors in; the spec's own if none.")
    ] = None,
    draws: Annotated[int, typer.Option(help="Panels drawn at each size.")] = 2,
    check_persons: Annotated[
        int | None,
        typer.Option(min=1, help="Size at which the law is checked; half the spec's if not given."),
    ] = None,
    std_error: Annotated[
        float | None, typer.Option(help="An error to go from, in place of a world.")
    ] = None,
    df: Annotated[
        float | None, typer.Option(help="Its degrees of freedom; normal if not given.")
    ] = None,
    first_stage: Annotated[
        float | None, typer.Option(help="Units that the policy adds per person, with --std-error.")
    ] = None,
    out: Out = Path("outputs"),
    set_: Set = [],  # noqa: B006
    allow: Allow = [],  # noqa: B006
    json_events: Events = False,
) -> None:
    """Draw power over sample size, clusters and effect, and what can be ruled out."""
    from evaluation.commands.console import open_console
    from evaluation.commands.power import Words
    from evaluation.commands.power import power as verb

    words = Words(
        persons, clusters, effects, world, draws, check_persons, std_error, df, first_stage
    )  # fmt: skip
    with open_console(json_events, None) as console:
        verb(spec, words, settings=set_, allowed=allow, out=out, console=console)


@verbs.command()
def diagnose(
    spec: SpecName,
    world: Annotated[
        list[str], typer.Option(help="A world by name, as often as wanted; the spec's own if none.")
    ] = [],  # noqa: B006
    replications: Annotated[int, typer.Option(help="Panels drawn of each world.")] = 200,
    persons: Annotated[
        int | None, typer.Option(min=1, help="Of a whole world; those of the spec if not given.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes; the same bytes.")] = 2,
    out: Out = Path("outputs"),
    set_: Set = [],  # noqa: B006
    allow: Allow = [],  # noqa: B006
    json_events: Events = False,
    log: Log = None,
) -> None:
    """Draw worlds again and again: bias, coverage and power of a spec's models. Resumable."""
    from evaluation.commands.console import open_console
    from evaluation.commands.diagnose import diagnose as verb

    with open_console(json_events, log) as console:
        verb(
            spec, worlds=world, replications=replications, persons=persons, settings=set_,
            allowed=allow, out=out, jobs=jobs, console=console,
        )  # fmt: skip
