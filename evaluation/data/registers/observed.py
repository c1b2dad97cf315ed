"""Count the person-months asked for by whether registers observe them, without making rows."""

from __future__ import annotations

from evaluation.data.registers.base import FOREVER, STATUSES, STAYS, Asked

# In the order in which a month is asked: what holds first counts. `in` is counted as rows.
ORDER = ("in", "dead", "emigrated", "before data", "unlinked")


def select_observed(asked: Asked, has: frozenset[str]) -> str | None:
    """Return the SELECT of one row of counts, a column for each of ``ORDER`` but ``in``.

    A month of the ages asked for is ``dead`` from the month of death on, ``emigrated`` where the
    latest status is any but resident or dead, ``before data`` where neither a stay nor a status
    began yet, ``unlinked`` where registers say nothing more of a person. ``None`` where the
    delivery does not tell.

    Parameters
    ----------
    asked
        Months and ages.
    has
        Tables that the delivery has; ``base`` holds the rows of the same persons.
    """
    if "person.birth_ym" not in has or has.isdisjoint(("residence", "resident_status")):
        return None
    statuses = STATUSES if "resident_status" in has else _NO_STATUSES
    stays = STAYS if "residence" in has else _NO_STAYS
    low, high = asked.ages[0] * 12, asked.ages[1] * 12 + 11
    return f"""
    WITH told AS ({statuses}),
    asked AS (
        SELECT person, greatest({asked.first}, birth_ym + {low}) AS start,
            least({asked.last}, birth_ym + {high}) AS stop, death_ym
        FROM person WHERE birth_ym IS NOT NULL
    ),
    begun AS (
        SELECT person, min(start) AS begun FROM (
            SELECT person, start FROM told UNION ALL SELECT person, start FROM ({stays})
        ) GROUP BY person
    ),
    died AS (SELECT person, min(start) AS died FROM told WHERE status = '5' GROUP BY person),
    known AS (
        SELECT a.person, a.start, a.stop,
            least(coalesce(a.death_ym, {FOREVER}), coalesce(d.died, {FOREVER})) AS died,
            coalesce(b.begun, {FOREVER}) AS begun
        FROM asked a LEFT JOIN died d USING (person) LEFT JOIN begun b USING (person)
        WHERE a.start <= a.stop
    ),
    abroad AS (
        SELECT k.person, sum(greatest(0,
            least(t.stop, k.stop, k.died - 1) - greatest(t.start, k.start) + 1)) AS months
        FROM known k JOIN told t USING (person) WHERE t.status NOT IN ('1', '5')
        GROUP BY k.person
    ),
    seen AS (SELECT person, count(*) AS months FROM base GROUP BY person),
    counted AS (
        SELECT k.stop - k.start + 1 AS asked, coalesce(s.months, 0) AS seen,
            greatest(0, k.stop - greatest(k.start, k.died) + 1) AS dead,
            coalesce(a.months, 0) AS emigrated,
            greatest(0, least(k.stop, k.died - 1, k.begun - 1) - k.start + 1) AS early
        FROM known k LEFT JOIN abroad a USING (person) LEFT JOIN seen s USING (person)
    )
    SELECT coalesce(sum(dead), 0)::BIGINT, coalesce(sum(emigrated), 0)::BIGINT,
        coalesce(sum(early), 0)::BIGINT,
        coalesce(sum(asked - seen - dead - emigrated - early), 0)::BIGINT
    FROM counted
    """


_NO_STATUSES = (
    "SELECT NULL::BIGINT AS person, NULL::VARCHAR AS status, NULL::INTEGER AS start, "
    "NULL::INTEGER AS stop WHERE false"
)
_NO_STAYS = "SELECT NULL::BIGINT AS person, NULL::INTEGER AS start WHERE false"
