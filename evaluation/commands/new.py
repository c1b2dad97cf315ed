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
    if kind not in KINDS:
        every = (*KINDS, "registers")
        raise UsageError(
            f"new: no kind {kind!r}{nearest(kind, every)} (there are: {', '.join(every)})"
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


def refuse_delivery(kind: str, delivery: Path | None) -> None:
    """Refuse a folder of files where no mapping is drafted.

    Raises
    ------
    UsageError
        Where one is given.
    """
    if delivery is not None:
        raise UsageError(
            f"new {kind}: takes no folder of files; to write elsewhere give --folder, to draft a "
            "mapping of register files new registers FOLDER"
        )
