"""``synth``: a world as files of any size, and its published facts beside the simulated ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data_synth.facts.describe import PERSONS as FACT_PERSONS
from data_synth.facts.describe import check_describable
from data_synth.panel.columns import COLUMNS, STANDARD
from data_synth.stream.request import PANEL, Request, refuse_impossible
from data_synth.world.loader import load_world
from evaluation.commands.console import Console
from evaluation.commands.deliver import deliver
from evaluation.commands.facts import facts_table
from evaluation.commands.ranges import ages, months
from evaluation.errors import UsageError

# Persons of the whole population, if nobody says how many.
PERSONS = 100_000


@dataclass(frozen=True)
class Words:
    """What the command line says, as text and numbers; none where it leaves the choice."""

    world: str
    persons: int | None
    seed: int
    window: str | None
    ages: str | None
    policy: str | None
    shape: str | None
    format: str | None
    columns: str | None


def synth(
    words: Words, out: Path | None, jobs: int, console: Console, *, describe: bool
) -> Path | None:
    """Write a world's delivery, print its facts, or both; return the folder written.

    Without ``out`` nothing is written.

    Raises
    ------
    UserError
        For what is impossible, before anything is simulated or written.
    """
    if out is None and not describe:
        raise UsageError("synth: nothing to do; give a folder with --out, or --describe")
    if jobs < 1:
        raise UsageError(f"--jobs: found {jobs}; allowed: at least 1")
    if describe:
        _refuse_for_facts(words, WRITTEN if out is None else OTHERWISE)
    request = request_of(words)
    if describe:
        check_describable(request.world, FACT_PERSONS if words.persons is None else words.persons)
    folder = None if out is None else deliver(request, out, jobs, console)
    if describe:
        console.say(facts_table(request.world, words.persons, request.seed, jobs, console))
    return folder


def request_of(words: Words) -> Request:
    """Return what the words ask for.

    Raises
    ------
    UserError
        For what is no word of the command, or asks for what the world does not offer.
    """
    window = None if words.window is None else months(words.window)
    span = None if words.ages is None else ages(words.ages)
    world = load_world(words.world)
    shape = words.shape or PANEL
    request = Request(
        world=world,
        persons=PERSONS if words.persons is None else words.persons,
        seed=words.seed,
        window=window or (world.time.first, world.time.last),
        ages=span or (world.ages.youngest, world.ages.oldest),
        policy=words.policy or "actual",
        shape=shape,
        format=words.format or "parquet",
        columns=_columns(words.columns, shape),
    )
    refuse_impossible(request)
    return request


# What facts leave no choice of: they are of all months and ages, under the actual policy.
OTHERWISE = ("window", "ages", "policy")
WRITTEN = (*OTHERWISE, "shape", "format", "columns")


def _refuse_for_facts(words: Words, names: Sequence[str]) -> None:
    """Raise where the words choose what the facts leave no choice of."""
    for name in names:
        if getattr(words, name) is not None:
            raise UsageError(
                f"--{name}: chooses what is written, and --describe is of the whole world as it "
                "is; leave it out, or describe in a run of its own"
            )


def _columns(named: str | None, shape: str) -> tuple[str, ...]:
    if named is None:
        return STANDARD if shape == PANEL else ()
    if named == "all":
        return tuple(COLUMNS)
    columns = (name.strip() for name in named.split(","))
    return tuple(dict.fromkeys(name for name in columns if name))
