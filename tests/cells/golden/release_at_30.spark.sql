-- Cells of the spec release_at_30, for Spark SQL, from version 3.4. Save each result as one parquet file.
-- Every statement is a SELECT: it needs the right to read one table, and nothing else.
-- The table is called "panel": cells --table NAME writes another name.
-- Columns that it must have, and how they are read:
--   "ym": whole numbers
--   "age_months": whole numbers
--   "sa_exit": whole numbers
--   "sa_entry": whole numbers
--   "employed": whole numbers
--   "sa_received": whole numbers
--   "person_id": any type; compared with text where it is compared
-- Save each result under the name above it, all in one folder; then:
--   activity-duty run release_at_30 --cells FOLDER
-- Models:
--   exit_flow: from cells_1 and pairs_1 and pairs_2
--   exit_honest: from cells_1 and pairs_1
--   stock_kink: from cells_1 and pairs_3 and pairs_4

-- Save as cells_1.parquet
SELECT
  `t1`.`age_months`,
  `t1`.`ad_post`,
  (
    CAST(`t1`.`sa_exit` IS NULL AS BIGINT) * 1
  ) + (
    CAST(`t1`.`sa_entry` IS NULL AS BIGINT) * 2
  ) + (
    CAST(`t1`.`employed` IS NULL AS BIGINT) * 4
  ) + (
    CAST(`t1`.`sa_received` IS NULL AS BIGINT) * 8
  ) AS `ad_missing`,
  COUNT(*) AS `ad_rows`,
  CAST(SUM(`t1`.`sa_exit`) AS BIGINT) AS `ad_sum_sa_exit`,
  CAST(SUM(`t1`.`sa_entry`) AS BIGINT) AS `ad_sum_sa_entry`,
  CAST(SUM(`t1`.`employed`) AS BIGINT) AS `ad_sum_employed`,
  CAST(SUM(`t1`.`sa_received`) AS BIGINT) AS `ad_sum_sa_received`,
  CAST(SUM(`t1`.`sa_exit` * `t1`.`sa_exit`) AS BIGINT) AS `ad_sum_sa_exit_sa_exit`,
  CAST(SUM(`t1`.`sa_entry` * `t1`.`sa_entry`) AS BIGINT) AS `ad_sum_sa_entry_sa_entry`,
  CAST(SUM(`t1`.`employed` * `t1`.`employed`) AS BIGINT) AS `ad_sum_employed_employed`,
  CAST(SUM(`t1`.`sa_received` * `t1`.`sa_received`) AS BIGINT) AS `ad_sum_sa_received_sa_received`
FROM (
  SELECT
    `t0`.`ym`,
    `t0`.`age_months`,
    CAST(`t0`.`sa_exit` AS BIGINT) AS `sa_exit`,
    CAST(`t0`.`sa_entry` AS BIGINT) AS `sa_entry`,
    CAST(`t0`.`employed` AS BIGINT) AS `employed`,
    CAST(`t0`.`sa_received` AS BIGINT) AS `sa_received`,
    `t0`.`person_id`,
    CAST((
      `t0`.`age_months` > 359
    ) AND (
      `t0`.`age_months` < 361
    ) AS TINYINT) AS `ad_donut`,
    CAST(`t0`.`ym` >= 201701 AS TINYINT) AS `ad_post`
  FROM `panel` AS `t0`
  WHERE
    `t0`.`ym` >= 201301 AND `t0`.`ym` <= 201912
) AS `t1`
GROUP BY
  1,
  2,
  3;

