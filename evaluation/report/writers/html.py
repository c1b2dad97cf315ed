"""A table as a web page of its own."""

from __future__ import annotations

from html import escape

from evaluation.report.language import Language
from evaluation.report.table_markup import markup
from evaluation.report.tabular import Table

STYLE = """
body { font: 16px/1.5 Georgia, serif; color: #1b1f24; background: #fff; margin: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums;
  border-bottom: 2px solid #1b1f24; }
caption { text-align: left; padding: 0 0 .5rem; font-weight: bold; }
th, td { padding: .2rem .8rem .2rem 0; text-align: right; font-weight: normal; }
td { white-space: nowrap; }
.text { text-align: left; white-space: normal; }
th.group { text-align: center; border-bottom: 1px solid #1b1f24; }
thead tr:first-child > * { border-top: 2px solid #1b1f24; }
thead tr:last-child > * { border-bottom: 1px solid #1b1f24; vertical-align: bottom; }
tr.panel > * { font-style: italic; padding-top: .6rem; }
tr.below > * { padding-top: 0; }
th[scope=row] { min-width: 7rem; }
sup { line-height: 0; }
tbody.footer tr:first-child > * { border-top: 1px solid #1b1f24; }
.note { font-size: .85rem; margin: .4rem 0; max-width: 48rem; }
"""


def write(table: Table, words: Language) -> str:
    """Return one file without script or network."""
    return (
        f'<!doctype html>\n<html lang="{escape(words.code)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(table.title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{markup(table, words)}</main>\n</body>\n</html>\n"
    )
