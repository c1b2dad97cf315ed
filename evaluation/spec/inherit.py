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
    merged["models"] = _merge_models(base.get("models", []), own.get("models", []))
    if not merged["models"]:
        del merged["models"]
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
    by_id = {model["id"]: model for model in base if isinstance(model, dict) and "id" in model}
    replaced = {model.get("id"): model for model in own if isinstance(model, dict)}
    kept = [
        _merge(model, replaced[name]) if name in replaced else model
        for name, model in by_id.items()
    ]
    return kept + [
        model for model in own if not isinstance(model, dict) or model.get("id") not in by_id
    ]
