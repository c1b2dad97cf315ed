-- Cells of the spec weighted, for BigQuery. These queries are compiled and compared with the texts we expect; they were never run on BigQuery.
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
      CAST('NaN' AS FLOAT64),
      LN(IF(`t8`.`wage` > 0, `t8`.`wage`, CAST(NULL AS FLOAT64)))
    ) IS NULL AS INT64) * 1
  ) + (
    CAST(`t8`.`visits` IS NULL AS INT64) * 2
  ) + (
    CAST(`t8`.`hours` IS NULL AS INT64) * 4
  ) + (
    CAST(IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS FLOAT64)) IS NULL AS INT64) * 8
  ) AS `ad_missing`,
  COUNT(*) AS `ad_rows`,
  SUM(IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS FLOAT64))) AS `ad_weight`,
  CAST(SUM(CAST(`t8`.`pop` < 0 AS INT64)) AS INT64) AS `ad_refused_pop_`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS FLOAT64)) * (
      IF(
        `t8`.`wage` <= 0,
        CAST('NaN' AS FLOAT64),
        LN(IF(`t8`.`wage` > 0, `t8`.`wage`, CAST(NULL AS FLOAT64)))
      ) - `t8`.`ad_centre_log_wage`
    )
  ) AS `ad_sum_log_wage`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS FLOAT64)) * (
      CAST(`t8`.`visits` AS FLOAT64) - `t8`.`ad_centre_visits`
    )
  ) AS `ad_sum_visits`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS FLOAT64)) * (
      `t8`.`hours` - `t8`.`ad_centre_hours`
    )
  ) AS `ad_sum_hours`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS FLOAT64)) * (
      IF(
        `t8`.`wage` <= 0,
        CAST('NaN' AS FLOAT64),
        LN(IF(`t8`.`wage` > 0, `t8`.`wage`, CAST(NULL AS FLOAT64)))
      ) - `t8`.`ad_centre_log_wage`
    ) * (
      IF(
        `t8`.`wage` <= 0,
        CAST('NaN' AS FLOAT64),
        LN(IF(`t8`.`wage` > 0, `t8`.`wage`, CAST(NULL AS FLOAT64)))
      ) - `t8`.`ad_centre_log_wage`
    )
  ) AS `ad_sum_log_wage_log_wage`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS FLOAT64)) * (
      IF(
        `t8`.`wage` <= 0,
        CAST('NaN' AS FLOAT64),
        LN(IF(`t8`.`wage` > 0, `t8`.`wage`, CAST(NULL AS FLOAT64)))
      ) - `t8`.`ad_centre_log_wage`
    ) * (
      `t8`.`hours` - `t8`.`ad_centre_hours`
    )
  ) AS `ad_sum_log_wage_hours`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS FLOAT64)) * (
      CAST(`t8`.`visits` AS FLOAT64) - `t8`.`ad_centre_visits`
    ) * (
      CAST(`t8`.`visits` AS FLOAT64) - `t8`.`ad_centre_visits`
    )
  ) AS `ad_sum_visits_visits`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS FLOAT64)) * (
      CAST(`t8`.`visits` AS FLOAT64) - `t8`.`ad_centre_visits`
    ) * (
      `t8`.`hours` - `t8`.`ad_centre_hours`
    )
  ) AS `ad_sum_visits_hours`,
  SUM(
    IF(`t8`.`pop` > 0, `t8`.`pop`, CAST(NULL AS FLOAT64)) * (
      `t8`.`hours` - `t8`.`ad_centre_hours`
    ) * (
      `t8`.`hours` - `t8`.`ad_centre_hours`
    )
  ) AS `ad_sum_hours_hours`
