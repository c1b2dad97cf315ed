"""Flows around a cutoff in age: against least squares on the rows, a known chain, and by count."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from evaluation.cells.needs import NotFromCells
from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import ModelData
from evaluation.data.moments import PairCells
from evaluation.errors import DataError, SpecError
from evaluation.estimators import rd_flow as module
from evaluation.inference.small_sample import cluster_factor
from evaluation.spec.variance import Inference

FLOWS = ("entry", "exit", "work", "school")
BY_UNIT = Inference(("unit",), "cr1")


def chain(seed=0, persons=300, reach=26, entry=(0.05, 0.08), leaving=(0.15, 0.1), always=False):
    """Return months of persons who enter and leave a stock: hazards below and above the cutoff.

    Persons are seen for some months only, miss some of them, and have the month before their
    first known to no row.
    """
    generator = np.random.default_rng(seed)
    ages = np.arange(-reach, reach)
    state = np.zeros((persons, len(ages) + 1), dtype=int)
    state[:, 0] = generator.random(persons) < 0.3
    draws = generator.random((persons, len(ages)))
    for at, age in enumerate(ages):
        side = int(age >= 0)
        now = state[:, at]
        state[:, at + 1] = np.where(
            now == 1, draws[:, at] >= leaving[side], draws[:, at] < entry[side]
        )
    before, after = state[:, :-1], state[:, 1:]
    seen = np.ones(after.shape, dtype=bool)
    if not always:
        start = generator.integers(0, reach, persons)[:, None]
        end = start + generator.integers(6, 2 * reach, persons)[:, None]
        place = np.arange(len(ages))
        seen = (place >= start) & (place < end) & (generator.random(after.shape) < 0.97)
    unit, at = np.nonzero(seen)
    y, was = after[seen].astype(float), before[seen].astype(float)
    work = generator.random(len(y)) < 0.4
    exits = np.where(was == 1, 1 - y, np.nan)
    columns = pd.DataFrame(
        {
            "unit": unit,
            "group": unit % 17,
            "entry": np.where(was == 0, y, np.nan),
            "exit": exits,
            "work": np.where(was == 1, exits * work, np.nan),
            "school": np.where(was == 1, exits * ~work, np.nan),
        }
    )
    return ModelData(
        outcome="stock",
        y=y,
        columns=columns,
        unit=np.unique(unit, return_inverse=True)[1].astype(np.int64),
        running=ages[at].astype(float),
    )


def setting_of(samples, inference=BY_UNIT, **options):
    keys = {
        "entry": "entry", "exit": "exit", "destinations": ("work", "school"),
        "bandwidth": {"fixed": 14}, **options,
    }  # fmt: skip
    return samples.setting(
        module, "rd", options=module.Options(**keys), inference=inference, unit="unit"
    )


def cells_of(data):
    """Return points and pair cells of rows, by brute force, flows missing as 0."""
    points, place = np.unique(data.running, return_inverse=True)
    known = {f"known_{n}": data.columns[n].notna().to_numpy(float) for n in FLOWS[:2]}
    values = {"one": np.ones(len(place)), "y": data.y}
    values |= {n: data.columns[n].fillna(0).to_numpy() for n in FLOWS} | known
    shape = (data.unit.max() + 1, len(points))
    tables = []
    for one in values.values():
        table = np.zeros(shape)
        np.add.at(table, (data.unit, place), one)
        tables.append(table)
    products = np.array([[a.T @ b for b in tables] for a in tables])
    seen = tables[0] > 0
    successive = np.diag(seen.sum(axis=0)).astype(np.int64)
    pairs = PairCells(
        points, np.full(len(points), -1), tuple(values), products, shape[0], successive
    )
    size = np.bincount(place)
    return ModelData(
        outcome=data.outcome,
        y=np.bincount(place, data.y) / size,
        columns=pd.DataFrame(index=range(len(points))),
        weight=size.astype(float),
        rows=size.astype(np.int64),
        running=points,
        units=shape[0],
        pairs=pairs,
    )


def score(y, x, treated, weight, order, wanted):
    """Return a coefficient by statsmodels with its influence by row."""
    from statsmodels.regression.linear_model import WLS

    powers = [x**j for j in range(order + 1)]
    design = np.column_stack([*powers, *(treated * p for p in powers)])
    fit = WLS(y, design, weights=weight).fit()
    bread = np.linalg.inv(design.T @ (design * weight[:, None]))
    influence = (design * (weight * (y - design @ fit.params))[:, None]) @ bread
    return fit.params @ wanted, influence @ wanted


def reference(data, width=14, order=1):
    """Return every number and the joint covariance from least squares on the rows."""
    near = np.abs(data.running) < width
    x = data.running[near]
    treated, kernel = (x < 0).astype(float), 1 - np.abs(x) / width
    units = data.unit[near]
    found = {}
    stock = data.y[near]
    terms = order + 2
    for name, at, slope in (("kink", 0.0, True), ("half", -0.5, True), ("jump", 0.0, False)):
        powers = np.arange(terms)
        wanted = powers * at ** np.maximum(powers - 1, 0) if slope else at**powers
        wanted = np.concatenate([np.zeros(terms), wanted])
        found[name] = (*score(stock, x, treated, kernel, order + 1, wanted), 2 * terms)
    first = np.zeros(2 * (order + 1))
    first[order + 1] = 1
    for name in FLOWS:
        y = data.columns[name].fillna(0).to_numpy()[near]
        found[name] = (*score(y, x, treated, kernel, order, first), 2 * (order + 1))
    for name in FLOWS[:2]:
        risk = data.columns[name].notna().to_numpy()[near]
        y = data.columns[name].fillna(0).to_numpy()[near]
        value, part = score(y[risk], x[risk], treated[risk], kernel[risk], order, first)
        influence = np.zeros(len(x))
        influence[risk] = part
        found[f"hazard {name}"] = (value, influence, 2 * (order + 1))
    (a, b, k), (c, d, _) = found["entry"], found["exit"]
    found["net"] = (a - c, b - d, k)
    found["balance"] = (
        found["half"][0] - (a - c), found["half"][1] - (b - d), 2 * terms
    )  # fmt: skip
    n, groups = len(x), len(np.unique(units))
    numbers = {}
    for name, (value, influence, k) in found.items():
        sums = np.bincount(units, influence)
        numbers[name] = (value, np.sqrt(cluster_factor(n, k, groups, True)) * sums)
    return numbers


ROWS = ("kink", "entry", "exit", "work", "school", "net", "balance")


@pytest.mark.parametrize("order", [0, 1, 2])
def test_equals_least_squares_on_the_rows(samples, order):
    data = chain()
    found = module.fit(data, setting_of(samples, order=order))
    wanted = reference(data, order=order)
    assert [t.term for t in found.terms] == ["", *FLOWS, "net inflow", "stock less net inflow"]
    for term, name in zip(found.terms, ROWS, strict=True):
        value, sums = wanted[name]
        assert term.estimate == pytest.approx(value, abs=1e-9)
        assert term.std_error == pytest.approx(np.sqrt(sums @ sums), rel=1e-8)
    joint = np.array([wanted[name][1] for name in ROWS])
    assert np.allclose(found.covariance, joint @ joint.T, rtol=1e-7, atol=1e-14)
    details = {(label, key): value for label, key, value in found.details}
    for name in FLOWS[:2]:
        value, sums = wanted[f"hazard {name}"]
        label = f"itt_at_cutoff {name}"
        assert details[label, "jump_of_hazard"] == pytest.approx(value, abs=1e-9)
        assert details[label, "jump_of_hazard_std_error"] == pytest.approx(
            np.sqrt(sums @ sums), rel=1e-8
        )
    assert details["", "jump_of_stock"] == pytest.approx(wanted["jump"][0], abs=1e-9)


def test_statsmodels_clusters_alike(samples):
    from statsmodels.regression.linear_model import WLS

    data = chain(3)
    near = np.abs(data.running) < 14
    x, y = data.running[near], data.columns["exit"].fillna(0).to_numpy()[near]
    treated = (x < 0).astype(float)
    design = np.column_stack([np.ones(len(x)), treated, x, treated * x])
    wanted = WLS(y, design, weights=1 - np.abs(x) / 14).fit(
        cov_type="cluster", cov_kwds={"groups": data.unit[near]}
    )
    (found,) = [t for t in module.fit(data, setting_of(samples)).terms if t.term == "exit"]
    assert found.estimate == pytest.approx(wanted.params[1], abs=1e-10)
    assert found.std_error == pytest.approx(wanted.bse[1], rel=1e-8)


@pytest.mark.parametrize("options", [{}, {"months": 5, "kernel": "uniform", "order": 0}])
def test_rows_and_pairs_agree(samples, options):
    data = chain(1)
    inside = np.abs(data.running) <= 14
    inside &= np.abs(data.running) < 14 if options.get("kernel") is None else inside
    rows = module.fit(data, setting_of(samples, **options))
    cells = cells_of(replace_rows(data, inside))
    found = module.fit(cells, setting_of(samples, **options))
    assert len(rows.terms) == len(found.terms)
    for one, other in zip(rows.terms, found.terms, strict=True):
        assert one.label == other.label
        assert other.estimate == pytest.approx(one.estimate, abs=1e-9 * one.std_error)
        assert other.std_error**2 == pytest.approx(one.std_error**2, rel=1e-8)
    same = dict.fromkeys(("n_obs", "n_units", "n_clusters", "warnings"))
    assert all(getattr(rows, key) == getattr(found, key) for key in same)
    for one, other in zip(rows.details, found.details, strict=True):
        assert one[:2] == other[:2]
        assert other[2] == (
            pytest.approx(one[2], rel=1e-7, abs=1e-12) if isinstance(one[2], float) else one[2]
        )


def replace_rows(data, kept):
    """Return some rows, units counted anew."""
    unit = np.unique(data.unit[kept], return_inverse=True)[1].astype(np.int64)
    columns = data.columns.iloc[np.arange(len(data.y))[kept]].reset_index(drop=True)
    return replace(data, y=data.y[kept], running=data.running[kept], unit=unit, columns=columns)


def details_of(found):
    return {key: value for label, key, value in found.details if not label}


def test_the_identity_holds_to_the_person(samples):
    data = chain(2)
    found = module.fit(data, setting_of(samples))
    counts = details_of(found)
    assert (counts["residual"], counts["person_months_unbalanced"]) == (0, 0)
    assert counts["person_months_without_one_destination"] == 0 and not found.warnings
    # By hand: month by month, person by person.
    rows = {(u, x): (y, e, o) for u, x, y, e, o in zip(
        data.unit, data.running, data.y, data.columns["entry"].fillna(0),
        data.columns["exit"].fillna(0), strict=True)}  # fmt: skip
    total = dict.fromkeys(
        ("change_of_stock", "entries", "exits", "came_with_stock", "left_with_stock"), 0
    )
    for (u, x), (y, e, o) in rows.items():
        if -13 < x <= 13:
            total["change_of_stock"] += y
            total["entries"] += e
            total["exits"] += o
            total["came_with_stock"] += 0 if (u, x - 1) in rows else y - e + o
        if -13 <= x < 13:
            total["change_of_stock"] -= y
            total["left_with_stock"] += 0 if (u, x + 1) in rows else y
    assert {key: counts[key] for key in total} == total
    assert counts["months_accounted"] == 26 and counts["came_with_stock"] > 0


def test_a_change_that_no_flow_tells_is_counted(samples):
    data = chain(2)
    columns = data.columns.copy()
    told = np.flatnonzero((columns["exit"] == 1) & (np.abs(data.running) < 10))
    unit, x = data.unit[told], data.running[told]
    seen = set(zip(data.unit, data.running, strict=True))
    forgotten = [at for at, u, a in zip(told, unit, x, strict=True) if (u, a - 1) in seen][:3]
    columns.loc[forgotten, ["exit", "work", "school"]] = 0.0
    changed = replace(data, columns=columns)
    for given in (changed, cells_of(replace_rows(changed, np.abs(data.running) < 14))):
        found = module.fit(given, setting_of(samples))
        counts = details_of(found)
        assert (counts["residual"], counts["person_months_unbalanced"]) == (-3, 3)
        assert found.warnings[0].startswith("3 person-months do not balance")
    columns = data.columns.copy()
    columns.loc[told[:2], ["work", "school"]] = 0.0
    changed = replace(data, columns=columns)
    for given in (changed, cells_of(replace_rows(changed, np.abs(data.running) < 14))):
        found = module.fit(given, setting_of(samples))
        assert details_of(found)["person_months_without_one_destination"] == 2
        assert found.warnings == ("in 2 person-months exits by destination do not add up to exit",)


def test_flows_that_contradict_the_stock_go_to_the_rows(samples):
    data = chain(2)
    columns = data.columns.copy()
    columns.loc[np.flatnonzero((data.y == 0) & (np.abs(data.running) < 9))[:4], "entry"] = 1.0
    changed = replace(data, columns=columns)
    with pytest.raises(NeedsRows, match="contradict"):
        module.fit(cells_of(replace_rows(changed, np.abs(data.running) < 14)), setting_of(samples))
    assert details_of(module.fit(changed, setting_of(samples)))["person_months_unbalanced"] > 0


def test_destinations_add_up_to_exits(samples):
    found = {t.term: t.estimate for t in module.fit(chain(4), setting_of(samples)).terms}
    assert found["work"] + found["school"] == pytest.approx(found["exit"], abs=1e-14)
    assert found["entry"] - found["exit"] == pytest.approx(found["net inflow"], abs=1e-14)


def test_a_known_chain_is_recovered(samples):
    """A stock at rest below the cutoff; above it the hazards of both flows are others."""
    into, out = (0.05, 0.06), (0.15, 0.12)
    share = into[0] / (into[0] + out[0])
    jump = {
        "entry": (1 - share) * (into[0] - into[1]),
        "exit": share * (out[0] - out[1]),
    }
    jump["net inflow"] = jump["entry"] - jump["exit"]
    worst = []
    for seed in range(2):
        data = chain(seed, persons=4000, reach=40, entry=into, leaving=out, always=True)
        found = module.fit(data, setting_of(samples, bandwidth={"fixed": 10}))
        terms = {t.term: t for t in found.terms}
        for name, wanted in jump.items():
            worst.append(abs(terms[name].estimate - wanted) / terms[name].std_error)
        worst.append(abs(terms[""].estimate - jump["net inflow"]) / terms[""].std_error)
        balance = terms["stock less net inflow"]
        worst.append(abs(balance.estimate) / balance.std_error)
        details = {(label, key): value for label, key, value in found.details}
        hazard = [
            details["itt_at_cutoff exit", f"jump_of_hazard{end}"] for end in ("", "_std_error")
        ]
        worst.append(abs(hazard[0] - (out[0] - out[1])) / hazard[1])
    assert max(worst) < 3.2


def test_months_of_the_hazards(samples):
    data = chain(5)
    found = module.fit(
        data, setting_of(samples, months=3, bands={"kind": "uniform", "draws": 99, "seed": 1})
    )
    months = [t for t in found.terms if t.event_time is not None]
    assert [t.event_time for t in months] == [-3, -2, -1, 1, 2, 3] * 2
    assert all(t.estimand == "itt_at_cutoff" and "survivors" in t.term for t in months)
    near, exits = np.abs(data.running) < 14, data.columns["exit"].to_numpy()
    risk = near & ~np.isnan(exits)
    for sign, side, month in ((-1, data.running < 0, 2), (1, data.running >= 0, -2)):
        kept = risk & side
        kernel = np.sqrt(1 - np.abs(data.running[kept]) / 14)
        line = np.polyfit(data.running[kept], exits[kept], 1, w=kernel)
        own = exits[risk & (data.running == month)].mean()
        (term,) = [t for t in months if t.event_time == month and t.term.startswith("exit")]
        assert term.estimate == pytest.approx(sign * (own - np.polyval(line, month)), abs=1e-10)
    details = {(label, key): value for label, key, value in found.details}
    critical = details["", "uniform_critical_value"]
    low = details[months[0].label, "uniform_low"]
    assert critical > 1.96
    assert months[0].estimate - low == pytest.approx(critical * months[0].std_error)


def test_the_treated_side_sets_the_sign(samples):
    data, setting = chain(1), setting_of(samples, months=2)
    design = setting.design
    design.treated_side = "above"
    above = module.fit(data, setting)
    design.treated_side = "below"
    below = module.fit(data, setting)
    for one, other in zip(above.terms, below.terms, strict=True):
        assert one.estimate == pytest.approx(-other.estimate, rel=1e-9, abs=1e-15)
        assert one.std_error == pytest.approx(other.std_error, rel=1e-9)


def test_months_of_the_donut_are_not_accounted(samples):
    data = chain(1)
    kept = data.running != 0
    found = module.fit(replace_rows(data, kept), setting_of(samples, months=2))
    assert details_of(found)["months_accounted"] == 24
    assert details_of(found)["residual"] == 0
    assert [t.event_time for t in found.terms if t.event_time is not None] == [-2, -1, 1, 2] * 2


def test_what_it_needs_of_cells(samples):
    needs = module.cells(setting_of(samples))
    assert needs.pairs and needs.gaps == FLOWS and needs.known == FLOWS[:2]
    other = module.cells(setting_of(samples, Inference(("group",), "cr1")))
    assert isinstance(other, NotFromCells) and "month to month" in other.reason


def test_refusals(samples):
    data = chain(1)
    near = np.flatnonzero(np.abs(data.running) < 9)
    twice = replace_rows(data, np.append(np.arange(len(data.y)), near[:1]))
    for given in (twice, cells_of(replace_rows(twice, np.abs(twice.running) < 14))):
        with pytest.raises(DataError, match="several rows at one age"):
            module.fit(given, setting_of(samples))
    with pytest.raises(DataError, match="'exit' holds other values"):
        module.fit(
            replace(data, columns=data.columns.assign(exit=data.columns["exit"] * 0.5)),
            setting_of(samples),
        )
    with pytest.raises(SpecError, match="exactly one cluster"):
        module.fit(data, setting_of(samples, Inference(("unit", "group"), "cr1")))
    nobody = data.columns.assign(exit=data.columns["exit"].where(data.running != 3))
    with pytest.raises(DataError, match="nobody is at risk of exit at 1 months"):
        module.fit(replace(data, columns=nobody), setting_of(samples))


@pytest.mark.parametrize(
    "keys",
    [
        {"entry": "a"},
        {"destinations": ("a", "b")},
        {"entry": "a", "exit": "a"},
        {"months": 3},
        {"entry": "a", "exit": "b", "months": 18},
        {"entry": "a", "exit": "b", "bands": {"kind": "uniform", "seed": 1}},
        {"order": 4},
        {"bandwidth": {"fixed": 0}},
    ],
)
def test_options_that_cannot_be(keys):
    with pytest.raises(ValidationError):
        module.Options(**keys)
