"""What is asked of a study by simulation: one file a study, read and refused as a whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

FOLDER = Path(__file__).resolve().parents[1] / "study_trials"
Judged = Literal["coverage", "coverage_at_least", "placebo_size", "refuses"]


class Table(BaseModel):
    """A table of a trial."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Placebo(Table):
    """A comparison that should give nothing in one world, and something in another.

    Attributes
    ----------
    model, check
        A model of the study, whose number is tested, or the id of a check, whose verdict is read.
    estimand
        Names the number of a model that gives several; the first by default.
    outcome
        Of the study.
    null_in, null_persons, null_settings, null_replications
        World in which it must be null, and how it is drawn; the trial's own persons by default, and
        beside the trial's settings. A closed-form test rejects there at its level of 5 % or more
        seldom.
    broken_in, broken_persons, broken_settings, broken_replications
        World in which it must be found, in 80 % of draws at least; empty where no world breaks it.
    alternative
        Where what is found must have this sign; either by default.
    in_run
        Whether a run of the study itself holds it; not where settings make it of other rows.
    """

    model: str = ""
    check: str = ""
    estimand: str = ""
    outcome: str
    null_in: str
    null_persons: int | None = Field(default=None, ge=1)
    null_settings: tuple[str, ...] = ()
    null_replications: int = Field(default=200, ge=20, le=2000)
    broken_in: str = ""
    broken_persons: int | None = Field(default=None, ge=1)
    broken_settings: tuple[str, ...] = ()
    broken_replications: int = Field(default=60, ge=20, le=2000)
    alternative: Literal["either", "below", "above"] = "either"
    in_run: bool = True

    @model_validator(mode="after")
    def _one(self) -> Placebo:
        if bool(self.model) == bool(self.check):
            raise ValueError("a placebo is either a model or a check")
        if self.check and (self.estimand or self.alternative != "either"):
            raise ValueError("estimand and alternative are those of a model, not of a check")
        return self

    @property
    def name(self) -> str:
        """The model or check, and the outcome."""
        return f"{self.model or self.check} {self.outcome}"


class Trial(Table):
    """How a study is drawn again and again, and what should come of it.

    Attributes
    ----------
    persons
        Of the world, in a replication.
    settings
        Further ``--set`` settings of a replication.
    models, outcomes
        What is fitted and nothing else; the first number of the first model for the first outcome
        is judged.
    estimand
        Names the number that is judged where the model gives several; the first by default.
    replications
        2,000 where one costs under 0.3 s; 500 at most where the design resamples.
    resampling
        Whether the mean error may be 0.2 standard errors, and not 0.15 alone.
    judged
        ``coverage``: bias and coverage; of an interval that counts a largest bias, coverage from
        below. ``coverage_at_least``: bias, and coverage from below, of a method that is cautious by
        construction. ``placebo_size``: share of draws of a world without an
        effect in which the rank among placebos is at most ``level``. ``refuses``: no number in any
        draw.
    world
        That is drawn from; the study's own by default.
    reassigned
        With ``placebo_size``: units that are treated in turn, one a replication, as values of
        ``design.treated.equals``; the study's own by default.
    level
        With ``placebo_size``: a multiple of the smallest rank.
    placebo
        Comparisons that must be null, and must be found where a world breaks them.
    """

    persons: int = Field(ge=1)
    settings: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    estimand: str = ""
    replications: int = Field(ge=20, le=2000)
    resampling: bool = False
    judged: Judged = "coverage"
    world: str = ""
    reassigned: tuple[str, ...] = ()
    level: float = Field(default=0.05, gt=0, lt=1)
    placebo: tuple[Placebo, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Trial:
        names = [one.name for one in self.placebo]
        if len(set(names)) < len(names):
            raise ValueError("two placebos are of one model or check and one outcome")
        if self.resampling and self.replications > 500:
            raise ValueError("replications: a design that resamples takes 500 at most")
        if self.reassigned and self.judged != "placebo_size":
            raise ValueError("reassigned: is of judged = 'placebo_size' alone")
        if self.judged != "refuses" and not (self.models and self.outcomes):
            raise ValueError("models and outcomes: name what is judged")
        return self


def read_trial(path: Path) -> Trial:
    """Return the trial in a file."""
    return Trial.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def read_trials(folder: Path = FOLDER) -> Mapping[str, Trial]:
    """Return all trials by the id of their study, sorted."""
    return {path.stem: read_trial(path) for path in sorted(folder.glob("*.toml"))}
