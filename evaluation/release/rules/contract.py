"""What a disclosure rule is handed, what it says, and what its file offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from evaluation.results import Ruled, Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

# What a number is. ``own`` says nothing about persons: a word of the program, or zero by
# construction. ``part`` is the whole artefact.
Nature = Literal[
    "estimate", "statistic", "mean", "count", "point", "difference", "word", "own", "recode",
    "file", "sample", "part",
]  # fmt: skip
NO_NUMBERS = frozenset({"word", "own", "recode", "file", "sample", "part"})
# What identifies an estimate, and so which smallest group is asked for.
Place = Literal["coefficient", "event_time", "group_time", "side", "level"]
AMOUNTS = frozenset({"nok", "continuous", "count"})


@dataclass(frozen=True)
class Subject:
    """One number, or a whole artefact, with what is known of it.

    Attributes
    ----------
    artefact, row, column
        Where it stands, as in ``results.Evidence``.
    label
        What it is, in words without any value of a row.
    nature
        What kind of number it is.
    place
        What identifies it, of an estimate.
    outcome
        Kind of its outcome, as in ``binary``; empty where it has none.
    measured
        Evidence by statistic; what is missing is not in it.
    value
        The number itself, where a rule asks for it.
    counts
        Counts of a whole artefact.
    source
        Source of the spec's panel.
    absorbs
        Whether its model absorbs effects of groups other than units and periods.
    released
        Whether it is judged as it would leave, after suppression and rounding.
    """

    artefact: str
    row: int = 0
    column: str = ""
    label: str = ""
    nature: Nature = "statistic"
    place: Place = "coefficient"
    outcome: str = ""
    measured: Mapping[str, float | int] = field(default_factory=dict)
    value: float | int | None = None
    counts: tuple[float | int, ...] = ()
    source: str = ""
    absorbs: bool = False
    released: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it says something about persons in a number."""
        return self.nature not in NO_NUMBERS

    def ruled(
        self,
        rule: str,
        verdict: Ruled,
        message: str,
        measured: float | int | None = None,
        threshold: float | int | None = None,
    ) -> Ruling:
        """Return a ruling on it; the message begins with what it is."""
        said = f"{self.label or self.artefact}: {message}"
        return Ruling(
            self.artefact, self.row, self.column, rule, measured, threshold, verdict, said
        )


@dataclass(frozen=True)
class Foreseen:
    """What a rule will say of a spec, as far as its text tells: a key of the languages, filled."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


class RuleModule(Protocol):
    """The contract of one file in ``evaluation/release/rules``: a module with these names.

    ``KEY`` is the table of a policy that holds the rule's ``Limits``; a policy without the table
    does not have the rule.
    """

    __name__: str
    KEY: str
    TITLE: str
    Limits: type[Table]

    @staticmethod
    def words(limits: Any) -> str:
        """Return the limits as they stand in the table of policies."""
        ...

    @staticmethod
    def judge(subject: Subject, limits: Any) -> Ruling | None:
        """Return what the rule says of a subject, ``None`` where it does not speak to it.

        Missing evidence is ``review``, never ``pass``.
        """
        ...

    @staticmethod
    def foresee(spec: Spec, limits: Any) -> tuple[Foreseen, ...]:
        """Return what the text of a spec shows that the rule will look at or refuse."""
        ...
