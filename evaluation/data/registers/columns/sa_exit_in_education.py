"""Exit from social assistance while enrolled in education."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._assistance import with_assistance
from evaluation.data.registers.columns._exits import exits_among
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

NAMES: Mapping[str, str] = {
    "sa_exit_in_education": "as sa_exit, where enrolled in education in that month, whether newly "
    "or not; registers do not tell to what a person left"
}
TABLES = {"sa_exit_in_education": with_assistance("enrolment")}
TYPES = {"sa_exit_in_education": Type.FLAG}
OTHERWISE = {"sa_exit_in_education": Otherwise.MISSING}
VALID = {"sa_exit_in_education": (None, None)}
GRAIN = Grain.MONTH
NEEDS = ("sa_exit", "in_education")
Options = NoOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the exits of those enrolled."""
    del name, options, has
    return exits_among("SELECT person, month, value FROM given_in_education", "0")
