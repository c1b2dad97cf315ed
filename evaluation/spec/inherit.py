"""``extends``: one level of inheritance between specs."""

from __future__ import annotations

from typing import Any

# A table that says it is another kind of thing replaces the base's, key for key.
KIND_KEYS = ("source", "kind", "estimator", "op")


def merge_base(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return ``own`` laid over ``base``.

    Tables merge key by key; a table whose ``source``, ``kind`` or ``estimator`` changes replaces
    the base's; ``models`` merge by id; every other array is replaced whole.
    """
    merged = _merge(base, own)
    bases, owns = base.get("models"), own.get("models")
    if isinstance(bases, list) and isinstance(owns, list):
        merged["models"] = _merge_models(bases, owns)
    return merged


def _merge(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    if any(key in own and key in base and own[key] != base[key] for key in KIND_KEYS):
        return dict(own)
    merged = dict(base)
    for key, value in own.items():
        both_tables = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = _merge(base[key], value) if both_tables else value
    return merged


def _merge_models(base: list[Any], own: list[Any]) -> list[Any]:
    """Lay models over those of the same id; a fault in either stays, for validation to tell."""
    merged: list[Any] = []
    for model in base:
        same = [one for one in own if _same_id(one, model)]
        merged += [_merge(model, one) for one in same] or [model]
    return merged + [one for one in own if not any(_same_id(one, model) for model in base)]


def _same_id(one: Any, other: Any) -> bool:
    both = isinstance(one, dict) and isinstance(other, dict)
    return both and "id" in one and one["id"] == other.get("id")
