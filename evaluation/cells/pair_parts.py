"""How pair cells part points: at the reform, and by the group of the third difference.

Either says 1, 0, or -1 where it parts nothing; both together are one number below nine.
"""

from __future__ import annotations

from typing import Any

from evaluation.data.model_data import IntArray

PARTS = 9


def part_code(post: Any, third: Any) -> Any:
    """Return both as one number, which sorts by the reform first.

    Parameters
    ----------
    post, third
        Numbers, arrays or columns of 1, 0 and -1.
    """
    return post * 3 + third + 4


def post_of(part: IntArray) -> IntArray:
    """Return 1 after the reform, 0 before, -1 where no date parts points."""
    return part // 3 - 1


def third_of(part: IntArray) -> IntArray | None:
    """Return 1 in the group of the third difference and 0 outside it, ``None`` without one."""
    third: IntArray = part % 3 - 1
    return third if (third >= 0).any() else None
