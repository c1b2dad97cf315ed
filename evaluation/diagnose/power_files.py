"""The files of ``power``, and what ``explain`` reads of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from evaluation.checks._headline import PER_UNIT
from evaluation.diagnose.power import COLUMNS
from evaluation.errors import DataError, EnvironmentProblem
from evaluation.inference.equivalence import minimum_detectable_effect
from evaluation.report.figures.plot import Plot
from evaluation.report.figures.render import render
from evaluation.report.language import Language, language_of
from evaluation.report.point_table import PointTable, Value, read_points
from evaluation.spec.design_digest import design_digest
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.spec import Spec

TABLE, PICTURE, POINTS = "power.csv", "power.png", "power_points.csv"


def write_power(folder: Path, table: PointTable, plot: Plot, words: Language) -> None:
    """Write table, figure and its points.

    Raises
    ------
    EnvironmentProblem
        Where the folder cannot be written.
    """
    files = {
        TABLE: table.csv().encode(),
        POINTS: plot.points.csv().encode(),
        PICTURE: render(plot, words),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            partial = folder / f".{name}.partial"
            partial.write_bytes(content)
            partial.replace(folder / name)
    except OSError as error:
        raise EnvironmentProblem(
            f"{folder}: cannot be written ({error.strerror}); choose another folder with --out"
        ) from None


def detectable_lines(spec: Spec, folder: Path, std_error: float | None = None) -> Iterator[str]:
    """Yield what a spec can detect: from an error that is given, or from what ``power`` wrote.

    Parameters
    ----------
    spec
        What is explained.
    folder
        Where ``power`` wrote.
    std_error
        Of every headline number, as the user expects it.

    Raises
    ------
    DataError
        Where what ``power`` wrote cannot be read.
    """
    words = language_of(spec.lang)
    if spec.design.kind == "none":
        yield words.text("detectable.none")
        return
    if std_error is not None:
        least = words.number(minimum_detectable_effect(std_error), 4)
        yield words.text("detectable.given", least=least, error=words.plain(std_error))
        return
    rows = _written(spec, folder / TABLE)
    for row in rows:
        most = row["attainable_effect"]
        late = spec.model(str(row["model"])).estimand in PER_UNIT
        limit = "" if most is None else words.text("detectable.limit", most=_number(most, words))
        yield words.text(
            "detectable.known",
            model=row["model"],
            outcome=row["outcome"],
            least=_number(row["minimum_detectable_effect"], words),
            unit=words.text("detectable.per_unit" if late else "detectable.per_person"),
            persons=words.count(row["persons"]),
            world=row["world"] or words.text("detectable.stated"),
            limit=limit,
        )
    if not rows:
        world = "" if isinstance(spec.panel, SyntheticPanel) else " --world NAME"
        yield words.text("detectable.unknown", world=world)


def _written(spec: Spec, path: Path) -> list[dict[str, Value]]:
    """Return the rows of a spec's own design at its own size, one a headline number."""
    if not path.is_file():
        return []
    try:
        table = read_points(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, IndexError):
        raise DataError(f"{path}: cannot be read; remove it, or run power again") from None
    if table.columns != COLUMNS:
        raise DataError(f"{path}: has other columns than power writes; run power again")
    own = design_digest(spec)
    found: dict[tuple[Value, Value], dict[str, Value]] = {}
    for values in table.rows:
        row = dict(zip(COLUMNS, values, strict=True))
        if str(row["design"]) == own and row["base"] == 1:
            found.setdefault((row["model"], row["outcome"]), row)
    return list(found.values())


def _number(value: Value, words: Language) -> str:
    return words.number(value, 4) if isinstance(value, int | float) else "–"
