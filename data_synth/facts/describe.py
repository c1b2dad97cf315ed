"""Simulate a world and hold it against the published facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from data_synth.facts.catalogue import all_facts
from data_synth.facts.fact import FactRow
from data_synth.facts.judge import judge
from data_synth.facts.seen import FIRST_YEAR, LAST_YEAR, Seen
from data_synth.facts.tally import Tally
from data_synth.life.months import month_index
from data_synth.life.plan import MOST_PERSONS, Chunk, plan_chunks
from data_synth.life.simulate import simulate_chunk
from data_synth.stream.pool import in_processes
from data_synth.world.schema import World
from evaluation.errors import SpecError

PERSONS = 400_000  # of the whole population: counts of a thousand come within ten per cent

_FIRST, _LAST = FIRST_YEAR * 12, LAST_YEAR * 12 + 11
_AGES = (16, 67)
_Tallies = tuple[tuple[Tally, ...], ...]


def describe(
    world: World,
    persons: int = PERSONS,
    seed: int = 1,
    jobs: int = 1,
    tell: Callable[[int, int], None] | None = None,
) -> tuple[FactRow, ...]:
    """Return each published fact with its simulated counterpart, under the actual policy.

    Sums alone are kept, exactly: memory is that of one chunk a process, and the figures are the
    same whatever ``jobs``.

    Parameters
    ----------
    persons
        Persons of the whole population.
    jobs
        Processes.
    tell
        Called as chunks are done, with the persons of each, twice: done, and made.

    Raises
    ------
    SpecError
        For a world of other ages or years than the facts, or fewer than one person.
    EnvironmentProblem
        Where memory does not suffice.
    """
    check_describable(world, persons)
    facts = all_facts()
    chunks = plan_chunks(world, persons, window=(_FIRST, _LAST))
    total: Sequence[Sequence[Tally]] | None = None
    for place, counted in in_processes(partial(_count, world, seed), chunks, jobs):
        total = counted if total is None else _sum(total, counted)
        if tell is not None:
            tell(chunks[place].count, chunks[place].count)
    if total is None:
        raise SpecError(f"persons: found {persons}; allowed: enough for one of the facts' ages")
    return tuple(
        judge(topic, fact, fact.kind.estimate(world, tallies))
        for (topic, fact), tallies in zip(facts, total, strict=True)
    )


def _count(world: World, seed: int, chunk: Chunk) -> _Tallies:
    """Count one chunk: the tallies of each fact."""
    seen = Seen(simulate_chunk(world, chunk, seed, "actual", _FIRST, _LAST))
    return tuple(tuple(Tally.of(pair) for pair in fact.kind.pairs(seen)) for _, fact in all_facts())


def _sum(one: Sequence[Sequence[Tally]], other: Sequence[Sequence[Tally]]) -> _Tallies:
    return tuple(
        tuple(a + b for a, b in zip(mine, theirs, strict=True))
        for mine, theirs in zip(one, other, strict=True)
    )


def check_describable(world: World, persons: int) -> None:
    """Refuse what the published facts cannot be held against.

    Raises
    ------
    SpecError
        For a world of other ages or years than the facts, or no persons.
    """
    if not 1 <= persons <= MOST_PERSONS:
        raise SpecError(f"persons: found {persons}; allowed: 1 to {MOST_PERSONS}")
    first, last = month_index(world.time.first), month_index(world.time.last)
    if first > _FIRST or last < _LAST:
        raise SpecError(
            f'world "{world.name}", time: found {world.time.first:%Y-%m} to '
            f"{world.time.last:%Y-%m}; the published facts ask for {FIRST_YEAR}-01 to "
            f"{LAST_YEAR}-12; describe a world that has these months"
        )
    ages = (world.ages.youngest, world.ages.oldest)
    if ages != _AGES:
        raise SpecError(
            f'world "{world.name}", ages: found {ages[0]} to {ages[1]}; the published facts are '
            f"scaled by residents aged {_AGES[0]} to {_AGES[1]}; describe a world of these ages"
        )