-- Save as pairs_1.parquet
WITH `t3` AS (
  SELECT
    `t2`.`ad_unit`,
    `t2`.`ad_point`,
    `t2`.`ad_side`,
    COUNT(*) AS `ad_value_0`,
    CAST(SUM(`t2`.`ad_value_1`) AS BIGINT) AS `ad_value_1`
  FROM (
    SELECT
      `t1`.`person_id` AS `ad_unit`,
      `t1`.`age_months` AS `ad_point`,
      -1 AS `ad_side`,
      `t1`.`sa_exit` AS `ad_value_1`
    FROM (
      SELECT
        `t0`.`ym`,
        `t0`.`age_months`,
        CAST(`t0`.`sa_exit` AS BIGINT) AS `sa_exit`,
        CAST(`t0`.`sa_entry` AS BIGINT) AS `sa_entry`,
        CAST(`t0`.`employed` AS BIGINT) AS `employed`,
        CAST(`t0`.`sa_received` AS BIGINT) AS `sa_received`,
        `t0`.`person_id`,
        CAST((
          `t0`.`age_months` > 359
        ) AND (
          `t0`.`age_months` < 361
        ) AS TINYINT) AS `ad_donut`,
        CAST(`t0`.`ym` >= 201701 AS TINYINT) AS `ad_post`
      FROM `panel` AS `t0`
      WHERE
        `t0`.`ym` >= 201301 AND `t0`.`ym` <= 201912
    ) AS `t1`
    WHERE
      `t1`.`ad_post` = 1
      AND `t1`.`sa_exit` IS NOT NULL
      AND `t1`.`ad_donut` = 0
      AND `t1`.`age_months` IS NOT NULL
  ) AS `t2`
  GROUP BY
    1,
    2,
    3
), `t7` AS (
  SELECT
    `t6`.`ad_point`,
    `t6`.`ad_side`,
    ROW_NUMBER() OVER (ORDER BY `t6`.`ad_point` ASC NULLS LAST, `t6`.`ad_side` ASC NULLS LAST) - 1 AS `ad_at`
  FROM (
    SELECT DISTINCT
      `t4`.`ad_point`,
      `t4`.`ad_side`
    FROM `t3` AS `t4`
  ) AS `t6`
), `t13` AS (
  SELECT
    `t5`.`ad_unit`,
    `t10`.`ad_at`,
    `t5`.`ad_value_0`,
    `t5`.`ad_value_1`
  FROM `t3` AS `t5`
  INNER JOIN `t7` AS `t10`
    ON `t5`.`ad_point` = `t10`.`ad_point` AND `t5`.`ad_side` = `t10`.`ad_side`
), `t18` AS (
  SELECT
    `t14`.`ad_at` AS `ad_first`,
    LEAD(`t14`.`ad_at`) OVER (PARTITION BY `t14`.`ad_unit` ORDER BY `t14`.`ad_at` ASC NULLS LAST) AS `ad_second`
  FROM `t13` AS `t14`
)
SELECT
  `t31`.`ad_first`,
  `t31`.`ad_second`,
  `t31`.`ad_running`,
  `t31`.`ad_post`,
  `t31`.`ad_units`,
  COALESCE(`t31`.`ad_sum_one|one`, 0) AS `ad_sum_one|one`,
  COALESCE(`t31`.`ad_sum_one|y`, 0) AS `ad_sum_one|y`,
  COALESCE(`t31`.`ad_sum_y|one`, 0) AS `ad_sum_y|one`,
  COALESCE(`t31`.`ad_sum_y|y`, 0) AS `ad_sum_y|y`,
  COALESCE(`t31`.`ad_next`, 0) AS `ad_next`
