"""Base of every table of options: frozen, strict, unknown keys refused."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints


class Table(BaseModel):
    """A table of a spec."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


# What a check may want of a fit beside its numbers; made only where a check asks for it.
Evidence = Literal["moments", "assignment", "influence"]


class OptionsModel(Table):
    """The keys that one estimator or check adds to the common ones."""

    # What a check wants of the fits that it judges.
    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset()
    # Whether an estimator compares the group of ``design.third`` with the others.
    THIRD: ClassVar[bool] = False


class ColumnName:
    """Marks an option whose value names a column of the panel."""


Column = Annotated[str, StringConstraints(min_length=1), ColumnName()]
