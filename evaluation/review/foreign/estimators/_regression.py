"""A least-squares regression with absorbed effects: reghdfe or regress, and fixest's feols."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evaluation.review.foreign.contract import PERIOD, Case, Lines
from evaluation.review.foreign.preparing import held

LOG = "ad_log"


def in_r(
    case: Case,
    interest: Sequence[str],
    nuisance: Sequence[str] = (),
    effects: Sequence[str] = (),
    keep: Sequence[str] = (),
    name: str = "m",
) -> Lines:
    """Return a call of ``feols``.

    Parameters
    ----------
    case
        The model.
    interest, nuisance
        Regressors as R writes them; those that add nothing are dropped by feols.
    effects
        Absorbed beside those of the model.
    keep
        Further conditions on rows.
    name
        What the fit is called.
    """
    regressors = (*interest, *case.names(case.model.controls), *nuisance)
    absorbed = [*case.names(case.model.fixed_effects), *effects]
    if case.model.group_trends is not None:
        absorbed.append(f"{case.say.name(case.model.group_trends)}[[{PERIOD}]]")
    formula = f"{_outcome(case)} ~ {' + '.join(regressors)}"
    if absorbed:
        formula += f" | {' + '.join(absorbed)}"
    weight = case.spec.panel.weight
    further = "" if weight is None else f", weights = ~ {case.say.name(weight)}"
    data = _data(case, keep)
    code = (
        f'{name} <- fixest::feols({formula}, data = {data}{further}, fixef.rm = "none",',
        f"  vcov = {_vcov(case)}, ssc = {ssc(case)})",
        f"summary({name})",
    )
    return Lines(code, tuple(_differences(case, "fixest's")))


def ssc(case: Case) -> str:
    """Return the small-sample factor of a model as fixest names its parts.

    Names of fixest before 0.13; later ones are ``K.adj``, ``K.fixef`` and ``G.adj``.
    """
    inference = case.inference
    factor = "FALSE" if inference.variance == "hc0" or _no_g(case) else "TRUE"
    count = "FALSE" if inference.variance == "hc0" else "TRUE"
    rule = inference.fixed_effects
    return f'fixest::ssc(adj = {count}, fixef.K = "{rule}", cluster.adj = {factor})'


def in_stata(
    case: Case,
    interest: Sequence[str],
    nuisance: Sequence[str] = (),
    effects: Sequence[str] = (),
    keep: Sequence[str] = (),
) -> Lines:
    """Return a call of ``reghdfe``, or of ``regress`` without anything absorbed; as in R."""
    regressors = (*interest, *case.names(case.model.controls), *nuisance)
    absorbed = [*case.names(case.model.fixed_effects), *effects]
    if case.model.group_trends is not None:
        absorbed.append(f"{case.say.name(case.model.group_trends)}#c.{PERIOD}")
    weight = case.spec.panel.weight
    weights = "" if weight is None else f" [aweight = {case.say.name(weight)}]"
    conditions = _conditions(case, keep)
    rows = f" if {' & '.join(conditions)}" if conditions else ""
    clusters = case.names(case.inference.cluster)
    y, made = case.y, tuple[str, ...]()
    if case.outcome.transform == "log":
        y, made = LOG, (*case.say.anew(LOG), case.say.make(LOG, f"log({case.y})"))
    if absorbed or len(clusters) > 1:
        command = "reghdfe"
        what = f"absorb({' '.join(absorbed)}) keepsingletons" if absorbed else "noabsorb"
        what = f"{what} {_vce(case)}"
    else:
        command, what = "regress", _vce(case)
    line = f"{command} {y} {' '.join(regressors)}{rows}{weights}, {what}"
    return Lines((*made, line), tuple(_stata_differences(case, command)))


def _outcome(case: Case) -> str:
    return f"log({case.y})" if case.outcome.transform == "log" else case.y


def _conditions(case: Case, keep: Sequence[str]) -> list[str]:
    own = [f"({held(case.spec, case.say, one)})" for one in case.model.keep]
    return [*own, *keep]


def _data(case: Case, keep: Sequence[str]) -> str:
    conditions = _conditions(case, keep)
    return f"subset(d, {' & '.join(conditions)})" if conditions else "d"


def _vcov(case: Case) -> str:
    if case.inference.cluster:
        return f"~ {' + '.join(case.names(case.inference.cluster))}"
    return {"iid": '"iid"'}.get(case.inference.variance, '"hetero"')


def _vce(case: Case) -> str:
    clusters = case.names(case.inference.cluster)
    if clusters:
        return f"vce(cluster {' '.join(clusters)})"
    plain = "vce(unadjusted)" if case.model.fixed_effects else "vce(ols)"
    return plain if case.inference.variance == "iid" else "vce(robust)"


def _no_g(case: Case) -> bool:
    return case.inference.cluster_factor == "none"


def _differences(case: Case, whose: str) -> Iterator[str]:
    """Yield what keeps a regression from giving the same numbers anywhere."""
    inference = case.inference
    if inference.variance == "cr3":
        yield (
            f"errors are CR3, the jackknife over clusters, and {whose} are CR1: the estimate is "
            "the same; package summclust has CR3 for either program"
        )
    if inference.distribution == "normal":
        yield f"intervals use the normal distribution, {whose} t"
    if case.model.interact:
        yield (
            f"interact = {list(case.model.interact)} is not written out: add main effects and "
            "their products with treatment and effects"
        )


def _stata_differences(case: Case, command: str) -> Iterator[str]:
    yield from _differences(case, f"{command}'s")
    inference = case.inference
    if command == "reghdfe" and inference.fixed_effects != "nested":
        yield (
            f"small_sample.fixed_effects = {inference.fixed_effects!r}: reghdfe leaves out effects "
            "nested in clusters, so that errors differ by the root of the ratio of n - k"
        )
    elif command == "reghdfe":
        yield (
            "errors can differ in their last digits: reghdfe may count one parameter more or less "
            "among absorbed effects; compare e(df_m) + e(df_a) with the detail 'parameters'"
        )
    if inference.variance == "hc0" or _no_g(case):
        yield f"the small-sample factor of the spec is left out; {command} always has its own"
