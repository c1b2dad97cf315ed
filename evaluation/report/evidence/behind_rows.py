"""Find what stands behind each row of the result files among the fits and verdicts of a run."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from evaluation.checks._level_fits import pair_label
from evaluation.checks._subgroups import Subgroups
from evaluation.checks.judging import Judgement
from evaluation.estimators._support.least import least
from evaluation.estimators.contract import Fit
from evaluation.estimators.fitting import ModelResult
from evaluation.results import Counts, Detail, Estimate, WorthRow

Place = tuple[str, str, str]
BASELINE, DROPPED, LEFT_OUT = "baseline_", "rows dropped", "leave_one_out_"


@dataclass(frozen=True)
class BehindRows:
    """What a run knows of its numbers.

    Attributes
    ----------
    results, subgroups, verdicts
        Its fits, those inside levels, and its verdicts.
    """

    results: tuple[ModelResult, ...]
    subgroups: tuple[Subgroups, ...]
    verdicts: tuple[Judgement, ...]

    def estimates(self, rows: Sequence[Estimate]) -> Iterator[Counts]:
        """Yield what stands behind each row of ``estimates.csv``, in order; nothing for refusals.

        Parameters
        ----------
        rows
            All of them: numbers of one fit in its order.
        """
        left = {place: deque(counts) for place, counts in self._by_place.items()}
        for row in rows:
            own = left.get((row.model_id, row.outcome, row.subgroup))
            known = row.status in ("ok", "warned") and own
            yield own.popleft() if known and own else {}

    @cached_property
    def _by_place(self) -> dict[Place, list[Counts]]:
        found: dict[Place, list[Counts]] = defaultdict(list)
        for result in self.results:
            for name, fit in result.fits.items():
                found[result.model.id, name, ""] += _supports(fit)
        for one in self.subgroups:
            model = one.result.model.id
            for level in one.fits:
                if isinstance(level.found, Fit):
                    found[model, one.outcome, level.label] += _supports(level.found)
            if one.test is None:
                continue
            named = [one.fits[at] for at in one.tested]
            for pair in one.test.differences:
                first, second = named[pair.first], named[pair.second]
                both = [x.found for x in (first, second) if isinstance(x.found, Fit)]
                place = (model, one.outcome, pair_label(one.by, first, second))
                found[place].append(least(_headline(fit) for fit in both))
        return found

    def detail(self, row: Detail) -> Counts:
        """Return what stands behind one row of ``details.csv``; nothing for words and truths."""
        if isinstance(row.value, bool) or not isinstance(row.value, int | float):
            return {}
        if row.check:
            asked = (row.check, row.model_id, row.outcome, row.term)
            return least(self.verdict(one) for one in self._judged.get(asked, ()))
        result = self._by_id.get(row.model_id)
        if result is None:
            return {}
        if row.term in result.first_stages and not row.outcome:
            return _headline(result.first_stages[row.term])
        fit = result.fits.get(row.outcome)
        if fit is None:
            return {}
        if row.name.startswith(BASELINE):
            return fit.baseline
        if row.name.startswith(DROPPED):
            return {"rows": row.value}
        labels = [term.label for term in fit.terms]
        counts = fit.support[labels.index(row.term)] if row.term in labels else _headline(fit)
        return {**counts, **fit.left_out} if row.name.startswith(LEFT_OUT) else counts

    @cached_property
    def _by_id(self) -> dict[str, ModelResult]:
        return {one.model.id: one for one in self.results}

    @cached_property
    def _judged(self) -> dict[tuple[str, str, str, str], list[Judgement]]:
        found: dict[tuple[str, str, str, str], list[Judgement]] = defaultdict(list)
        for one in self.verdicts:
            found[one.check, one.model_id, one.verdict.outcome, one.verdict.term].append(one)
        return found

    def verdict(self, one: Judgement) -> Counts:
        """Return what stands behind a verdict: its own counts, else the fits that it is about."""
        if one.counts:
            return one.counts
        for split in self.subgroups:
            if split.verdict is one.verdict:
                fits = [level.found for level in split.fits if isinstance(level.found, Fit)]
                return least(_headline(fit) for fit in fits)
        asked = (one.model_id, one.verdict.outcome)
        return least(
            least(fit.support)
            for result in self.results
            for name, fit in result.fits.items()
            if asked[0] in ("", result.model.id) and asked[1] in ("", name)
        )

    def worth(self, row: WorthRow, rows: Sequence[WorthRow]) -> Counts:
        """Return what stands behind a worth; of a sum the least of its items.

        Parameters
        ----------
        row, rows
            The row, and all of them.
        """
        items = [row] if row.outcome else [x for x in rows if x.worth == row.worth and x.outcome]
        own = [self._by_id[x.model_id].fits.get(x.outcome) for x in items if x.model_id]
        return least(_headline(fit) for fit in own if fit is not None)


def _supports(fit: Fit) -> list[Counts]:
    return list(fit.support) or [{} for _ in fit.terms]


def _headline(fit: Fit) -> Counts:
    return fit.support[0] if fit.support else {}
