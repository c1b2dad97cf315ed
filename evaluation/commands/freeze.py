"""``freeze``: write what a spec asks today, so that later changes show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from evaluation.catalogue import catalogue
from evaluation.commands.locate import locate
from evaluation.commands.outputs import write_file
from evaluation.errors import UsageError
from evaluation.spec.loader import read_spec
from evaluation.spec.lock import lock_of, registration_of
from evaluation.spec.lock_file import lock_path, lock_text, read_lock


def freeze(
    spec: str,
    *,
    settings: Sequence[str] = (),
    allowed: Sequence[Path] = (),
    out: Path | None = None,
    again: bool = False,
    today: dt.date,
) -> str:
    """Write the lock of a spec and return what was done.

    A lock that stands and still holds for every model is left as it is; one that does not is
    replaced only where that is asked for.

    Raises
    ------
    UsageError
        Where the spec has changed since it was frozen.
    EnvironmentProblem
        Where the lock cannot be written.
    """
    path = locate(spec)
    read = read_spec(path, catalogue(), settings=settings, allowed=allowed, with_paths=False)
    target = out or lock_path(path)
    old = read_lock(target)
    if old is not None and not again:
        changed = registration_of(read, old).exploratory
        if changed:
            raise UsageError(
                f"{target}: was frozen on {old.date} and {', '.join(changed)} changed since; keep "
                "it, so that their results are marked exploratory, or pass --again to freeze anew"
            )
        return f"{read.id}: frozen since {old.date}; {target}"
    lock = lock_of(read, today)
    write_file(target, lock_text(lock).encode())
    return f"{read.id}: froze {len(lock.models)} models on {lock.date}; {target}"
