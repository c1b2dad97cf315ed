"""What one model asks of a pass: its key, what is summed, which products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.cells.needs import CellNeeds
from evaluation.cells.plan import PREFIX, TYPE, Quantity
from evaluation.cells.planning.few_valued import LARGEST_CONTROL
from evaluation.cells.planning.flags import GROUPS, POST, keep_flag
from evaluation.cells.planning.levels import Levels, is_binary, is_whole
from evaluation.cells.relation import ColumnFacts
from evaluation.data.designs._exposure import exposure_of
from evaluation.spec.columns import columns_of_model
from evaluation.spec.design import DidDesign, RdDesign, StaggeredDesign
from evaluation.spec.evidence import splits_of, strata_of
from evaluation.spec.identities import companions
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

# Values of a column beyond which no key should hold it.
LARGEST_COLUMN = 1_000_000
# Values of a column beyond which its levels are not compared, and would only part cells.
LARGEST_SPLIT = 1_000
# Clusters beyond which a second pass is cheaper than cells by cluster.
LARGEST_CLUSTER = 20_000


@dataclass(frozen=True)
class Request:
    """One model's wishes.

    Attributes
    ----------
    model_id
        The model.
    key
        Columns, then flags.
    quantities
        Outcomes, treatment, then controls that vary inside cells.
    products
        Pairs of quantities.
    second_pass
        Cluster columns of a second pass.
    row_scores
        Whether row-wise variances need a second pass.
    unit_types
        Whether units are taken together by type.
    fine
        Controls of few values among the quantities.
    """

    model_id: str
    key: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    products: tuple[tuple[Quantity, Quantity], ...]
    second_pass: tuple[str, ...] = ()
    row_scores: bool = False
    unit_types: bool = False
    fine: tuple[str, ...] = ()


@dataclass(frozen=True)
class Controls:
    """Where controls stand.

    Attributes
    ----------
    few
        Controls of few values, whose products are cheaper by way of finer groups.
    levels
        How many values columns have.
    """

    few: frozenset[str]
    levels: Levels

    @property
    def facts(self) -> Mapping[str, ColumnFacts]:
        """Facts by column; empty where nothing is known."""
        return self.levels.columns

    def in_key(self, name: str) -> bool:
        """Return whether a control stands in the key because it cannot be summed."""
        facts = self.facts.get(name)
        return facts is not None and facts.kind in ("text", "date")

    def full_key(self, names: tuple[str, ...], any_pass: bool) -> frozenset[str]:
        """Return the controls that stand in the key where rows of a cell must share them all.

        Parameters
        ----------
        names
            The model's controls.
        any_pass
            Whether a second pass may serve the others; else every whole number is in the key.
        """
        found = set()
        for name in names:
            facts, count = self.facts.get(name), self.levels.of(name)
            few = count is None or count <= LARGEST_CONTROL or not any_pass
            whole = facts is None or facts.kind == "boolean" or is_whole(facts)
            if self.in_key(name) or (whole and few):
                found.add(name)
        return frozenset(found)


def request_of(spec: Spec, model: Model, needs: CellNeeds, controls: Controls) -> Request | str:
    """Return what a model asks for, or why it cannot be had from cells.

    Parameters
    ----------
    spec, model
        The spec and one of its models.
    needs
        What its estimator says.
    controls
        Which controls stand in the key.
    """
    levels = controls.levels
    moved = tuple(
        name
        for name in needs.clusters
        if _moves(name, model, needs, levels) or _parts_types(spec, model, name, needs, controls)
    )
    second = tuple(dict.fromkeys((*needs.second_pass, *moved)))
    # A control that is an effect or a cluster too is read by row: its mean in a cell tells neither.
    by_row = {*model.fixed_effects, *needs.clusters} - {*second}
    kept = {c for c in model.controls if controls.in_key(c) or needs.unit_effect or c in by_row}
    row_scores = False
    if needs.full:
        kept |= controls.full_key(model.controls, needs.any_cluster)
        # Squared scores of a weighted row hold its weight squared, which no cell sums.
        far = needs.any_cluster and spec.panel.weight is not None
        row_scores = len(kept) < len(model.controls) or far
    if row_scores and not needs.any_cluster:
        (name, *_) = [c for c in model.controls if c not in kept]
        return f"its variance needs fourth moments of {name!r}, which varies inside cells"
    left_out = {*second, spec.panel.unit, *_wide_splits(spec, model, levels)}
    columns = _columns(spec, model, kept, left_out)
    reason = _reason(spec, columns, levels) or _fractions(model, levels)
    if reason is not None:
        return reason
    flags = tuple(one for one in _flags(spec, model, levels) if not _told(levels, one, columns))
    outcomes = outcomes_of(spec, model)
    loose = tuple(Quantity(c, c) for c in model.controls if c not in kept)
    treatment = treatment_of(spec)
    named = tuple(dict.fromkeys((*outcomes, *treatment, *_exposure_of(spec), *loose)))
    fuzzy = treatment if needs.treatment else ()
    return Request(
        model_id=model.id,
        key=(*((TYPE,) if needs.unit_effect else ()), *columns, *flags),
        quantities=named,
        products=_products(spec, model, outcomes, fuzzy, loose, controls.facts),
        second_pass=second,
        row_scores=row_scores,
        unit_types=needs.unit_effect,
        fine=tuple(one.name for one in loose if one.name in controls.few),
    )


def outcomes_of(spec: Spec, model: Model) -> tuple[Quantity, ...]:
    """Return a model's outcomes and the columns that its effects of interest count."""
    names = spec.outcomes_of(model)
    found = [quantity_of(spec.outcomes[name]) for name in names]
    found += [quantity_of(o) for name in names for o in companions(spec, spec.outcomes[name])]
    found += [
        Quantity(effect.first_stage, effect.first_stage)
        for effect in spec.smallest_effect_of_interest
        if effect.first_stage is not None and effect.outcome in names
    ]
    return tuple(dict.fromkeys(found))


