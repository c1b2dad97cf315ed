"""Base of every table of options: frozen, strict, unknown keys refused."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints


class Table(BaseModel):
    """A table of a spec."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class OptionsModel(Table):
    """The keys that one estimator or check adds to the common ones."""


class ColumnName:
    """Marks an option whose value names a column of the panel."""


Column = Annotated[str, StringConstraints(min_length=1), ColumnName()]
