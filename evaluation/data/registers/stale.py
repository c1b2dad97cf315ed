"""Why a panel must be built anew, in words that name tables and columns, never values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from evaluation.data.registers.built import Built
from evaluation.data.registers.placed import MAPPING, PROGRAM

WORDS = {MAPPING: "the mapping", PROGRAM: "the program"}


def why_stale(
    known: Mapping[str, str] | None,
    held: Built | None,
    made_of: Mapping[str, str],
    names: Collection[str],
) -> tuple[str, ...]:
    """Return the reasons why a panel does not serve; none where it does.

    Parameters
    ----------
    known
        What the last panel of the mapping was made of; ``None`` where there was none.
    held
        That panel, where it is still there and whole.
    made_of
        What a panel would be made of now.
    names
        Columns wanted.
    """
    return tuple(_reasons(known, held, made_of, names))


def _reasons(
    known: Mapping[str, str] | None,
    held: Built | None,
    made_of: Mapping[str, str],
    names: Collection[str],
) -> Iterator[str]:
    if known is None:
        yield "none was built of this mapping yet"
        return
    for key in sorted({*known, *made_of}):
        if key not in known:
            yield f"{_words(key)} came in"
        elif key not in made_of:
            yield f"{_words(key)} left the mapping"
        elif known[key] != made_of[key]:
            yield f"{_words(key)} changed"
    if held is None:
        yield "its files are gone or damaged"
        return
    lacking = [name for name in names if name not in held.columns]
    if lacking:
        yield f"it lacks {', '.join(lacking)}"


def _words(key: str) -> str:
    return WORDS.get(key, f"the {key}")