def quantity_of(outcome: Outcome) -> Quantity:
    """Return what is summed for an outcome."""
    log = outcome.transform == "log"
    column = outcome.measured
    return Quantity(f"log_{column}" if log else column, column, log)


def treatment_of(spec: Spec) -> tuple[Quantity, ...]:
    """Return the treatment received under a fuzzy design: rows that lack it leave every model."""
    design = spec.design
    if not isinstance(design, RdDesign) or design.treatment is None:
        return ()
    return (Quantity(design.treatment.column, design.treatment.column),)


def _exposure_of(spec: Spec) -> tuple[Quantity, ...]:
    """Return the share of a period under treatment, where rows at a cutoff have a part of each."""
    exposure = exposure_of(spec)
    return () if exposure is None else (Quantity(exposure.column, exposure.column),)


def _moves(name: str, model: Model, needs: CellNeeds, levels: Levels) -> bool:
    """Whether a cluster has too many values for a key and is summed in a second pass."""
    count = levels.of(name)
    fixed = name in model.fixed_effects or not needs.any_cluster
    return not fixed and count is not None and count > LARGEST_CLUSTER


def _parts_types(spec: Spec, model: Model, name: str, needs: CellNeeds, controls: Controls) -> bool:
    """Whether a cluster does nothing but part types of units, which a second pass spares.

    One more scan of the rows costs far less than types by cluster, as long as histories hold every
    outcome and no row lacks the cluster, which cells alone leave out.
    """
    if not (needs.unit_effect and needs.scores_only and len(needs.clusters) == 1):
        return False
    facts = controls.facts.get(name)
    told = all(_is_binary(one, controls.facts) for one in outcomes_of(spec, model))
    alone = model.model_copy(update={"cluster": ()})
    beside = (*strata_of(spec, model), *splits_of(spec, model))
    others = {*columns_of_model(alone), *design_columns(spec), *beside}
    return told and name not in others and facts is not None and facts.nulls == 0


def _wide_splits(spec: Spec, model: Model, levels: Levels) -> set[str]:
    """Return the columns of ``heterogeneity`` with more values than levels can be compared."""
    own = {*columns_of_model(model), *design_columns(spec), *strata_of(spec, model)}
    found = set()
    for name in splits_of(spec, model):
        facts, count = levels.columns.get(name), levels.of(name)
        fractions = facts is not None and facts.kind == "float" and not is_whole(facts)
        if name not in own and (fractions or (count is not None and count > LARGEST_SPLIT)):
            found.add(name)
    return found


