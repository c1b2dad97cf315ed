"""Which counts a record prints, and the sums in which they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from evaluation.release._details import COUNTS
from evaluation.release.accounts import Accounts, Places, Sum
from evaluation.report.places import place_of
from evaluation.report.point_table import PointTable
from evaluation.report.record import Record
from evaluation.report.rows import DIFFERENCE

# Where a count is printed: kind of table, name of it, row from 0, column.
Spot = tuple[str, str, int, str]
# What hiding a count costs by where it stands: steps of the sample are taken together instead.
PRICE = {"estimates": 10.0, "flow": 0.1}
MEANS, SIZES = ("mean", "y"), ("rows", "units", "count")
# What says of which number a point is, not of whom.
NOT_WHO = frozenset({"outcome", "model", "part", "variable", "place", "series", *MEANS, *SIZES})
WHOLE = 1e-6


@dataclass
class Counted:
    """Counts of a record by where it prints them.

    Attributes
    ----------
    spots
        Place among the accounts of every printed count. A mean of zeros and ones is one too: with
        the rows behind it, it prints how many ones there are.
    behind
        Rows behind each such mean.
    """

    spots: dict[Spot, int] = field(default_factory=dict)
    behind: dict[Spot, int] = field(default_factory=dict)
    _keys: dict[object, int] = field(default_factory=dict)
    _values: list[int] = field(default_factory=list)
    _printed: list[bool] = field(default_factory=list)
    _sums: dict[object, Sum] = field(default_factory=dict)
    _alike: dict[tuple[str, int], list[int]] = field(default_factory=dict)

    @property
    def accounts(self) -> Accounts:
        """Counts and sums as they stand."""
        price = [1.0] * len(self._values)
        for (kind, _, _, _), place in self.spots.items():
            price[place] += PRICE.get(kind, 1.0)
        sums = tuple(self._sums.values())
        return Accounts(tuple(self._values), tuple(self._printed), sums, tuple(price))

    def value(self, place: int) -> int:
        """Return one count."""
        return self._values[place]

    def hidden(self, places: Places) -> frozenset[Spot]:
        """Return where hidden counts would be printed."""
        return frozenset(spot for spot, place in self.spots.items() if place in places)

    def add(self, kind: str, value: int, spot: Spot | None, who: object = None) -> int:
        """Return the place of a count; equal ones of one kind, of the same rows, are one.

        Without a spot it is printed nowhere, and follows from others.
        """
        key = (kind, value, who) if spot is not None else len(self._values)
        place = self._keys.setdefault(key, len(self._values))
        if place == len(self._values):
            self._values.append(value)
            self._printed.append(spot is not None)
            self._alike.setdefault((kind, value), []).append(place)
        if spot is not None:
            self.spots[spot] = place
        return place

    def total(self, total: int, parts: list[int]) -> None:
        """Say that parts add up to a total; what they lack is a count that nobody prints."""
        lacking = self._values[total] - sum(self._values[part] for part in parts)
        key = (total, tuple(sorted(parts)))
        if lacking < 0 or total in parts or not parts or key in self._sums:
            return
        rest = [self.add("rest", lacking, None)] if lacking else []
        entries: dict[int, int] = defaultdict(int)
        for place, sign in [(total, 1), *((part, -1) for part in (*parts, *rest))]:
            entries[place] += sign
        self._sums[key] = tuple(sorted(entries.items()))

    def coincide(self, kind: str, parts: list[int]) -> None:
        """Say that parts add up to a count, where one is printed that is exactly their sum."""
        if len(parts) < 2:
            return
        size = sum(self._values[part] for part in parts)
        for place in tuple(self._alike.get((kind, size), ())):
            if self._printed[place]:
                self.total(place, parts)

    def ones(self, spot: Spot, rows: int, mean: object, who: object) -> int | None:
        """Add how many ones a mean says there are among rows; ``None`` where it is no share."""
        size = self._values[rows]
        if not isinstance(mean, int | float) or not 0 <= mean <= 1:
            return None
        found = round(mean * size)
        if abs(mean * size - found) > WHOLE * max(1.0, found):
            return None
        place = self.add("ones", found, spot, (who, size))
        self.behind[spot] = size
        self.total(rows, [place])
        return place


def counted(record: Record) -> Counted:
    """Return every count that a record prints, with the sums that hold among them.

    They are: steps of the sample and what each takes out; a model's rows among those of the sample;
    levels of a subgroup among all; ones and zeros behind a mean; points of a table among the rows
    of a model or of its baseline; outcomes that add up.
    """
    found = Counted()
    last = _flow(record, found)
    _estimates(record, found, last)
    _details(record, found)
    for name, points in record.observed.items():
        _points(name, points, found)
    for at, row in enumerate(record.specifications):
        if row.n_obs is not None:
            found.add("rows", row.n_obs, ("specifications", "", at, "n_obs"))
    return found


def _flow(record: Record, found: Counted) -> dict[str, int]:
    """Add the steps of the sample; return the places of what is left at the end."""
    before: dict[str, int] = {}
    for at, step in enumerate(record.flow):
        for kind, value in (("rows", step.rows), ("units", step.units)):
            if value is None:
                continue
            place = found.add(kind, value, ("flow", "", at, kind))
            if kind in before and before[kind] != place:
                found.total(before[kind], [place])
            before[kind] = place
    return before


def _estimates(record: Record, found: Counted, last: dict[str, int]) -> None:
    own: dict[tuple[str, str, str, str, str], int] = {}
    for at, row in enumerate(record.estimates):
        counts = {"n_obs": row.n_obs, "n_units": row.n_units}
        if row.n_clusters is not None and row.n_clusters == row.n_units:
            counts["n_clusters"] = row.n_clusters
        for column, value in counts.items():
            if value is None:
                continue
            kind = "rows" if column == "n_obs" else "units"
            place = found.add(kind, value, ("estimates", "", at, column))
            own[row.model_id, row.outcome, row.subgroup, place_of(row), kind] = place
            if kind in last and row.term != DIFFERENCE and last[kind] != place:
                found.total(last[kind], [place])
    _levels(found, own)


def _levels(found: Counted, own: dict[tuple[str, str, str, str, str], int]) -> None:
    """Say that levels add up to all, and two levels to the rows of their difference."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for (model, outcome, subgroup, place, kind), at in own.items():
        if subgroup and place != DIFFERENCE:
            groups[model, outcome, subgroup.split(" = ")[0], place, kind].append(at)
        elif subgroup:
            first, second = _pair(subgroup)
            pair = [own.get((model, outcome, one, "", kind)) for one in (first, second)]
            found.total(at, [one for one in pair if one is not None])
    for (model, outcome, _, place, kind), parts in groups.items():
        total = own.get((model, outcome, "", place, kind))
        if total is not None:
            found.total(total, parts)


