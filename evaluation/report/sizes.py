"""How large an effect is: in points or NOK, in per cent of the baseline; what would be found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.report.bound_words import bounds_words, interval_words, unit_words
from evaluation.report.places import is_headline
from evaluation.report.record import Record
from evaluation.results import Check, Estimate
from evaluation.spec.extras import SmallestEffect

# Kinds of outcome whose effects are read in percentage points.
IN_POINTS = frozenset({"binary", "share"})
IN_NOK = "nok"
POINTS = 100.0
# Decimals of percentage points, of per cent and of NOK.
POINT_DECIMALS, PER_CENT_DECIMALS, NOK_DECIMALS = 2, 1, 0


def size_sentences(record: Record, outcome: str, row: Check | None) -> Iterator[str]:
    """Yield the size of an outcome's effect, and the smallest that would be found.

    Parameters
    ----------
    record
        The run.
    outcome
        Which.
    row
        A verdict on its smallest effect of interest: by the model that it names.
    """
    if row is None or not row.model_id:
        return
    size = _Size(record, outcome, row)
    detectable = size.detail("minimum_detectable_effect")
    found = next(
        (
            one
            for one in record.estimates
            if (one.model_id, one.outcome) == (row.model_id, outcome) and is_headline(one)
        ),
        None,
    )
    if found is None or detectable is None:
        return
    yield from size.of_estimate(found)
    words = record.words
    yield words.text(
        "size.detectable",
        effect=size.shown(detectable),
        relative=size.relative("minimum_detectable_per_cent_of_baseline", "size.of_mean"),
    )


def attainable_words(record: Record, attainable: object) -> str:
    """Return what one person can gain at most, as a sentence after another; empty if unknown."""
    if not isinstance(attainable, int | float) or not attainable > 0:
        return ""
    shown = record.numbers.estimate(attainable)
    return " " + record.words.text("size.attainable", effect=shown)


def uninformative_words(record: Record, row: Check, effect: SmallestEffect) -> str:
    """Return why nothing is ruled out, empty where the details do not tell.

    Parameters
    ----------
    record, row
        The run, and its verdict.
    effect
        The bound.
    """
    words = record.words
    low, high, units, attainable = (
        record.detail(row.model_id, row.outcome, name, row.term)
        for name in ("equivalence_low", "equivalence_high", "units_per_person", "attainable_effect")
    )
    column = {"column": effect.first_stage, "unit": unit_words(effect, words)}
    if isinstance(low, float) and isinstance(high, float) and isinstance(attainable, float):
        return words.text(
            "size.beyond_attainable",
            bounds=bounds_words(effect, words),
            effect=record.numbers.estimate(attainable),
            interval=interval_words(effect, low, high, words),
        )
    if effect.first_stage is None or not row.model_id:
        return ""
    return words.text("size.not_raised" if isinstance(units, float) else "size.unknown", **column)


@dataclass(frozen=True)
class _Size:
    """Numbers of one outcome in the unit in which people read them."""

    record: Record
    outcome: str
    row: Check

    @property
    def _kind(self) -> str:
        known = self.record.spec.outcomes.get(self.outcome)
        return "" if known is None or known.transform is not None else known.kind

    def detail(self, name: str, term: str | None = None) -> float | None:
        where = self.row.term if term is None else term
        value = self.record.detail(self.row.model_id, self.outcome, name, where)
        return float(value) if isinstance(value, int | float) else None

    def shown(self, value: float) -> str:
        """Return a number with its unit."""
        words = self.record.words
        if self._kind in IN_POINTS:
            points = words.number(POINTS * value, POINT_DECIMALS)
            return words.text("size.points", value=points)
        if self._kind == IN_NOK:
            return words.text("size.nok", value=words.number(value, NOK_DECIMALS))
        return self.record.numbers.estimate(value)

    def relative(self, name: str, key: str) -> str:
        """Return a share of the baseline mean, after a comma; empty where there is none."""
        share, mean = self.detail(name), self.detail("baseline_mean", "")
        if share is None or mean is None:
            return ""
        return self.record.words.text(
            key,
            share=self.record.words.percent(share / 100.0, PER_CENT_DECIMALS),
            mean=self.record.numbers.estimate(mean),
        )

    def of_estimate(self, row: Estimate) -> Iterator[str]:
        """Yield the estimate in its unit and relative to the baseline, where either says more."""
        relative = self.relative("per_cent_of_baseline", "size.relative")
        known = self._kind in IN_POINTS or self._kind == IN_NOK
        if row.estimate is None or not (known or relative):
            return
        yield self.record.words.text(
            "size.estimate", effect=self.shown(row.estimate), relative=relative
        )
