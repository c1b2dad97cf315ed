"""Where disclosure policies stand: those shipped, and a ``policies`` folder beside a spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from evaluation.spec.catalogue import Catalogue
from evaluation.spec.faults import nearest
from evaluation.spec.shipped import shipped
from evaluation.spec.spec import Spec

FOLDER = "policies"


def policy_names() -> tuple[str, ...]:
    """Return the names of the shipped policies, sorted."""
    return tuple(_shipped())


def policy_paths(folder: Path | None) -> Mapping[str, Path]:
    """Return the file of every policy that a spec in ``folder`` can name: its own win.

    Names come from a listing and never make a path; a link out of the folder is passed over.
    """
    return {**_shipped(), **({} if folder is None else own_policies(folder))}


def own_policies(folder: Path) -> Mapping[str, Path]:
    """Return the policies beside the specs of a folder, by name."""
    return _inside(folder / FOLDER)


def policy_rules(spec: Spec, catalogue: Catalogue, folder: Path) -> Iterator[str]:
    """Yield a line for a policy that stands neither beside the spec nor among those shipped."""
    if spec.disclosure is None:
        return
    name = spec.disclosure.policy
    known = tuple(dict.fromkeys((*catalogue.policies, *own_policies(folder))))
    if name not in known:
        yield (
            f"disclosure.policy: unknown policy {name!r}{nearest(name, known)} "
            f"(there are: {', '.join(known)}; another is a file policies/NAME.toml beside the spec)"
        )


def _shipped() -> Mapping[str, Path]:
    specs = shipped("specs")
    return {} if specs is None else _inside(specs / FOLDER)


def _inside(folder: Path) -> dict[str, Path]:
    try:
        home = folder.resolve()
        found = sorted(folder.glob("*.toml"))
        return {path.stem: path for path in found if path.resolve().parent == home}
    except (OSError, RuntimeError):
        return {}
