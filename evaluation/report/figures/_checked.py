"""What checks left in the details of a record: variants of a model with their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.report.places import is_headline
from evaluation.report.record import Record
from evaluation.results import Check, Estimate

Named = Mapping[str, object]
PARTS = ("std_error", "conf_low", "conf_high", "p_value", "refused")


@dataclass(frozen=True)
class Place:
    """Where the details of a check stand."""

    check: str
    model: str
    outcome: str
    term: str


@dataclass(frozen=True)
class Variant:
    """One variant of a model.

    Attributes
    ----------
    label
        Which, as the check names it.
    estimate, std_error, low, high, p_value
        Its headline; ``None`` where there is none.
    reason
        Why there is none, empty otherwise.
    """

    label: str
    estimate: float | None
    std_error: float | None
    low: float | None
    high: float | None
    p_value: float | None
    reason: str = ""


def checked(record: Record, kind: str) -> dict[Place, dict[str, object]]:
    """Return the details of every check of one kind, by place, in the order of the record."""
    names = {request.name for request in record.spec.checks if request.kind == kind} | {kind}
    found: dict[Place, dict[str, object]] = {}
    for row in record.details:
        if row.check in names:
            place = Place(row.check, row.model_id, row.outcome, row.term)
            found.setdefault(place, {})[row.name] = row.value
    return found


def variants_of(named: Named, noun: str) -> tuple[Variant, ...]:
    """Return the variants that details name ``noun label``, in their order.

    Parameters
    ----------
    named
        Details of one place.
    noun
        ``bandwidth``, ``donut``, ``placebo``.
    """
    found: dict[str, dict[str, object]] = {}
    for name, value in named.items():
        if not name.startswith(f"{noun} "):
            continue
        label, _, part = name.removeprefix(f"{noun} ").rpartition(": ")
        if part in PARTS and label:
            found.setdefault(label, {})[part] = value
        else:
            found.setdefault(name.removeprefix(f"{noun} "), {})["estimate"] = value
    return tuple(
        Variant(
            label,
            number(one.get("estimate")),
            number(one.get("std_error")),
            number(one.get("conf_low")),
            number(one.get("conf_high")),
            number(one.get("p_value")),
            str(one.get("refused") or ""),
        )
        for label, one in found.items()
    )


def number(value: object) -> float | None:
    """Return a detail's value as a number, ``None`` where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def headline(record: Record, model: str, outcome: str) -> Estimate | None:
    """Return a model's single number for an outcome, ``None`` where it has none."""
    for row in record.estimates:
        if (row.model_id, row.outcome) == (model, outcome) and is_headline(row):
            return row
    return None


def verdict_of(record: Record, place: Place) -> Check | None:
    """Return the row of a check, ``None`` where there is none."""
    for row in record.checks:
        if Place(row.check, row.model_id, row.outcome, row.term) == place:
            return row
    return None
