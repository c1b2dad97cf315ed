"""Everything a spec can name, gathered for the loader."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import data_synth
from evaluation.checks import registry as checks
from evaluation.data.derive.registry import operation_offers
from evaluation.estimators import registry as estimators
from evaluation.spec.catalogue import Catalogue
from evaluation.spec.policy_files import policy_names

# What pages can be written in: one file a language, read by the report alone.
LANGUAGES = "report/languages"


@cache
def catalogue() -> Catalogue:
    """Return the estimators, checks, worlds and policies on offer."""
    return Catalogue(
        estimators=estimators.estimator_offers(),
        planned_estimators=estimators.PLANNED,
        checks=checks.check_offers(),
        planned_checks=checks.PLANNED,
        worlds=data_synth.world_names(),
        languages=_languages(),
        operations=operation_offers(),
        policies=policy_names(),
    )


def _languages() -> tuple[str, ...]:
    """Return the codes of the languages that pages can be in, sorted."""
    folder = files("evaluation").joinpath(LANGUAGES)
    names = (file.name for file in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))
