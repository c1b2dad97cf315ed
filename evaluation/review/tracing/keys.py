"""What a row of results is made from in its spec: paths of keys, each with its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation.report.record import Record
from evaluation.report.spec_text import spec_text

# Tables on which every number of a spec stands.
EVERY = ("panel", "sample", "design")


def keys_of(record: Record, row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the path of a key and its text as TOML, what asked for the number first.

    Parameters
    ----------
    record
        The run.
    row
        Columns of one row of a result file.
    """
    import tomlkit

    raw = tomlkit.parse(spec_text(record.spec)).unwrap()
    asked = (
        _named("checks", raw, "kind", row.get("check", ""), row.get("model_id", "")),
        _named("models", raw, "id", row.get("model_id", "")),
        _named("worth", raw, "id", row.get("worth", "")),
    )
    for one in asked:
        for path, table in one:
            yield path, _text(table)
    outcomes: Mapping[str, Any] = raw.get("outcomes", {})
    outcome = row.get("outcome", "")
    if outcome in outcomes:
        yield f"outcomes.{outcome}", _text(outcomes[outcome])


def shared_keys(record: Record) -> tuple[str, ...]:
    """Return the tables of a spec on which each of its numbers stands."""
    return tuple(name for name in EVERY if name in record.spec.origin.raw)


def _named(
    name: str, raw: Mapping[str, Any], key: str, wanted: str, model: str = ""
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    entries = raw.get(name, [])
    if not wanted or not isinstance(entries, Sequence):
        return
    for at, one in enumerate(entries, 1):
        if one.get(key) == wanted and one.get("model", model) in ("", model):
            yield f"{name}.{wanted if key == 'id' else at}", one


def _text(table: Mapping[str, Any]) -> str:
    import tomlkit

    return tomlkit.dumps(dict(table)).rstrip()
