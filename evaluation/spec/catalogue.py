"""What the rest of the system offers to a spec; handed in, never imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evaluation.spec.options import OptionsModel


@dataclass(frozen=True)
class EstimatorOffer:
    """What the loader must know of one estimator."""

    options: type[OptionsModel]
    designs: frozenset[str]
    estimands: frozenset[str]
    variances: frozenset[str]
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CheckOffer:
    """What the loader must know of one check."""

    options: type[OptionsModel]


@dataclass(frozen=True)
class OperationOffer:
    """What the loader must know of one operation of ``[derive]``."""

    options: type[OptionsModel]
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Catalogue:
    """Estimators and checks by name: those that run, and those that are named but not yet built."""

    estimators: Mapping[str, EstimatorOffer] = field(default_factory=dict)
    planned_estimators: frozenset[str] = frozenset()
    checks: Mapping[str, CheckOffer] = field(default_factory=dict)
    planned_checks: frozenset[str] = frozenset()
    worlds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    operations: Mapping[str, OperationOffer] = field(default_factory=dict)
    policies: tuple[str, ...] = ()
