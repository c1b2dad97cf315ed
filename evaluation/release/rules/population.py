"""The population of a study: small ones are not studied at all."""

from __future__ import annotations

from pydantic import Field

from evaluation.release.rules._least import at_least
from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.spec import Spec

KEY = "population"
TITLE = "the sample has at least so many units"


class Limits(Table):
    """Units of the sample."""

    units: int = Field(ge=1)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    return f"{limits.units} units"


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge the sample as a whole."""
    if subject.nature != "sample":
        return None
    return at_least(subject, KEY, (("units", limits.units, "units in the sample"),))


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Say the minimum, and where the spec asks for fewer."""
    if isinstance(spec.panel, SyntheticPanel) and spec.panel.persons < limits.units:
        values = {"persons": spec.panel.persons, "least": limits.units}
        return (Foreseen("policy.population_below", values),)
    return (Foreseen("policy.population", {"least": limits.units}),)
