"""The model at cutoffs where no rule changes, beside the true one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from evaluation.checks._cutoffs import breaks_of
from evaluation.report.figures._along import draw_along
from evaluation.report.figures._checked import Place, Variant, checked, number, variants_of
from evaluation.report.figures._estimates import MODEL, REFUSED, VARIANT, summary, table
from evaluation.report.figures._running import in_years, running_words
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.point_table import Value
from evaluation.report.record import Record
from evaluation.report.words import capital, outcome_label
from evaluation.spec.design import RdDesign

TITLE = "figure.placebo_cutoff.title"
SECTION = "checks"
ORDER = 20

KIND = "placebo_cutoff"


def plots(record: Record) -> tuple[Plot, ...]:
    """Return a figure of every check of placebo cutoffs, an outcome each."""
    design = record.spec.design
    if not isinstance(design, RdDesign):
        return ()
    return tuple(
        _plot(record, design, place, named, variants)
        for place, named in checked(record, KIND).items()
        for variants in (variants_of(named, "placebo"),)
        if variants
    )


def own_row(
    named: Mapping[str, object], series: str, label: str, x: float
) -> Iterator[tuple[Value, ...]]:
    """Yield the row of the number that placebos are ranked with.

    Parameters
    ----------
    named
        Details of the check.
    series, label, x
        Its place.
    """
    numbers = [number(named.get(key)) for key in ("estimate", "std_error", "conf_low", "conf_high")]
    if numbers[0] is not None:
        yield (series, label, x, *numbers, None, MODEL)


def _plot(
    record: Record,
    design: RdDesign,
    place: Place,
    named: Mapping[str, object],
    variants: tuple[Variant, ...],
) -> Plot:
    words, label = record.words, outcome_label(record.spec, place.outcome)
    rows: list[tuple[Value, ...]] = [
        (
            KIND, one.label, float(one.label), one.estimate, one.std_error, one.low, one.high,
            one.p_value, REFUSED if one.estimate is None else VARIANT,
        )
        for one in variants
    ]  # fmt: skip
    rows += own_row(named, KIND, words.plain(design.cutoff), float(design.cutoff))
    points = table(rows)
    running = running_words(record)
    text = words.text(
        "figure.placebo_cutoff.caption",
        outcome=label,
        model=place.model,
        running=running,
        cutoff=words.plain(design.cutoff),
        breaks=words.listed(
            [words.plain(int(one) if one == int(one) else one) for one in breaks_of(design)]
        ),
    )
    told = summary(points, words, record.spec.rounding.estimate)
    rank = rank_words(record, named)
    return Plot(
        name=plot_name(KIND, place.check.removeprefix(KIND), place.model, place.outcome),
        kind=KIND,
        caption=f"{text} {rank} {words.text('figure.estimates.intervals')}",
        alt=f"{text} {told} {rank}".rstrip(),
        points=points,
        draw=partial(
            draw_along,
            title=label,
            along=capital(running),
            breaks=_shown(design, points.column("x")),
            series=(words.text("figure.placebo_cutoff.placebos"),),
            model_name=words.text("figure.placebo_cutoff.true"),
            whole=design.running_variable.discrete,
            years=in_years(record),
        ),
    )


def rank_words(record: Record, named: Mapping[str, object], kind: str = KIND) -> str:
    """Return where the estimate ranks among placebos, empty where nothing says.

    Parameters
    ----------
    record
        For its language.
    named
        Details of the check.
    kind
        Of figure, which says why a rank is no p-value.
    """
    rank, count = named.get("rank"), named.get("placebos")
    if not isinstance(rank, int) or not isinstance(count, int):
        return ""
    words = record.words
    return words.text(f"figure.{kind}.rank", rank=words.count(rank), total=words.count(count + 1))


def _shown(design: RdDesign, places: tuple[Value, ...]) -> tuple[float, ...]:
    """Return the breaks that lie among the placebos, or just outside."""
    known = [float(one) for one in places if isinstance(one, int | float)]
    if not known:
        return ()
    margin = 0.1 * (max(known) - min(known))
    low, high = min(known) - margin, max(known) + margin
    return tuple(one for one in breaks_of(design) if low <= one <= high)
