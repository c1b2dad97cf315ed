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
  `t2`.`day`,
  `t2`.`muni_h`,
  `t2`.`ad_treated`,
  `t2`.`ad_keep_women`,
  (
    CAST(IF(
      `t2`.`wage` <= 0,
      CAST('NaN' AS FLOAT64),
      LN(IF(`t2`.`wage` > 0, `t2`.`wage`, CAST(NULL AS FLOAT64)))
    ) IS NULL AS INT64) * 1
  ) + (
    CAST(`t2`.`visits` IS NULL AS INT64) * 2
  ) + (
    CAST(`t2`.`hours` IS NULL AS INT64) * 4
  ) + (
    CAST(IF(`t2`.`pop` > 0, `t2`.`pop`, CAST(NULL AS FLOAT64)) IS NULL AS INT64) * 8
  ) AS `ad_missing`,
  COUNT(*) AS `ad_rows`,
  SUM(IF(`t2`.`pop` > 0, `t2`.`pop`, CAST(NULL AS FLOAT64))) AS `ad_weight`,
  CAST(SUM(CAST(`t2`.`pop` < 0 AS INT64)) AS INT64) AS `ad_refused_pop_`,
  SUM(
    IF(`t2`.`pop` > 0, `t2`.`pop`, CAST(NULL AS FLOAT64)) * IF(
      `t2`.`wage` <= 0,
      CAST('NaN' AS FLOAT64),
      LN(IF(`t2`.`wage` > 0, `t2`.`wage`, CAST(NULL AS FLOAT64)))
    )
  ) AS `ad_sum_log_wage`,
  SUM(
    IF(`t2`.`pop` > 0, `t2`.`pop`, CAST(NULL AS FLOAT64)) * CAST(`t2`.`visits` AS FLOAT64)
  ) AS `ad_sum_visits`,
  SUM(IF(`t2`.`pop` > 0, `t2`.`pop`, CAST(NULL AS FLOAT64)) * `t2`.`hours`) AS `ad_sum_hours`,
  SUM(
    IF(`t2`.`pop` > 0, `t2`.`pop`, CAST(NULL AS FLOAT64)) * IF(
      `t2`.`wage` <= 0,
      CAST('NaN' AS FLOAT64),
      LN(IF(`t2`.`wage` > 0, `t2`.`wage`, CAST(NULL AS FLOAT64)))
    ) * IF(
      `t2`.`wage` <= 0,
      CAST('NaN' AS FLOAT64),
      LN(IF(`t2`.`wage` > 0, `t2`.`wage`, CAST(NULL AS FLOAT64)))
    )
  ) AS `ad_sum_log_wage_log_wage`,
  SUM(
    IF(`t2`.`pop` > 0, `t2`.`pop`, CAST(NULL AS FLOAT64)) * IF(
      `t2`.`wage` <= 0,
      CAST('NaN' AS FLOAT64),
      LN(IF(`t2`.`wage` > 0, `t2`.`wage`, CAST(NULL AS FLOAT64)))
    ) * `t2`.`hours`
  ) AS `ad_sum_log_wage_hours`,
  SUM(
    IF(`t2`.`pop` > 0, `t2`.`pop`, CAST(NULL AS FLOAT64)) * CAST(`t2`.`visits` AS FLOAT64) * CAST(`t2`.`visits` AS FLOAT64)
  ) AS `ad_sum_visits_visits`,
  SUM(
    IF(`t2`.`pop` > 0, `t2`.`pop`, CAST(NULL AS FLOAT64)) * CAST(`t2`.`visits` AS FLOAT64) * `t2`.`hours`
  ) AS `ad_sum_visits_hours`,
  SUM(
    IF(`t2`.`pop` > 0, `t2`.`pop`, CAST(NULL AS FLOAT64)) * `t2`.`hours` * `t2`.`hours`
  ) AS `ad_sum_hours_hours`
FROM (
  SELECT
    `t1`.`day`,
    `t1`.`region`,
    `t1`.`wage`,
    `t1`.`age_months`,
    `t1`.`female`,
    `t1`.`hours`,
    `t1`.`muni_h`,
    `t1`.`visits`,
    `t1`.`pop`,
    CAST((
      `t1`.`age_months` - 1
    ) < 360 AS INT64) AS `ad_treated`,
    CAST(IF(
      (
        `t1`.`female` IS NULL
      ) OR (
        `t1`.`hours` IS NULL
      ),
      CAST(NULL AS BOOL),
      (
        `t1`.`female` = 1
      ) AND (
        `t1`.`hours` > 7.5
      )
    ) AS INT64) AS `ad_keep_women`
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
    WHERE
      COALESCE(NOT (
        `t0`.`region` IN ('north', 'o\'hara')
      ), FALSE)
      AND IF(
        IS_NAN(CAST(`t0`.`wage` AS FLOAT64)),
        CAST(NULL AS FLOAT64),
        CAST(`t0`.`wage` AS FLOAT64)
      ) IS NOT NULL
  ) AS `t1`
) AS `t2`
GROUP BY
  1,
  2,
  3,
  4,
  5;
