"""One visual language for every figure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

# Okabe and Ito's palette: told apart by colour-blind readers. Nothing is told by colour alone:
# series differ by marker and dash as well.
INK = "#1b1f24"
GREY = "#8a9099"
PALE = "#eef0f2"
BLUE = "#0072b2"
ORANGE = "#d55e00"
GREEN = "#009e73"
PURPLE = "#cc79a7"
AMBER = "#e69f00"
SKY = "#56b4e9"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, AMBER, SKY, INK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES: tuple[Any, ...] = (
    "-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (5, 1.2, 1.2, 1.2)), (0, (8, 2)), (0, (3, 3)), "-",
)  # fmt: skip

Share = bool | Literal["none", "all", "row", "col"]
# In centimetres: one and two columns of a journal.
COLUMN, PAGE = 8.5, 17.5
HEIGHT = 5.8
CM = 1 / 2.54
# Dots an inch: twice what a column of 8.5 cm takes on a screen.
DENSITY = 300
FONT = 7.0
SMALL = 6.0
THIN = 0.6
HAIRLINE = {"color": GREY, "linewidth": THIN}
# Letters of a title that a centimetre of the figure holds, beside its axis.
LETTERS = 5.2


@contextmanager
def house_style(salt: str = "") -> Iterator[None]:
    """Hold matplotlib to the house style; labels are plain text, never formulas."""
    import matplotlib as mpl

    settings: Any = {
        "font.size": FONT,
        "font.family": "DejaVu Sans",
        "text.usetex": False,
        "text.parse_math": False,
        "text.color": INK,
        "axes.formatter.use_mathtext": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": GREY,
        "axes.linewidth": THIN,
        "axes.labelcolor": INK,
        "axes.labelsize": FONT,
        "axes.titlesize": FONT + 0.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 6.0,
        "axes.xmargin": 0.03,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": FONT - 0.5,
        "ytick.labelsize": FONT - 0.5,
        "xtick.major.width": THIN,
        "ytick.major.width": THIN,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "lines.linewidth": 1.2,
        "lines.markersize": 3.5,
        "legend.frameon": False,
        "legend.fontsize": FONT - 0.5,
        "legend.handlelength": 2.2,
        "legend.borderaxespad": 0.2,
        "figure.constrained_layout.h_pad": 0.03,
        "figure.constrained_layout.w_pad": 0.03,
        "savefig.facecolor": "white",
        "pdf.fonttype": 42,
        "svg.hashsalt": salt,
    }
    with mpl.rc_context(settings):
        yield


def canvas(
    width: float = COLUMN,
    height: float = HEIGHT,
    *,
    rows: int = 1,
    columns: int = 1,
    share_x: Share = False,
    share_y: Share = False,
    heights: Sequence[float] | None = None,
    widths: Sequence[float] | None = None,
) -> tuple[Any, Any]:
    """Return a new figure and its axes; one axis, or an array of shape ``(rows, columns)``.

    Parameters
    ----------
    width, height
        In centimetres.
    rows, columns
        Panels.
    share_x, share_y
        As matplotlib's ``sharex`` and ``sharey``.
    heights, widths
        Relative sizes of rows and columns.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width * CM, height * CM), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(
        rows, columns, sharex=share_x, sharey=share_y, squeeze=False,
        height_ratios=heights, width_ratios=widths,
    )  # fmt: skip
    return figure, axes[0, 0] if rows == columns == 1 else axes


def titled(axis: Any, text: str, width: int | None = None) -> None:
    """Set the title of a panel, on two lines at most.

    Parameters
    ----------
    axis
        The panel.
    text
        The title.
    width
        Letters a line; as many as the whole figure holds where it is not given.
    """
    axis.set_title(wrapped(text, width or int(LETTERS * axis.figure.get_figwidth() / CM)))


def wrapped(text: str, width: int, lines: int = 2) -> str:
    """Return text on lines of so many characters, cut off after the last line."""
    return textwrap.fill(text, width, max_lines=lines, placeholder=" …") if text else ""


def legend(figure: Any, entries: Sequence[tuple[Any, str]], columns: int = 3) -> None:
    """Set a legend below the panels: a drawn thing and its name each."""
    if not entries:
        return
    # Names that begin with an underscore would be left out.
    names = [wrapped(name, 46 if columns == 1 else 30, 2) for _, name in entries]
    names = [f"\N{ZERO WIDTH SPACE}{name}" if name.startswith("_") else name for name in names]
    figure.legend(
        [drawn for drawn, _ in entries], names, loc="outside lower left", ncols=columns,
        columnspacing=1.2,
    )  # fmt: skip


def marker_size(points: int) -> float:
    """Return the size of markers where so many stand beside each other."""
    return 3.5 if points <= 30 else max(1.0, 3.5 * (30 / points) ** 0.5)
