"""Someone who reads all of a release and works out what it hides, by linear programming.

Nothing here is taken from the program: the attacker reads files, and knows which counts there are,
which of them add up and by which rule they are rounded, but not what is blank.
"""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

Name = tuple[object, ...]
# From a printed count, the smallest and largest that is printed so.
Rounding = Callable[[int], tuple[int, int]]
# Kinds of count of which every blank one is attacked.
BLANK, TABLES = frozenset({"rows", "units"}), frozenset({"estimates", "flow"})


@dataclass
class Attacker:
    """Counts with what is known of each, and what adds up to zero."""

    rounding: Rounding
    low: dict[Name, float] = field(default_factory=dict)
    high: dict[Name, float] = field(default_factory=dict)
    truth: dict[Name, int] = field(default_factory=dict)
    sums: list[dict[Name, int]] = field(default_factory=list)

    def count(self, name: Name, printed: float | None, truth: int) -> None:
        """Learn one count; blank ones are not negative."""
        known = (0, math.inf) if printed is None else self.rounding(round(printed))
        self.low[name] = max(known[0], self.low.get(name, 0))
        self.high[name] = min(known[1], self.high.get(name, math.inf))
        self.truth[name] = truth

    def add(self, total: Name, *parts: Name) -> None:
        """Learn that parts make a total; what they lack of it is a count as well."""
        lacking = self.truth[total] - sum(self.truth[part] for part in parts)
        if lacking < 0:
            return
        made: dict[Name, int] = defaultdict(int)
        made[total] += 1
        for part in parts:
            made[part] -= 1
        if lacking:
            rest = ("lacking", total, parts)
            self.count(rest, None, lacking)
            made[rest] -= 1
        self.sums.append(dict(made))

    @cached_property
    def system(self) -> tuple[list[Name], csr_array]:
        """Every count, and all that adds up to zero, one row each."""
        names = [*self.truth]
        place = {one: at for at, one in enumerate(names)}
        entries = [(at, place[k], c) for at, one in enumerate(self.sums) for k, c in one.items()]
        rows, columns, values = zip(*entries, strict=True)
        return names, csr_array((values, (rows, columns)), shape=(len(self.sums), len(names)))

    def bounds(self, name: Name) -> tuple[float, float]:
        """Return between which values a count must lie."""
        names, matrix = self.system
        cost = np.array([float(one == name) for one in names])
        limits = [(self.low[one], None if math.isinf(self.high[one]) else self.high[one])
                  for one in names]  # fmt: skip
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(sign * cost, A_eq=matrix, b_eq=np.zeros(len(self.sums)), bounds=limits)
            assert found.status in (0, 3), found.message
            ends.append(sign * found.fun if found.status == 0 else -sign * math.inf)
        return ends[0], ends[1]

    def narrowest(self, small: Callable[[int], bool]) -> tuple[float, Name | None, int]:
        """Return the least width of any hidden count, whose it is, and how many were attacked.

        They are all small ones, printed nowhere or following from others, and all that estimates,
        the flow and means leave blank. A larger cell that is left out may be known from a figure,
        and the rows of a point whose mean is hidden from cells.
        """
        targets = [
            name
            for name, value in self.truth.items()
            if value
            and self.high[name] == math.inf
            and (small(value) or (name[0] in BLANK and name[1] in TABLES) or name[0] == "ones")
        ]
        widths = {name: np.subtract(*self.bounds(name)[::-1]) for name in targets}
        worst = min(widths, key=lambda name: widths[name], default=None)
        return (math.inf if worst is None else float(widths[worst])), worst, len(targets)


def attack(folder: Path, inside: Path, rounding: Rounding) -> Attacker:
    """Read every file of a release; ``inside`` tells which counts there are, and which add up.

    Parameters
    ----------
    folder
        ``estimates.csv``, ``details.csv``, ``flow.json``, ``points/*.csv``, ``cells/*.parquet``.
    inside
        The same files with nothing hidden.
    rounding
        How counts are rounded.
    """
    found = Attacker(rounding)
    _flow(found, folder, inside)
    _estimates(found, folder, inside)
    _points(found, folder, inside)
    _cells(found, folder, inside)
    _equal(found)
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: object) -> float | None:
    return None if text in ("", None) else float(str(text))


