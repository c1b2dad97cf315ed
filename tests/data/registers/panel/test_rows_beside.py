"""A column's own rows beside the rows of a chunk."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from evaluation.data.registers.grid import beside, make_grid

# Persons 5 to 7 and months 100 to 103; person 6 has no row, person 5 a gap.
PERSON = np.array([5, 5, 5, 7])
MONTH = np.array([100, 101, 103, 102])


def test_values_find_their_rows_and_others_are_left_aside() -> None:
    grid, repeated = make_grid(PERSON, MONTH, (5, 7), (100, 103))
    assert repeated == 0
    own_person, own_month = np.array([7, 5, 5, 6, 7]), np.array([102, 103, 102, 100, 104])
    laid, more = grid.by_month(own_person, own_month)
    values = pa.chunked_array([pa.array([3, None, 8, 8, 8], pa.int8())])
    assert more == 0
    # The second value is missing in a row of its own: it stays so where no row at all means 0.
    assert beside(values, laid, None, zero=True).to_pylist() == [0, 0, None, 3]
    assert beside(values, laid, None, zero=False).to_pylist() == [None, None, None, 3]
    trusted = np.array([False, True, True, False])
    assert beside(values, laid, trusted, zero=True).to_pylist() == [None, 0, None, None]


def test_a_second_value_of_one_month_is_counted() -> None:
    grid, _ = make_grid(PERSON, MONTH, (5, 7), (100, 103))
    _, more = grid.by_month(np.array([5, 5, 5]), np.array([100, 100, 102]))
    assert more == 1
    assert make_grid(PERSON[[0, 0]], MONTH[[0, 0]], (5, 7), (100, 103))[1] == 1


def test_values_of_persons_stand_in_each_of_their_rows() -> None:
    grid, _ = make_grid(PERSON, MONTH, (5, 7), (100, 103))
    laid, more = grid.by_person(np.array([6, 5]))
    values = pa.chunked_array([pa.array(["b", "a"])])
    assert more == 0
    assert beside(values, laid, None, zero=False).to_pylist() == ["a", "a", "a", None]
