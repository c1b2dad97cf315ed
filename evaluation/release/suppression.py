"""A record as it may leave: failing numbers gone, and whatever would give them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evaluation.data.panel import FlowStep
from evaluation.release.equations import unsolvable
from evaluation.release.estimate_equations import equations_of
from evaluation.release.leaving import FOLLOWS, OF_BASELINE, Hidden, Leaving, fitted
from evaluation.release.policy import Policy
from evaluation.release.protection import Protection, protection_of
from evaluation.release.record_accounts import Counted, Spot, counted
from evaluation.release.secondary import protected
from evaluation.report.figures.registry import plots_of
from evaluation.report.record import Record
from evaluation.results import Evidence, Ruling

COUNT = "count"
Rows = Mapping[tuple[str, int], str]


@dataclass(frozen=True)
class Suppressed:
    """A record as it may leave.

    Attributes
    ----------
    record
        Hidden numbers are ``None``, counts rounded as the policy says. Points with anything hidden
        are gone; steps of the sample that would tell a small count are taken together with the
        next.
    suppressed
        What is hidden. Restricted: it tells which numbers fail.
    withheld
        Figures that show a failing number in another form, sorted; they may not leave.
    """

    record: Record
    suppressed: tuple[Hidden, ...] = ()
    withheld: tuple[str, ...] = ()


def suppress(record: Record, rulings: Sequence[Ruling], policy: Policy) -> Suppressed:
    """Return a record without what a policy refuses, nor what would give it back.

    Parameters
    ----------
    record
        What the run found.
    rulings
        What the policy's rules say of its numbers.
    policy
        The policy.
    """
    protection = protection_of(policy)
    found = counted(record)
    failing = _failing(rulings)
    rows = {**failing, **_points_failing(record, failing)}
    spots = _spots(found, rows, protection)
    rows |= _estimates_gone(record, rows, spots)
    gone = frozenset(
        fitted(row) for at, row in enumerate(record.estimates) if ("estimates.csv", at) in rows
    )
    outcomes = frozenset(outcome for _, outcome, place in gone if not place)
    means = frozenset(
        (row.model_id, row.outcome, OF_BASELINE)
        for at, row in enumerate(record.details)
        if row.name == "baseline_mean"
        and (("details", "", at, "value") in spots or ("details.csv", at) in rows)
    )
    out = Leaving(protection, found, spots, rows)
    kept = _kept(record, spots)
    points = {name: out.points(name, one) for name, one in record.observed.items()}
    hidden = replace(
        record,
        estimates=tuple(out.estimate(*one) for one in enumerate(record.estimates)),
        details=tuple(out.detail(*one, gone, means) for one in enumerate(record.details)),
        checks=tuple(out.check(*one, gone) for one in enumerate(record.checks)),
        specifications=tuple(
            out.specification(*one, gone) for one in enumerate(record.specifications)
        ),
        worth=tuple(out.worth(*one, outcomes) for one in enumerate(record.worth)),
        observed={name: one for name, one in points.items() if len(one)},
        flow=_flow(record, kept, protection),
        evidence=tuple(_of_points(record, out, _evidence(record.evidence, kept))),
        coverage=(),
        panel_report="",
    )
    steps = [
        Hidden("flow", at + 1, "", spots.get(("flow", "", at, "units"), COUNT))
        for at in range(len(record.flow))
        if at not in kept
    ]
    return Suppressed(hidden, (*out.hidden, *steps), _withheld(record, hidden, failing))


def _failing(rulings: Sequence[Ruling]) -> dict[tuple[str, int], str]:
    """Return the first rule that refuses each row, by artefact and row from 0."""
    found: dict[tuple[str, int], str] = {}
    for one in rulings:
        if one.verdict == "fail" and one.row:
            found.setdefault((one.artefact, one.row - 1), one.rule)
    return found


def _points_failing(record: Record, failing: Rows) -> dict[tuple[str, int], str]:
    """Return the observed points that a failing figure shows, by table and row from 0."""
    figures = {artefact for artefact, _ in failing if artefact.startswith("figure:")}
    if not figures:
        return {}
    found = {}
    for plot in plots_of(record):
        for at, point in enumerate(plot.points.rows):
            rule = failing.get((f"figure:{plot.name}", at))
            for name, points in record.observed.items() if rule is not None else ():
                if points.columns == plot.points.columns and point in points.rows:
                    found[f"points:{name}", points.rows.index(point)] = rule or ""
    return found


def _spots(found: Counted, rows: Rows, protection: Protection) -> dict[Spot, str]:
    """Return every count to hide with its rule: small and failing ones, and those beside."""
    refused = {}
    for spot, place in found.spots.items():
        kind, name, at, _ = spot
        artefact = {"points": f"points:{name}", "details": "details.csv"}.get(kind, kind)
        if (artefact, at) in rows:
            refused[place] = rows[artefact, at]
    small = found.accounts.small(protection)
    places = protected(found.accounts, protection, frozenset(refused))
    rule = {at: refused.get(at, COUNT if at in small else FOLLOWS) for at in places}
    return {spot: rule[place] for spot, place in found.spots.items() if place in places}


def _estimates_gone(record: Record, rows: Rows, spots: Mapping[Spot, str]) -> Rows:
    """Return the estimates to hide: failing ones, those on a small count, and what gives them."""
    named = {at: rule for (artefact, at), rule in rows.items() if artefact == "estimates.csv"}
    for (kind, _, at, _), rule in spots.items():
        if kind == "estimates" and rule == COUNT:
            named.setdefault(at, rule)
    weight = [float(row.n_obs or 0) for row in record.estimates]
    equations = equations_of(record.estimates, record.spec.identities)
    more = unsolvable(equations, frozenset(named), weight)
    return {("estimates.csv", at): named.get(at, FOLLOWS) for at in sorted(more)}


def _kept(record: Record, spots: Mapping[Spot, str]) -> tuple[int, ...]:
    """Return the steps of the sample that are printed, by place."""
    gone = {at for kind, _, at, _ in spots if kind == "flow"}
    return tuple(at for at in range(len(record.flow)) if at not in gone)


def _flow(record: Record, kept: tuple[int, ...], protection: Protection) -> tuple[FlowStep, ...]:
    """Return the sample's steps; one that is not printed is part of the next that is."""
    found, waiting = [], list[str]()
    for at, step in enumerate(record.flow):
        waiting.append(step.step)
        if at in kept:
            units = None if step.units is None else protection.rounded(step.units)
            found.append(FlowStep("; ".join(waiting), protection.rounded(step.rows), units))
            waiting = []
    return tuple(found)


