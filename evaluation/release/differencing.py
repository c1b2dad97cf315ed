"""Samples that differ by few persons: whoever has both numbers has those persons' as well."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evaluation.release.ledger import Ledger
from evaluation.release.policy import Policy
from evaluation.release.rules import differences as rule
from evaluation.release.samples import Sample, samples_of
from evaluation.report.record import Record
from evaluation.results import Ruled, Ruling

ARTEFACT = "estimates.csv"


@dataclass(frozen=True)
class Gap:
    """In how many persons two samples differ, as far as their sizes tell.

    Attributes
    ----------
    verdict
        ``fail`` where it is fewer than needed, ``review`` where sizes do not tell.
    units
        Persons, at least; ``None`` where not known.
    words
        What the sizes show.
    """

    verdict: Ruled
    units: int | None
    words: str


def differences(
    record: Record, ledger: Ledger, policy: Policy, others: Iterable[Record] = ()
) -> tuple[Ruling, ...]:
    """Return a ruling for every sample that another one comes too close to.

    Compared are the samples of one outcome at one place of a model: with each other, with those of
    earlier releases, and with those of other specs. Levels of a subgroup are compared with the same
    level and with the whole.

    Parameters
    ----------
    record
        What would leave.
    ledger
        What has left.
    policy
        Without limits in ``[differences]`` nothing is compared.
    others
        Runs that stand beside it and have not left: too close is for a person to decide, since
        both need not leave.
    """
    limits = policy.limits_of(rule.Limits)
    if limits is None:
        return ()
    own = samples_of(record)
    return (
        *within(own, limits.units),
        *against_ledger(own, ledger, limits.units),
        *_beside(own, others, limits.units),
    )


def within(samples: Sequence[Sample], needed: int) -> tuple[Ruling, ...]:
    """Return rulings on samples of one run; the later one of two fails."""
    found = []
    for same in _by_statistic(samples).values():
        for at, one in enumerate(same):
            found += _first(one, same[:at], needed, "the sample behind {label}")
    return tuple(found)


def against_ledger(samples: Sequence[Sample], ledger: Ledger, needed: int) -> tuple[Ruling, ...]:
    """Return rulings on samples too close to one that has left."""
    left = _by_statistic(sample for entry in ledger.entries for sample in entry.samples)
    dates = {id(one): entry.when for entry in ledger.entries for one in entry.samples}
    found = []
    for one in samples:
        for two in left.get(one.statistic, ()):
            said = f"the sample behind {{label}}, released {dates[id(two)][:10]}"
            found += _first(one, (two,), needed, said)
    return _worst_by_row(found)


def _beside(samples: Sequence[Sample], others: Iterable[Record], needed: int) -> Iterator[Ruling]:
    there = _by_statistic(sample for record in others for sample in samples_of(record))
    for one in samples:
        said = "the sample behind {label}, which has not left; release one of the two"
        for ruling in _first(one, there.get(one.statistic, ()), needed, said):
            yield replace(ruling, verdict="review")


def gap_between(one: Sample, two: Sample, needed: int) -> Gap | None:
    """Return how close two samples are, ``None`` where they are the same or far enough apart.

    Sizes bound the persons in whom samples differ: at least the difference of units, and at least
    that of rows over the most rows that a person can have; at most, where one sample lies in the
    other, the difference of rows. Samples of different definitions with the same sizes may be one
    sample or exchange persons, which sizes do not tell.
    """
    alike = one.definition == two.definition or one.frame == two.frame
    if alike and one.sizes == two.sizes:
        return None
    rows, units = _apart(one.rows, two.rows), _apart(one.units, two.units)
    least = max(units or 0, _persons(rows, one, two))
    if least >= needed:
        return _of_support(one, two, needed) if alike else None
    if units is None or rows is None:
        return Gap("review", None, "sizes are not known; a person must look")
    if units == 0 and rows == 0:
        return _of_support(one, two, needed) or (None if alike else Gap(
            "review", 0, "the sizes are the same and the definitions differ; a person must look"
        ))  # fmt: skip
    if units > 0 or rows < needed:
        return Gap("fail", max(least, 1), f"differs by {units} units and {rows} rows")
    return Gap("review", least, f"differs by {rows} rows of the same number of units")


def _of_support(one: Sample, two: Sample, needed: int) -> Gap | None:
    """Return how close the smallest groups are that identify two numbers of one design."""
    apart = _apart(one.treated_units, two.treated_units)
    if apart is None or apart == 0 or apart >= needed:
        return None
    return Gap("fail", apart, f"the smallest group behind it differs by {apart} units")


def _apart(one: int | None, two: int | None) -> int | None:
    return None if one is None or two is None else abs(one - two)


def _persons(rows: int | None, one: Sample, two: Sample) -> int:
    """Return how many persons a difference of rows takes at least."""
    if not rows:
        return 0
    return math.ceil(rows / max(one.months, two.months))


def _nested(one: Sample, two: Sample) -> bool:
    """Whether one of two samples can lie in the other."""
    return one.level == two.level or "" in (one.level, two.level)


def _first(one: Sample, others: Iterable[Sample], needed: int, against: str) -> list[Ruling]:
    """Return the severest ruling on one sample, none where all others are far enough."""
    found = []
    for two in others:
        gap = gap_between(one, two, needed) if _nested(one, two) else None
        if gap is not None:
            where = against.format(label=two.label)
            found.append(
                Ruling(
                    ARTEFACT, one.row, "", rule.KEY, gap.units, needed, gap.verdict,
                    f"{one.label}: {gap.words} from {where}",
                )
            )  # fmt: skip
    return found[:1] if not found else [max(found, key=lambda ruling: ruling.verdict == "fail")]


def _worst_by_row(rulings: Iterable[Ruling]) -> tuple[Ruling, ...]:
    by_row: dict[int, Ruling] = {}
    for one in rulings:
        kept = by_row.get(one.row)
        if kept is None or (one.verdict == "fail" and kept.verdict != "fail"):
            by_row[one.row] = one
    return tuple(by_row.values())


def _by_statistic(samples: Iterable[Sample]) -> Mapping[str, Sequence[Sample]]:
    found: defaultdict[str, list[Sample]] = defaultdict(list)
    for one in samples:
        found[one.statistic].append(one)
    return found
