"""What an RD figure shows: the cutoff, the bandwidth of its model, and the points near it."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.report.points import Points
from evaluation.report.record import Record

# The range shown, in bandwidths.
SHOWN = 2.0


@dataclass(frozen=True)
class Cutoff:
    """The window of an RD figure.

    Attributes
    ----------
    at
        The cutoff.
    running
        Name of the running variable.
    model_id
        Whose bandwidth is drawn, empty for none.
    below, above
        Bandwidths, ``None`` for all points.
    """

    at: float
    running: str
    model_id: str = ""
    below: float | None = None
    above: float | None = None

    def near(self, points: Points) -> Points:
        """Return the points within twice the bandwidth of the cutoff."""
        return tuple(point for point in points if self._shows(point[0]))

    def width(self, below: bool) -> float | None:
        """Return the bandwidth of one side."""
        return self.below if below else self.above

    def _shows(self, x: float) -> bool:
        width = self.width(x < self.at)
        return width is None or abs(x - self.at) <= SHOWN * width


def cutoff_of(record: Record, outcome: str) -> Cutoff:
    """Return the cutoff of a record's design with the bandwidths of its first model."""
    design = record.spec.design
    running = getattr(design, "running_variable", None)
    plain = Cutoff(float(getattr(design, "cutoff", 0.0)), running.column if running else "")
    for model in record.spec.models:
        both = record.detail(model.id, outcome, "bandwidth")
        below, above = (
            value if isinstance(value, int | float) else both
            for side in ("below", "above")
            for value in (record.detail(model.id, outcome, f"bandwidth_{side}"),)
        )
        if isinstance(below, int | float) and isinstance(above, int | float):
            return Cutoff(plain.at, plain.running, model.id, float(below), float(above))
    return plain
