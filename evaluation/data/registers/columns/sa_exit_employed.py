"""Exit from social assistance with a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._assistance import with_assistance
from evaluation.data.registers.columns._exits import exits_among
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

NAMES: Mapping[str, str] = {
    "sa_exit_employed": "as sa_exit, where employed in that month, whether the job is new or not; "
    "registers do not tell to what a person left"
}
TABLES = {
    "sa_exit_employed": with_assistance("job_month", "employment_nov")
    + with_assistance("job_month")
}
TYPES = {"sa_exit_employed": Type.FLAG}
OTHERWISE = {"sa_exit_employed": Otherwise.MISSING}
VALID = {"sa_exit_employed": (None, None)}
GRAIN = Grain.MONTH
NEEDS = ("sa_exit", "employed")
Options = NoOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the exits of those employed; missing where that is not known of an exit."""
    del name, options, has
    return exits_among("SELECT person, month, value FROM given_employed", "NULL")
