"""Checks that set an estimate beside placebos, and so speak to parallel trends."""

from __future__ import annotations

from evaluation.estimators.contract import Setting
from evaluation.spec.dates import AGE
from evaluation.spec.design import DidDesign, StaggeredDesign

# Many numbers, and no headline that placebos could be set beside.
WITHOUT_HEADLINE = frozenset({"att_gt", "att_by_event_time", "att_by_cohort", "att_by_period"})


def placebo_checks(setting: Setting) -> tuple[str, ...]:
    """Return the kinds of placebo check that a model's design allows.

    Under staggered adoption dates alone move; two groups can be moved to other dates and replaced
    by others; with groups of age there are bands of other ages, too.
    """
    design = setting.design
    if setting.estimand in WITHOUT_HEADLINE:
        return ()
    if isinstance(design, StaggeredDesign):
        return ("placebo_date",)
    if not isinstance(design, DidDesign) or design.treated is None:
        return ()
    by_age = design.treated.column == AGE
    return ("placebo_date", "placebo_group", *(("common_shocks",) if by_age else ()))


def staggers(setting: Setting) -> bool:
    """Whether treatment may begin at different times: not where two groups share one reform."""
    return not isinstance(setting.design, DidDesign) or setting.design.treated is None
