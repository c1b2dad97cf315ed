"""An interaction-weighted event study: eventstudyinteract, and sunab of fixest."""

from __future__ import annotations

from evaluation.review.foreign.contract import COHORT, PERIOD, Case, Lines
from evaluation.review.foreign.estimators._regression import in_r

SHARES = (
    "cohort shares are estimated, and their variation counts in errors here; sunab takes them as "
    "fixed (shares = 'fixed' does so too)"
)


def stata(case: Case) -> Lines:
    """Say where it is, without a line: its call names an indicator of every event time."""
    del case
    return Lines((), ("eventstudyinteract wants indicators of every event time; see --as r",))


def r(case: Case) -> Lines:
    """Return feols with ``sunab``."""
    own, panel = case.model.fixed_effects, case.spec.panel
    effects = [] if case.unit in own else [COHORT]
    effects += [] if panel.time in own else [PERIOD]
    # sunab takes cohorts that are no period of the panel as never treated.
    times = f"sunab({COHORT}, {PERIOD}, ref.p = {case.options.reference})"
    lines = in_r(case, (times,), (), effects)
    window = case.options.event_window is not None or case.options.event_bin is not None
    more = (*((SHARES,) if case.options.shares == "estimated" else ()),)
    more += ("bins and the window of event times are not written out: see bin of sunab",) * window
    return Lines(lines.code, (*lines.differs, *more))
