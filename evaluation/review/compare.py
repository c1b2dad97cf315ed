"""Compare two rounds of one evaluation: numbers, spec, sample, inputs and software."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evaluation.release.bundle.numbers import LAYOUTS, Key, Number, numbers_of, same
from evaluation.results import AnyRow, cells_of
from evaluation.review.rounds import Round

NONE = "–"
# What a row says in a word.
VERDICTS = {"estimates.csv": "status", "checks.csv": "verdict"}
# Fewer digits than these of a rounded number would make too much of two numbers one.
LEAST_DIGITS = 3


@dataclass(frozen=True)
class Change:
    """One thing that differs; ``before`` or ``after`` is ``–`` where a round lacks it."""

    place: str
    before: str
    after: str


@dataclass(frozen=True)
class Compared:
    """What differs between two rounds, by what it is of.

    Attributes
    ----------
    changes
        By group: ``spec``, ``sample``, ``inputs``, ``software``, and a result file each.
    numbers
        How many numbers stand in both rounds.
    unknown
        What one of the rounds does not tell, so that nothing can be said of it.
    """

    changes: Mapping[str, tuple[Change, ...]]
    numbers: int
    unknown: tuple[str, ...]


def compare(before: Round, after: Round) -> Compared:
    """Return what differs between two rounds; numbers that differ by rounding alone do not.

    Parameters
    ----------
    before, after
        The rounds. Numbers are compared where they stand for the same model, outcome and term.
    """
    changes: dict[str, tuple[Change, ...]] = {
        "spec": tuple(_keys(flat(before.spec), flat(after.spec))),
    }
    unknown = []
    for group, told in MANIFESTS.items():
        first, second = told(before.manifest), told(after.manifest)
        if first is None or second is None:
            unknown.append(group)
        else:
            changes[group] = tuple(_keys(first, second))
    both = 0
    for name in LAYOUTS:
        if name not in before.rows and name not in after.rows:
            continue
        old, new = (one.rows.get(name, ()) for one in (before, after))
        numbers = numbers_of(name, old), numbers_of(name, new)
        both += len(numbers[0].keys() & numbers[1].keys())
        words = _keys(_verdicts(name, old), _verdicts(name, new))
        changes[name] = (*_numbers(*numbers, before.released or after.released), *words)
    return Compared(changes, both, tuple(unknown))


def flat(value: object, place: str = "") -> dict[str, str]:
    """Return the values of nested tables by their path; entries of arrays by id, kind or place."""
    if isinstance(value, Mapping):
        named = {f"{key}": one for key, one in value.items()}
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        named = dict(_labelled(value))
    else:
        return {place: str(value)}
    return {
        path: text
        for key, one in named.items()
        for path, text in flat(one, f"{place}.{key}" if place else key).items()
    }


def _labelled(entries: list[Any]) -> Iterator[tuple[str, object]]:
    """Yield entries under the names that ``--set`` knows, numbered where they repeat."""
    seen: dict[str, int] = {}
    for at, one in enumerate(entries, start=1):
        own = one if isinstance(one, Mapping) else {}
        names = (own.get(key) for key in ("id", "kind", "outcome", "name", "column"))
        label = next((name for name in names if isinstance(name, str)), str(at))
        seen[label] = seen.get(label, 0) + 1
        yield label if seen[label] == 1 else f"{label} ({seen[label]})", one


def _flow(manifest: Mapping[str, Any]) -> dict[str, str] | None:
    if "flow" not in manifest:
        return None
    steps: dict[str, str] = {}
    for one in manifest["flow"]:
        units = "" if one.get("units") is None else f", {one['units']} units"
        name = str(one.get("step"))
        again = sum(known.partition(" (")[0] == name for known in steps)
        label = f"{name} ({again + 1})" if name in steps else name
        steps[label] = f"{'hidden' if one.get('rows') is None else one['rows']} rows{units}"
    return steps


def _inputs(manifest: Mapping[str, Any]) -> dict[str, str] | None:
    return flat(manifest["inputs"]) if "inputs" in manifest else None


def _software(manifest: Mapping[str, Any]) -> dict[str, str] | None:
    if "python" not in manifest and "packages" not in manifest:
        return None
    names = ("code", "lock_sha256", "python", "packages")
    return flat({name: manifest[name] for name in names if name in manifest})


MANIFESTS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, str] | None]] = {
    "sample": _flow,
    "inputs": _inputs,
    "software": _software,
}


def _keys(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        first, second = before.get(key, NONE), after.get(key, NONE)
        if first != second:
            yield Change(key, first, second)


def _numbers(
    before: Mapping[Key, Number], after: Mapping[Key, Number], rounded: bool
) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        first, second = before.get(key), after.get(key)
        if first is not None and second is not None:
            alike = same(first, second.value)
            if alike or (rounded and not first.count and _rounds(first.value, second.value)):
                continue
        known = first or second
        place = "" if known is None else f"{known.place} {known.column}"
        yield Change(place, _shown(first), _shown(second))


def _rounds(one: float, other: float) -> bool:
    """Whether one of two numbers is the other, rounded to its significant digits for release."""
    texts = [f"{value:.15e}".partition("e")[0].rstrip("0").strip("-") for value in (one, other)]
    digits = min(len(text.replace(".", "")) for text in texts)
    if digits < LEAST_DIGITS:
        return False
    return f"{one:.{digits - 1}e}" == f"{other:.{digits - 1}e}"


def _shown(number: Number | None) -> str:
    return NONE if number is None else f"{number.value:.10g}"


def _verdicts(file: str, rows: tuple[AnyRow, ...]) -> dict[str, str]:
    """Return what every row of a result file says in a word, by its place."""
    if file not in VERDICTS:
        return {}
    found: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for row in rows:
        cells = cells_of(row)
        named = (cells[name] for name in LAYOUTS[file].place)
        place = " ".join(str(one) for one in named if one not in (None, ""))
        seen[place] += 1
        again = f" ({seen[place]})" if seen[place] > 1 else ""
        found[f"{place}{again} {VERDICTS[file]}"] = str(cells[VERDICTS[file]])
    return found
