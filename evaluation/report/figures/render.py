"""Draw a figure in the house style: the same points give the same bytes."""

from __future__ import annotations

import io
import warnings
from typing import Any, Literal

from evaluation.report.figures.plot import Plot
from evaluation.report.figures.style import DENSITY, house_style
from evaluation.report.language import Language

Format = Literal["png", "svg", "pdf"]
# No date, and no program whose version changes.
METADATA: dict[Format, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
}


def render(plot: Plot, words: Language, to: Format = "png") -> bytes:
    """Return a figure as a file of one format.

    Parameters
    ----------
    plot
        What to draw.
    words
        The language of its labels and numbers.
    to
        ``png`` at double density, ``svg`` or ``pdf``.
    """
    out = io.BytesIO()
    with house_style(plot.name), warnings.catch_warnings():
        # A label in a script that the font lacks shows boxes.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = plot.draw(plot.points, words)
        figure.savefig(out, format=to, dpi=DENSITY, metadata=METADATA[to])
    return out.getvalue()