def _flow(found: Attacker, folder: Path, inside: Path) -> None:
    """Steps are told by their names; one that is joined to the next is blank."""
    told = {
        str(one["step"]).split("; ")[-1]: one
        for one in json.loads((folder / "flow.json").read_text(encoding="utf-8"))
    }
    before: dict[str, Name] = {}
    for at, step in enumerate(json.loads((inside / "flow.json").read_text(encoding="utf-8"))):
        printed: Mapping[str, int] = told.get(step["step"], {})
        for kind in ("rows", "units"):
            name = (kind, "flow", at)
            found.count(name, printed.get(kind), step[kind])
            if kind in before:
                found.add(before[kind], name)
            before[kind] = name


def _estimates(found: Attacker, folder: Path, inside: Path) -> None:
    last = {kind: [n for n in found.truth if n[:2] == (kind, "flow")][-1]
            for kind in ("rows", "units")}  # fmt: skip
    levels: dict[Name, list[Name]] = defaultdict(list)
    totals: dict[Name, Name] = {}
    pairs = zip(_rows(folder / "estimates.csv"), _rows(inside / "estimates.csv"), strict=True)
    for at, (row, true) in enumerate(pairs):
        for column, kind in (("n_obs", "rows"), ("n_units", "units")):
            if not true[column] or true["term"]:
                continue
            name = (kind, "estimates", at)
            found.count(name, _number(row[column]), int(true[column]))
            found.add(last[kind], name)
            own = (true["model_id"], true["outcome"], true["cohort"], true["period"], kind)
            if true["subgroup"]:
                levels[(*own, true["subgroup"].split(" = ")[0])].append(name)
            else:
                totals[own] = name
    for key, parts in levels.items():
        if key[:-1] in totals:
            found.add(totals[key[:-1]], *parts)


def _points(found: Attacker, folder: Path, inside: Path) -> None:
    rows_of = {name: value for name, value in found.truth.items() if name[0] == "rows"}
    for path in sorted((inside / "points").glob("*.csv")):
        every: dict[str, list[Name]] = {"rows": [], "ones": []}
        left = folder / "points" / path.name
        shown = _rows(left) if left.exists() else []
        told_of = {(one["group"], one["period"]): one for one in shown}
        for at, true in enumerate(_rows(path)):
            row = told_of.get((true["group"], true["period"]), {})
            size, mean = int(true["rows"]), float(true["mean"])
            name: Name = ("rows", path.stem, true["group"], true["period"])
            ones: Name = ("ones", path.stem, true["group"], true["period"])
            printed, share = _number(row.get("rows")), _number(row.get("mean"))
            found.count(name, printed, size)
            if printed is None and share is not None:
                # A share of a hidden number of rows is a quotient: its denominator divides it.
                found.low[name] = max(found.low[name], Fraction(share).limit_denominator(
                    10**4).denominator)  # fmt: skip
            told = None if share is None or printed is None else round(share * printed)
            found.count(ones, told, round(mean * size))
            zeros = ("zeros", path.stem, at)
            found.count(zeros, None, size - round(mean * size))
            found.add(name, ones, zeros)
            every["rows"].append(name)
            every["ones"].append(ones)
        total = sum(found.truth[one] for one in every["rows"])
        for known, value in rows_of.items():
            if value == total:
                found.add(known, *every["rows"])


