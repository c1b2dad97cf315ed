"""The research design, one table a kind."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from evaluation.spec.design_parts import (
    Cohort,
    ColumnTable,
    Donors,
    DonorScreen,
    Instrument,
    RdTreatment,
    RunningVariable,
)
from evaluation.spec.filters import Filter, Predicate
from evaluation.spec.missing import Missing
from evaluation.spec.names import Column
from evaluation.spec.options import Table


class DidDesign(Table):
    """Treated against control, before against after, or a treatment that varies over time.

    Attributes
    ----------
    kind
        ``did``: difference-in-differences.
    treated
        Condition that makes a row one of the treated group; with ``post`` or ``reform_date``.
    control
        Condition on the control group; everyone who is known not to be treated, if not given.
    post
        Condition that makes a row one after the reform, in place of ``reform_date``.
    reform_date
        Date of the reform: rows of its period and later are after it.
    treatment
        Column of a treatment that varies over time, of any intensity, in place of ``treated``.
    third
        Condition on the group in which the effect is, for a triple difference against all others.
    instrument
        What moves ``treatment``, for ``iv_2sls`` and ``reduced_form``.
    """

    kind: Literal["did"]
    treated: Predicate | None = None
    control: Predicate | None = None
    post: Filter | None = None
    reform_date: dt.date | None = None
    treatment: ColumnTable | None = None
    third: Predicate | None = None
    instrument: Instrument | None = None


class StaggeredDesign(Table):
    """Units adopt at different periods.

    Attributes
    ----------
    kind
        ``staggered_did``: difference-in-differences with adoption at different times.
    cohort
        The first treated period of every unit.
    control_group
        Controls of ``group_time_att`` and ``extended_twfe``: units never treated alone, or also
        those treated later, until they are. ``interaction_weighted`` takes the cohort treated last
        by ``not_yet_treated`` where nobody is never treated.
    anticipation
        Periods before the first treated one in which treatment may be felt already: they are no
        base.
    unbalanced
        Where units lack periods: ``keep`` takes all rows, ``drop_incomplete`` leaves such units
        out; no default, an unbalanced panel must say.
    always_treated
        Units treated from the first period on: ``drop`` leaves them out and counts them,
        ``keep_as_always`` keeps them; they are never controls.
    treatment
        Column of the treatment received; estimators of staggered adoption use ``cohort`` alone.
    instrument
        Column that moves the treatment; no estimator of staggered adoption uses it.
    """

    kind: Literal["staggered_did"]
    cohort: Cohort
    control_group: Literal["never_treated", "not_yet_treated"] = "never_treated"
    anticipation: int = Field(default=0, ge=0)
    unbalanced: Literal["keep", "drop_incomplete"] | None = None
    always_treated: Literal["drop", "keep_as_always"] = "drop"
    treatment: ColumnTable | None = None
    instrument: Instrument | None = None


class RdDesign(Table):
    """Treatment changes where the running variable passes the cutoff.

    Attributes
    ----------
    kind
        ``rd``: regression discontinuity.
    running_variable
        The variable in which treatment changes at the cutoff.
    cutoff
        Value at which treatment changes; a row at it lies above.
    treated_side
        Side of the cutoff on which the rule treats; estimates are that side less the other.
    exposure
        Column with the share of the row's period under treatment: rows at the cutoff count partly
        on either side. In place of ``donut``; on ``age_months`` one of the two is needed.
    donut
        Rows nearer the cutoff than this, in units of the running variable, are left out: 1 drops
        the cutoff's own value.
    treatment
        The treatment received, which fuzzy models divide by.
    reform_date
        Date from whose period on the rule holds: for models of one period and differences of
        discontinuities.
    third
        Condition on the group whose discontinuity is compared with that of the other rows.
    instrument
        Column that moves the treatment; no estimator at a cutoff uses it.
    """

    kind: Literal["rd"]
    running_variable: RunningVariable
    cutoff: int | float
    treated_side: Literal["below", "above"]
    exposure: Column | None = None
    donut: int | None = Field(default=None, ge=1)
    treatment: RdTreatment | None = None
    reform_date: dt.date | None = None
    third: Predicate | None = None
    instrument: Instrument | None = None


class SingleUnitDesign(Table):
    """One treated unit against a pool of donors.

    Attributes
    ----------
    kind
        ``single_unit``: one treated unit, for synthetic controls.
    treated
        Condition that holds in all rows of exactly one unit.
    donors
        Which other units may stand in for it; all if not given.
    reform_date
        Date of the reform: its period and later ones are after it.
    post
        Condition on periods after the reform, in place of ``reform_date``.
    """

    kind: Literal["single_unit"]
    treated: Predicate
    donors: Donors = Donors()
    reform_date: dt.date | None = None
    post: Filter | None = None


class NoDesign(Table):
    """A question that the data at hand cannot answer: a run ends in ``insufficient``.

    Models, where there are any, say what would be estimated.

    Attributes
    ----------
    kind
        ``none``: no comparison is possible, and none is made.
    missing
        What an answer would need and the data lack.
    reform_date
        Date before and after which the outcomes are described.
    """

    kind: Literal["none"]
    missing: tuple[Missing, ...] = Field(min_length=1)
    reform_date: dt.date | None = None


Design = Annotated[
    DidDesign | StaggeredDesign | RdDesign | SingleUnitDesign | NoDesign,
    Field(discriminator="kind"),
]

__all__ = [
    "Cohort",
    "Design",
    "DidDesign",
    "DonorScreen",
    "Donors",
    "NoDesign",
    "RdDesign",
    "SingleUnitDesign",
    "StaggeredDesign",
]
