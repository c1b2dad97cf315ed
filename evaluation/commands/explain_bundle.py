"""``explain BUNDLE``: the questions that a bundle answers, those it does not, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from evaluation.cells.store.kept import Kept, read_kept
from evaluation.cells.store.lacking import is_there
from evaluation.errors import UsageError
from evaluation.review.answers import Answer, answers_of
from evaluation.review.asked_bundle import asked_bundle, losses, plain, policy_name, protected

LONGEST = 300
# A longer reason is said once; where it holds again, the first place is named.
LONG, SHOWN = 80, 30


def explain_bundle(path: Path, settings: Sequence[str] = ()) -> str:
    """Return what the cells of a bundle answer, question by question, as text.

    Every question was estimated from the cells; none is answered by guessing.

    Raises
    ------
    DataError
        Where the bundle is damaged, or answers nothing.
    SpecError
        Where its spec does not take the settings.
    """
    with asked_bundle(path, settings, answering=False) as asked:
        answers = answers_of(asked.spec, asked.cells)
        lines = [
            f"{asked.spec.id}: policy {policy_name(asked.bundle)}; SHA-256 {asked.bundle.digest}",
            *_held(read_kept(asked.cells)),
        ]
        if protected(asked.bundle):
            lines.append(
                "some cells were left out or rounded, so that answers differ from those of the "
                f"data; by how much for printed numbers says: activity-duty verify {path}"
            )
            lines += losses(asked.bundle)
        told: dict[str, str] = {}
        for model in asked.spec.models:
            own = [one for one in answers if one.model_id == model.id]
            lines += _of_model(model.id, own, told)
        lines.append(f"ask with: activity-duty run {path} --set 'KEY=VALUE'")
    return "\n".join(lines)


def refuse_other(path: Path, **given: bool) -> None:
    """Refuse what is asked of a spec's text and not of a bundle.

    Raises
    ------
    UsageError
        With the first option given.
    """
    for name, chosen in given.items():
        if chosen:
            raise UsageError(
                f"explain {path}: a bundle does not take --{name.strip('_').replace('_', '-')}; "
                "unpack spec.toml and ask of that"
            )


def _held(kept: Kept) -> Iterator[str]:
    where = {flag.name: flag.where for flag in kept.plan.flags}
    for one in kept.plan.passes:
        key = ", ".join(f"{name} ({where[name]})" if name in where else name for name in one.key)
        sums = ", ".join(each.name for each in one.quantities)
        count = len(kept.frame(one.name)) if is_there(one.name, kept) else "all left out,"
        yield plain(f"cells {one.name}: {count} by {key}; sums of {sums}")
    for pair in kept.plan.pairs:
        left = "" if is_there(pair.name, kept) else "left out, "
        yield plain(f"pairs {pair.name}: {left}every two values of {pair.point}")


def _of_model(model_id: str, answers: Sequence[Answer], told: dict[str, str]) -> Iterator[str]:
    """Yield what is answered of a model; ``told`` holds long reasons by where they were said."""
    place = f"model {model_id}"
    own = next(one for one in answers if one.variant is None)
    first = _cut(own.reason)
    yield ""
    yield f"{place}: {_once(first, place, told) if first else 'answered'}"
    asked = [one for one in answers if one.variant is not None]
    yield from _listed("answered", [one for one in asked if not one.reason])
    for reason in dict.fromkeys(_cut(one.reason) for one in asked if one.reason):
        said = "for the same reason" if reason == first else _once(reason, place, told)
        refused = [one for one in asked if one.reason and _cut(one.reason) == reason]
        yield from _listed("not answered", refused, said)


def _once(reason: str, place: str, told: dict[str, str]) -> str:
    """Return a reason, or where it was said before if it is long."""
    before = told.get(reason)
    if before is not None:
        return f"as said under {before}: {reason[:SHOWN]} ..."
    if len(reason) > LONG:
        told[reason] = place
    return reason


def _listed(head: str, answers: Iterable[Answer], reason: str = "") -> Iterator[str]:
    """Yield questions by key, all values of a key on one line."""
    by_key: dict[tuple[str, str], list[str]] = {}
    for one in answers:
        if one.variant is not None:
            place = one.variant.kind, one.variant.key
            by_key.setdefault(place, []).append(one.variant.value)
    if by_key:
        yield f"  {head}{': ' if reason else ''}{reason}"
    for (kind, key), values in by_key.items():
        yield plain(f"    {kind}: {key} = {' | '.join(values)}")


def _cut(text: str) -> str:
    shown = plain(text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]} ..."
