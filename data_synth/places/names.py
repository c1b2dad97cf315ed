"""Invented names of municipalities."""

from __future__ import annotations

from itertools import product

import numpy as np

from data_synth.life.draws import Draws

_STARTS = (
    *("Alder", "Amund", "Bjarke", "Blå", "Brenn", "Bruse", "Dyr", "Elgs", "Elve", "Fager"),
    *("Finn", "Furu", "Gaupe", "Glim", "Gran", "Grev", "Hauke", "Hegre", "Hjort", "Isbre"),
    *("Kalv", "Kjelde", "Klokke", "Krage", "Lauv", "Linde", "Lom", "Mjød", "Måke", "Myr"),
    *("Ospe", "Ravn", "Rein", "Rype", "Skarve", "Skjold", "Snø", "Svale", "Tind", "Ulve"),
)
_ENDS = (
    *("bakken", "berget", "botn", "bu", "dalen", "eidet", "engen", "fallet", "foss", "grend"),
    *("haugen", "havn", "kollen", "krok", "lia", "moen", "mark", "nesset", "odden", "osen"),
    *("sanden", "sletta", "stad", "sundet", "tangen", "tveit", "vatn", "vik", "voll", "åsen"),
)


def make_names(seed: int, count: int) -> tuple[str, ...]:
    """Return ``count`` unique names, at most 1,200; none is a Norwegian municipality's."""
    names = list(dict.fromkeys(start + end for start, end in product(_STARTS, _ENDS)))
    order = np.argsort(Draws(seed, np.arange(len(names))).uniform("names"))
    return tuple(names[i] for i in order[:count])
