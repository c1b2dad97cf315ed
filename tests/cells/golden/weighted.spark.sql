-- Cells of the spec weighted, for Spark SQL, from version 3.4. Save each result as one parquet file.
-- Every statement is a SELECT: it needs the right to read one table, and nothing else.
-- The table is called "panel": cells --table NAME writes another name.
-- Columns that it must have, and how they are read:
--   "day": dates
--   "region": any type; compared with text where it is compared
--   "wage": numbers
--   "age_months": whole numbers
--   "female": whole numbers
--   "hours": numbers
--   "muni_h": any type; compared with text where it is compared
--   "visits": whole numbers
--   "pop": numbers
-- Save each result under the name above it, all in one folder; then:
--   activity-duty run weighted --cells FOLDER
-- Models:
--   main: from cells_1
--   women: from cells_1

-- Save as cells_1.parquet
SELECT
  `t8`.`day`,
  `t8`.`muni_h`,
  `t8`.`ad_treated`,
  `t8`.`ad_keep_women`,
  `t8`.`ad_centre_log_wage`,
  `t8`.`ad_centre_visits`,
  `t8`.`ad_centre_hours`,
  (
    CAST(IF(
      `t8`.`wage` <= 0,
      CAST('NaN' AS DOUBLE),
      LN(IF(`t8`.`wage` > 0, `t8`.`wage`, CAST(NULL AS DOUBLE)))
    ) IS NULL
    OR ISNAN(
      IF(
        `t8`.`wage` <= 0,
        CAST('NaN' AS DOUBLE),
        LN(IF(`t8`.`wage` > 0, `t8`.`wage`, CAST(NULL AS DOUBLE)))
      )
    ) AS BIGINT) * 1
  ) + (
    CAST(`t8`.`visits` IS NULL AS BIGINT) * 2
  ) + (
    CAST(`t8`.`hours` IS NULL OR ISNAN(`t8`.`hours`) AS BIGINT) * 4
  ) + (
    CAST(IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS DOUBLE)) IS NULL
    OR ISNAN(IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS DOUBLE))) AS BIGINT) * 8
  ) AS `ad_missing`,
  COUNT(*) AS `ad_rows`,
  SUM(IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS DOUBLE))) AS `ad_weight`,
  CAST(SUM(CAST(`t8`.`pop` < 0 AS BIGINT)) AS BIGINT) AS `ad_refused_pop_`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS DOUBLE)) * (
      IF(
        `t8`.`wage` <= 0,
        CAST('NaN' AS DOUBLE),
        LN(IF(`t8`.`wage` > 0, `t8`.`wage`, CAST(NULL AS DOUBLE)))
      ) - `t8`.`ad_centre_log_wage`
    )
  ) AS `ad_sum_log_wage`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS DOUBLE)) * (
      CAST(`t8`.`visits` AS DOUBLE) - `t8`.`ad_centre_visits`
    )
  ) AS `ad_sum_visits`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS DOUBLE)) * (
      `t8`.`hours` - `t8`.`ad_centre_hours`
    )
  ) AS `ad_sum_hours`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS DOUBLE)) * (
      IF(
        `t8`.`wage` <= 0,
        CAST('NaN' AS DOUBLE),
        LN(IF(`t8`.`wage` > 0, `t8`.`wage`, CAST(NULL AS DOUBLE)))
      ) - `t8`.`ad_centre_log_wage`
    ) * (
      IF(
        `t8`.`wage` <= 0,
        CAST('NaN' AS DOUBLE),
        LN(IF(`t8`.`wage` > 0, `t8`.`wage`, CAST(NULL AS DOUBLE)))
      ) - `t8`.`ad_centre_log_wage`
    )
  ) AS `ad_sum_log_wage_log_wage`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS DOUBLE)) * (
      IF(
        `t8`.`wage` <= 0,
        CAST('NaN' AS DOUBLE),
        LN(IF(`t8`.`wage` > 0, `t8`.`wage`, CAST(NULL AS DOUBLE)))
      ) - `t8`.`ad_centre_log_wage`
    ) * (
      `t8`.`hours` - `t8`.`ad_centre_hours`
    )
  ) AS `ad_sum_log_wage_hours`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS DOUBLE)) * (
      CAST(`t8`.`visits` AS DOUBLE) - `t8`.`ad_centre_visits`
    ) * (
      CAST(`t8`.`visits` AS DOUBLE) - `t8`.`ad_centre_visits`
    )
  ) AS `ad_sum_visits_visits`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS DOUBLE)) * (
      CAST(`t8`.`visits` AS DOUBLE) - `t8`.`ad_centre_visits`
    ) * (
      `t8`.`hours` - `t8`.`ad_centre_hours`
    )
  ) AS `ad_sum_visits_hours`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS DOUBLE)) * (
      `t8`.`hours` - `t8`.`ad_centre_hours`
    ) * (
      `t8`.`hours` - `t8`.`ad_centre_hours`
    )
  ) AS `ad_sum_hours_hours`
