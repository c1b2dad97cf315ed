"""``new``: a commented spec that runs as it is."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from evaluation.errors import EnvironmentProblem, UsageError
from evaluation.spec.faults import nearest

KINDS = ("did", "staggered", "rd")
SCHEMA = "spec.schema.json"


def new(kind: str, folder: Path) -> tuple[Path, ...]:
    """Write a commented spec, and the schema that editors complete it by, into ``folder``.

    Raises
    ------
    UsageError
        Unknown kind, or a file of that name is there already.
    EnvironmentProblem
        Where the folder cannot be written.
    """
    if kind == "registers":
        raise UsageError("new registers: not available yet")
    if kind not in KINDS:
        raise UsageError(
            f"new: no kind {kind!r}{nearest(kind, KINDS)} (there are: {', '.join(KINDS)})"
        )
    target, schema = folder / f"{kind}.toml", folder / SCHEMA
    if target.exists():
        raise UsageError(f"new: {target.name} is there already; move it away first")
    text = (files("evaluation.commands") / "templates" / f"{kind}.toml").read_text("utf-8")
    schema_text = (files("evaluation.spec") / SCHEMA).read_text("utf-8")
    try:
        # The schema first: a spec that is there is whole.
        schema.write_text(schema_text, encoding="utf-8")
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EnvironmentProblem(f"{folder}: cannot be written ({error.strerror})") from None
    return target, schema
