"""Read a spec: text, base, overrides, types, rules; every fault at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from evaluation.errors import SpecError
from evaluation.spec.catalogue import Catalogue
from evaluation.spec.digest import spec_digest
from evaluation.spec.faults import nearest
from evaluation.spec.horizons import in_horizons
from evaluation.spec.inherit import merge_base
from evaluation.spec.origin import Origin
from evaluation.spec.paths import own_tree, resolved
from evaluation.spec.policy_files import policy_rules
from evaluation.spec.rules import broken_rules
from evaluation.spec.settings import Settings, apply_overrides, read_settings
from evaluation.spec.shipped import shipped_specs
from evaluation.spec.spec import Spec
from evaluation.spec.text import tables_of
from evaluation.spec.validate import validate
from evaluation.spec.vary_rules import vary_rules


def read_spec(
    path: Path,
    catalogue: Catalogue,
    *,
    settings: Iterable[str] | Mapping[str, Any] = (),
    allowed: Iterable[Path] = (),
    environment: Mapping[str, str] | None = None,
    with_paths: bool = True,
) -> Spec:
    """Read the spec at ``path``.

    Parameters
    ----------
    path
        A TOML file.
    catalogue
        Estimators and checks on offer.
    settings
        ``--set`` texts, or values by key path.
    allowed
        Folders that may be read beside the declared ones.
    environment
        Where ``${NAME}`` is looked up after ``settings``; the process environment by default.
    with_paths
        Whether paths must be filled and allowed: not where nothing will be read.

    Raises
    ------
    SpecError
        With every fault found, each on its own line.
    """
    chosen = read_settings(settings)
    tables = _with_base(_read_toml(path, str(path)), path)
    values = {**(os.environ if environment is None else environment), **chosen.values}
    return build_spec(
        tables,
        catalogue,
        settings=chosen,
        origin=Origin(folder=path.parent, values=values, allowed=tuple(allowed)),
        label=path.name,
        with_paths=with_paths,
    )


def build_spec(
    tables: dict[str, Any],
    catalogue: Catalogue,
    *,
    settings: Settings,
    origin: Origin,
    label: str,
    with_paths: bool = True,
) -> Spec:
    """Return the spec that ``tables`` describe, with overrides applied and every rule checked."""
    tables = apply_overrides(tables, settings)
    try:
        spec = validate(tables, catalogue)
        faults = list(broken_rules(spec, catalogue, origin if with_paths else None))
        faults += policy_rules(spec, catalogue, origin.folder)
        if spec.vary and not faults:
            faults = list(vary_rules(spec, tables, catalogue, origin))
        if faults:
            raise SpecError(*faults)
    except SpecError as error:
        raise SpecError(*(_one_line(f"{label}: {line}") for line in error.faults)) from None
    return in_horizons(spec).bound_to(
        Origin(tables, origin.folder, origin.values, origin.allowed, spec_digest(tables))
    )


def _one_line(text: str) -> str:
    """Return a fault on one line, whatever characters the spec's own names hold."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def _read_toml(path: Path, label: str) -> dict[str, Any]:
    """Return the tables of a file; some editors begin it with a byte-order mark."""
    try:
        return tables_of(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SpecError(_no_such_file(path, label)) from None
    except IsADirectoryError:
        raise SpecError(f"{label}: is a folder; give the path of a spec (.toml)") from None
    except OSError as error:
        raise SpecError(f"{label}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise SpecError(f"{label}: is not UTF-8 text; save it as UTF-8") from None
    except ValueError as error:
        raise SpecError(_one_line(f"{label}: is not TOML: {error}")) from None


def _no_such_file(path: Path, label: str) -> str:
    beside = [one.name for one in path.parent.glob("*.toml")]
    close = nearest(path.name, [*beside, *(one.stem for one in shipped_specs())])
    return f"{label}: no such file; give the path of a spec (.toml), or a shipped spec's id{close}"


def _with_base(tables: dict[str, Any], path: Path) -> dict[str, Any]:
    base_name = tables.get("extends")
    if not isinstance(base_name, str):
        return tables
    reach = (own_tree(path.parent), path.parent.resolve().parent)
    base_path = resolved(path.parent, base_name, f"{path.name}: extends")
    if not any(base_path.is_relative_to(folder) for folder in reach):
        raise SpecError(
            f"{path.name}: extends: lies outside the spec's own tree; move the base beside the spec"
        )
    base = _read_toml(base_path, f"{path.name}: extends: {base_name}")
    if "extends" in base:
        raise SpecError(
            f"{path.name}: extends: the base extends another spec; one level is allowed"
        )
    return merge_base(base, tables)
