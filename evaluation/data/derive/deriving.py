"""A source that offers the derived columns of a spec beside its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evaluation.data.derive.contract import Rows
from evaluation.data.derive.registry import operation
from evaluation.data.joins.joining import joining
from evaluation.data.periods import calendar_of
from evaluation.data.plain import plain_columns
from evaluation.errors import DataError
from evaluation.spec.derived import inputs_of, made_in_order
from evaluation.spec.faults import nearest
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of

if TYPE_CHECKING:
    from evaluation.data.sources import Source


@dataclass(frozen=True)
class Deriving:
    """Rows of a source with derived columns, worked out before any row is left out.

    Attributes
    ----------
    source
        Where the rows come from.
    spec
        Names the derived columns, the unit and the time.
    """

    source: Source
    spec: Spec

    @property
    def distinct(self) -> bool:
        """Whether no unit can have two rows in one period."""
        return self.source.distinct

    def columns(self) -> tuple[str, ...]:
        """Return the source's columns and the derived ones.

        Raises
        ------
        DataError
            Where a derived column has the name of one of the source, or is made of one that is
            not there.
        """
        own, derive = self.source.columns(), self.spec.derive
        faults = [
            f"derive.{name}: the panel has a column of that name already; choose another"
            for name in derive
            if name in own
        ]
        offered = (*own, *derive)
        faults += [
            f"derive.{name}.{key}: no column {column!r} in the panel{nearest(column, offered)}"
            for name, one in derive.items()
            for column, key in inputs_of(one).items()
            if column not in offered
        ]
        if faults:
            raise DataError(*faults)
        return offered

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the rows, only the columns asked for."""
        derive, panel = self.spec.derive, self.spec.panel
        made = made_in_order(derive, columns)
        if not made:
            return self.source.read(columns)
        needs = {need for name in made for need in operation(derive[name].op).NEEDS}
        clock = [str(getattr(panel, need)) for need in sorted(needs)]
        inputs = [column for name in made for column in inputs_of(derive[name])]
        own = [name for name in (*columns, *clock, *inputs) if name not in derive]
        frame = plain_columns(self.source.read(tuple(dict.fromkeys(own))))
        shared = self._clock(frame, frozenset(needs))
        for name in made:
            one = derive[name]
            rows = Rows(frame.loc[:, list(inputs_of(one))], f"derive.{name}", **shared)
            values = operation(one.op).apply(rows, one.options)
            frame = frame.assign(**{name: np.asarray(values)})
        return frame.loc[:, list(columns)]

    def inputs(self) -> Mapping[str, str]:
        """Return the source's own inputs."""
        return self.source.inputs()

    def _clock(self, frame: pd.DataFrame, needs: frozenset[str]) -> dict[str, Any]:
        """Return units and times where an operation needs them."""
        found: dict[str, Any] = {}
        panel = self.spec.panel
        if "unit" in needs:
            names = frame[str(panel.unit)]
            if names.isna().any():
                count = int(names.isna().sum())
                raise DataError(f"panel.unit {panel.unit!r}: {count} rows lack a unit")
            found |= {"unit": pd.factorize(names)[0].astype(np.int64), "names": names}
        if "time" in needs:
            values = frame[str(panel.time)]
            calendar = calendar_of(values, time_unit_of(self.spec), "month")
            time = calendar.index(values, f"panel.time {panel.time!r}")
            found |= {"time": time, "dated": calendar.unit != "integer"}
        return found


def deriving(spec: Spec, source: Source) -> Source:
    """Return the source with the joined and derived columns of a spec; itself where it has none."""
    source = joining(spec, source)
    return Deriving(source, spec) if spec.derive else source
