"""What registers of assistance hold beside receipt: amounts, content, measures, other benefits."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from data_synth.world.types import Month, Multiplier, Probability, Shares, Table

HOUSING_CODES = 6  # of 11F's BOSIT


class Livelihood(Table):
    """What recipients live on and how they live."""

    main_idle: Probability
    main_other: Probability
    main_amount: Multiplier
    supplement_amount: Multiplier
    loan_share: Probability
    loan_part: Probability
    spouse_share: Probability
    full_time_share: Probability
    measure_shown: Probability
    not_seeking_share: Probability
    housing: Shares

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if len(self.housing) != HOUSING_CODES:
            raise ValueError(f"housing with {HOUSING_CODES} shares, as 11F's BOSIT has codes")
        return self


class Content(Table):
    """Kinds of conditions; several may hold, so that the probabilities need not sum to 1."""

    guidance: Probability
    jobseeker: Probability
    course: Probability
    work_training: Probability
    job_offer: Probability
    other_rights: Probability
    school: Probability
    assets: Probability
    health: Probability
    digital_plan: Probability
    language: Probability
    other: Probability
    digital_plan_from: Month
    decision_months: Annotated[int, Field(ge=1, le=24)]


class Exemptions(Table):
    """Reasons for exempting somebody under the duty."""

    in_work: Probability
    in_activity: Probability
    health: Probability


class Sanctions(Table):
    """Consequences of breaking a condition."""

    strict: Probability
    mild: Probability
    reduced: Probability


class Claims(Table):
    """Benefits beside those that lives depend on."""

    sick_leave: Probability
    unemployment: Probability
    unemployment_months: Annotated[int, Field(ge=1, le=36)]
    single_mother: Probability
    single_father: Probability
    transitional_months: Annotated[int, Field(ge=1, le=120)]
    early_pension: Probability
    measure_benefit: Probability
    graded: Probability


class Measures(Table):
    """Labour market measures by provider, a month."""

    state: Probability
    state_others: Probability
    municipal: Probability
    municipal_most: Probability
    voluntary: Probability
    months: Annotated[int, Field(ge=1, le=24)]
    course_share: Probability
    summer: Probability


class Jobseekers(Table):
    """Who is registered as a jobseeker."""

    recipient: Probability
    others: Probability
    student: Probability
    employed: Probability
    employed_recipient: Probability
