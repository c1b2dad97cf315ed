"""Cells made from a model's rows by brute force, and panels with everything that can go wrong."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from evaluation.data.model_data import ModelData
from evaluation.data.moments import Meat, PairCells, Within

ROLES = ("period", "treated", "post", "dose", "event_time", "cohort", "running", "treatment")


@dataclass(frozen=True)
class Rows:
    """A second pass over rows that are at hand."""

    data: ModelData
    cell: np.ndarray
    columns: pd.DataFrame
    unit_effects: bool = False

    def narrowed(self, cells):
        place = np.full(self.cell.max() + 2, -1)
        place[cells] = np.arange(len(cells))
        return replace(self, cell=place[self.cell])

    def meat(self, clusters, parts):
        inside = np.flatnonzero(self.cell >= 0)
        cell = self.cell[inside]
        table = self.columns.iloc[inside]
        v = np.column_stack([np.zeros(len(inside)), *(table[n].to_numpy() for n in parts.names)])
        gamma = np.append(0.0, parts.gamma)
        slope = np.vstack([np.zeros(parts.level.shape[1]), parts.slope])
        weight = np.ones(len(inside)) if self.data.weight is None else self.data.weight[inside]
        residual = self.data.y[inside] - parts.fitted[cell] - v @ gamma
        if self.unit_effects:
            own = pd.Series(residual).groupby(self.data.unit[inside]).transform("mean")
            residual = residual - own.to_numpy()
        a = (parts.level[cell] + v @ slope) * (weight * residual)[:, None]
        if not clusters:
            return Meat(a.T @ a, len(a), float(len(a)), 1 / len(a))
        code = table.groupby(list(clusters), sort=True).ngroup().to_numpy()
        sums = np.zeros((code.max() + 1, a.shape[1]))
        np.add.at(sums, code, a)
        size = np.bincount(code)
        effective = float(size.sum() ** 2 / (size**2).sum())
        return Meat(sums.T @ sums, len(size), effective, float(size.max() / size.sum()))


def cells_of(data, key, varying=(), second_pass=True):
    """Return the cells of rows: ``key`` names roles and columns, ``varying`` columns inside."""
    roles = {name: getattr(data, name) for name in ROLES if getattr(data, name) is not None}
    frame = pd.DataFrame({f"role {name}": roles[name] for name in key if name in roles})
    for name in key:
        if name in data.columns:
            frame[name] = data.columns[name].to_numpy()
    code = frame.groupby(list(frame.columns), sort=True, dropna=False).ngroup().to_numpy()
    _, first = np.unique(code, return_index=True)
    size = len(first)
    weight = np.ones(len(code)) if data.weight is None else data.weight
    total = np.bincount(code, weight, size)
    values = np.column_stack([*(data.columns[n].to_numpy(float) for n in varying), data.y])
    means = np.column_stack([np.bincount(code, weight * v, size) / total for v in values.T])
    rest = values - means[code]
    scatter = np.zeros((size, values.shape[1], values.shape[1]))
    np.add.at(scatter, code, weight[:, None, None] * rest[:, :, None] * rest[:, None, :])
    columns = pd.DataFrame(
        {
            **{n: data.columns[n].to_numpy()[first] for n in key if n in data.columns},
            **{n: means[:, at] for at, n in enumerate(varying)},
        },
        index=range(size),
    )
    units, shares, complete = None, None, None
    if data.unit is not None:
        seen = np.bincount(data.unit)
        units = len(np.unique(data.unit))
        shares = np.bincount(code, weight / seen[data.unit], size)
        if data.period is not None:
            complete = bool(np.all(seen[seen > 0] == len(np.unique(data.period))))
    return replace(
        data,
        y=means[:, -1],
        columns=columns,
        weight=total,
        unit=None,
        rows=np.bincount(code, minlength=size).astype(np.int64),
        within=Within((*varying, "y"), scatter),
        units=units,
        complete=complete,
        unit_shares=shares,
        second_pass=Rows(data, code, data.columns) if second_pass else None,
        weighted=data.weight is not None,
        **{name: values[first] if name in key else None for name, values in roles.items()},
    )


def types_of(data, key, unit):
    """Return cells of unit types: units with one history of key columns are one type."""
    frame = pd.DataFrame({"": data.unit, "period": data.period})
    for name in key:
        frame[name] = getattr(data, name, None) if name in ROLES else data.columns[name].to_numpy()
    history = pd.Series(
        {i: tuple(map(tuple, own.iloc[:, 1:].to_numpy())) for i, own in frame.groupby("")}
    )
    kind = pd.Series(pd.factorize(history)[0], index=history.index)
    named = data.columns.assign(**{unit: kind.loc[data.unit].to_numpy()})
    made = cells_of(replace(data, columns=named), ("period", unit, *key))
    return replace(
        made,
        unit=made.columns[unit].to_numpy(np.int64),
        levels={unit: int(data.n_units)},
        second_pass=replace(made.second_pass, columns=data.columns, unit_effects=True),
    )


def pairs_of(data):
    """Return pair cells of rows over the distinct values of the running variable."""
    points, place = np.unique(data.running, return_inverse=True)
    units = np.unique(data.unit, return_inverse=True)[1]
    shape = (units.max() + 1, len(points))
    tables = []
    for values in (np.ones(len(place)), data.y):
        table = np.zeros(shape)
        np.add.at(table, (units, place), values)
        tables.append(table)
    products = np.array([[a.T @ b for b in tables] for a in tables])
    seen = tables[0] > 0
    successive = np.diag(seen.sum(axis=0)).astype(np.int64)
    for own in seen:
        at = np.flatnonzero(own)
        np.add.at(successive, (at[:-1], at[1:]), 1)
    post = np.full(len(points), -1)
    return PairCells(points, post, ("one", "y"), products, shape[0], successive)


def panel(seed, weighted=False, units=90, periods=7, groups=8):
    """Return rows of an unbalanced panel: movers, gaps, singletons, late comers."""
    generator = np.random.default_rng(seed)
    seen = generator.random((units, periods)) < 0.8
    seen[:4] = False
    seen[np.arange(4), generator.integers(0, periods, 4)] = True
    seen[~seen.any(axis=1), 0] = True
    unit, period = np.nonzero(seen)
    home = generator.integers(0, groups, units)
    moves = generator.random(units) < 0.2
    away = generator.integers(0, groups, units)
    group = np.where(moves[unit] & (period > periods // 2), away[unit], home[unit])
    n = len(unit)
    female = generator.integers(0, 2, units)[unit]
    columns = pd.DataFrame(
        {
            "unit": unit,
            "period": period,
            "group": group,
            "region": np.array(["north", "south", "west"])[group % 3],
            "house": unit // 2,
            "female": female,
            "schooling": np.array(["low", "middle", "high"])[generator.integers(0, 3, units)][unit],
            "x": generator.normal(size=n) + 0.1 * period,
            "z": generator.integers(0, 40, n).astype(float),
        }
    )
    treated = (generator.random(units) < 0.4).astype(float)[unit]
    post = (period >= periods // 2).astype(float)
    level = generator.normal(size=units)[unit]
    y = level + 0.3 * treated * post + 0.2 * columns.x + 0.01 * columns.z + generator.normal(size=n)
    return ModelData(
        outcome="y",
        y=y.to_numpy(),
        columns=columns,
        weight=generator.uniform(0.5, 2.0, n) if weighted else None,
        unit=unit.astype(np.int64),
        period=period.astype(np.int64),
        period_labels={t: str(t) for t in range(periods)},
        treated=treated,
        post=post,
        event_time=(period - periods // 2).astype(float),
    )


def agree(rows, cells):
    """Hold two fits equal: estimates to 1e-9 of an error, variances to 1e-8."""
    assert len(rows.terms) == len(cells.terms)
    for one, other in zip(rows.terms, cells.terms, strict=True):
        assert one.label == other.label
        scale = one.std_error or max(abs(one.estimate), 1e-3)
        assert abs(one.estimate - other.estimate) < 1e-9 * scale
        if one.std_error is None:
            assert other.std_error is None
        else:
            assert other.std_error**2 == pytest.approx(one.std_error**2, rel=1e-8)
    if rows.covariance is not None:
        root = np.sqrt(np.diag(rows.covariance))
        gap = np.abs(rows.covariance - cells.covariance)
        assert np.all(gap <= 1e-8 * np.outer(root, root))
    assert (rows.n_obs, rows.n_clusters) == (cells.n_obs, cells.n_clusters)
    assert cells.n_units in (None, rows.n_units)
    assert [named[:2] for named in rows.details] == [named[:2] for named in cells.details]
    for one, other in zip(rows.details, cells.details, strict=True):
        if isinstance(one[2], float):
            assert other[2] == pytest.approx(one[2], rel=1e-7), one
        else:
            assert one[2] == other[2], one
    assert rows.warnings == cells.warnings


@pytest.fixture
def by_hand():
    return SimpleNamespace(cells=cells_of, types=types_of, pairs=pairs_of, panel=panel, agree=agree)