def _cells(found: Attacker, folder: Path, inside: Path) -> None:
    """Cells add up to points, and to each other's where they share columns."""
    by_key: dict[tuple[str, Name], dict[str, list[Name]]] = {}
    for path in sorted((inside / "cells").glob("*.parquet")):
        true = pd.read_parquet(path)
        key = [one for one in true.columns if not one.startswith("ad_") or one == "ad_treated"]
        sums = [one for one in true.columns if one.startswith("ad_sum_")]
        left = folder / "cells" / path.name
        given = pd.read_parquet(left) if left.exists() else None
        coarse = None
        if given is not None and not {*key} <= {*given.columns}:
            given, coarse = None, given
        beside = left.with_name(f"{path.stem}_coarse.parquet")
        coarse = pd.read_parquet(beside) if beside.exists() else coarse
        given = None if given is None else given.set_index(key)
        fine: list[tuple[dict[str, object], dict[str, Name]]] = []
        groups: dict[Name, list[tuple[Name, dict[str, Name]]]] = defaultdict(list)
        for values, row in true.set_index(key).iterrows():
            who = values if isinstance(values, tuple) else (values,)
            told = (
                given.loc[[values]].iloc[0] if given is not None and values in given.index else None
            )
            name: Name = ("cell", path.stem, who, "ad_rows")
            found.count(name, None if told is None else told["ad_rows"], int(row["ad_rows"]))
            own: dict[str, Name] = {"ad_rows": name}
            for one in sums:
                own[one] = ("cell", path.stem, who, one)
                found.count(own[one], None if told is None else told[one], int(row[one]))
                zeros = ("zeros", path.stem, who, one)
                found.count(zeros, None, int(row["ad_rows"] - row[one]))
                found.add(name, own[one], zeros)
            place = dict(zip(key, who, strict=True))
            fine.append((place, own))
            groups[("all",)].append((name, own))
            if {"ym", "ad_treated"} <= place.keys():
                side = "treated" if place["ad_treated"] else "control"
                groups["point", side, str(place["ym"])].append((name, own))
                groups["shared", place["ym"], place["ad_treated"]].append((name, own))
        for group, members in groups.items():
            _cell_sums(found, path.stem, group, members, by_key)
        if coarse is not None:
            _coarse(found, path.stem, coarse, fine)


def _coarse(
    found: Attacker,
    stem: str,
    coarse: pd.DataFrame,
    fine: list[tuple[dict[str, object], dict[str, Name]]],
) -> None:
    """Cells that leave in place of finer ones are sums of these."""
    key = [one for one in coarse.columns if one in fine[0][0]]
    for row in coarse.to_dict("records"):
        parts = [own for place, own in fine if all(place[one] == row[one] for one in key)]
        for one in parts[0]:
            if one in row:
                names = [own[one] for own in parts]
                total: Name = ("coarse", stem, tuple(row[name] for name in key), one)
                found.count(total, row[one], sum(found.truth[name] for name in names))
                found.add(total, *names)


def _cell_sums(
    found: Attacker,
    stem: str,
    group: Name,
    members: list[tuple[Name, dict[str, Name]]],
    by_key: dict[tuple[str, Name], dict[str, list[Name]]],
) -> None:
    columns = {one: [own[one] for _, own in members] for one in members[0][1]}
    if group[0] == "point":
        for name in [n for n in found.truth if n[0] in ("rows", "ones") and n[2:] == group[1:]]:
            column = "ad_rows" if name[0] == "rows" else f"ad_sum_{name[1]}"
            if column in columns:
                found.add(name, *columns[column])
    if group[0] == "all":
        total = sum(found.truth[one] for one in columns["ad_rows"])
        for name in [n for n in found.truth if n[0] == "rows" and found.truth[n] == total]:
            found.add(name, *columns["ad_rows"])
    other = next((v for (name, g), v in by_key.items() if g == group and name != stem), None)
    by_key[stem, group] = columns
    for one in columns if other is not None else ():
        if other is not None and one in other:
            found.sums.append(dict.fromkeys(columns[one], 1) | dict.fromkeys(other[one], -1))


def _equal(found: Attacker) -> None:
    """Counts of one kind that are alike, and large enough not to be so by chance, are the same."""
    alike: dict[tuple[object, int], Name] = {}
    for name, value in [*found.truth.items()]:
        if name[0] in ("rows", "units") and len(name) == 3:
            first = alike.setdefault((name[0], value), name)
            if first != name:
                found.sums.append({first: 1, name: -1})
