"""A world as it is run: how panels are drawn, the spec, and what is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from town_panels.reads import Read

# What a line should show: a nominal interval, one that covers at least as often, or a stated
# failure; a share of panels in which a test rejects, or a check or a refusal speaks.
COVERS = "covers"
HOLDS = "covers at least"
UNDER = "under-covers"
BIASED = "biased"
SIZE = "rejects at its level"
CAUTIOUS = "rejects at most at its level"
DETECTS = "detected"
ALWAYS = "in all panels"

QUARTERS = 'unit = "town"\ntime = "quarter"\ntime_unit = "integer"'
CLOSED_FORM, RESAMPLING = 2000, 500
# Largest bias in standard errors, of closed-form and of resampling methods.
SMALL, SMALL_RESAMPLING = 0.15, 0.2


@dataclass(frozen=True)
class Asked:
    """One number of a run.

    Attributes
    ----------
    name
        As it is printed.
    read
        Where it stands.
    expected
        What the line should show.
    truth
        Of an estimate or interval.
    level
        Of a test.
    oracle
        A line of the same world with whose interval this one is compared by length.
    """

    name: str
    read: Read
    expected: str = COVERS
    truth: float | None = None
    level: float | None = None
    oracle: str | None = None


@dataclass(frozen=True)
class World:
    """A world and its spec.

    Attributes
    ----------
    title
        What is the case in it.
    draw
        Makes a panel from a seed.
    text
        The spec.
    asked
        What is judged.
    replications
        How many panels.
    small
        Largest bias in standard errors.
    """

    title: str
    draw: Callable[[int], pd.DataFrame]
    text: str
    asked: tuple[Asked, ...]
    replications: int = CLOSED_FORM

    @property
    def small(self) -> float:
        """Largest bias in standard errors."""
        return SMALL if self.replications >= CLOSED_FORM else SMALL_RESAMPLING


@dataclass(frozen=True)
class Model:
    """A model of a spec; ``more`` holds further lines."""

    id: str
    estimator: str
    variance: str = ""
    estimand: str = "att"
    more: str = ""

    @property
    def text(self) -> str:
        """As a spec writes it."""
        keys = {"id": self.id, "estimand": self.estimand, "estimator": self.estimator}
        if self.variance:
            keys |= {"cluster": "town", "variance": self.variance}
        lines = [f'{key} = "{value}"' for key, value in keys.items()]
        return "\n".join(["[[models]]", *lines, *([self.more] if self.more else [])])


def spec_of(
    design: str,
    models: tuple[Model, ...],
    checks: str = "",
    *,
    panel: str = QUARTERS,
    sample: str = "",
) -> str:
    """Return a spec as text.

    Parameters
    ----------
    design, checks, sample
        Lines of these tables.
    models
        Its models.
    panel
        Units and time.
    """
    tables: Mapping[str, str] = {
        "": 'schema_version = 1\nid = "panel"\ntitle = "A panel with a known effect"',
        "[panel]": f'source = "file"\npath = "panel.parquet"\n{panel}',
        "[sample]": sample,
        "[outcomes]": 'y = { column = "y", kind = "continuous" }',
        "[design]": design,
    }
    blocks = [f"{head}\n{lines}".strip() for head, lines in tables.items() if lines]
    return "\n".join([*blocks, *(model.text for model in models), checks, ""])


def check(kind: str, model: str, more: str = "") -> str:
    """Return a check as a spec writes it."""
    return f'[[checks]]\nkind = "{kind}"\nmodel = "{model}"\n{more}\n'
