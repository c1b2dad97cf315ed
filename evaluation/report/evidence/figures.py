"""What stands behind the points of figures: their own counts, else those of the numbers drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from evaluation.estimators._support.least import least
from evaluation.report.figures.plot import Plot
from evaluation.report.places import is_headline
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.results import AnyRow, Counts, Evidence, Statistic, cells_of
from evaluation.spec.dates import AGE

FIGURE, ESTIMATES, TRUTH = "figure:", "estimates.csv", "truth"
# Columns of points that count, and what they count.
COUNTED: Mapping[str, Statistic] = {
    "rows": "rows", "n_obs": "rows", "units": "units", "n_units": "units",
    "n_clusters": "clusters",
}  # fmt: skip
Place = tuple[str, int]


def figure_evidence(record: Record, plots: Iterable[Plot]) -> Iterator[Evidence]:
    """Yield the evidence of every point of every figure, as far as it is known.

    A point with counts of its own stands on these. Another is drawn of numbers that stand in result
    files too, and has the least that is behind any of them; where it is none of these, as on a
    fitted line, the least behind the headlines of its model and outcome.

    Parameters
    ----------
    record
        A run with the evidence of its files.
    plots
        Its figures.
    """
    numbers = _Numbers(record)
    for plot in plots:
        for at, row in enumerate(plot.points.rows, start=1):
            for statistic, value in numbers.behind(plot.points, row).items():
                yield Evidence(record.spec.id, f"{FIGURE}{plot.name}", at, "", statistic, value)


@dataclass(frozen=True)
class _Numbers:
    """Where the numbers of a record stand, and what is behind each row."""

    record: Record

    def behind(self, points: PointTable, row: tuple[Value, ...]) -> Counts:
        """Return what stands behind one point."""
        named = dict(zip(points.columns, row, strict=True))
        own: dict[Statistic, float | int] = {}
        for column, value in named.items():
            if column in COUNTED and isinstance(value, int | float):
                own[COUNTED[column]] = min(value, own.get(COUNTED[column], value))
        if "rows" in own:
            if "units" not in own and self._one_row_a_value:
                own["units"] = own["rows"]
            return {**own, "n_point": own["rows"]}
        drawn = [
            place
            for value in row
            if isinstance(value, float) and not value.is_integer()
            for place in self._places.get(value, ())
        ]
        if not drawn:
            model = str(named.get("model") or "")
            drawn = self._headlines.get((model, str(named.get("outcome") or "")), [])
        found = [self._evidence[place] for place in dict.fromkeys(drawn) if place in self._evidence]
        return least(found) if len(found) == len(dict.fromkeys(drawn)) else {}

    @cached_property
    def _one_row_a_value(self) -> bool:
        """Whether a unit has one row at each value of the running variable, as it has of age."""
        running = getattr(self.record.spec.design, "running_variable", None)
        return running is not None and running.column == AGE and running.discrete

    @cached_property
    def _evidence(self) -> dict[Place, dict[Statistic, float | int]]:
        places: dict[Place, dict[Statistic, float | int]] = defaultdict(dict)
        for one in self.record.evidence:
            if one.value is not None and not one.column:
                places[one.artefact, one.row][one.statistic] = one.value
        return dict(places)

    @cached_property
    def _places(self) -> dict[float, list[Place]]:
        """Rows by number; whole numbers are equal by chance too often to tell where they are from.

        Truths are no numbers of persons: they stand on nobody.
        """
        files: tuple[tuple[str, Iterable[AnyRow]], ...] = (
            (ESTIMATES, self.record.estimates),
            ("details.csv", self.record.details),
            ("checks.csv", self.record.checks),
            ("specifications.csv", self.record.specifications),
        )
        found: dict[float, list[Place]] = defaultdict(list)
        for name, rows in files:
            for at, row in enumerate(rows, start=1):
                if getattr(row, "check", "") == TRUTH:
                    continue
                for value in cells_of(row).values():
                    if isinstance(value, float) and not value.is_integer():
                        found[value].append((name, at))
        return dict(found)

    @cached_property
    def _headlines(self) -> dict[tuple[str, str], list[Place]]:
        """Rows of the headlines by model and outcome, by model alone, and all of them."""
        found: dict[tuple[str, str], list[Place]] = defaultdict(list)
        for at, row in enumerate(self.record.estimates, start=1):
            if is_headline(row) and row.estimate is not None:
                for place in ((row.model_id, row.outcome), (row.model_id, "")):
                    found[place].append((ESTIMATES, at))
        return dict(found)