def _evidence(rows: Sequence[Evidence], kept: tuple[int, ...]) -> Sequence[Evidence]:
    """Return evidence with steps of the sample numbered as they are printed."""
    place = {at + 1: new for new, at in enumerate(kept, 1)}
    joined = {new for before, (at, new) in zip((0, *place), place.items(), strict=False)
              if at != before + 1}  # fmt: skip
    found = []
    for one in rows:
        if one.artefact != "flow" or not one.row:
            found.append(one)
        elif one.row in place:
            new = place[one.row]
            # What two steps take out together is not what the second does.
            if not (new in joined and one.statistic == "difference_units"):
                found.append(replace(one, row=new))
    return found


def _of_points(record: Record, out: Leaving, rows: Sequence[Evidence]) -> Sequence[Evidence]:
    """Return evidence with the points of figures numbered as they are printed.

    Evidence of a figure that arranges points anew goes: a person must look at it.
    """
    kept = {name: out.kept(name, one) for name, one in record.observed.items()}
    changed = {name for name, one in record.observed.items() if len(kept[name]) < len(one)}
    if not changed or not any(one.artefact.startswith("figure:") for one in rows):
        return rows
    tables = {record.observed[name].rows: name for name in changed}
    drawn = {row for name in changed for row in record.observed[name].rows}
    place: dict[str, dict[int, int]] = {}
    for plot in plots_of(record):
        if plot.points.rows in tables:
            numbered = enumerate(kept[tables[plot.points.rows]], 1)
            place[f"figure:{plot.name}"] = {at + 1: new for new, at in numbered}
        elif drawn.intersection(plot.points.rows):
            place[f"figure:{plot.name}"] = {}
    found = []
    for one in rows:
        own = place.get(one.artefact)
        if own is None or not one.row:
            found.append(one)
        elif one.row in own:
            found.append(replace(one, row=own[one.row]))
    return found


def _withheld(record: Record, hidden: Record, failing: Rows) -> tuple[str, ...]:
    """Return the figures whose failing points are still there, number by number."""
    figures = {artefact for artefact, _ in failing if artefact.startswith("figure:")}
    if not figures:
        return ()
    before = {f"figure:{plot.name}": plot.points.rows for plot in plots_of(record)}
    after = {f"figure:{plot.name}": set(plot.points.rows) for plot in plots_of(hidden)}
    return tuple(
        sorted(
            {
                name
                for name, at in failing
                if name in after and at < len(before[name]) and before[name][at] in after[name]
            }
        )
    )
