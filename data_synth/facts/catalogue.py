"""Find the facts: every module in the folder of topics holds some."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from data_synth.facts.fact import Fact


@cache
def all_facts() -> tuple[tuple[str, Fact], ...]:
    """Return each fact with its topic, by topic and then in the order of its table."""
    folder = importlib.import_module("data_synth.facts.topics").__path__
    topics = sorted(module.name for module in pkgutil.iter_modules(folder))
    return tuple((topic, fact) for topic in topics for fact in _facts_of(topic))


def _facts_of(topic: str) -> tuple[Fact, ...]:
    facts: tuple[Fact, ...] = importlib.import_module(f"data_synth.facts.topics.{topic}").FACTS
    return facts