FROM (
  SELECT
    `t25`.`ad_running`,
    `t25`.`ad_post`,
    `t25`.`ad_first`,
    `t25`.`ad_second`,
    `t25`.`ad_units`,
    `t28`.`ad_sum_one|one`,
    `t28`.`ad_sum_one|y`,
    `t28`.`ad_sum_y|one`,
    `t28`.`ad_sum_y|y`,
    `t30`.`ad_next`
  FROM (
    SELECT
      `t21`.`ad_point` AS `ad_running`,
      `t21`.`ad_side` AS `ad_post`,
      `t21`.`ad_at` AS `ad_first`,
      `t21`.`ad_second`,
      `t21`.`ad_units`
    FROM (
      SELECT
        `t9`.`ad_point`,
        `t9`.`ad_side`,
        `t9`.`ad_at`,
        `t12`.`ad_second`,
        `t17`.`ad_units`
      FROM `t7` AS `t9`
      CROSS JOIN (
        SELECT
          `t8`.`ad_at` AS `ad_second`
        FROM `t7` AS `t8`
      ) AS `t12`
      CROSS JOIN (
        SELECT
          COUNT(DISTINCT `t14`.`ad_unit`) AS `ad_units`
        FROM `t13` AS `t14`
      ) AS `t17`
    ) AS `t21`
  ) AS `t25`
  LEFT OUTER JOIN (
    SELECT
      `t19`.`ad_first`,
      `t19`.`ad_second`,
      CAST(SUM(`t19`.`ad_left_0` * `t19`.`ad_right_0`) AS BIGINT) AS `ad_sum_one|one`,
      CAST(SUM(`t19`.`ad_left_0` * `t19`.`ad_right_1`) AS BIGINT) AS `ad_sum_one|y`,
      CAST(SUM(`t19`.`ad_left_1` * `t19`.`ad_right_0`) AS BIGINT) AS `ad_sum_y|one`,
      CAST(SUM(`t19`.`ad_left_1` * `t19`.`ad_right_1`) AS BIGINT) AS `ad_sum_y|y`
    FROM (
      SELECT
        `t10`.`ad_at` AS `ad_first`,
        `t15`.`ad_at` AS `ad_second`,
        `t5`.`ad_value_0` AS `ad_left_0`,
        `t5`.`ad_value_1` AS `ad_left_1`,
        `t15`.`ad_value_0` AS `ad_right_0`,
        `t15`.`ad_value_1` AS `ad_right_1`
      FROM `t3` AS `t5`
      INNER JOIN `t7` AS `t10`
        ON `t5`.`ad_point` = `t10`.`ad_point` AND `t5`.`ad_side` = `t10`.`ad_side`
      INNER JOIN `t13` AS `t15`
        ON `t5`.`ad_unit` = `t15`.`ad_unit`
    ) AS `t19`
    GROUP BY
      1,
      2
  ) AS `t28`
    ON `t25`.`ad_first` = `t28`.`ad_first` AND `t25`.`ad_second` = `t28`.`ad_second`
  LEFT OUTER JOIN (
    SELECT
      `t26`.`ad_first`,
      `t26`.`ad_second`,
      COUNT(*) AS `ad_next`
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t20`.`ad_first`,
          `t20`.`ad_first` AS `ad_second`
        FROM `t18` AS `t20`
      ) AS `t22`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM `t18` AS `t20`
        WHERE
          `t20`.`ad_second` IS NOT NULL
      ) AS `t24`
    ) AS `t26`
    GROUP BY
      1,
      2
  ) AS `t30`
    ON `t25`.`ad_first` = `t30`.`ad_first` AND `t25`.`ad_second` = `t30`.`ad_second`
) AS `t31`;

-- Save as pairs_2.parquet
WITH `t3` AS (
  SELECT
    `t2`.`ad_unit`,
    `t2`.`ad_point`,
    `t2`.`ad_side`,
    COUNT(*) AS `ad_value_0`,
    CAST(SUM(`t2`.`ad_value_1`) AS BIGINT) AS `ad_value_1`
  FROM (
    SELECT
      `t1`.`person_id` AS `ad_unit`,
      `t1`.`age_months` AS `ad_point`,
      -1 AS `ad_side`,
      `t1`.`sa_entry` AS `ad_value_1`
    FROM (
      SELECT
        `t0`.`ym`,
        `t0`.`age_months`,
        CAST(`t0`.`sa_exit` AS BIGINT) AS `sa_exit`,
        CAST(`t0`.`sa_entry` AS BIGINT) AS `sa_entry`,
        CAST(`t0`.`employed` AS BIGINT) AS `employed`,
        CAST(`t0`.`sa_received` AS BIGINT) AS `sa_received`,
        `t0`.`person_id`,
        CAST((
          `t0`.`age_months` > 359
        ) AND (
          `t0`.`age_months` < 361
        ) AS TINYINT) AS `ad_donut`,
        CAST(`t0`.`ym` >= 201701 AS TINYINT) AS `ad_post`
      FROM `panel` AS `t0`
      WHERE
        `t0`.`ym` >= 201301 AND `t0`.`ym` <= 201912
    ) AS `t1`
    WHERE
      `t1`.`ad_post` = 1
      AND `t1`.`sa_entry` IS NOT NULL
      AND `t1`.`ad_donut` = 0
      AND `t1`.`age_months` IS NOT NULL
  ) AS `t2`
  GROUP BY
    1,
    2,
    3
), `t7` AS (
  SELECT
    `t6`.`ad_point`,
    `t6`.`ad_side`,
    ROW_NUMBER() OVER (ORDER BY `t6`.`ad_point` ASC NULLS LAST, `t6`.`ad_side` ASC NULLS LAST) - 1 AS `ad_at`
  FROM (
    SELECT DISTINCT
      `t4`.`ad_point`,
      `t4`.`ad_side`
    FROM `t3` AS `t4`
  ) AS `t6`
), `t13` AS (
  SELECT
    `t5`.`ad_unit`,
    `t10`.`ad_at`,
    `t5`.`ad_value_0`,
    `t5`.`ad_value_1`
  FROM `t3` AS `t5`
  INNER JOIN `t7` AS `t10`
    ON `t5`.`ad_point` = `t10`.`ad_point` AND `t5`.`ad_side` = `t10`.`ad_side`
), `t18` AS (
  SELECT
    `t14`.`ad_at` AS `ad_first`,
    LEAD(`t14`.`ad_at`) OVER (PARTITION BY `t14`.`ad_unit` ORDER BY `t14`.`ad_at` ASC NULLS LAST) AS `ad_second`
  FROM `t13` AS `t14`
)
SELECT
  `t31`.`ad_first`,
  `t31`.`ad_second`,
  `t31`.`ad_running`,
  `t31`.`ad_post`,
  `t31`.`ad_units`,
  COALESCE(`t31`.`ad_sum_one|one`, 0) AS `ad_sum_one|one`,
  COALESCE(`t31`.`ad_sum_one|y`, 0) AS `ad_sum_one|y`,
  COALESCE(`t31`.`ad_sum_y|one`, 0) AS `ad_sum_y|one`,
  COALESCE(`t31`.`ad_sum_y|y`, 0) AS `ad_sum_y|y`,
  COALESCE(`t31`.`ad_next`, 0) AS `ad_next`
FROM (
  SELECT
    `t25`.`ad_running`,
    `t25`.`ad_post`,
    `t25`.`ad_first`,
    `t25`.`ad_second`,
    `t25`.`ad_units`,
    `t28`.`ad_sum_one|one`,
    `t28`.`ad_sum_one|y`,
    `t28`.`ad_sum_y|one`,
    `t28`.`ad_sum_y|y`,
    `t30`.`ad_next`
  FROM (
    SELECT
      `t21`.`ad_point` AS `ad_running`,
      `t21`.`ad_side` AS `ad_post`,
      `t21`.`ad_at` AS `ad_first`,
      `t21`.`ad_second`,
      `t21`.`ad_units`
    FROM (
      SELECT
        `t9`.`ad_point`,
        `t9`.`ad_side`,
        `t9`.`ad_at`,
        `t12`.`ad_second`,
        `t17`.`ad_units`
      FROM `t7` AS `t9`
      CROSS JOIN (
        SELECT
          `t8`.`ad_at` AS `ad_second`
        FROM `t7` AS `t8`
      ) AS `t12`
      CROSS JOIN (
        SELECT
          COUNT(DISTINCT `t14`.`ad_unit`) AS `ad_units`
        FROM `t13` AS `t14`
      ) AS `t17`
    ) AS `t21`
  ) AS `t25`
  LEFT OUTER JOIN (
    SELECT
      `t19`.`ad_first`,
      `t19`.`ad_second`,
      CAST(SUM(`t19`.`ad_left_0` * `t19`.`ad_right_0`) AS BIGINT) AS `ad_sum_one|one`,
      CAST(SUM(`t19`.`ad_left_0` * `t19`.`ad_right_1`) AS BIGINT) AS `ad_sum_one|y`,
      CAST(SUM(`t19`.`ad_left_1` * `t19`.`ad_right_0`) AS BIGINT) AS `ad_sum_y|one`,
      CAST(SUM(`t19`.`ad_left_1` * `t19`.`ad_right_1`) AS BIGINT) AS `ad_sum_y|y`
    FROM (
      SELECT
        `t10`.`ad_at` AS `ad_first`,
        `t15`.`ad_at` AS `ad_second`,
        `t5`.`ad_value_0` AS `ad_left_0`,
        `t5`.`ad_value_1` AS `ad_left_1`,
        `t15`.`ad_value_0` AS `ad_right_0`,
        `t15`.`ad_value_1` AS `ad_right_1`
      FROM `t3` AS `t5`
      INNER JOIN `t7` AS `t10`
        ON `t5`.`ad_point` = `t10`.`ad_point` AND `t5`.`ad_side` = `t10`.`ad_side`
      INNER JOIN `t13` AS `t15`
        ON `t5`.`ad_unit` = `t15`.`ad_unit`
    ) AS `t19`
    GROUP BY
      1,
      2
  ) AS `t28`
    ON `t25`.`ad_first` = `t28`.`ad_first` AND `t25`.`ad_second` = `t28`.`ad_second`
  LEFT OUTER JOIN (
    SELECT
      `t26`.`ad_first`,
      `t26`.`ad_second`,
      COUNT(*) AS `ad_next`
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t20`.`ad_first`,
          `t20`.`ad_first` AS `ad_second`
        FROM `t18` AS `t20`
      ) AS `t22`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM `t18` AS `t20`
        WHERE
          `t20`.`ad_second` IS NOT NULL
      ) AS `t24`
    ) AS `t26`
    GROUP BY
      1,
      2
  ) AS `t30`
    ON `t25`.`ad_first` = `t30`.`ad_first` AND `t25`.`ad_second` = `t30`.`ad_second`
) AS `t31`;

