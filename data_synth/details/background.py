"""Immigrant background as the population register codes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_synth.life.lives import Lives

COUNTRY_GROUPS: tuple[str, ...] = ("Norway", "West", "Eastern EU", "Asia, Africa, other")
IMMIGRANT_CATEGORIES: tuple[str, ...] = ("A", "B", "C")


@dataclass(frozen=True)
class Backgrounds:
    """Arrays of shape ``(n,)``.

    Attributes
    ----------
    group
        Position in ``COUNTRY_GROUPS``: the person's own country of birth.
    category
        Position in ``IMMIGRANT_CATEGORIES``: A neither, B immigrant, C born in Norway to
        immigrants.
    """

    group: NDArray[np.int8]
    category: NDArray[np.int8]


def make_backgrounds(lives: Lives) -> Backgrounds:
    """Return where persons, and the parents of those born in Norway, come from."""
    share = lives.world.background.norwegian_born_to_immigrants
    second = ~lives.persons.immigrant & (lives.draws.uniform("background/parents") < share)
    category = np.where(lives.persons.immigrant, 1, np.where(second, 2, 0))
    return Backgrounds(group=lives.persons.group, category=category.astype(np.int8))
