"""Compare groups that the duty did not touch, and rank the estimate among what that gives."""

from __future__ import annotations

from typing import Any

from evaluation.checks._ages import UNTOUCHED, AgePair, Groups, bands, groups_of, on_age
from evaluation.checks._placebos import headlines, ranked
from evaluation.checks._refit import refit_all
from evaluation.checks._variants import begins, regrouped, with_models
from evaluation.checks.contract import Case, Verdict
from evaluation.errors import DataError
from evaluation.spec.filters import Predicate
from evaluation.spec.names import Id
from evaluation.spec.options import OptionsModel, Table

TITLE = "Placebo groups"
ASSUMPTION = "nothing else moved these groups apart when the duty began"
SOURCE = "Bertrand, Duflo and Mullainathan (2004), QJE 119(1); ranks, because groups share rows"


class PlaceboGroup(Table):
    """Two groups, and their name."""

    id: Id
    treated: Predicate
    control: Predicate


class Options(OptionsModel):
    """Bands of ages in completed years, or groups by any condition.

    Without either: three-year bands, a year apart, from age 31 on.
    """

    ages: tuple[AgePair, ...] = ()
    groups: tuple[PlaceboGroup, ...] = ()


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model at its own date between groups that the duty did not touch.

    Filters of the sample on the columns that make the groups are taken away: the panel must hold
    these rows. Bands of ages begin at 31, when nobody was under the duty in the year before.
    The verdict is ``violation found`` where a placebo differs from zero (by Bonferroni), else
    ``within the placebo range`` or ``beyond the placebo range``.

    Raises
    ------
    DataError
        For a design without groups, bands of ages that the duty or another rule touches, and where
        there are no groups to compare.
    """
    spec = with_models(case.spec, case.result.model)
    begins(spec)
    variants = {
        one.label: regrouped(spec, one.treated, one.control) for one in _groups(case, options)
    }
    found = refit_all(case, variants)
    return tuple(ranked(name, one, found[name], "groups") for name, one in headlines(case).items())


def _groups(case: Case, options: Any) -> tuple[Groups, ...]:
    named = tuple(Groups(one.id, one.treated, one.control) for one in options.groups)
    if named and not options.ages:
        return named
    design = on_age(case.spec)
    pairs = options.ages or tuple(bands(case.spec, UNTOUCHED))
    if not pairs:
        raise DataError(
            f"ages: the panel holds no two bands of three years from {UNTOUCHED} on: widen "
            "panel.ages, or give ages or groups"
        )
    for pair in pairs:
        refuse_touched(pair)
    return (*named, *(groups_of(design, pair) for pair in pairs))


def refuse_touched(pair: AgePair) -> None:
    """Refuse bands of ages that the duty touches after the reform.

    Raises
    ------
    DataError
        Naming the age.
    """
    if pair.treated[0] < UNTOUCHED:
        raise DataError(
            f"ages: {pair.label} holds persons that are, or were within a year, under the duty: "
            f"begin at {UNTOUCHED}"
        )
