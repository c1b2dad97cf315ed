"""Rules of ``[[vary]]``: what its text and the spec's own rules show before any data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from evaluation.errors import SpecError
from evaluation.spec.catalogue import Catalogue
from evaluation.spec.faults import nearest
from evaluation.spec.members import member_spec
from evaluation.spec.origin import Origin
from evaluation.spec.spec import Spec
from evaluation.spec.universe import LARGEST, MODELS, size_words, universe_models, universe_size

# Anything else asks of another panel, or of nothing that is estimated.
TABLES = (MODELS, "sample", "outcomes", "design")
PANEL_KEYS = ("panel.window", "panel.period", "panel.weight")
LONGEST_VALUE = 60


def vary_rules(
    spec: Spec, tables: Mapping[str, Any], catalogue: Catalogue, origin: Origin
) -> Iterator[str]:
    """Yield a line for every fault of the axes, then for every value that breaks the spec.

    Parameters
    ----------
    spec
        The declared spec, which breaks no rule itself.
    tables
        Its tables.
    catalogue
        Estimators and checks on offer.
    origin
        Where it came from.
    """
    faults = [*_axes(spec), *_size(spec)]
    yield from faults
    if not faults:
        for position, axis in enumerate(spec.vary, start=1):
            yield from _values(spec, tables, catalogue, origin, position, axis.path)


def _axes(spec: Spec) -> Iterator[str]:
    paths = [one.path for one in spec.vary]
    for path, count in Counter(paths).items():
        if count > 1:
            yield f"vary: {path!r} stands {count} times; give one axis all of its values"
    for position, axis in enumerate(spec.vary, start=1):
        where = f"vary.{position}.path"
        table = axis.path.split(".")[0]
        if table not in TABLES and axis.path not in PANEL_KEYS:
            allowed = (*TABLES, *PANEL_KEYS)
            yield (
                f"{where}: found {axis.path!r}{nearest(table, TABLES)}; allowed: a key of "
                f"{', '.join(allowed)}, as every specification is estimated on one panel"
            )
        inside = [one for one in paths if one.startswith(f"{axis.path}.")]
        if inside:
            yield f"{where}: {axis.path!r} holds {inside[0]!r}, another axis; name one of them"
        yield from _named(spec, axis.path, where)
        same = [one for at, one in enumerate(axis.values) if one in axis.values[:at]]
        if axis.labels and len(axis.labels) != len(axis.values):
            yield (
                f"vary.{position}.labels: found {len(axis.labels)}; allowed: one for each of the "
                f"{len(axis.values)} values, or none"
            )
        elif len(set(axis.labels)) < len(axis.labels):
            yield f"vary.{position}.labels: two values have one label; give each its own"
        if same:
            yield f"vary.{position}.values: {_shown(same[0])} stands twice; give each value once"


def _named(spec: Spec, path: str, where: str) -> Iterator[str]:
    """Yield a line where a path names an outcome that the spec does not have."""
    parts = path.split(".")
    if parts[0] == "outcomes" and len(parts) > 1 and parts[1] not in spec.outcomes:
        known = ", ".join(spec.outcomes)
        close = nearest(parts[1], spec.outcomes)
        yield f"{where}: no outcome {parts[1]!r}{close} (there are: {known})"


def _size(spec: Spec) -> Iterator[str]:
    size = universe_size(spec)
    if size > LARGEST:
        models = universe_models(spec)
        each = f", for each of {len(models)} models" if len(models) > 1 else ""
        yield (
            f"vary: makes {size:,} specifications, {size_words(spec)}{each}; allowed: at most "
            f"{LARGEST:,}; leave out values or axes"
        )


def _values(
    spec: Spec,
    tables: Mapping[str, Any],
    catalogue: Catalogue,
    origin: Origin,
    position: int,
    path: str,
) -> Iterator[str]:
    """Yield the faults of every value of an axis, set alone; those of all values once."""
    parts = path.split(".")
    own = parts[1] if parts[0] == MODELS and len(parts) > 1 else None
    models = (own,) if own is not None else universe_models(spec)
    values = spec.vary[position - 1].values
    found: dict[str, list[Any]] = {}
    for value in values:
        lines: dict[str, None] = {}
        for name in models:
            try:
                member_spec(tables, catalogue, origin, {path: value}, name)
            except SpecError as error:
                lines.update(dict.fromkeys(error.faults))
        for line in lines:
            found.setdefault(line, []).append(value)
    for line, broken in found.items():
        if line.startswith("--set ") or "unknown key" in line:
            yield f"vary.{position}.path: {line.removeprefix('--set ')}"
            continue
        for value in broken:
            yield f"vary.{position}.values: {_shown(value)}: {line}"


def _shown(value: Any) -> str:
    """Return a value as a spec writes it, cut where it is long."""
    text = _toml(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."


def _toml(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"[{', '.join(_toml(one) for one in value)}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_toml(one)}' for key, one in value.items())} }}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)
