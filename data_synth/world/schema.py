"""A synthetic Norway: all that a simulation needs but persons, seed and policy."""

from __future__ import annotations

import json
from functools import cached_property
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from data_synth.world.assistance import Conditions, Exit, Grant, Receipt
from data_synth.world.assistance_details import (
    Claims,
    Content,
    Exemptions,
    Jobseekers,
    Livelihood,
    Measures,
    Sanctions,
)
from data_synth.world.duty import Duty
from data_synth.world.life_details import (
    Background,
    Charges,
    Households,
    Incomes,
    Jobs,
    Schooling,
)
from data_synth.world.offices import Offices
from data_synth.world.places import Adoption, Mergers, Municipalities
from data_synth.world.population import Ages, Arrivals, Cohorts, Residence, Time, Traits
from data_synth.world.prices import Prices
from data_synth.world.programme import Programme
from data_synth.world.shocks import (
    AgeShocks,
    NearRelease,
    Pandemic,
    Recording,
    Rival,
    Tightening,
    Trends,
)
from data_synth.world.traps import Traps
from data_synth.world.types import Table
from data_synth.world.working_life import Benefits, Calendar, Education, Employment


class Draw(Table):
    """The large draw from which superpopulation truth is computed."""

    persons: Annotated[int, Field(ge=1_000)]
    seed: Annotated[int, Field(ge=0)]


class World(Table):
    """A synthetic Norway: its tables, in the order of a world file."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: Annotated[str, Field(min_length=1)]
    time: Time
    ages: Ages
    cohorts: Cohorts
    arrivals: Arrivals
    residence: Residence
    traits: Traits
    municipalities: Municipalities
    adoption: Adoption
    offices: Offices
    mergers: Mergers
    prices: Prices
    calendar: Calendar
    education: Education
    employment: Employment
    benefits: Benefits
    programme: Programme
    receipt: Receipt
    exit: Exit
    grant: Grant
    conditions: Conditions
    duty: Duty
    trends: Trends
    age_shocks: AgeShocks
    rival: Rival
    tightening: Tightening
    pandemic: Pandemic
    near_release: NearRelease
    recording: Recording
    background: Background
    households: Households
    schooling: Schooling
    jobs: Jobs
    incomes: Incomes
    charges: Charges
    traps: Traps
    livelihood: Livelihood
    content: Content
    exemptions: Exemptions
    sanctions: Sanctions
    claims: Claims
    measures: Measures
    jobseekers: Jobseekers
    truth: Draw

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content in canonical JSON, hexadecimal."""
        content = self.model_dump(mode="json")
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return sha256(text.encode()).hexdigest()

    def __hash__(self) -> int:
        return int(self.digest[:15], 16)
