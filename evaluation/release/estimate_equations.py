"""Which estimates of a record stand in one equation."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from evaluation.release.equations import Equation
from evaluation.report.rows import DIFFERENCE
from evaluation.results import Estimate
from evaluation.spec.horizons import parted
from evaluation.spec.sample import Identity


def equations_of(rows: Sequence[Estimate], identities: Sequence[Identity]) -> tuple[Equation, ...]:
    """Return the places of rows whose numbers determine each other.

    Effects on the parts of an identity add up to that on its total; a level's effect less another's
    is their difference; averages over event time, cohort or period are made of building blocks.
    """
    return (
        *_of_identities(rows, identities),
        *_of_differences(rows),
        *_of_blocks(rows),
    )


def _of_identities(rows: Sequence[Estimate], identities: Sequence[Identity]) -> Iterator[Equation]:
    groups: dict[Estimate, dict[str, int]] = defaultdict(dict)
    for at, row in enumerate(rows):
        name, months = parted(row.outcome)
        groups[replace(_bare(row), outcome="", horizon=months)][name] = at
    for places in groups.values():
        for one in identities:
            members = [places[name] for name in (one.total, *one.parts) if name in places]
            if len(members) == 1 + len(one.parts):
                yield tuple(zip(members, (1.0, *(-1.0 for _ in one.parts)), strict=True))


def _of_differences(rows: Sequence[Estimate]) -> Iterator[Equation]:
    levels: Mapping[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for at, row in enumerate(rows):
        if row.subgroup and not (row.term or row.cohort or row.period) and row.event_time is None:
            levels[row.model_id, row.outcome][row.subgroup] = at
    for at, row in enumerate(rows):
        if row.term != DIFFERENCE:
            continue
        own = levels[row.model_id, row.outcome]
        for first, place in own.items():
            by = first.split(" = ")[0]
            for second, other in own.items():
                if row.subgroup == f"{first} less {second.removeprefix(f'{by} = ')}":
                    yield (place, 1.0), (other, -1.0), (at, -1.0)


def _of_blocks(rows: Sequence[Estimate]) -> Iterator[Equation]:
    blocks: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        if row.cohort and row.period:
            blocks[row.model_id, row.outcome, row.subgroup].append(at)
    for at, row in enumerate(rows):
        if (row.cohort and row.period) or row.term:
            continue
        made = [
            place
            for place in blocks[row.model_id, row.outcome, row.subgroup]
            if _inside(rows[place], row)
        ]
        if made:
            yield ((at, -1.0), *((place, _weight(rows[place], row)) for place in made))


def _weight(block: Estimate, average: Estimate) -> float:
    """Return a block's weight up to a factor: one number by cohort, as its size is not known here.

    Averages over event time, period and all weigh by cohort; that of a cohort weighs alike.
    """
    if average.cohort:
        return 1.0
    digest = hashlib.sha256(block.cohort.encode()).digest()
    return 1.0 + int.from_bytes(digest[:4], "big") / 2**32


def _inside(block: Estimate, average: Estimate) -> bool:
    """Whether an average is over a building block, as far as its place tells."""
    return (
        average.cohort in ("", block.cohort)
        and average.period in ("", block.period)
        and average.event_time in (None, block.event_time)
    )


def _bare(row: Estimate) -> Estimate:
    """Return where a row stands, without its numbers."""
    return replace(
        row, estimand="", estimate=None, std_error=None, conf_low=None, conf_high=None,
        p_value=None, n_obs=None, n_units=None, n_clusters=None, status="ok", reason="",
    )  # fmt: skip