FROM (
  SELECT
    `t7`.`day`,
    `t7`.`region`,
    IF(IS_NAN(`t7`.`wage`), CAST(NULL AS FLOAT64), `t7`.`wage`) AS `wage`,
    `t7`.`age_months`,
    `t7`.`female`,
    IF(IS_NAN(`t7`.`hours`), CAST(NULL AS FLOAT64), `t7`.`hours`) AS `hours`,
    `t7`.`muni_h`,
    `t7`.`visits`,
    IF(IS_NAN(`t7`.`pop`), CAST(NULL AS FLOAT64), `t7`.`pop`) AS `pop`,
    `t7`.`ad_centre_log_wage`,
    `t7`.`ad_centre_visits`,
    `t7`.`ad_centre_hours`,
    CAST((
      `t7`.`age_months` - 1
    ) < 360 AS INT64) AS `ad_treated`,
    CAST(IF(
      (
        `t7`.`female` IS NULL
      )
      OR (
        IF(IS_NAN(`t7`.`hours`), CAST(NULL AS FLOAT64), `t7`.`hours`) IS NULL
      ),
      CAST(NULL AS BOOL),
      (
        `t7`.`female` = 1
      )
      AND (
        IF(IS_NAN(`t7`.`hours`), CAST(NULL AS FLOAT64), `t7`.`hours`) > 7.5
      )
    ) AS INT64) AS `ad_keep_women`
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
        CAST(`t0`.`wage` AS FLOAT64) AS `wage`,
        `t0`.`age_months`,
        `t0`.`female`,
        CAST(`t0`.`hours` AS FLOAT64) AS `hours`,
        `t0`.`muni_h`,
        CAST(`t0`.`visits` AS INT64) AS `visits`,
        CAST(`t0`.`pop` AS FLOAT64) AS `pop`
      FROM `panel` AS `t0`
    ) AS `t2`
    CROSS JOIN (
      SELECT
        CAST(CAST(ROUND(`t4`.`ad_centre_log_wage`, 0) AS INT64) AS FLOAT64) AS `ad_centre_log_wage`,
        CAST(CAST(ROUND(`t4`.`ad_centre_visits`, 0) AS INT64) AS FLOAT64) AS `ad_centre_visits`,
        CAST(CAST(ROUND(`t4`.`ad_centre_hours`, 0) AS INT64) AS FLOAT64) AS `ad_centre_hours`
      FROM (
        SELECT
          COALESCE(
            AVG(
              IF(
                NOT (
                  IS_NAN(
                    IF(
                      `t3`.`wage` <= 0,
                      CAST('NaN' AS FLOAT64),
                      LN(IF(`t3`.`wage` > 0, `t3`.`wage`, CAST(NULL AS FLOAT64)))
                    )
                  )
                  OR IS_INF(
                    IF(
                      `t3`.`wage` <= 0,
                      CAST('NaN' AS FLOAT64),
                      LN(IF(`t3`.`wage` > 0, `t3`.`wage`, CAST(NULL AS FLOAT64)))
                    )
                  )
                ),
                IF(
                  `t3`.`wage` <= 0,
                  CAST('NaN' AS FLOAT64),
                  LN(IF(`t3`.`wage` > 0, `t3`.`wage`, CAST(NULL AS FLOAT64)))
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
                  IS_NAN(CAST(`t3`.`visits` AS FLOAT64)) OR IS_INF(CAST(`t3`.`visits` AS FLOAT64))
                ),
                CAST(`t3`.`visits` AS FLOAT64),
                NULL
              )
            ),
            0.0
          ) AS `ad_centre_visits`,
          COALESCE(
            AVG(IF(NOT (
              IS_NAN(`t3`.`hours`) OR IS_INF(`t3`.`hours`)
            ), `t3`.`hours`, NULL)),
            0.0
          ) AS `ad_centre_hours`
        FROM (
          SELECT
            `t0`.`day`,
            `t0`.`region`,
            IF(
              IS_NAN(CAST(`t0`.`wage` AS FLOAT64)),
              CAST(NULL AS FLOAT64),
              CAST(`t0`.`wage` AS FLOAT64)
            ) AS `wage`,
            `t0`.`age_months`,
            `t0`.`female`,
            IF(
              IS_NAN(CAST(`t0`.`hours` AS FLOAT64)),
              CAST(NULL AS FLOAT64),
              CAST(`t0`.`hours` AS FLOAT64)
            ) AS `hours`,
            `t0`.`muni_h`,
            CAST(`t0`.`visits` AS INT64) AS `visits`,
            IF(
              IS_NAN(CAST(`t0`.`pop` AS FLOAT64)),
              CAST(NULL AS FLOAT64),
              CAST(`t0`.`pop` AS FLOAT64)
            ) AS `pop`
          FROM `panel` AS `t0`
        ) AS `t3`
      ) AS `t4`
    ) AS `t6`
  ) AS `t7`
  WHERE
    COALESCE(NOT (
      `t7`.`region` IN ('north', 'o\'hara')
    ), FALSE)
    AND IF(IS_NAN(`t7`.`wage`), CAST(NULL AS FLOAT64), `t7`.`wage`) IS NOT NULL
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
