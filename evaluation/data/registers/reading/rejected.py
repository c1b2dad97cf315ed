"""Lines of text that DuckDB could not part into fields, in words and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_FIELDS = "another number of fields than the first line, as in a file that is cut off"
_WORDS = {
    "MISSING COLUMNS": _FIELDS,
    "TOO MANY COLUMNS": _FIELDS,
    "UNQUOTED VALUE": "a quotation mark that does not close, or stands inside a field",
    "LINE SIZE OVER MAXIMUM": "more than two million characters",
    "INVALID ENCODING": "characters of another encoding",
}


def rejected_lines(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Return what is wrong with lines read since the last call, with counts, and forget them."""
    rows = connection.execute(
        "SELECT CAST(error_type AS VARCHAR) AS kind, count(DISTINCT (file_id, scan_id, line)), "
        "count(DISTINCT (file_id, scan_id)) FROM reject_errors GROUP BY kind ORDER BY kind"
    ).fetchall()
    counts: dict[str, tuple[int, int]] = {}
    for kind, lines, files in rows:
        words = _WORDS.get(kind, "what is no field of text")
        before = counts.get(words, (0, 0))
        counts[words] = (before[0] + lines, max(before[1], files))
    connection.execute("DROP TABLE IF EXISTS reject_errors")
    connection.execute("DROP TABLE IF EXISTS reject_scans")
    return tuple(
        f"{lines:,} {'line has' if lines == 1 else 'lines have'} {words}, in {files:,} "
        f"{'file' if files == 1 else 'files'}; deliver them again, or check separator and quotes"
        for words, (lines, files) in counts.items()
    )
