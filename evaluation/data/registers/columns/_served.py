"""Which office serves whom, in SQL."""

from __future__ import annotations

from evaluation.data.registers.columns._places import places
from evaluation.data.registers.municipalities.spans import FOREVER
from evaluation.data.registers.sql import quoted

_BEGUN = "(year(o.valid_from) * 12 + month(o.valid_from) - 1)"
# The last month at whose end the row holds.
_HELD = f"coalesce(year(o.valid_to + 1) * 12 + month(o.valid_to + 1) - 2, {FOREVER})"
# One value of all rows; none where they disagree or one says nothing.
_AGREED = "CASE WHEN count(DISTINCT value) = 1 AND count(value) = count(*) THEN min(value) END"


def served(column: str, within: str) -> str:
    """Return the SELECT of a column of the office table by person and month.

    An office serves those under its municipality code, and its district where it has one: the code
    in the register of residence. Where that code, or the office's, is no longer in force in the
    month, offices of the same harmonised municipality count instead. A value is missing where no
    office is found, or where several are and disagree.

    Parameters
    ----------
    column
        Of the office table.
    within
        SELECT of the first and last month wanted.
    """
    return f"""
    WITH asked AS ({within}),
    placed AS ({places(within)}),
    wanted AS (
        SELECT *, row_number() OVER (ORDER BY code, district, place) AS id
        FROM (SELECT DISTINCT code, district, place FROM placed)
    ),
    offices AS (
        SELECT o.municipality AS code, o.district, m.municipality AS place,
            o.{quoted(column)} AS value,
            unnest(range(greatest(coalesce({_BEGUN}, a.first), a.first),
                         least({_HELD}, a.last) + 1))::INTEGER AS month
        FROM office o CROSS JOIN asked a CROSS JOIN bounds b
        LEFT JOIN muni_codes m ON m.source = 'office' AND m.code = o.municipality
            AND coalesce({_BEGUN}, b.first) BETWEEN m.first AND m.last
    ),
    in_force AS (SELECT code, first, last, municipality FROM muni_codes WHERE source = 'any'),
    by_code AS (
        SELECT w.id, o.month, o.value
        FROM wanted w JOIN offices o ON o.code = w.code AND o.place IS NOT DISTINCT FROM w.place
            AND (o.district = w.district OR o.district IS NULL)
        QUALIFY (o.district IS NOT NULL)
            = bool_or(o.district IS NOT NULL) OVER (PARTITION BY w.id, o.month)
    ),
    by_place AS (
        SELECT w.id, o.month, o.value
        FROM wanted w JOIN offices o ON o.place = w.place
        LEFT JOIN in_force f ON f.code = w.code AND o.month BETWEEN f.first AND f.last
            AND f.municipality = w.place
        LEFT JOIN in_force g ON g.code = o.code AND o.month BETWEEN g.first AND g.last
            AND g.municipality = w.place
        ANTI JOIN by_code c ON c.id = w.id AND c.month = o.month
        WHERE f.code IS NULL OR g.code IS NULL
    ),
    answers AS (
        SELECT id, month, {_AGREED} AS value
        FROM (SELECT * FROM by_code UNION ALL SELECT * FROM by_place)
        GROUP BY id, month
    ),
    months AS (
        SELECT p.person, w.id, unnest(range(p.start, p.stop + 1))::INTEGER AS month
        FROM placed p JOIN wanted w ON w.code = p.code
            AND w.district IS NOT DISTINCT FROM p.district AND w.place IS NOT DISTINCT FROM p.place
    )
    SELECT m.person, m.month, a.value
    FROM months m JOIN answers a ON a.id = m.id AND a.month = m.month
    """
