"""``panel``: build the panel of a spec's registers, print what was found, write it labelled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from evaluation.catalogue import catalogue
from evaluation.cells.settings import Settings
from evaluation.commands.console import Console
from evaluation.commands.locate import locate
from evaluation.commands.shown import text_table
from evaluation.data.durable.replacing import replacing
from evaluation.data.registers.built import Built
from evaluation.data.registers.labelled import CODEBOOK, FORMS, write_labelled
from evaluation.data.registers.report import HEAD, report_rows
from evaluation.data.registers.sql import Settings as Limits
from evaluation.data.sources.registers import open_source
from evaluation.errors import UsageError
from evaluation.spec.loader import read_spec

FOLDER = "panel"


def panel(
    name: str,
    *,
    settings: tuple[str, ...],
    allowed: tuple[Path, ...],
    rebuild: bool,
    to: str | None,
    out: Path | None,
    engine: Settings,
    console: Console,
) -> str:
    """Build the panel of a spec where it is stale, write it where asked, and return its report.

    All columns are built that the delivery carries.

    Parameters
    ----------
    name, settings, allowed
        The spec, as ``run`` takes it.
    rebuild
        Whether a panel that is kept is passed over.
    to, out
        Format of the labelled panel, and the folder in which ``panel`` is written; none of it
        where they are not given.
    engine
        Limits of the query engine.
    console
        Told why the panel is built.

    Raises
    ------
    UserError
        What reading the spec, the mapping or the files shows.
    """
    _refuse_words(to, out)
    spec = read_spec(locate(name), catalogue(), settings=settings, allowed=allowed)
    if spec.panel.source != "registers":
        raise UsageError(
            f"panel: {spec.id}: panel.source is {spec.panel.source!r}; only a panel of registers "
            'is built, source = "registers"'
        )
    source = replace(open_source(spec), settings=Limits(engine.threads, engine.megabytes))
    built = source.panel(
        rebuild=rebuild, every=True, announce=lambda stage: console.stage(spec.id, stage)
    )
    console.settle()
    lines = [
        text_table(list(HEAD), list(report_rows(built)), numeric_from=3),
        f"{built.rows:,} person-months of {built.persons:,} persons; {len(built.columns)} columns: "
        f"{', '.join(built.columns)}",
    ]
    if to is not None and out is not None:
        lines.append(_write(built, out / FOLDER, to))
    return "\n".join(lines)


def _refuse_words(to: str | None, out: Path | None) -> None:
    if (to is None) != (out is None):
        raise UsageError("panel: --to and --out go together: the format, and the folder to write")
    if to is not None and to not in FORMS:
        raise UsageError(f"--to {to}: allowed: {', '.join(FORMS)}")
    if out is not None and (out / FOLDER).exists() and not (out / FOLDER / CODEBOOK).is_file():
        raise UsageError(
            f"--out {out}: holds a {FOLDER} that this command did not write; choose another folder"
        )


def _write(built: Built, folder: Path, form: str) -> str:
    with replacing(folder) as fresh:
        files = write_labelled(built, fresh, form)
    return f"wrote {folder}: {len(files)} {form} and {CODEBOOK}"