def _columns(
    spec: Spec, model: Model, kept: set[str], left_out: set[str | None]
) -> tuple[str, ...]:
    """Return the columns of a model's key: what its estimator reads by row."""
    own = [name for name in columns_of_model(model) if name not in model.controls or name in kept]
    # Whether an outcome lies beyond the data is told by the month of its row.
    led = any(spec.outcomes[name].dated.lead for name in spec.outcomes_of(model))
    times = (spec.panel.time,) if led and spec.panel.time is not None else ()
    beside = (*strata_of(spec, model), *splits_of(spec, model))
    named = (*design_columns(spec), *times, *own, *beside)
    # A column may be a cluster of a second pass and an effect at once: then it stands in the key.
    return tuple(
        name
        for name in dict.fromkeys(named)
        if name not in left_out or (name in model.fixed_effects and name != spec.panel.unit)
    )


def design_columns(spec: Spec) -> tuple[str, ...]:
    """Return the columns that every key of a design holds as they are."""
    design, time = spec.design, spec.panel.time
    named: list[str | None] = []
    if isinstance(design, DidDesign):
        named = [time, design.treatment.column if design.treatment else None]
    elif isinstance(design, StaggeredDesign):
        named = [time, design.cohort.column]
    elif isinstance(design, RdDesign):
        named = [design.running_variable.column]
    return tuple(name for name in named if name is not None)


def _flags(spec: Spec, model: Model, levels: Levels) -> tuple[str, ...]:
    groups = tuple(f"{PREFIX}{name}" for name in GROUPS)
    named = [name for name in (*groups, POST) if name in levels.flags]
    return (*named, *((keep_flag(model).name,) if model.keep else ()))


def _told(levels: Levels, flag: str, columns: tuple[str, ...]) -> bool:
    """Whether a flag follows from columns of the key."""
    return levels.sources(flag) <= set(columns)


def _reason(spec: Spec, columns: tuple[str, ...], levels: Levels) -> str | None:
    design = spec.design
    for name in columns:
        count = levels.of(name)
        if count is not None and count > LARGEST_COLUMN:
            return f"column {name!r} has up to {count:,} values, too many for a key"
    if isinstance(design, DidDesign) and design.treatment is not None:
        facts = levels.columns.get(design.treatment.column)
        if facts is not None and facts.kind == "float" and not is_whole(facts):
            return f"design.treatment {design.treatment.column!r} is no whole number"
    return None


def _fractions(model: Model, levels: Levels) -> str | None:
    """Return why a column whose products enter cannot be part of a key."""
    risk = getattr(model.options, "risk", None)
    for name in (*model.interact, *(() if risk is None else (risk,))):
        facts = levels.columns.get(name)
        if facts is not None and facts.kind == "float" and not is_whole(facts):
            key = "risk" if name == risk else "interact"
            return f"{key} {name!r} holds fractions; cut it into classes to run from cells"
    return None


def _products(
    spec: Spec,
    model: Model,
    outcomes: tuple[Quantity, ...],
    treatment: tuple[Quantity, ...],
    controls: tuple[Quantity, ...],
    facts: Mapping[str, ColumnFacts],
) -> tuple[tuple[Quantity, Quantity], ...]:
    """Return outcomes and controls squared, and every product of a control."""
    squares = [(one, one) for one in outcomes if not _is_binary(one, facts)]
    beside = tuple(dict.fromkeys((*treatment, *controls)))
    crossed = [(one, other) for at, one in enumerate(beside) for other in beside[at:]]
    crossed += [(one, other) for one in outcomes for other in beside]
    return tuple(dict.fromkeys((*squares, *crossed)))


def _is_binary(one: Quantity, facts: Mapping[str, ColumnFacts]) -> bool:
    """Whether a column is known to be its own square."""
    known = facts.get(one.column)
    return known is not None and not one.log and is_binary(known)
