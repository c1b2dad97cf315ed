"""Exits from social assistance by where a person stands then, in SQL."""

from __future__ import annotations


def exits_among(state: str, unsaid: str) -> str:
    """Return the SELECT of exits in whose month a state holds; 0 for other months at risk.

    Parameters
    ----------
    state
        SELECT of person, month and value, 1 where the state holds.
    unsaid
        What months hold of which it says nothing: ``0`` or ``NULL``.
    """
    return (
        "SELECT e.person, e.month, CASE WHEN e.value = 0 THEN 0 WHEN e.value = 1 THEN "
        f"CASE WHEN s.person IS NULL THEN {unsaid} ELSE s.value END END AS value "
        f"FROM given_sa_exit e LEFT JOIN ({state}) AS s "
        "ON s.person = e.person AND s.month = e.month"
    )
