"""``power``: what a spec can find and rule out, by size of the sample and true effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.catalogue import catalogue
from evaluation.commands.console import Console
from evaluation.commands.locate import locate
from evaluation.commands.outputs import refuse_unwritable
from evaluation.commands.shown import text_table
from evaluation.commands.stoppable import stoppable
from evaluation.data.durable.holding import holding
from evaluation.diagnose.measuring import Law, laws_of
from evaluation.diagnose.power import Asked, power_table, stated_laws
from evaluation.diagnose.power_figure import power_plot
from evaluation.diagnose.power_files import write_power
from evaluation.diagnose.worlds import in_world
from evaluation.errors import UsageError
from evaluation.pipeline import refuse_unavailable, refuse_without_design
from evaluation.report.language import Language, language_of
from evaluation.report.point_table import PointTable, Value
from evaluation.spec.design_digest import design_digest
from evaluation.spec.loader import read_spec
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Words:
    """What the command line says; texts of numbers apart by commas, empty for the default.

    ``std_error`` is given in place of a world; ``df`` and ``first_stage`` go with it.
    """

    persons: str = ""
    clusters: str = ""
    effects: str = ""
    world: str | None = None
    draws: int = 2
    check: int | None = None
    std_error: float | None = None
    df: float | None = None
    first_stage: float | None = None


def power(
    name: str,
    words: Words,
    *,
    settings: Sequence[str],
    allowed: Sequence[Path],
    out: Path,
    console: Console,
) -> Path:
    """Print the power of a spec, write table and figure, and return their folder.

    Raises
    ------
    UserError
        For what is impossible, before anything is drawn.
    """
    spec = read_spec(
        locate(name), catalogue(), settings=settings, allowed=allowed, with_paths=False
    )
    refuse_unavailable(spec)
    refuse_without_design(spec, "compute a power of")
    asked = Asked(
        _whole("--persons", words.persons),
        _whole("--clusters", words.clusters),
        _numbers("--effects", words.effects),
    )
    folder = out / spec.id / "power"
    refuse_unwritable(folder)
    with stoppable() as go_on:

        def announce(stage: str) -> None:
            go_on()
            console.stage(spec.id, stage)

        world, laws = _laws(spec, words, asked, announce)
    table = power_table(spec, laws, asked, world, design_digest(spec))
    own = language_of(spec.lang)
    with holding(out / spec.id):
        write_power(folder, table, power_plot(spec, laws, asked, own), own)
    console.say(_shown(table, own, asked))
    for line in _checked(laws, own):
        console.say(line)
    console.say(f"{spec.id}: {folder / 'power.csv'}")
    console.event("done", spec=spec.id, result=str(folder))
    return folder


def _laws(
    spec: Spec, words: Words, asked: Asked, announce: Callable[[str], None]
) -> tuple[str, tuple[Law, ...]]:
    if words.std_error is not None:
        return "", _stated(spec, words, asked)
    for option, value in (("--df", words.df), ("--first-stage", words.first_stage)):
        if value is not None:
            raise UsageError(f"{option}: goes with --std-error")
    synthetic = isinstance(spec.panel, SyntheticPanel)
    world = words.world or (spec.panel.world if isinstance(spec.panel, SyntheticPanel) else None)
    if world is None:
        raise UsageError(
            f"power: {spec.id} is of source {spec.panel.source}; name a world with --world "
            "(activity-duty list worlds), or give a standard error with --std-error"
        )
    if words.draws < 1:
        raise UsageError(f"--draws: found {words.draws}; allowed: at least 1")
    persons = None if synthetic or not asked.persons else asked.persons[0]
    return world, laws_of(in_world(spec, world, persons), words.draws, words.check, announce)


def _stated(spec: Spec, words: Words, asked: Asked) -> tuple[Law, ...]:
    error = words.std_error
    if error is None or not error > 0:
        raise UsageError(f"--std-error: found {error}; allowed: a number above 0")
    if words.df is not None and not words.df >= 1:
        raise UsageError(f"--df: found {words.df:g}; allowed: at least 1")
    if words.world is not None:
        raise UsageError("--std-error: stands in place of a world; leave out --world")
    if asked.clusters:
        raise UsageError(
            "--clusters: from --std-error alone it is not known what part of it clusters share; "
            "leave it out, or name a world"
        )
    own = getattr(spec.panel, "persons", None)
    persons = own or (asked.persons[0] if asked.persons else None)
    if persons is None:
        raise UsageError("--std-error: --persons must say, first, how many persons it belongs to")
    return stated_laws(spec, error, persons, words.df, words.first_stage)


def _shown(table: PointTable, words: Language, asked: Asked) -> str:
    """Return the table; effects by default are those found with 80 % power at the own size."""
    head = [
        "model", "outcome", "persons", "clusters", "std. error", "detectable", "attainable",
        "effect", "power", "type S", "type M", "ruled out",
    ]  # fmt: skip

    def number(value: Value, digits: int = 4) -> str:
        return words.number(value, digits) if isinstance(value, int | float) else "–"

    def share(value: Value) -> str:
        return words.percent(value, 1) if isinstance(value, int | float) else "–"

    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    if not asked.effects:
        own = {row["minimum_detectable_effect"] for row in rows if row["base"]}
        rows = [row for row in rows if row["effect"] in own]
    lines = [
        (
            str(row["model"]),
            str(row["outcome"]),
            words.count(row["persons"]),
            "–" if row["clusters"] is None else words.count(round(float(str(row["clusters"])))),
            number(row["std_error"]),
            number(row["minimum_detectable_effect"]),
            number(row["attainable_effect"]),
            number(row["effect"]),
            share(row["power"]),
            share(row["type_s"]),
            number(row["type_m"], 2),
            share(row["equivalence_power_at_zero"]),
        )
        for row in rows
    ]
    note = (
        "detectable: effect found with 80 % power; ruled out: chance, where there is no effect, "
        "that those beyond the smallest effect of interest are; – where none can be"
    )
    return f"{text_table(head, lines, numeric_from=2)}\n{note}"


def _checked(laws: Sequence[Law], words: Language) -> list[str]:
    lines = []
    for law in laws:
        if law.checked_at is None or law.simulated is None or law.error is None:
            continue
        scaling, total = law.scaling, law.base.std_error**2
        noise = "" if law.noise is None else f", ± {words.percent(law.noise)}"
        lines.append(
            f"{law.base.model_id}: {law.base.outcome}: of the variance at "
            f"{words.count(round(law.base.persons))} persons clusters share "
            f"{words.percent(scaling.between / total)}; the rest goes with persons to the power "
            f"{words.number(-scaling.rate, 2)}. At {words.count(round(law.checked_at))} persons "
            f"this gives {words.number(scaling.std_error(law.checked_at), 4)}, simulation "
            f"{words.number(law.simulated, 4)}{noise}: {words.signed(100 * law.error, 1)} %."
        )
    return lines


def _numbers(option: str, text: str) -> tuple[float, ...]:
    try:
        return tuple(float(one) for one in text.split(",") if one.strip()) if text else ()
    except ValueError:
        raise UsageError(f"{option}: found {text!r}; allowed: numbers apart by commas") from None


def _whole(option: str, text: str) -> tuple[int, ...]:
    words = [one.strip().replace("_", "") for one in text.split(",")] if text else []
    if not all(one.isdecimal() and int(one) > 0 for one in words):
        raise UsageError(
            f"{option}: found {text!r}; allowed: whole numbers above 0, apart by commas"
        )
    return tuple(int(one) for one in words)
