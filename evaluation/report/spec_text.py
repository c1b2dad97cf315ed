"""A resolved spec as TOML: what the manifest keeps and a page shows."""

from __future__ import annotations

from typing import Any

from evaluation.spec.spec import Spec


def spec_text(spec: Spec) -> str:
    """Return the resolved spec as TOML, placeholders unfilled."""
    import tomlkit

    return tomlkit.dumps(_plain(spec.origin.raw))


def _plain(value: Any) -> Any:
    """Return tables and arrays as the writer of TOML wants them."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
