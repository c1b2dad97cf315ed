-- Cells of the spec age_did, for BigQuery. These queries are compiled and compared with the texts we expect; they were never run on BigQuery.
-- Every statement is a SELECT: it needs the right to read one table, and nothing else.
-- The table is called "panel": cells --table NAME writes another name.
-- Columns that it must have, and how they are read:
--   "ym": whole numbers
--   "age_months": whole numbers
--   "muni_h": any type; compared with text where it is compared
--   "employed": whole numbers
--   "in_education": whole numbers
--   "condition_imposed": whole numbers
--   "female": numbers
--   "immigrant": numbers
--   "person_id": any type; compared with text where it is compared
-- Save each result under the name above it, all in one folder; then:
--   activity-duty run age_did --cells FOLDER
-- Models:
--   main: from cells_1
--   path: from cells_1
-- These results do not show whether a unit changes its cluster, and models with
-- clusters are marked 'warned' for it.

-- Save as cells_1.parquet
SELECT
  `t8`.`ym`,
  `t8`.`muni_h`,
  `t8`.`ad_treated`,
  `t8`.`ad_control`,
  `t8`.`ad_centre_female`,
  `t8`.`ad_centre_immigrant`,
  (
    CAST(`t8`.`employed` IS NULL AS INT64) * 1
  ) + (
    CAST(`t8`.`in_education` IS NULL AS INT64) * 2
  ) + (
    CAST(`t8`.`condition_imposed` IS NULL AS INT64) * 4
  ) + (
    CAST(`t8`.`female` IS NULL AS INT64) * 8
  ) + (
    CAST(`t8`.`immigrant` IS NULL AS INT64) * 16
  ) AS `ad_missing`,
  COUNT(*) AS `ad_rows`,
  CAST(SUM(`t8`.`employed`) AS INT64) AS `ad_sum_employed`,
  CAST(SUM(`t8`.`in_education`) AS INT64) AS `ad_sum_in_education`,
  CAST(SUM(`t8`.`condition_imposed`) AS INT64) AS `ad_sum_condition_imposed`,
  SUM(`t8`.`female` - `t8`.`ad_centre_female`) AS `ad_sum_female`,
  SUM(`t8`.`immigrant` - `t8`.`ad_centre_immigrant`) AS `ad_sum_immigrant`,
  CAST(SUM(`t8`.`employed` * `t8`.`employed`) AS INT64) AS `ad_sum_employed_employed`,
  SUM(CAST(`t8`.`employed` AS FLOAT64) * (
    `t8`.`female` - `t8`.`ad_centre_female`
  )) AS `ad_sum_employed_female`,
  SUM(
    CAST(`t8`.`employed` AS FLOAT64) * (
      `t8`.`immigrant` - `t8`.`ad_centre_immigrant`
    )
  ) AS `ad_sum_employed_immigrant`,
  CAST(SUM(`t8`.`in_education` * `t8`.`in_education`) AS INT64) AS `ad_sum_in_education_in_education`,
  SUM(
    CAST(`t8`.`in_education` AS FLOAT64) * (
      `t8`.`female` - `t8`.`ad_centre_female`
    )
  ) AS `ad_sum_in_education_female`,
  SUM(
    CAST(`t8`.`in_education` AS FLOAT64) * (
      `t8`.`immigrant` - `t8`.`ad_centre_immigrant`
    )
  ) AS `ad_sum_in_education_immigrant`,
  CAST(SUM(`t8`.`condition_imposed` * `t8`.`condition_imposed`) AS INT64) AS `ad_sum_condition_imposed_condition_imposed`,
  SUM(
    CAST(`t8`.`condition_imposed` AS FLOAT64) * (
      `t8`.`female` - `t8`.`ad_centre_female`
    )
  ) AS `ad_sum_condition_imposed_female`,
  SUM(
    CAST(`t8`.`condition_imposed` AS FLOAT64) * (
      `t8`.`immigrant` - `t8`.`ad_centre_immigrant`
    )
  ) AS `ad_sum_condition_imposed_immigrant`,
  SUM(
    (
      `t8`.`female` - `t8`.`ad_centre_female`
    ) * (
      `t8`.`female` - `t8`.`ad_centre_female`
    )
  ) AS `ad_sum_female_female`,
  SUM(
    (
      `t8`.`female` - `t8`.`ad_centre_female`
    ) * (
      `t8`.`immigrant` - `t8`.`ad_centre_immigrant`
    )
  ) AS `ad_sum_female_immigrant`,
  SUM(
    (
      `t8`.`immigrant` - `t8`.`ad_centre_immigrant`
    ) * (
      `t8`.`immigrant` - `t8`.`ad_centre_immigrant`
    )
  ) AS `ad_sum_immigrant_immigrant`