-- Save as pairs_3.parquet
WITH `t3` AS (
  SELECT
    `t2`.`ad_unit`,
    `t2`.`ad_point`,
    `t2`.`ad_side`,
    COUNT(*) AS `ad_value_0`,
    CAST(SUM(`t2`.`ad_value_1`) AS BIGINT) AS `ad_value_1`
  FROM (
    SELECT
      `t1`.`person_id` AS `ad_unit`,
      `t1`.`age_months` AS `ad_point`,
      -1 AS `ad_side`,
      `t1`.`employed` AS `ad_value_1`
    FROM (
      SELECT
        `t0`.`ym`,
        `t0`.`age_months`,
        CAST(`t0`.`sa_exit` AS BIGINT) AS `sa_exit`,
        CAST(`t0`.`sa_entry` AS BIGINT) AS `sa_entry`,
        CAST(`t0`.`employed` AS BIGINT) AS `employed`,
        CAST(`t0`.`sa_received` AS BIGINT) AS `sa_received`,
        `t0`.`person_id`,
        CAST((
          `t0`.`age_months` > 359
        ) AND (
          `t0`.`age_months` < 361
        ) AS TINYINT) AS `ad_donut`,
        CAST(`t0`.`ym` >= 201701 AS TINYINT) AS `ad_post`
      FROM `panel` AS `t0`
      WHERE
        `t0`.`ym` >= 201301 AND `t0`.`ym` <= 201912
    ) AS `t1`
    WHERE
      `t1`.`ad_post` = 1
      AND `t1`.`employed` IS NOT NULL
      AND `t1`.`ad_donut` = 0
      AND `t1`.`age_months` IS NOT NULL
  ) AS `t2`
  GROUP BY
    1,
    2,
    3
), `t7` AS (
  SELECT
    `t6`.`ad_point`,
    `t6`.`ad_side`,
    ROW_NUMBER() OVER (ORDER BY `t6`.`ad_point` ASC NULLS LAST, `t6`.`ad_side` ASC NULLS LAST) - 1 AS `ad_at`
  FROM (
    SELECT DISTINCT
      `t4`.`ad_point`,
      `t4`.`ad_side`
    FROM `t3` AS `t4`
  ) AS `t6`
), `t13` AS (
  SELECT
    `t5`.`ad_unit`,
    `t10`.`ad_at`,
    `t5`.`ad_value_0`,
    `t5`.`ad_value_1`
  FROM `t3` AS `t5`
  INNER JOIN `t7` AS `t10`
    ON `t5`.`ad_point` = `t10`.`ad_point` AND `t5`.`ad_side` = `t10`.`ad_side`
), `t18` AS (
  SELECT
    `t14`.`ad_at` AS `ad_first`,
    LEAD(`t14`.`ad_at`) OVER (PARTITION BY `t14`.`ad_unit` ORDER BY `t14`.`ad_at` ASC NULLS LAST) AS `ad_second`
  FROM `t13` AS `t14`
)
SELECT
  `t31`.`ad_first`,
  `t31`.`ad_second`,
  `t31`.`ad_running`,
  `t31`.`ad_post`,
  `t31`.`ad_units`,
  COALESCE(`t31`.`ad_sum_one|one`, 0) AS `ad_sum_one|one`,
  COALESCE(`t31`.`ad_sum_one|y`, 0) AS `ad_sum_one|y`,
  COALESCE(`t31`.`ad_sum_y|one`, 0) AS `ad_sum_y|one`,
  COALESCE(`t31`.`ad_sum_y|y`, 0) AS `ad_sum_y|y`,
  COALESCE(`t31`.`ad_next`, 0) AS `ad_next`
