"""Sign-offs: who looked at exactly what, and decided how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from evaluation.release.chain import append_to, read_chain

FILE = "signoff.jsonl"
Decision = Literal["approve", "reject"]


@dataclass(frozen=True, slots=True)
class SignOff:
    """One decision of one person.

    Attributes
    ----------
    name, decision, comment
        Who, what and why.
    when
        Moment as ``2026-01-31T12:00:00+00:00``.
    spec_id, signed
        Which spec, and the digest of everything that would leave.
    policy
        Name of the policy.
    artefacts
        Files that needed a person's look.
    """

    name: str
    decision: Decision
    comment: str
    when: str
    spec_id: str
    signed: str
    policy: str
    artefacts: tuple[str, ...]


def signoff_path(folder: Path) -> Path:
    """Return where the sign-offs on the outputs of a spec stand."""
    return folder / "restricted" / FILE


def read_signoffs(folder: Path) -> tuple[SignOff, ...]:
    """Return every sign-off on the outputs of a spec, in its order.

    Raises
    ------
    DataError
        Where a line is not as it was written.
    """
    names = [one.name for one in fields(SignOff)]
    return tuple(
        SignOff(**{name: line[name] for name in names} | {"artefacts": tuple(line["artefacts"])})
        for line in read_chain(signoff_path(folder))
    )


def record_signoff(folder: Path, signoff: SignOff) -> None:
    """Append a sign-off; none is ever changed or removed.

    Raises
    ------
    EnvironmentProblem
        Where it cannot be written.
    """
    append_to(signoff_path(folder), asdict(signoff) | {"artefacts": list(signoff.artefacts)})


def standing(signoffs: Iterable[SignOff], signed: str) -> Mapping[str, SignOff]:
    """Return the last decision of each person on what has this digest, by name."""
    return {one.name: one for one in signoffs if one.signed == signed}


def approvals(signoffs: Iterable[SignOff], signed: str) -> tuple[str, ...]:
    """Return who approves of what has this digest, sorted; nobody where someone rejects it."""
    there = standing(signoffs, signed)
    if any(one.decision == "reject" for one in there.values()):
        return ()
    return tuple(sorted(there))
