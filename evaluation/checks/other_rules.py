"""Whether other rules change at the same cutoff: each declared one, where a column tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from evaluation.checks._at_cutoff import require_cutoff
from evaluation.checks._sharp import with_columns
from evaluation.checks.composition import holm
from evaluation.checks.contract import Case, ModelResult, Verdict
from evaluation.checks.smallest_effect import Headline, headline_of
from evaluation.inference.equivalence import minimum_detectable_effect
from evaluation.spec.options import Column, Evidence, OptionsModel, Table

TITLE = "Other rules at the cutoff"
ASSUMPTION = "nothing else changes at the cutoff"
SOURCE = "Holm (1979), Scandinavian Journal of Statistics 6(2): p-values adjusted over the rules"
FOUND, NOT_FOUND, UNTESTED = "violation found", "not detected", "cannot be tested"
LEVEL = 0.05


class Rule(Table):
    """A rule that changes at the cutoff too, and the column that would show it.

    Attributes
    ----------
    name
        What the rule is called.
    column
        Column that changes at the cutoff where the rule bites; without it the rule is named and not
        tested.
    """

    name: str
    column: Column | None = None


class Options(OptionsModel):
    """Rules beside those that ``[[threats]]`` with ``at_cutoff = true`` declare.

    Attributes
    ----------
    rules
        Further rules that change at the cutoff.
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset()

    rules: tuple[Rule, ...] = ()

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line where there is no cutoff, or no rule to test, or one stands twice."""
        del owner
        yield from require_cutoff(spec, where)
        names = [rule.name for rule in rules_of(spec, self)]
        if not names:
            yield (
                f"{where}.rules: is missing; declare [[threats]] with at_cutoff = true, or give "
                "rules = [{ name = ..., column = ... }]"
            )
        for name in dict.fromkeys(one for one in names if names.count(one) > 1):
            yield f"{where}.rules: {name!r} stands twice, here or among the threats; name it once"


def rules_of(spec: Any, options: Any) -> tuple[Rule, ...]:
    """Return the rules declared at the cutoff: the spec's threats, then those of the check."""
    threats = [Rule(name=one.name, column=one.column) for one in spec.threats if one.at_cutoff]
    return (*threats, *options.rules)


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model with each rule's column as its outcome.

    A column that changes as the model's own outcome is asked to, by a jump or by a kink, says that
    the estimate is of both rules at once. P-values are adjusted by Holm over the rules that can be
    tested. Verdicts are ``violation found``, ``not detected`` with the change that would be
    detected with a power of 80 %, and ``cannot be tested`` for a rule without a column.
    """
    rules = rules_of(case.spec, options)
    columns = tuple(dict.fromkeys(rule.column for rule in rules if rule.column is not None))
    result = None
    if columns:
        (result,) = case.refit(with_columns(case, columns))
    numbers = {column: _headline(result, column) for column in columns}
    adjusted = holm(
        {column: None if one is None else one.p_value for column, one in numbers.items()}
    )
    return tuple(_verdict(rule, result, numbers, adjusted) for rule in rules)


def _headline(result: ModelResult | None, column: str) -> Headline | None:
    fit = None if result is None else result.fits.get(column)
    return None if fit is None else headline_of(fit)


def _verdict(
    rule: Rule,
    result: ModelResult | None,
    numbers: dict[str, Headline | None],
    adjusted: dict[str, float | None],
) -> Verdict:
    if rule.column is None:
        message = "no column shows it; the design cannot tell its effect from the duty's"
        return Verdict("", None, None, UNTESTED, message, term=rule.name)
    number, p_value = numbers[rule.column], adjusted[rule.column]
    if number is None or p_value is None:
        failure = None if result is None else result.failures.get(rule.column)
        reason = "the model gives no single number for it" if failure is None else failure.reason
        return Verdict("", None, None, "refused", reason, term=rule.name)
    found = p_value < LEVEL
    smallest = minimum_detectable_effect(number.std_error, number.df, number.maximum_bias)
    return Verdict(
        "",
        number.estimate / number.std_error,
        p_value,
        FOUND if found else NOT_FOUND,
        f"{rule.column} changes by {number.estimate:+.4g} (standard error "
        f"{number.std_error:.2g}); p-value adjusted by Holm; "
        f"power 80% against {smallest:.2g}",
        term=rule.name,
        details=(
            ("column", rule.column),
            ("estimate", number.estimate),
            ("std_error", number.std_error),
            ("p_value_unadjusted", number.p_value),
            ("minimum_detectable_change", smallest),
        ),
    )