def _pair(label: str) -> tuple[str, str]:
    """Return the labels of the two levels that a label of a difference names."""
    first, _, second = label.partition(" less ")
    return first, f"{first.split(' = ')[0]} = {second}"


def _details(record: Record, found: Counted) -> None:
    baseline: dict[tuple[str, str], int] = {}
    means: dict[tuple[str, str], tuple[int, object]] = {}
    for at, row in enumerate(record.details):
        if row.name == "baseline_mean" and not row.check:
            means[row.model_id, row.outcome] = (at, row.value)
        if not COUNTS.search(row.name) or not isinstance(row.value, int):
            continue
        kind = "units" if row.name.endswith("units") else "rows"
        place = found.add(kind, row.value, ("details", "", at, "value"))
        if row.name == "baseline_rows" and not row.check:
            baseline[row.model_id, row.outcome] = place
    ones: dict[tuple[str, str], int] = {}
    for key, (at, mean) in means.items():
        if key in baseline:
            spot = ("details", "", at, "value")
            many = found.ones(spot, baseline[key], mean, ("baseline", key[1]))
            ones |= {} if many is None else {key: many}
    for model in dict.fromkeys(model for model, _ in ones):
        for one in record.spec.identities:
            parts = [ones.get((model, part)) for part in one.parts]
            known = [part for part in parts if part is not None]
            if (model, one.total) in ones and len(known) == len(parts):
                found.total(ones[model, one.total], known)


def _points(name: str, points: PointTable, found: Counted) -> None:
    """Add the counts of a table of points, and the sums of all of them and of each of its groups.

    A sum is one of the release where it is a count that is printed elsewhere.
    """
    sizes = [column for column in SIZES if column in points.columns]
    sums: dict[tuple[str, object], list[int]] = defaultdict(list)
    for at, row in enumerate(points.rows):
        cells = dict(zip(points.columns, row, strict=True))
        who = tuple((key, value) for key, value in cells.items() if key not in NOT_WHO)
        own: dict[str, int] = {}
        for column in sizes:
            value = cells[column]
            if isinstance(value, int | float) and value == round(value):
                kind = "units" if column == "units" else column
                place = found.add(kind, int(value), ("points", name, at, column), who)
                own[column] = place
                for group in _groups(cells):
                    sums[column, group].append(place)
        for column in MEANS:
            if column in cells and "rows" in own:
                spot = ("points", name, at, column)
                place_of_ones = found.ones(spot, own["rows"], cells[column], (name, who))
                if place_of_ones is not None:
                    for group in _groups(cells):
                        sums["ones", group].append(place_of_ones)
        if "count" in own and "rows" in own:
            found.total(own["rows"], [own["count"]])
    for (kind, _), parts in sums.items():
        found.coincide(kind, parts)


def _groups(cells: Mapping[str, object]) -> Iterator[object]:
    series = tuple(cells.get(one) for one in ("outcome", "model", "part", "variable", "series"))
    yield series
    yield (*series, cells.get("group"))
    yield (*series, cells.get("group"), cells.get("post"))