FROM (
  SELECT
    `t7`.`day`,
    `t7`.`region`,
    IF(ISNAN(`t7`.`wage`), CAST(NULL AS DOUBLE), `t7`.`wage`) AS `wage`,
    `t7`.`age_months`,
    `t7`.`female`,
    IF(ISNAN(`t7`.`hours`), CAST(NULL AS DOUBLE), `t7`.`hours`) AS `hours`,
    `t7`.`muni_h`,
    `t7`.`visits`,
    IF(ISNAN(`t7`.`pop`), CAST(NULL AS DOUBLE), `t7`.`pop`) AS `pop`,
    `t7`.`ad_centre_log_wage`,
    `t7`.`ad_centre_visits`,
    `t7`.`ad_centre_hours`,
    CAST((
      `t7`.`age_months` - 1
    ) < 360 AS TINYINT) AS `ad_treated`,
    CAST(IF(
      (
        `t7`.`female` IS NULL
      )
      OR (
        IF(ISNAN(`t7`.`hours`), CAST(NULL AS DOUBLE), `t7`.`hours`) IS NULL
        OR ISNAN(IF(ISNAN(`t7`.`hours`), CAST(NULL AS DOUBLE), `t7`.`hours`))
      ),
      CAST(NULL AS BOOLEAN),
      (
        `t7`.`female` = 1
      )
      AND (
        IF(ISNAN(`t7`.`hours`), CAST(NULL AS DOUBLE), `t7`.`hours`) > 7.5
      )
    ) AS TINYINT) AS `ad_keep_women`
  FROM (
    SELECT
      `t2`.`day`,
      `t2`.`region`,
      `t2`.`wage`,
      `t2`.`age_months`,
      `t2`.`female`,
      `t2`.`hours`,
      `t2`.`muni_h`,
      `t2`.`visits`,
      `t2`.`pop`,
      `t6`.`ad_centre_log_wage`,
      `t6`.`ad_centre_visits`,
      `t6`.`ad_centre_hours`
    FROM (
      SELECT
        `t0`.`day`,
        `t0`.`region`,
        CAST(`t0`.`wage` AS DOUBLE) AS `wage`,
        `t0`.`age_months`,
        `t0`.`female`,
        CAST(`t0`.`hours` AS DOUBLE) AS `hours`,
        `t0`.`muni_h`,
        CAST(`t0`.`visits` AS BIGINT) AS `visits`,
        CAST(`t0`.`pop` AS DOUBLE) AS `pop`
      FROM `panel` AS `t0`
    ) AS `t2`
    CROSS JOIN (
      SELECT
        CAST(CAST(ROUND(`t4`.`ad_centre_log_wage`, 0) AS BIGINT) AS DOUBLE) AS `ad_centre_log_wage`,
        CAST(CAST(ROUND(`t4`.`ad_centre_visits`, 0) AS BIGINT) AS DOUBLE) AS `ad_centre_visits`,
        CAST(CAST(ROUND(`t4`.`ad_centre_hours`, 0) AS BIGINT) AS DOUBLE) AS `ad_centre_hours`
      FROM (
        SELECT
          COALESCE(
            AVG(
              IF(
                NOT (
                  ISNAN(
                    IF(
                      `t3`.`wage` <= 0,
                      CAST('NaN' AS DOUBLE),
                      LN(IF(`t3`.`wage` > 0, `t3`.`wage`, CAST(NULL AS DOUBLE)))
                    )
                  )
                  OR (
                    FALSE OR FALSE
                  )
                ),
                IF(
                  `t3`.`wage` <= 0,
                  CAST('NaN' AS DOUBLE),
                  LN(IF(`t3`.`wage` > 0, `t3`.`wage`, CAST(NULL AS DOUBLE)))
                ),
                NULL
              )
            ),
            0.0
          ) AS `ad_centre_log_wage`,
          COALESCE(
            AVG(
              IF(
                NOT (
                  ISNAN(CAST(`t3`.`visits` AS DOUBLE)) OR (
                    FALSE OR FALSE
                  )
                ),
                CAST(`t3`.`visits` AS DOUBLE),
                NULL
              )
            ),
            0.0
          ) AS `ad_centre_visits`,
          COALESCE(
            AVG(
              IF(NOT (
                ISNAN(`t3`.`hours`) OR (
                  FALSE OR FALSE
                )
              ), `t3`.`hours`, NULL)
            ),
            0.0
          ) AS `ad_centre_hours`
        FROM (
          SELECT
            `t0`.`day`,
            `t0`.`region`,
            IF(
              ISNAN(CAST(`t0`.`wage` AS DOUBLE)),
              CAST(NULL AS DOUBLE),
              CAST(`t0`.`wage` AS DOUBLE)
            ) AS `wage`,
            `t0`.`age_months`,
            `t0`.`female`,
            IF(
              ISNAN(CAST(`t0`.`hours` AS DOUBLE)),
              CAST(NULL AS DOUBLE),
              CAST(`t0`.`hours` AS DOUBLE)
            ) AS `hours`,
            `t0`.`muni_h`,
            CAST(`t0`.`visits` AS BIGINT) AS `visits`,
            IF(ISNAN(CAST(`t0`.`pop` AS DOUBLE)), CAST(NULL AS DOUBLE), CAST(`t0`.`pop` AS DOUBLE)) AS `pop`
          FROM `panel` AS `t0`
        ) AS `t3`
      ) AS `t4`
    ) AS `t6`
  ) AS `t7`
  WHERE
    COALESCE(NOT (
      `t7`.`region` IN ('north', 'o\'hara')
    ), FALSE)
    AND (
      IF(ISNAN(`t7`.`wage`), CAST(NULL AS DOUBLE), `t7`.`wage`) IS NOT NULL
      AND NOT ISNAN(IF(ISNAN(`t7`.`wage`), CAST(NULL AS DOUBLE), `t7`.`wage`))
    )
) AS `t8`
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6,
  7,
  8;
