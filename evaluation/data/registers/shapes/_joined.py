"""Variables of one unit and period side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluation.data.registers.sql import quoted


def joined(parts: Mapping[str, Sequence[str]], keys: Sequence[str], columns: Sequence[str]) -> str:
    """Return the SELECT that joins relations on ``keys``, missing keys being alike.

    A row of any relation stays; two rows of one relation with the same keys both stay, so that a
    key that must be unique is seen not to be.

    Parameters
    ----------
    parts
        Columns of each relation, by its name.
    keys
        Columns to meet on; those that no relation has are left out.
    columns
        Columns to return beside the keys, as far as a relation has them.
    """
    have = {column for held in parts.values() for column in held}
    on = [key for key in keys if key in have]
    words = list(parts)
    query = _padded(words[0], parts[words[0]], on)
    held = [column for column in parts[words[0]] if column not in on]
    for word in words[1:]:
        new = [one for one in parts[word] if one not in on and one not in held and one in columns]
        meets = " AND ".join(f"l.{quoted(k)} IS NOT DISTINCT FROM r.{quoted(k)}" for k in on)
        chosen = [f"coalesce(l.{quoted(k)}, r.{quoted(k)}) AS {quoted(k)}" for k in on]
        chosen += [f"l.{quoted(one)}" for one in held] + [f"r.{quoted(one)}" for one in new]
        right = _padded(word, parts[word], on)
        query = (
            f"SELECT {', '.join(chosen)} FROM ({query}) AS l FULL JOIN ({right}) AS r ON {meets}"
        )
        held += new
    return query


def _padded(word: str, held: Sequence[str], on: Sequence[str]) -> str:
    absent = "".join(f", NULL AS {quoted(key)}" for key in on if key not in held)
    return f"SELECT *{absent} FROM {quoted(word)}"
