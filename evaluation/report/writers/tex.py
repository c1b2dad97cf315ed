"""A table as LaTeX with booktabs, to be put into a paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import sqrt

from evaluation.report.language import Language
from evaluation.report.tabular import Block, Table, TableCell, TableRow

# More lines than this do not fit on a page, and break over several.
LONG = 45
# More letters than this in a line are set smaller; longer texts are broken, and share so much.
WIDE = 75
FITS = 25
LINE_SHARE = 0.5
SHRUNK = r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"
SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "'": r"{'}",
    "\N{MINUS SIGN}": "$-$",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "\N{EN DASH}": "--",
    "\N{EM DASH}": "---",
    "\N{LEFT SINGLE QUOTATION MARK}": "`",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": "``",
    "\N{RIGHT DOUBLE QUOTATION MARK}": "''",
    "\N{NO-BREAK SPACE}": "~",
    "\N{NARROW NO-BREAK SPACE}": r"\,",
    "\N{HORIZONTAL ELLIPSIS}": r"\ldots{}",
}
# Parts two signs that LaTeX would join, as two hyphens to a dash; no printable text holds it.
APART = "\0"
ESCAPES = str.maketrans({**SPECIAL, APART: "{}"})
# A line must not begin with these: they would be options of the end of the line before.
OPTIONS = ("[", "*")
# Packages that the table needs, and the engines that set letters beyond Latin.
NEEDS = r"% \usepackage[T1]{fontenc} \usepackage{array,booktabs,graphicx}"
OTHER_LETTERS = "% letters beyond Latin: compile with lualatex or xelatex"


def write(table: Table, words: Language) -> str:
    """Return a ``table``, or a ``longtable`` where the lines do not fit on a page."""
    lines = list(_long(table, words) if len(table.rows) > LONG else _short(table, words))
    packages = f"{NEEDS} \\usepackage{{longtable}}" if len(table.rows) > LONG else NEEDS
    text = "\n".join(lines)
    hints = [packages] if text.isascii() or _is_latin(text) else [packages, OTHER_LETTERS]
    return "\n".join([*hints, text]) + "\n"


def _is_latin(text: str) -> bool:
    return all(ord(one) < 0x180 for one in text)


def escaped(text: str) -> str:
    """Return a text that LaTeX prints as it stands."""
    return re.sub("-(?=-)", f"-{APART}", text).translate(ESCAPES)


def _short(table: Table, words: Language) -> Iterator[str]:
    yield r"\begin{table}[htbp]"
    yield r"\centering"
    yield f"\\caption{{{escaped(table.title)}}}"
    yield f"\\label{{tab:{table.id}}}"
    wide = _is_wide(table, words)
    if wide:
        yield r"\setlength{\tabcolsep}{3pt}"
        yield SHRUNK
    yield f"\\begin{{tabular}}{{{_shape(table, words)}}}"
    yield r"\toprule"
    yield from _head(table)
    yield from _body(table, words)
    yield r"\bottomrule"
    yield r"\end{tabular}}" if wide else r"\end{tabular}"
    yield from _notes(table)
    yield r"\end{table}"


def _long(table: Table, words: Language) -> Iterator[str]:
    yield r"{\scriptsize\setlength{\tabcolsep}{3pt}" if _is_wide(table, words) else "{"
    yield f"\\begin{{longtable}}{{{_shape(table, words)}}}"
    yield f"\\caption{{{escaped(table.title)}}}\\label{{tab:{table.id}}}\\\\"
    yield r"\toprule"
    yield from _head(table)
    yield r"\endfirsthead"
    yield r"\toprule"
    yield from _head(table)
    yield r"\endhead"
    yield from _body(table, words)
    yield r"\bottomrule"
    yield r"\end{longtable}"
    yield "}"
    yield from _notes(table)


def _shape(table: Table, words: Language) -> str:
    """Return how columns are set: long texts in lines of their own, numbers to the right."""
    texts = [at < table.labels or column.is_text for at, column in enumerate(table.columns)]
    lengths = [_longest(table, at, words) for at in range(len(texts))]
    roots = [
        sqrt(length) if is_text and length > FITS else 0.0
        for is_text, length in zip(texts, lengths, strict=True)
    ]
    return "".join(
        f">{{\\raggedright\\arraybackslash}}p{{{LINE_SHARE * root / sum(roots):.2f}\\linewidth}}"
        if root
        else "l"
        if is_text
        else "r"
        for is_text, root in zip(texts, roots, strict=True)
    )


def _longest(table: Table, at: int, words: Language) -> int:
    return max((len(row.cells[at].shown(words)) for row in table.rows), default=0)


def _is_wide(table: Table, words: Language) -> bool:
    """Whether a table is likely to be wider than a line."""
    heads = (len(column.label) for column in table.columns)
    rows = (_longest(table, at, words) for at in range(len(table.columns)))
    return sum(max(pair) for pair in zip(heads, rows, strict=True)) > WIDE


def _head(table: Table) -> Iterator[str]:
    if table.has_groups:
        rules, heads, first = [], [], 1
        for text, count in table.spans():
            heads.append(
                f"\\multicolumn{{{count}}}{{c}}{{{escaped(text)}}}" if text else "&" * (count - 1)
            )
            if text:
                rules.append(f"\\cmidrule(lr){{{first}-{first + count - 1}}}")
            first += count
        yield f"{' & '.join(heads)} \\\\"
        yield " ".join(rules)
    heads = [
        escaped(column.label)
        if at < table.labels or column.is_text
        else f"\\multicolumn{{1}}{{c}}{{{escaped(column.label)}}}"
        for at, column in enumerate(table.columns)
    ]
    yield f"{' & '.join(heads)} \\\\"
    yield r"\midrule"


def _body(table: Table, words: Language) -> Iterator[str]:
    for at, block in enumerate(table.blocks):
        if at:
            yield r"\midrule" if block.is_footer else r"\addlinespace"
        yield from _block(table, block, words)


def _block(table: Table, block: Block, words: Language) -> Iterator[str]:
    if block.title:
        yield (
            f"\\multicolumn{{{len(table.columns)}}}{{l}}{{\\textit{{{escaped(block.title)}}}}} \\\\"
        )
    for row, before in zip(block.rows, (None, *block.rows), strict=False):
        if before is not None and before.is_below and not row.is_below:
            yield r"\addlinespace"
        yield _row(row, words)


def _row(row: TableRow, words: Language) -> str:
    line = " & ".join(_cell(cell, words) for cell in row.cells)
    return f"{'{}' if line.startswith(OPTIONS) else ''}{line} \\\\"


def _cell(cell: TableCell, words: Language) -> str:
    mark = f"\\textsuperscript{{{escaped(cell.mark)}}}" if cell.mark else ""
    return f"{escaped(cell.shown(words))}{mark}"


def _notes(table: Table) -> Iterator[str]:
    if not table.notes:
        return
    yield r"\par\smallskip"
    yield r"\begin{minipage}{\linewidth}\footnotesize"
    for note in table.notes:
        mark = f"\\textsuperscript{{{note.mark}}}~" if note.mark else ""
        yield f"{mark}{escaped(note.text)}\\par"
    yield r"\end{minipage}"