FROM (
  SELECT
    `t25`.`ad_running`,
    `t25`.`ad_post`,
    `t25`.`ad_first`,
    `t25`.`ad_second`,
    `t25`.`ad_units`,
    `t28`.`ad_sum_one|one`,
    `t28`.`ad_sum_one|y`,
    `t28`.`ad_sum_y|one`,
    `t28`.`ad_sum_y|y`,
    `t30`.`ad_next`
  FROM (
    SELECT
      `t21`.`ad_point` AS `ad_running`,
      `t21`.`ad_side` AS `ad_post`,
      `t21`.`ad_at` AS `ad_first`,
      `t21`.`ad_second`,
      `t21`.`ad_units`
    FROM (
      SELECT
        `t9`.`ad_point`,
        `t9`.`ad_side`,
        `t9`.`ad_at`,
        `t12`.`ad_second`,
        `t17`.`ad_units`
      FROM `t7` AS `t9`
      CROSS JOIN (
        SELECT
          `t8`.`ad_at` AS `ad_second`
        FROM `t7` AS `t8`
      ) AS `t12`
      CROSS JOIN (
        SELECT
          COUNT(DISTINCT `t14`.`ad_unit`) AS `ad_units`
        FROM `t13` AS `t14`
      ) AS `t17`
    ) AS `t21`
  ) AS `t25`
  LEFT OUTER JOIN (
    SELECT
      `t19`.`ad_first`,
      `t19`.`ad_second`,
      CAST(SUM(`t19`.`ad_left_0` * `t19`.`ad_right_0`) AS BIGINT) AS `ad_sum_one|one`,
      CAST(SUM(`t19`.`ad_left_0` * `t19`.`ad_right_1`) AS BIGINT) AS `ad_sum_one|y`,
      CAST(SUM(`t19`.`ad_left_1` * `t19`.`ad_right_0`) AS BIGINT) AS `ad_sum_y|one`,
      CAST(SUM(`t19`.`ad_left_1` * `t19`.`ad_right_1`) AS BIGINT) AS `ad_sum_y|y`
    FROM (
      SELECT
        `t10`.`ad_at` AS `ad_first`,
        `t15`.`ad_at` AS `ad_second`,
        `t5`.`ad_value_0` AS `ad_left_0`,
        `t5`.`ad_value_1` AS `ad_left_1`,
        `t15`.`ad_value_0` AS `ad_right_0`,
        `t15`.`ad_value_1` AS `ad_right_1`
      FROM `t3` AS `t5`
      INNER JOIN `t7` AS `t10`
        ON `t5`.`ad_point` = `t10`.`ad_point` AND `t5`.`ad_side` = `t10`.`ad_side`
      INNER JOIN `t13` AS `t15`
        ON `t5`.`ad_unit` = `t15`.`ad_unit`
    ) AS `t19`
    GROUP BY
      1,
      2
  ) AS `t28`
    ON `t25`.`ad_first` = `t28`.`ad_first` AND `t25`.`ad_second` = `t28`.`ad_second`
  LEFT OUTER JOIN (
    SELECT
      `t26`.`ad_first`,
      `t26`.`ad_second`,
      COUNT(*) AS `ad_next`
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t20`.`ad_first`,
          `t20`.`ad_first` AS `ad_second`
        FROM `t18` AS `t20`
      ) AS `t22`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM `t18` AS `t20`
        WHERE
          `t20`.`ad_second` IS NOT NULL
      ) AS `t24`
    ) AS `t26`
    GROUP BY
      1,
      2
  ) AS `t30`
    ON `t25`.`ad_first` = `t30`.`ad_first` AND `t25`.`ad_second` = `t30`.`ad_second`
) AS `t31`;

-- Save as pairs_4.parquet
WITH `t3` AS (
  SELECT
    `t2`.`ad_unit`,
    `t2`.`ad_point`,
    `t2`.`ad_side`,
    COUNT(*) AS `ad_value_0`,
    CAST(SUM(`t2`.`ad_value_1`) AS BIGINT) AS `ad_value_1`
  FROM (
    SELECT
      `t1`.`person_id` AS `ad_unit`,
      `t1`.`age_months` AS `ad_point`,
      -1 AS `ad_side`,
      `t1`.`sa_received` AS `ad_value_1`
    FROM (
      SELECT
        `t0`.`ym`,
        `t0`.`age_months`,
        CAST(`t0`.`sa_exit` AS BIGINT) AS `sa_exit`,
        CAST(`t0`.`sa_entry` AS BIGINT) AS `sa_entry`,
        CAST(`t0`.`employed` AS BIGINT) AS `employed`,
        CAST(`t0`.`sa_received` AS BIGINT) AS `sa_received`,
        `t0`.`person_id`,
        CAST((
          `t0`.`age_months` > 359
        ) AND (
          `t0`.`age_months` < 361
        ) AS TINYINT) AS `ad_donut`,
        CAST(`t0`.`ym` >= 201701 AS TINYINT) AS `ad_post`
      FROM `panel` AS `t0`
      WHERE
        `t0`.`ym` >= 201301 AND `t0`.`ym` <= 201912
    ) AS `t1`
    WHERE
      `t1`.`ad_post` = 1
      AND `t1`.`sa_received` IS NOT NULL
      AND `t1`.`ad_donut` = 0
      AND `t1`.`age_months` IS NOT NULL
  ) AS `t2`
  GROUP BY
    1,
    2,
    3
), `t7` AS (
  SELECT
    `t6`.`ad_point`,
    `t6`.`ad_side`,
    ROW_NUMBER() OVER (ORDER BY `t6`.`ad_point` ASC NULLS LAST, `t6`.`ad_side` ASC NULLS LAST) - 1 AS `ad_at`
  FROM (
    SELECT DISTINCT
      `t4`.`ad_point`,
      `t4`.`ad_side`
    FROM `t3` AS `t4`
  ) AS `t6`
), `t13` AS (
  SELECT
    `t5`.`ad_unit`,
    `t10`.`ad_at`,
    `t5`.`ad_value_0`,
    `t5`.`ad_value_1`
  FROM `t3` AS `t5`
  INNER JOIN `t7` AS `t10`
    ON `t5`.`ad_point` = `t10`.`ad_point` AND `t5`.`ad_side` = `t10`.`ad_side`
), `t18` AS (
  SELECT
    `t14`.`ad_at` AS `ad_first`,
    LEAD(`t14`.`ad_at`) OVER (PARTITION BY `t14`.`ad_unit` ORDER BY `t14`.`ad_at` ASC NULLS LAST) AS `ad_second`
  FROM `t13` AS `t14`
)
SELECT
  `t31`.`ad_first`,
  `t31`.`ad_second`,
  `t31`.`ad_running`,
  `t31`.`ad_post`,
  `t31`.`ad_units`,
  COALESCE(`t31`.`ad_sum_one|one`, 0) AS `ad_sum_one|one`,
  COALESCE(`t31`.`ad_sum_one|y`, 0) AS `ad_sum_one|y`,
  COALESCE(`t31`.`ad_sum_y|one`, 0) AS `ad_sum_y|one`,
  COALESCE(`t31`.`ad_sum_y|y`, 0) AS `ad_sum_y|y`,
  COALESCE(`t31`.`ad_next`, 0) AS `ad_next`
FROM (
  SELECT
    `t25`.`ad_running`,
    `t25`.`ad_post`,
    `t25`.`ad_first`,
    `t25`.`ad_second`,
    `t25`.`ad_units`,
    `t28`.`ad_sum_one|one`,
    `t28`.`ad_sum_one|y`,
    `t28`.`ad_sum_y|one`,
    `t28`.`ad_sum_y|y`,
    `t30`.`ad_next`
  FROM (
    SELECT
      `t21`.`ad_point` AS `ad_running`,
      `t21`.`ad_side` AS `ad_post`,
      `t21`.`ad_at` AS `ad_first`,
      `t21`.`ad_second`,
      `t21`.`ad_units`
    FROM (
      SELECT
        `t9`.`ad_point`,
        `t9`.`ad_side`,
        `t9`.`ad_at`,
        `t12`.`ad_second`,
        `t17`.`ad_units`
      FROM `t7` AS `t9`
      CROSS JOIN (
        SELECT
          `t8`.`ad_at` AS `ad_second`
        FROM `t7` AS `t8`
      ) AS `t12`
      CROSS JOIN (
        SELECT
          COUNT(DISTINCT `t14`.`ad_unit`) AS `ad_units`
        FROM `t13` AS `t14`
      ) AS `t17`
    ) AS `t21`
  ) AS `t25`
  LEFT OUTER JOIN (
    SELECT
      `t19`.`ad_first`,
      `t19`.`ad_second`,
      CAST(SUM(`t19`.`ad_left_0` * `t19`.`ad_right_0`) AS BIGINT) AS `ad_sum_one|one`,
      CAST(SUM(`t19`.`ad_left_0` * `t19`.`ad_right_1`) AS BIGINT) AS `ad_sum_one|y`,
      CAST(SUM(`t19`.`ad_left_1` * `t19`.`ad_right_0`) AS BIGINT) AS `ad_sum_y|one`,
      CAST(SUM(`t19`.`ad_left_1` * `t19`.`ad_right_1`) AS BIGINT) AS `ad_sum_y|y`
    FROM (
      SELECT
        `t10`.`ad_at` AS `ad_first`,
        `t15`.`ad_at` AS `ad_second`,
        `t5`.`ad_value_0` AS `ad_left_0`,
        `t5`.`ad_value_1` AS `ad_left_1`,
        `t15`.`ad_value_0` AS `ad_right_0`,
        `t15`.`ad_value_1` AS `ad_right_1`
      FROM `t3` AS `t5`
      INNER JOIN `t7` AS `t10`
        ON `t5`.`ad_point` = `t10`.`ad_point` AND `t5`.`ad_side` = `t10`.`ad_side`
      INNER JOIN `t13` AS `t15`
        ON `t5`.`ad_unit` = `t15`.`ad_unit`
    ) AS `t19`
    GROUP BY
      1,
      2
  ) AS `t28`
    ON `t25`.`ad_first` = `t28`.`ad_first` AND `t25`.`ad_second` = `t28`.`ad_second`
  LEFT OUTER JOIN (
    SELECT
      `t26`.`ad_first`,
      `t26`.`ad_second`,
      COUNT(*) AS `ad_next`
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t20`.`ad_first`,
          `t20`.`ad_first` AS `ad_second`
        FROM `t18` AS `t20`
      ) AS `t22`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM `t18` AS `t20`
        WHERE
          `t20`.`ad_second` IS NOT NULL
      ) AS `t24`
    ) AS `t26`
    GROUP BY
      1,
      2
  ) AS `t30`
    ON `t25`.`ad_first` = `t30`.`ad_first` AND `t25`.`ad_second` = `t30`.`ad_second`
) AS `t31`;

