"""A published fact and what a world makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from data_synth.facts.kinds import Kind


@dataclass(frozen=True)
class Fact:
    """One figure of a table of published facts.

    Attributes
    ----------
    id
        Unique name.
    text, year, unit
        What is counted, when, and in what.
    source
        Where it was published.
    kind
        Its simulated counterpart.
    published
        The figure; the ends of the range, where a range was published; none where the source
        gives words alone, which ``said`` then repeats and ``bounds`` read.
    tolerance
        Largest deviation, relative to the figure or to the nearest end of the range.
    bounds
        Lowest and highest value that agree with words; ``None`` for no bound.
    held
        Whether the baseline world must come within the tolerance; ``note`` says why not.
    note
        What a reader must know of definitions and of sources that conflict.
    """

    id: str
    text: str
    year: str
    unit: str
    source: str
    kind: Kind
    published: float | tuple[float, float] | None = None
    tolerance: float = 0.0
    said: str = ""
    bounds: tuple[float | None, float | None] = (None, None)
    held: bool = True
    note: str = ""


@dataclass(frozen=True)
class FactRow:
    """A published beside a simulated figure.

    Attributes
    ----------
    topic
        Name of the table of facts.
    published_low, published_high
        Ends of what was published, alike for a single figure; ``None`` for words alone.
    said
        The words.
    simulated, error
        Simulated value and its Monte Carlo standard error; ``None`` where nobody was counted.
    deviation, relative
        Simulated less published, outside a range the distance from it; and over the published.
    tolerance
        Largest relative deviation.
    within
        Whether the simulated figure agrees with the published one.
    held
        Whether the baseline world must agree.
    """

    id: str
    topic: str
    text: str
    year: str
    unit: str
    source: str
    published_low: float | None
    published_high: float | None
    said: str
    simulated: float | None
    error: float | None
    deviation: float | None
    relative: float | None
    tolerance: float
    within: bool
    held: bool
    note: str
