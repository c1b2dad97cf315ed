"""The sample flow as a drawing: what each step leaves, and beside it what it left out."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from evaluation.data.panel import FlowStep
from evaluation.report.language import Language

WIDTH = 760
BOX, SIDE = 440, 250
LINE, PAD, GAP = 18, 10, 26
# Characters that fit, at the font size of the style sheet.
BOX_CHARACTERS, SIDE_CHARACTERS = 54, 30
BASELINE = 13
STRONG = ' class="strong"'


@dataclass(frozen=True)
class Box:
    """One step as it is drawn: its lines, and those of what it left out."""

    top: int
    height: int
    lines: tuple[str, ...]
    side: tuple[str, ...]
    last: bool


def flow_diagram(
    steps: Sequence[FlowStep], words: Language, averaging: Collection[int] = ()
) -> str:
    """Return an inline SVG of the flow, with a title and a description; empty for no steps.

    Parameters
    ----------
    steps
        Named as a reader is told.
    words
        The language of the numbers beside them.
    averaging
        Places of the steps that make fewer rows by averaging them, counted from zero.
    """
    if not steps:
        return ""
    boxes = tuple(_boxes(steps, words, averaging))
    height = boxes[-1].top + boxes[-1].height + 2
    title = words.text("page.flow.title")
    told = " ".join(f"{'. '.join(part for part in _told(box))}." for box in boxes)
    drawn = "".join(_drawn(box, at > 0, boxes[at - 1]) for at, box in enumerate(boxes))
    return (
        f'<svg class="flow" role="img" aria-labelledby="flow-title flow-told" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
        f'<title id="flow-title">{escape(title)}</title>'
        f'<desc id="flow-told">{escape(told)}</desc>{drawn}</svg>'
    )


def left_words(step: FlowStep, words: Language) -> str:
    """Return what a step leaves: rows, and units where they are known."""
    rows = words.plural("page.flow.rows", step.rows)
    if step.units is None:
        return rows
    return words.listed([rows, words.plural("page.flow.units", step.units)])


def _boxes(steps: Sequence[FlowStep], words: Language, averaging: Collection[int]) -> Iterator[Box]:
    top, before = 1, None
    for at, step in enumerate(steps):
        lines = (*_wrapped(step.step, BOX_CHARACTERS), left_words(step, words))
        side = tuple(
            _wrapped(words.text("page.flow.averaged"), SIDE_CHARACTERS)
            if at in averaging
            else _left_out(before, step, words)
        )
        height = max(len(lines), len(side)) * LINE + 2 * PAD
        yield Box(top, height, lines, side, at == len(steps) - 1)
        top, before = top + height + GAP, step


def _left_out(before: FlowStep | None, step: FlowStep, words: Language) -> Iterator[str]:
    """Say how many rows and units a step left out; nothing where it left none."""
    if before is None or step.rows >= before.rows:
        return
    gone = before.rows - step.rows
    share = words.percent(gone / before.rows, 1)
    yield from _wrapped(words.plural("page.flow.out", gone, share=share), SIDE_CHARACTERS)
    if before.units is not None and step.units is not None and before.units > step.units:
        units = words.plural("page.flow.units_out", before.units - step.units)
        yield from _wrapped(units, SIDE_CHARACTERS)


def _wrapped(text: str, width: int) -> list[str]:
    # Spaces that lines must not break at keep a number whole.
    return textwrap.wrap(text, width, max_lines=4, placeholder=" …") or [""]


def _told(box: Box) -> Iterator[str]:
    yield " ".join(box.lines[:-1])
    yield box.lines[-1]
    if box.side:
        yield " ".join(box.side)


def _drawn(box: Box, follows: bool, above: Box) -> str:
    middle = box.top + box.height // 2
    kind = "box last" if box.last else "box"
    parts = [
        _arrow(BOX // 2, above.top + above.height, BOX // 2, box.top) if follows else "",
        f'<rect class="{kind}" x="1" y="{box.top}" width="{BOX}" height="{box.height}" rx="4"/>',
        _text(box.lines, 16, box, strong=len(box.lines) - 1),
    ]
    if box.side:
        left = WIDTH - SIDE - 1
        parts += [
            _arrow(BOX + 1, middle, left, middle),
            f'<rect class="side" x="{left}" y="{box.top}" width="{SIDE}" '
            f'height="{box.height}" rx="4"/>',
            _text(box.side, left + 14, box),
        ]
    return "".join(parts)


def _text(lines: Sequence[str], left: int, box: Box, strong: int | None = None) -> str:
    """Return lines of text, set in the middle of a box; ``strong`` is the one in bold."""
    first = box.top + (box.height - len(lines) * LINE) // 2 + BASELINE
    spans = "".join(
        f'<tspan x="{left}" y="{first + at * LINE}"{STRONG if at == strong else ""}>'
        f"{escape(line)}</tspan>"
        for at, line in enumerate(lines)
    )
    return f"<text>{spans}</text>"


def _arrow(x1: int, y1: int, x2: int, y2: int) -> str:
    """Return a line with a point at its end, down or to the right."""
    down = x1 == x2
    point = (
        f"{x2 - 4},{y2 - 7} {x2 + 4},{y2 - 7}" if down else f"{x2 - 7},{y2 - 4} {x2 - 7},{y2 + 4}"
    )
    end = (x2, y2 - 6) if down else (x2 - 6, y2)
    return (
        f'<line x1="{x1}" y1="{y1}" x2="{end[0]}" y2="{end[1]}"/>'
        f'<polygon points="{x2},{y2} {point}"/>'
    )
