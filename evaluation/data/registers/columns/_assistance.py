"""Months of social assistance, in SQL."""

from __future__ import annotations

from collections.abc import Collection

from evaluation.data.registers.columns._spells import months_within

# A month counts where the form says that something was paid; where it does not say, where there is
# an amount.
PAID = "coalesce(paid > 0, coalesce(grant_nok, 0) + coalesce(loan_nok, 0) > 0)"
# Sets of tables that tell the months of receipt, the preferred first.
TABLES = (("sa_spell",), ("sa_month",))


def months_received(has: Collection[str]) -> str:
    """Return the SELECT of the months of receipt, person and month, each once."""
    if "sa_spell" in has:
        return months_within("sa_spell", "from_ym", "to_ym")
    return f"SELECT DISTINCT person, ym AS month FROM sa_month WHERE {PAID}"


def intervals_received(has: Collection[str]) -> str:
    """Return the SELECT of spells, or of months as spells: person, start, stop.

    Starts before the delivery's first month are as they were delivered.
    """
    if "sa_spell" in has:
        return (
            "SELECT person, from_ym AS start, "
            "least(coalesce(to_ym, bounds.last), bounds.last) AS stop FROM sa_spell, bounds"
        )
    return f"SELECT DISTINCT person, ym AS start, ym AS stop FROM sa_month WHERE {PAID}"


def with_assistance(*further: str) -> tuple[tuple[str, ...], ...]:
    """Return the sets of tables that tell the months of receipt, and further ones."""
    return tuple((*one, *further) for one in TABLES)
