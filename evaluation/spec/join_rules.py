"""Rules on joins: names of their columns, keys, and codes of a date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from evaluation.spec.derive_rules import NAME
from evaluation.spec.joined import joined_columns, match_column
from evaluation.spec.spec import Spec


def join_rules(spec: Spec) -> Iterator[str]:
    """Yield a line for every rule that a join breaks."""
    named = Counter(name for join in spec.joins for name in join.columns)
    offered: set[str] = set()
    for position, join in enumerate(spec.joins, start=1):
        where = f"joins.{position}"
        if not join.columns:
            yield f"{where}.columns: is empty; name what to take, as {{ regime = 'column' }}"
        for name in join.columns:
            yield from _name(spec, f"{where}.columns.{name}", name, named[name])
        if match_column(position) in named:
            yield f"{where}: {match_column(position)!r} marks its matches; rename the column"
        later = set(joined_columns(spec)) - offered
        for column, count in Counter(join.on).items():
            if count > 1:
                yield f"{where}.on: names {column!r} {count} times; name it once"
            if column in spec.derive:
                yield f"{where}.on: {column!r} is derived, after joins; join on a column read"
            elif column in later:
                yield f"{where}.on: {column!r} is joined itself, not before; change the order"
        offered |= {*join.columns, match_column(position)}
        if join.codes_of is not None and join.correspondence is None:
            yield (
                f"{where}.codes_of: needs correspondence = 'FILE', the changes of municipality "
                "codes (KLASS 131); leave codes_of out where the file has the panel's codes"
            )
        if join.codes_of is None and join.correspondence is not None:
            yield f"{where}.correspondence: needs codes_of, the date whose codes the file has"
        if join.conflict == "largest" and join.size is None:
            yield (
                f"{where}.size: is missing; conflict = 'largest' needs the file's column that says "
                "how large its units are"
            )


def _name(spec: Spec, where: str, name: str, count: int) -> Iterator[str]:
    if not NAME.fullmatch(name):
        yield f"{where}: the name must be letters, digits and _, a letter first"
    if count > 1:
        yield f"{where}: is joined {count} times; rename one"
    if name in spec.derive:
        yield f"{where}: derive has a column of that name; rename one"
    for key in ("unit", "time"):
        if name == getattr(spec.panel, key):
            yield f"{where}: is panel.{key}, which is read and never joined; rename one"