FROM (
  SELECT
    `t7`.`ym`,
    `t7`.`age_months`,
    `t7`.`muni_h`,
    `t7`.`employed`,
    `t7`.`in_education`,
    `t7`.`condition_imposed`,
    IF(IS_NAN(`t7`.`female`), CAST(NULL AS FLOAT64), `t7`.`female`) AS `female`,
    IF(IS_NAN(`t7`.`immigrant`), CAST(NULL AS FLOAT64), `t7`.`immigrant`) AS `immigrant`,
    `t7`.`person_id`,
    `t7`.`ad_centre_female`,
    `t7`.`ad_centre_immigrant`,
    CAST((
      `t7`.`age_months` - 1
    ) < 360 AS INT64) AS `ad_treated`,
    CAST(`t7`.`age_months` >= 372 AS INT64) AS `ad_control`
  FROM (
    SELECT
      `t2`.`ym`,
      `t2`.`age_months`,
      `t2`.`muni_h`,
      `t2`.`employed`,
      `t2`.`in_education`,
      `t2`.`condition_imposed`,
      `t2`.`female`,
      `t2`.`immigrant`,
      `t2`.`person_id`,
      `t6`.`ad_centre_female`,
      `t6`.`ad_centre_immigrant`
    FROM (
      SELECT
        `t0`.`ym`,
        `t0`.`age_months`,
        `t0`.`muni_h`,
        CAST(`t0`.`employed` AS INT64) AS `employed`,
        CAST(`t0`.`in_education` AS INT64) AS `in_education`,
        CAST(`t0`.`condition_imposed` AS INT64) AS `condition_imposed`,
        CAST(`t0`.`female` AS FLOAT64) AS `female`,
        CAST(`t0`.`immigrant` AS FLOAT64) AS `immigrant`,
        `t0`.`person_id`
      FROM `panel` AS `t0`
    ) AS `t2`
    CROSS JOIN (
      SELECT
        CAST(CAST(ROUND(`t4`.`ad_centre_female`, 0) AS INT64) AS FLOAT64) AS `ad_centre_female`,
        CAST(CAST(ROUND(`t4`.`ad_centre_immigrant`, 0) AS INT64) AS FLOAT64) AS `ad_centre_immigrant`
      FROM (
        SELECT
          COALESCE(
            AVG(
              IF(NOT (
                IS_NAN(`t3`.`female`) OR IS_INF(`t3`.`female`)
              ), `t3`.`female`, NULL)
            ),
            0.0
          ) AS `ad_centre_female`,
          COALESCE(
            AVG(
              IF(
                NOT (
                  IS_NAN(`t3`.`immigrant`) OR IS_INF(`t3`.`immigrant`)
                ),
                `t3`.`immigrant`,
                NULL
              )
            ),
            0.0
          ) AS `ad_centre_immigrant`
        FROM (
          SELECT
            `t0`.`ym`,
            `t0`.`age_months`,
            `t0`.`muni_h`,
            CAST(`t0`.`employed` AS INT64) AS `employed`,
            CAST(`t0`.`in_education` AS INT64) AS `in_education`,
            CAST(`t0`.`condition_imposed` AS INT64) AS `condition_imposed`,
            IF(
              IS_NAN(CAST(`t0`.`female` AS FLOAT64)),
              CAST(NULL AS FLOAT64),
              CAST(`t0`.`female` AS FLOAT64)
            ) AS `female`,
            IF(
              IS_NAN(CAST(`t0`.`immigrant` AS FLOAT64)),
              CAST(NULL AS FLOAT64),
              CAST(`t0`.`immigrant` AS FLOAT64)
            ) AS `immigrant`,
            `t0`.`person_id`
          FROM `panel` AS `t0`
        ) AS `t3`
      ) AS `t4`
    ) AS `t6`
  ) AS `t7`
  WHERE
    `t7`.`ym` >= 201301
    AND `t7`.`ym` <= 201912
    AND COALESCE((
      `t7`.`age_months` >= 300
    ) AND (
      `t7`.`age_months` < 420
    ), FALSE)
    AND NOT (
      (
        `t7`.`ym` >= 201607
      ) AND (
        `t7`.`ym` <= 201612
      )
    )
) AS `t8`
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6,
  7;

-- A check, not to be saved. It must give 0: no unit has two rows at one time.
SELECT
  COALESCE(CAST(SUM(`t2`.`ad_rows` - 1) AS INT64), 0) AS `ad_repeated`
FROM (
  SELECT
    `t1`.`person_id`,
    `t1`.`ym`,
    COUNT(*) AS `ad_rows`
  FROM (
    SELECT
      `t0`.`ym`,
      `t0`.`age_months`,
      `t0`.`muni_h`,
      CAST(`t0`.`employed` AS INT64) AS `employed`,
      CAST(`t0`.`in_education` AS INT64) AS `in_education`,
      CAST(`t0`.`condition_imposed` AS INT64) AS `condition_imposed`,
      IF(
        IS_NAN(CAST(`t0`.`female` AS FLOAT64)),
        CAST(NULL AS FLOAT64),
        CAST(`t0`.`female` AS FLOAT64)
      ) AS `female`,
      IF(
        IS_NAN(CAST(`t0`.`immigrant` AS FLOAT64)),
        CAST(NULL AS FLOAT64),
        CAST(`t0`.`immigrant` AS FLOAT64)
      ) AS `immigrant`,
      `t0`.`person_id`,
      CAST((
        `t0`.`age_months` - 1
      ) < 360 AS INT64) AS `ad_treated`,
      CAST(`t0`.`age_months` >= 372 AS INT64) AS `ad_control`
    FROM `panel` AS `t0`
    WHERE
      `t0`.`ym` >= 201301
      AND `t0`.`ym` <= 201912
      AND COALESCE((
        `t0`.`age_months` >= 300
      ) AND (
        `t0`.`age_months` < 420
      ), FALSE)
      AND NOT (
        (
          `t0`.`ym` >= 201607
        ) AND (
          `t0`.`ym` <= 201612
        )
      )
  ) AS `t1`
  GROUP BY
    1,
    2
) AS `t2`;
