"""A world at the cutoff and its specs; what lines may show is as for panels of towns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from town_panels.world import Asked, World

MAIN = "main"


@dataclass(frozen=True)
class Ask(Asked):
    """One number of a run of one of the world's specs.

    Attributes
    ----------
    run
        Which of them.
    """

    run: str = MAIN


@dataclass(frozen=True)
class AtCutoff(World):
    """A world whose panels are estimated by one spec or several.

    Attributes
    ----------
    further
        Specs beside the main one, by name.
    refused
        Specs that are refused before any row is read, by line: the spec, and words of the reason.
    """

    further: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """A model of a spec; ``more`` holds further lines."""

    id: str
    estimator: str
    more: str = ""
    estimand: str = "itt_at_cutoff"
    cluster: str = "person"
    outcome: str = ""

    @property
    def text(self) -> str:
        """As a spec writes it."""
        keys = {"id": self.id, "estimand": self.estimand, "estimator": self.estimator}
        keys |= {"cluster": self.cluster} if self.cluster else {}
        lines = [f'{key} = "{value}"' for key, value in keys.items()]
        lines += [f'outcomes = ["{self.outcome}"]'] if self.outcome else []
        return "\n".join(["[[models]]", *lines, *([self.more] if self.more else [])])


def fixed(width: float, *, order: int | None = None, more: str = "") -> str:
    """Return lines that fix bandwidth and order."""
    lines = [f"bandwidth = {{ fixed = {width:g} }}", more]
    lines += [] if order is None else [f"order = {order}"]
    return "\n".join(line for line in lines if line)


def spec_of(
    outcomes: Mapping[str, str],
    models: tuple[Model, ...],
    *,
    month: str = "donut = 1",
    design: str = "",
    sample: str = "",
    checks: str = "",
) -> str:
    """Return a spec as text.

    Parameters
    ----------
    outcomes
        Names, each with its keys beside ``kind = "binary"``.
    models
        Its models.
    month
        What is done with the month of the birthday.
    design, sample, checks
        Further lines of these tables.
    """
    lines = [
        "schema_version = 1",
        'id = "lives"',
        'title = "Lives near 30 with a known effect"',
        "[panel]",
        'source = "file"',
        'path = "lives.parquet"',
        'unit = "person"',
        'time = "ym"',
        'time_unit = "month"',
        "[sample]",
        'rows = "person_month"',
        sample,
        "[outcomes]",
    ]
    lines += [
        f'{name} = {{ column = "{name}", kind = "binary"{more} }}'
        for name, more in outcomes.items()
    ]
    lines += [
        "[design]",
        'kind = "rd"',
        'running_variable = { column = "age_months", discrete = true }',
        "cutoff = 360",
        'treated_side = "below"',
        month,
        design,
        *(model.text for model in models),
        checks,
    ]
    return "\n".join(line for line in lines if line) + "\n"