-- A check, not to be saved. It must give 0: no unit has two rows at one time.
SELECT
  COALESCE(CAST(SUM(`t2`.`ad_rows` - 1) AS BIGINT), 0) AS `ad_repeated`
FROM (
  SELECT
    `t1`.`person_id`,
    `t1`.`ym`,
    COUNT(*) AS `ad_rows`
  FROM (
    SELECT
      `t0`.`ym`,
      `t0`.`age_months`,
      CAST(`t0`.`sa_exit` AS BIGINT) AS `sa_exit`,
      CAST(`t0`.`sa_entry` AS BIGINT) AS `sa_entry`,
      CAST(`t0`.`employed` AS BIGINT) AS `employed`,
      CAST(`t0`.`sa_received` AS BIGINT) AS `sa_received`,
      `t0`.`person_id`,
      CAST((
        `t0`.`age_months` > 359
      ) AND (
        `t0`.`age_months` < 361
      ) AS TINYINT) AS `ad_donut`,
      CAST(`t0`.`ym` >= 201701 AS TINYINT) AS `ad_post`
    FROM `panel` AS `t0`
    WHERE
      `t0`.`ym` >= 201301 AND `t0`.`ym` <= 201912
  ) AS `t1`
  GROUP BY
    1,
    2
) AS `t2`;
