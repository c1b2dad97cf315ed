"""Base of every table of options: frozen, strict, unknown keys refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

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
    # Whether an estimator uses ``design.instrument``.
    INSTRUMENT: ClassVar[bool] = False
    # Whether an estimator tells how every cluster moves its numbers.
    INFLUENCE: ClassVar[bool] = False
    # Common keys of a model that few estimators take: interact, group_trends, quantiles.
    TAKES: ClassVar[frozenset[str]] = frozenset()

    @property
    def compares_third(self) -> bool:
        """Whether this model compares the group of ``design.third`` with the others."""
        return type(self).THIRD

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for every rule of its own that the estimator or check finds broken.

        Parameters
        ----------
        spec
            The whole spec.
        owner
            The model, or the request of a check, that these options belong to.
        where
            Its key path.
        """
        del spec, owner, where
        yield from ()


class ColumnName:
    """Marks an option whose value names a column of the panel."""


class GapColumn(ColumnName):
    """Marks a column of a model whose missing values leave no row out."""


Column = Annotated[str, StringConstraints(min_length=1), ColumnName()]
ColumnWithGaps = Annotated[str, StringConstraints(min_length=1), GapColumn()]
