"""Compare groups that the duty did not touch, and rank the estimate among what that gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import model_validator

from evaluation.checks._ages import UNTOUCHED, AgePair, Groups, bands, groups_of, on_age
from evaluation.checks._inside_groups import inside_groups
from evaluation.checks._placebos import headlines, ranked
from evaluation.checks._refit import refit_all
from evaluation.checks._variants import begins, regrouped, with_models
from evaluation.checks.contract import Case, Verdict
from evaluation.errors import DataError
from evaluation.spec.design import RdDesign
from evaluation.spec.filters import Filter, Predicate
from evaluation.spec.names import Id
from evaluation.spec.options import OptionsModel, Table

TITLE = "Placebo groups"
ASSUMPTION = "nothing else moved these groups apart when the duty began"
SOURCE = "Bertrand, Duflo and Mullainathan (2004), QJE 119(1); ranks, because groups share rows"


class PlaceboGroup(Table):
    """Two groups to compare, or at a cutoff the rows of one, and their name.

    Attributes
    ----------
    id
        Name of the comparison.
    treated, control
        Conditions on the group that stands for the treated, and on the one that it is compared
        with.
    keep
        At a cutoff: conditions on the rows inside which the model is estimated, such as
        municipalities that already used conditions.
    """

    id: Id
    treated: Predicate | None = None
    control: Predicate | None = None
    keep: tuple[Filter, ...] = ()

    @model_validator(mode="after")
    def _one_way(self) -> PlaceboGroup:
        pair = (self.treated is not None, self.control is not None)
        if pair != (not self.keep, not self.keep):
            raise ValueError("a group takes treated and control, or at a cutoff keep = [...]")
        return self


class Options(OptionsModel):
    """Bands of ages, or groups by any condition.

    Without either: three-year bands, a year apart, from age 31 on.

    Attributes
    ----------
    ages
        Pairs of bands of ages, in completed years, that the duty did not touch.
    groups
        Groups that the duty did not touch, by conditions; needed at a cutoff.
    """

    ages: tuple[AgePair, ...] = ()
    groups: tuple[PlaceboGroup, ...] = ()

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for groups that do not go with the design."""
        del owner
        if isinstance(spec.design, RdDesign):
            if self.ages:
                yield f"{where}.ages: a design of kind 'rd' compares no ages; give groups with keep"
            if not self.groups:
                yield (
                    f"{where}.groups: is missing; give groups that the rule should not move, such "
                    "as { id = 'before', keep = [{ column = 'adoption_status', equals = 'before' "
                    "}] }"
                )
        wanted = isinstance(spec.design, RdDesign)
        for one in self.groups:
            if bool(one.keep) != wanted:
                keys = "keep = [...]" if wanted else "treated and control"
                yield f"{where}.groups.{one.id}: design.kind {spec.design.kind!r} takes {keys}"


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model at its own date between groups that the duty did not touch.

    Filters of the sample on the columns that make the groups are taken away: the panel must hold
    these rows. Bands of ages begin at 31, when nobody was under the duty in the year before.
    The verdict is ``violation found`` where a placebo differs from zero (by Bonferroni), else
    ``within the placebo range`` or ``beyond the placebo range``.

    At a cutoff the model is estimated inside each group, in its own periods; of a fuzzy model the
    jump of the outcome. The verdict is then ``violation found`` or ``not detected``.

    Raises
    ------
    DataError
        For a design without groups, bands of ages that the duty or another rule touches, and where
        there are no groups to compare.
    """
    if isinstance(case.spec.design, RdDesign):
        return inside_groups(case, {one.id: one.keep for one in options.groups})
    spec = with_models(case.spec, case.result.model)
    begins(spec)
    variants = {
        one.label: regrouped(spec, one.treated, one.control) for one in _groups(case, options)
    }
    found = refit_all(case, variants)
    return tuple(ranked(name, one, found[name], "groups") for name, one in headlines(case).items())


def _groups(case: Case, options: Any) -> tuple[Groups, ...]:
    named = tuple(
        Groups(one.id, one.treated, one.control)
        for one in options.groups
        if one.treated is not None and one.control is not None
    )
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
