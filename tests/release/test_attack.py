"""An attacker with linear programs learns no hidden count; a release without margins is broken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluation.cells.gathered import Gathered
from evaluation.release.cells import releasable_cells
from evaluation.release.policy import Policy, policy_of
from evaluation.release.protection import Protection, protection_of
from evaluation.release.suppression import suppress
from evaluation.report.record import Record
from tests.release.attack import Attacker, attack
from tests.release.released import gathered_of, record_of, rows_of, write_release

# Policy, seed, persons.
RELEASES = [
    ("statistics_norway", 2, 300),
    ("registry_default", 3, 1200),
    ("opensafely", 4, 1200),
]
FOLDER = Path()
WEAK = ("statistics_norway", FOLDER)


@pytest.mark.parametrize(("name", "seed", "persons"), RELEASES)
def test_nothing_hidden_is_bounded_more_narrowly_than_the_policy_allows(
    name: str, seed: int, persons: int, tmp_path: Path
) -> None:
    rows = rows_of(seed, persons, 0.97)
    record, cells, policy = record_of(rows), gathered_of(rows), policy_of(name, FOLDER)
    gone = suppress(record, (), policy)
    left = releasable_cells(cells, policy, record, gone)
    inside = write_release(record, cells, tmp_path / "inside")
    folder = write_release(gone.record, left.gathered, tmp_path / "release")
    protection = protection_of(policy)
    found = attack(folder, inside, protection.interval)
    width, worst, tried = found.narrowest(protection.small)
    print(f"{name}: {tried} hidden counts attacked, the narrowest within {width:g}")
    assert tried > 5
    assert width >= protection.needed, (worst, width)


@pytest.mark.parametrize(("name", "seed", "persons"), RELEASES)
def test_coarser_cells_in_place_of_finer_ones_give_none_of_them_back(
    name: str, seed: int, persons: int, tmp_path: Path
) -> None:
    rows = rows_of(seed, persons, 0.97)
    record, cells, policy = record_of(rows), gathered_of(rows), policy_of(name, FOLDER)
    cells = replace(cells, tables={"cells_1": cells.tables["cells_1"]})
    gone = suppress(record, (), policy)
    left = releasable_cells(cells, policy, record, gone, lambda made: len(made.quantities))
    assert left.instead == {"cells_1": "muni left out"}
    (table,) = left.gathered.tables.values()
    assert table.made.key == ("ym", "ad_treated")
    # Fine cells never leave beside them.
    assert 0 < len(table.frame) <= 4
    inside = write_release(record, cells, tmp_path / "inside")
    folder = write_release(gone.record, left.gathered, tmp_path / "release")
    protection = protection_of(policy)
    found = attack(folder, inside, protection.interval)
    width, worst, tried = found.narrowest(protection.small)
    print(f"{name}: {tried} hidden counts attacked, the narrowest within {width:g}")
    assert tried > 5
    assert width >= protection.needed, (worst, width)


def test_coarser_cells_beside_some_of_the_finer_ones_are_found_out(tmp_path: Path) -> None:
    rows = rows_of(2, 300)
    record, cells, policy = record_of(rows), gathered_of(rows), policy_of(*WEAK)
    cells = replace(cells, tables={"cells_1": cells.tables["cells_1"]})
    left = releasable_cells(cells, policy, None, None, lambda made: 1)
    inside = write_release(record, cells, tmp_path / "inside")
    weak = write_release(*_primary_only(record, cells, policy), tmp_path / "weak")
    for path in (weak / "points").iterdir():
        path.unlink()
    before = _cells_within(attack(weak, inside, protection_of(policy).interval))
    coarse = left.gathered.tables["cells_1"].frame
    coarse.to_parquet(weak / "cells" / "cells_1_coarse.parquet")
    after = _cells_within(attack(weak, inside, protection_of(policy).interval))
    assert before > after == 0


def _cells_within(found: Attacker) -> float:
    """Return the least width of a small count of a cell that is hidden."""
    hidden = [one for one, value in found.truth.items()
              if one[0] == "cell" and 0 < value < 3 and np.isinf(found.high[one])]  # fmt: skip
    return min(float(np.subtract(*found.bounds(one)[::-1])) for one in hidden)


def test_small_counts_hidden_alone_are_found_out(tmp_path: Path) -> None:
    rows = rows_of(2, 300)
    record, cells, policy = record_of(rows), gathered_of(rows), policy_of(*WEAK)
    inside = write_release(record, cells, tmp_path / "inside")
    weak = write_release(*_primary_only(record, cells, policy), tmp_path / "weak")
    protection = protection_of(policy)
    width, _, tried = attack(weak, inside, protection.interval).narrowest(protection.small)
    assert tried > 0
    assert width == 0


@pytest.mark.parametrize("linked", [True, False])
def test_counts_that_figures_hide_are_no_sums_of_cells(linked: bool, tmp_path: Path) -> None:
    """Cells and record are safe each alone; together they are only where one knows the other."""
    rows = rows_of(4, 24, 0.97)
    record, cells, policy = record_of(rows), gathered_of(rows), policy_of(*WEAK)
    cells = replace(cells, tables={"cells_2": cells.tables["cells_2"]})
    gone = suppress(record, (), policy)
    left = releasable_cells(cells, policy, *((record, gone) if linked else (None, None)))
    inside = write_release(record, cells, tmp_path / "inside")
    folder = write_release(gone.record, left.gathered, tmp_path / "release")
    protection = protection_of(policy)
    width, worst, _ = attack(folder, inside, protection.interval).narrowest(protection.small)
    assert (width >= protection.needed) is linked, (worst, width)


def _primary_only(record: Record, cells: Gathered, policy: Policy) -> tuple[Record, Gathered]:
    """Return what a release would be that hides small counts and looks at no sum."""
    protection: Protection = protection_of(policy)

    def shown(count: int | None) -> int | None:
        return None if count is None or protection.small(count) else count

    estimates = tuple(
        replace(one, n_obs=shown(one.n_obs), n_units=shown(one.n_units)) for one in record.estimates
    )
    tables = {}
    for name, table in cells.tables.items():
        frame = table.frame
        sums = [one for one in frame if one.startswith(("ad_rows", "ad_sum"))]
        small = np.array([[protection.small(v) for v in row] for row in frame[sums].to_numpy()])
        tables[name] = replace(table, frame=frame[~small.any(axis=1)])
    return replace(record, estimates=estimates), replace(cells, tables=tables)
