"""How many units and clusters stand behind some points of a model's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.estimators._support.points import BoolArray, Points
from evaluation.estimators._units import units_of_types
from evaluation.results import Statistic


@dataclass(frozen=True)
class Units:
    """Units behind some points: so many, or, unless ``exact``, at least so many."""

    count: int
    exact: bool = True


@dataclass(frozen=True)
class Held:
    """Counts by group, or groups, and distinct pairs of point and cluster: filled as asked for."""

    pairs: dict[str, tuple[IntArray, IntArray]] = field(default_factory=dict)
    units: dict[bytes, Units | None] = field(default_factory=dict)
    clusters: dict[bytes, int | None] = field(default_factory=dict)
    counts: dict[tuple[bytes, ...], Mapping[Statistic, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Behind:
    """Counts what stands behind groups of points, each group once.

    Attributes
    ----------
    data, points
        Rows or cells of one outcome, and their points.
    clusters
        Cluster columns; the unit's own name is known by ``unit``.
    unit
        The panel's unit column.
    held
        What was counted already; outcomes of the same rows share it.
    """

    data: ModelData
    points: Points
    clusters: tuple[str, ...]
    unit: str | None
    held: Held = field(default_factory=Held, repr=False)

    def rows(self, group: BoolArray) -> int:
        """Return the rows of the panel behind some points, marked in shape ``(P,)``."""
        return int(self.points.rows[group].sum())

    def units(self, group: BoolArray) -> Units | None:
        """Return the units behind some points, ``None`` where nothing is known of them.

        A unit has one row a period. Where cells do not tell more, so many units are sure as there
        are rows in the fullest period.
        """
        key = group.tobytes()
        if key not in self.held.units:
            self.held.units[key] = self._units(group)
        return self.held.units[key]

    @cached_property
    def events(self) -> FloatArray:
        """Rows with 1 at each point, for an outcome that is 0 or 1, shape ``(P,)``."""
        data = self.data
        rows = np.ones(data.entries) if data.rows is None else data.rows.astype(np.float64)
        return np.rint(np.bincount(self.points.of, rows * data.y, len(self.points)))

    def _units(self, group: BoolArray) -> Units | None:
        data, period = self.data, self.points.role("period")
        if self.unit is None:
            return None
        if not data.from_cells:
            if data.unit is None:
                return None
            chosen = data.unit[group[self.points.of]]
            return Units(int(np.count_nonzero(np.diff(chosen))) + 1 if len(chosen) else 0)
        if data.unit is not None and data.rows is not None:
            inside = group[self.points.of]
            return Units(units_of_types(data.unit[inside], data.rows[inside]))
        if group.all() and data.units is not None:
            return Units(data.units)
        found = self._by_role(group)
        if found is None:
            found = self._by_pairs(group)
        if found is not None:
            return Units(found)
        fullest = self.fullest(group)
        several = period is not None and len(np.unique(period[group])) > 1
        return None if fullest is None else Units(fullest, exact=not several)

    def fullest(self, group: BoolArray) -> int | None:
        """Return the rows of the period that has most of them, ``None`` without periods."""
        period = self.points.role("period")
        if period is None or not group.any():
            return None
        _, at = np.unique(period[group], return_inverse=True)
        return round(float(np.bincount(at, self.points.rows[group]).max()))

    def clusters_among(self, group: BoolArray) -> int | None:
        """Return the clusters behind some points, the fewer of two; ``None`` if unknown."""
        key = group.tobytes()
        if key not in self.held.clusters:
            found = [self._clusters(name, group) for name in self.clusters]
            known = [count for count in found if count is not None]
            every = bool(known) and len(known) == len(found)
            self.held.clusters[key] = min(known) if every else None
        return self.held.clusters[key]

    def _clusters(self, name: str, group: BoolArray) -> int | None:
        if name == self.unit:
            units = self.units(group)
            return None if units is None or not units.exact else units.count
        if name not in self.data.columns:
            return None
        if name not in self.held.pairs:
            codes, levels = pd.factorize(self.data.columns[name])
            pairs = pd.unique(self.points.of * max(len(levels), 1) + codes)
            self.held.pairs[name] = np.divmod(pairs, max(len(levels), 1))
        point, cluster = self.held.pairs[name]
        return int(np.count_nonzero(np.bincount(cluster[group[point]])))

    def _by_role(self, group: BoolArray) -> int | None:
        """Return the units that histories tell, ``None`` where they do not part these points."""
        seen = self.data.by_role
        if seen is None:
            return None
        roles = [self.points.role(role) for role in seen.roles]
        places = None if seen.axis is None else self.points.role(seen.axis)
        if any(values is None for values in roles) or (seen.axis and places is None):
            return None
        asked: dict[int, FloatArray | None] = {}
        for at, values in enumerate(seen.values):
            own = np.ones(len(self.points), dtype=bool)
            for value, role in zip(values, roles, strict=True):
                own &= role == value
            inside, outside = own & group, own & ~group
            if places is None:
                if inside.any() and outside.any():
                    return None
                if inside.any():
                    asked[at] = None
                continue
            there = np.unique(places[inside])
            if np.isin(there, places[outside]).any():
                return None
            asked[at] = there
        return seen.count(asked)

    def _by_pairs(self, group: BoolArray) -> int | None:
        """Return the units that pair cells tell: those of a run of neighbouring points."""
        pairs, running = self.data.pairs, self.points.role("running")
        if pairs is None or running is None or pairs.successive is None or not group.any():
            return None
        own, part = np.ones(len(pairs.running), dtype=bool), np.ones(len(self.points), dtype=bool)
        steps, given = pairs.successive, {"post": pairs.post, "third": pairs.third}
        for name, values in given.items():
            if values is None or (values < 0).all():
                continue
            role = self.points.role(name)
            if role is None or pairs.apart is None or len(np.unique(role[group])) > 1:
                return None
            value, steps = role[group][0], pairs.apart
            own, part = own & (values == value), part & (role == value)
        there = np.unique(running[group])
        if np.isin(there, running[part & ~group]).any():
            return None
        line = np.flatnonzero(own)
        chosen = np.flatnonzero(np.isin(pairs.running[line], there))
        if len(chosen) != len(there) or np.any(np.diff(chosen) != 1):
            return None
        inside = steps[np.ix_(line[chosen], line[chosen])]
        # Each unit counts at its points, less once for each step from one to its next.
        return int(2 * np.trace(inside) - inside.sum())
