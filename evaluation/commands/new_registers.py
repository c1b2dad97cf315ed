"""``new registers``: a mapping drafted from a delivery's files, and a spec that reads it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from evaluation.commands.new import SCHEMA
from evaluation.commands.starting_spec import starting_spec
from evaluation.errors import EnvironmentProblem, UsageError
from evaluation.spec.paths import own_tree

MAPPING, SPEC = "delivery.toml", "registers.toml"
ELSEWHERE = "${DATA}"
BIRTHS = "person.birth_ym"


def new_registers(delivery: Path | None, folder: Path) -> tuple[str, ...]:
    """Write ``delivery.toml``, ``registers.toml`` and the schema into ``folder``; say what next.

    Parameters
    ----------
    delivery
        The folder of the delivered files.
    folder
        Where to write. Files outside it are named by ``${DATA}``.

    Raises
    ------
    UsageError
        No folder given, or a file of that name is there already.
    DataError
        No such folder, or nothing in it that could be read.
    EnvironmentProblem
        Where the folder cannot be written.
    """
    from evaluation.data.registers.drafting.draft import draft_delivery

    if delivery is None:
        raise UsageError("new registers: give the folder of the files, as in new registers FOLDER")
    for name in (MAPPING, SPEC):
        if (folder / name).exists():
            raise UsageError(f"new: {name} is there already; move it away first")
    named = _named(delivery, folder)
    draft = draft_delivery(delivery, named)
    texts = {
        SCHEMA: (files("evaluation.spec") / SCHEMA).read_text("utf-8"),
        MAPPING: draft.mapping,
        SPEC: starting_spec(draft.has, draft.declared),
    }
    try:
        # The spec last: one that is there is whole.
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise EnvironmentProblem(f"{folder}: cannot be written ({error.strerror})") from None
    tables = sum("." not in one for one in draft.has)
    setting = " --set DATA=FOLDER" if named == ELSEWHERE else ""
    told = f"tables told by names: {tables}; files told by none: {draft.unknown}"
    asked = f'{draft.open} things only you can say: look for "say it" in {MAPPING}'
    births = (
        f"no births were found, which ages need: add their file to {MAPPING}, or ask for no age in "
        f"{SPEC}"
    )
    return (
        *(f"wrote {folder / name}" for name in (MAPPING, SPEC, SCHEMA)),
        told,
        *((asked,) if draft.open else ()),
        *(() if BIRTHS in draft.has else (births,)),
        f"next: activity-duty run {SPEC}{setting}",
    )


def _named(delivery: Path, folder: Path) -> str:
    """Return how a mapping in ``folder`` names the delivery: from there, else by a placeholder."""
    inside, start = delivery.resolve(), folder.resolve()
    if inside.is_relative_to(start):
        return inside.relative_to(start).as_posix()
    tree = own_tree(folder)
    if inside.is_relative_to(tree):
        up = "/".join(".." for _ in start.relative_to(tree).parts)
        return f"{up}/{inside.relative_to(tree).as_posix()}"
    return ELSEWHERE
