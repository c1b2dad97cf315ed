"""What was made of equal arrays is not made again, and nothing else is taken for it."""

import numpy as np

from evaluation.data.memo import Memo, remembered


def _counted(memo, kind, given):
    made = []

    def make():
        made.append(kind)
        return np.array([float(given[0].sum())])

    return remembered(memo, kind, given, make), len(made)


def test_equal_arrays_give_what_was_made():
    memo, one = Memo(), np.arange(4.0)
    first, made = _counted(memo, "sum", (one,))
    again, more = _counted(memo, "sum", (one.copy(),))
    assert made == 1
    assert more == 0
    assert again is first


def test_other_values_types_kinds_and_numbers_of_arrays_are_made():
    memo, one = Memo(), np.arange(4.0)
    _counted(memo, "sum", (one,))
    changed = one.copy()
    changed[3] = 5.0
    assert _counted(memo, "sum", (changed,)) == (np.array([8.0]), 1)
    assert _counted(memo, "sum", (one.astype(np.int64),))[1] == 1
    assert _counted(memo, "other", (one,))[1] == 1
    assert _counted(memo, "sum", (one, one))[1] == 1


def test_nothing_is_remembered_without_a_memo():
    one = np.arange(4.0)
    assert _counted(None, "sum", (one,))[1] == 1
    assert _counted(None, "sum", (one,))[1] == 1


def test_the_oldest_goes_first_and_what_is_too_large_is_not_held():
    one, two = np.arange(4.0), np.arange(1.0, 5.0)
    memo = Memo(most_bytes=64)  # one result with its array is 40 bytes
    _counted(memo, "sum", (one,))
    _counted(memo, "sum", (two,))
    assert _counted(memo, "sum", (two,))[1] == 0
    assert _counted(memo, "sum", (one,))[1] == 1
    small = Memo(most_bytes=8)
    _counted(small, "sum", (one,))
    assert _counted(small, "sum", (one,))[1] == 1


def test_what_is_asked_for_again_stays():
    one, two, three = np.arange(4.0), np.arange(1.0, 5.0), np.arange(2.0, 6.0)
    memo = Memo(most_bytes=80)  # two results with their arrays
    _counted(memo, "sum", (one,))
    _counted(memo, "sum", (two,))
    assert _counted(memo, "sum", (one,))[1] == 0
    _counted(memo, "sum", (three,))
    assert _counted(memo, "sum", (one,))[1] == 0
    assert _counted(memo, "sum", (two,))[1] == 1


def test_arrays_that_differ_late_or_hold_nothing_known_are_told_apart():
    memo, long = Memo(), np.arange(1_000.0)
    long[5] = np.nan
    _counted(memo, "sum", (long,))
    assert _counted(memo, "sum", (long.copy(),))[1] == 0
    late = long.copy()
    late[-1] = 0.0
    assert _counted(memo, "sum", (late,))[1] == 1
    assert _counted(memo, "sum", (long[:-1],))[1] == 1
