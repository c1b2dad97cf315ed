"""The curve of a declared universe: where its specifications lie, and what chance explains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from evaluation.checks._joint import Joint, joint_test
from evaluation.checks._specified import Specified
from evaluation.checks.contract import Case, Verdict
from evaluation.checks.smallest_effect import beyond_words
from evaluation.data.model_data import FloatArray
from evaluation.inference.specification_curve import shares
from evaluation.spec.options import Column, Evidence, OptionsModel
from evaluation.spec.spec import Spec
from evaluation.spec.universe import axes_of

TITLE = "Specification curve"
ASSUMPTION = "the result does not hang on one specification among many that are as good"
SOURCE = "Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4(11)"
LEVEL = 0.05
MEDIAN, DOMINANT, SIGNIFICANT, SMALLEST = (
    "median",
    "dominant_sign",
    "significant",
    "smallest_effect",
)
DESCRIBED = "described"
Details = tuple[tuple[str, float | int | str | bool | None], ...]


class Options(OptionsModel):
    """Number of permutations, seed, the column of strata, and the statistic that is tested.

    Attributes
    ----------
    draws
        Permutations of which cluster is treated when, the same in every specification.
    seed
        Seed of the permutations.
    strata
        Column, constant inside clusters, inside whose values treatment is permuted; among all
        clusters if not given.
    statistic
        By what a specification counts as significant: its ``coefficient``, or its t
        (``studentised``).
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset({"assignment"})

    draws: int = Field(default=500, ge=99)
    seed: int = Field(ge=0)
    strata: Column | None = None
    statistic: Literal["coefficient", "studentised"] = "coefficient"

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line where no axis of ``[[vary]]`` bears on a model that is asked of."""
        if not spec.vary:
            yield f"{where}: the spec has no [[vary]], so there is one specification; add axes"
            return
        for model in spec.models:
            if owner.model in (None, model.id) and not axes_of(spec, model.id):
                yield (
                    f"{where}: no axis of [[vary]] bears on model {model.id!r}; name a model that "
                    "an axis names"
                )


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Describe the specifications of a model's universe, and test them as one.

    Three statistics are set against permutations of which cluster is treated when, the same in
    every specification: the median, the share of the dominant sign, and the share that are
    significant with it. A specification is significant where at most five per cent of its own
    permutations give as large a coefficient; studentised, as large a t with the ``cr1`` error.
    Where specifications move together, one permutation in twenty finds them all significant, and
    the third statistic can say no more than that.

    Verdicts are ``rejected`` and ``not rejected`` at five per cent, for the sharp hypothesis that
    nobody is affected, under assignment at random within strata. Where treatment is not assigned to
    clusters, such as by age, no permutation is another assignment and the verdict is ``described``.
    Of the smallest effect of interest it is ``ruled_out`` where every specification rules it out.
    Specifications that fail are counted and enter nothing.
    """
    own = [one for one in case.universe if one.row.model_id == case.result.model.id]
    inside = [one for one in own if one.row.number > 0]
    names = dict.fromkeys(one.row.outcome for one in inside)
    return tuple(
        verdict
        for name in names
        for verdict in _of_outcome(
            case.spec, name, [one for one in inside if one.row.outcome == name], options
        )
    )


def _of_outcome(
    spec: Spec, name: str, found: Sequence[Specified], options: Any
) -> Iterator[Verdict]:
    usable = [one for one in found if one.row.estimate is not None]
    if not usable:
        reasons = "; ".join(dict.fromkeys(one.row.reason for one in found))
        yield Verdict(name, None, None, "refused", f"no specification gives a number: {reasons}")
        return
    joint = joint_test(usable, options)
    estimates = np.array([one.row.estimate for one in usable], dtype=np.float64)
    below = [one.row.p_value is not None and one.row.p_value < LEVEL for one in usable]
    dominant, significant = shares(estimates[None, :], np.array([below], dtype=bool))
    failed = len(found) - len(usable)
    described: Details = (
        ("specifications", len(usable)),
        ("specifications_failed", failed),
        ("median_estimate", float(np.median(estimates))),
        ("least_estimate", float(estimates.min())),
        ("largest_estimate", float(estimates.max())),
        ("share_positive", float(np.mean(estimates > 0))),
        ("share_significant_by_interval", float(significant[0])),
    )
    several = f"{len(usable)} specifications" + (f", {failed} more failed" if failed else "")
    if isinstance(joint, str):
        words = f"{several}; no joint test: {joint}"
        rows = (
            (MEDIAN, float(np.median(estimates)), described),
            (DOMINANT, float(dominant[0]), ()),
            (SIGNIFICANT, float(significant[0]), ()),
        )
        for term, statistic, details in rows:
            yield Verdict(name, statistic, None, DESCRIBED, words, term, details)
    else:
        yield from _tested(name, joint, options, several, estimates, described)
    yield from _smallest(spec, name, usable)


def _tested(
    name: str,
    joint: Joint,
    options: Any,
    several: str,
    estimates: FloatArray,
    described: Details,
) -> Iterator[Verdict]:
    test, clusters = joint.test, joint.clusters
    permuted = int(np.sum(clusters.stratum >= 0))
    where = f"inside {options.strata}" if options.strata else "over all clusters"
    words = (
        f"{several}; treatment permuted {options.draws} times {where}, alike in all; exact only "
        "for the sharp hypothesis of no effect anywhere, if treatment was drawn so"
    )
    beside: Details = (
        *described,
        ("draws", options.draws),
        ("statistic", options.statistic),
        ("clusters_permuted", permuted),
        ("clusters_held", len(clusters.stratum) - permuted),
        ("clusters_that_some_specifications_lack", clusters.partial),
        ("distinct_assignments", joint.distinct),
        ("smallest_p_value", max(1.0 / (1 + options.draws), 1.0 / joint.distinct)),
        ("permutations_without_variation", test.undefined),
        *((("median_t", test.median),) if options.statistic != "coefficient" else ()),
    )
    rows = (
        (MEDIAN, float(np.median(estimates)), test.p_median, beside),
        (DOMINANT, test.dominant, test.p_dominant, ()),
        (SIGNIFICANT, test.significant, test.p_significant, ()),
    )
    for term, statistic, p_value, details in rows:
        verdict = "rejected" if p_value <= LEVEL else "not rejected"
        yield Verdict(name, statistic, p_value, verdict, words, term, details)


def _smallest(spec: Spec, name: str, usable: Sequence[Specified]) -> Iterator[Verdict]:
    """Yield the share of specifications that rule the smallest effect out."""
    effect = next((one for one in spec.smallest_effect_of_interest if one.outcome == name), None)
    if effect is None:
        return
    counts = Counter(one.row.equivalence for one in usable)
    out, nothing = counts["ruled_out"], counts["uninformative"]
    verdict = "not_ruled_out"
    if out == len(usable):
        verdict = "ruled_out"
    elif nothing == len(usable):
        verdict = "uninformative"
    details: Details = tuple(
        (f"share_{one or 'without_error'}", count / len(usable))
        for one, count in sorted(counts.items())
    )
    yield Verdict(
        name,
        out / len(usable),
        None,
        verdict,
        f"{out} of {len(usable)} specifications rule out effects {beyond_words(effect)}",
        SMALLEST,
        details,
    )
