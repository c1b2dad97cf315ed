"""A disclosure policy: the limits of its rules, read from its file."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from evaluation.errors import SpecError
from evaluation.release.rules import count, sources
from evaluation.release.rules.registry import rules
from evaluation.spec.faults import lines_of, nearest
from evaluation.spec.options import Table
from evaluation.spec.policy_files import own_policies, policy_paths
from evaluation.spec.spec import Spec

L = TypeVar("L", bound=Table)


class Head(Table):
    """The keys of a policy beside the tables of its rules."""

    title: str = Field(min_length=1)
    source: str = Field(min_length=1)
    checkers: int = Field(default=1, ge=1)
    sensitivity: Literal["", "highly_sensitive", "moderately_sensitive"] = ""


@dataclass(frozen=True)
class Policy:
    """A disclosure policy.

    Attributes
    ----------
    name
        What a spec calls it: the name of its file.
    head
        Title, source, how many persons must look, the label of what leaves.
    limits
        Limits by the key of their rule, sorted; a rule without limits is not part of the policy.
    text
        The file as it stands.
    own
        Whether it stands beside the spec and is none of those shipped.
    """

    name: str
    head: Head
    limits: Mapping[str, Table]
    text: str
    own: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def limits_of(self, kind: type[L]) -> L | None:
        """Return the limits of one rule by their type, ``None`` where the policy lacks the rule."""
        return next((one for one in self.limits.values() if isinstance(one, kind)), None)


def policy_of(name: str, folder: Path | None = None) -> Policy:
    """Return the policy that a spec in ``folder`` names: its own before those shipped.

    Without a folder, one of those shipped.

    Raises
    ------
    SpecError
        Where there is none of that name, or its file has faults: each on a line.
    """
    paths = policy_paths(folder)
    if name not in paths:
        known = ", ".join(paths)
        raise SpecError(
            f"disclosure.policy: unknown policy {name!r}{nearest(name, paths)} (there are: {known})"
        )
    label = f"policies/{name}.toml"
    try:
        text = paths[name].read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise SpecError(f"{label}: cannot be read; give UTF-8 text") from None
    return policy_from(text, name, own=folder is not None and name in own_policies(folder))


def asked_policy(spec: Spec) -> Policy | None:
    """Return the policy that a spec names, ``None`` where it names none.

    Raises
    ------
    SpecError
        As ``policy_of``.
    """
    if spec.disclosure is None:
        return None
    return policy_of(spec.disclosure.policy, spec.origin.folder)


def policy_from(text: str, name: str, *, own: bool = False) -> Policy:
    """Return the policy that a TOML text holds.

    Raises
    ------
    SpecError
        With every fault of it, each on a line.
    """
    label = f"policies/{name}.toml"
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{label}: is not TOML: {error}") from None
    known = rules()
    allowed = [*Head.model_fields, *known]
    faults = [
        f"{key}: unknown key{nearest(key, allowed)} (allowed here: {', '.join(allowed)})"
        for key in tables
        if key not in allowed
    ]
    head = {key: value for key, value in tables.items() if key in Head.model_fields}
    heads: dict[str, Head] = {}
    _validated(Head, head, "", heads, faults)
    limits: dict[str, Table] = {}
    for key in sorted(known.keys() & tables.keys()):
        _validated(known[key].Limits, tables[key], key, limits, faults)
    if not faults:
        faults += _without_count(limits)
    if faults:
        raise SpecError(*(f"{label}: {line}" for line in faults))
    return Policy(name, heads[""], limits, text, own)


def _validated(model: type[L], raw: Any, key: str, into: dict[str, L], faults: list[str]) -> None:
    """Put a validated table into ``into``, or a line for each of its faults into ``faults``."""
    lists = _with_tuples(raw)
    try:
        into[key] = model.model_validate(lists)
    except ValidationError as error:
        faults += lines_of(error, lists, model, key)


def _with_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_tuples(one) for key, one in value.items()}
    return tuple(_with_tuples(one) for one in value) if isinstance(value, list) else value


def _without_count(limits: Mapping[str, Table]) -> list[str]:
    """Return a line where a policy for real persons has no smallest count: all would pass."""
    only = limits.get(sources.KEY)
    if count.KEY in limits or only == sources.Limits(allowed=("synthetic",)):
        return []
    return [
        "count: is missing; without it nothing is judged, which only "
        '[sources] allowed = ["synthetic"] permits'
    ]
