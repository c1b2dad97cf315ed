-- Cells of the spec release_at_30, for DuckDB. COPY (...) TO 'cells_1.parquet' (FORMAT parquet) saves a result.
-- Every statement is a SELECT: it needs the right to read one table, and nothing else.
-- The table is called "panel": cells --table NAME writes another name.
-- Columns that it must have, and how they are read:
--   "ym": whole numbers
--   "sa_exit": whole numbers
--   "age_months": whole numbers
--   "condition_imposed": whole numbers
--   "person_id": any type; compared with text where it is compared
-- Save each result under the name above it, all in one folder; then:
--   activity-duty run release_at_30 --cells FOLDER
-- Models:
--   exit_flow: from cells_1 and pairs_1 and pairs_2

-- Save as cells_1.parquet
SELECT
  "t1"."age_months",
  "t1"."ad_post",
  (
    CAST("t1"."sa_exit" IS NULL AS BIGINT) * 1
  ) + (
    CAST("t1"."condition_imposed" IS NULL AS BIGINT) * 2
  ) AS "ad_missing",
  COUNT(*) AS "ad_rows",
  CAST(SUM("t1"."sa_exit") AS BIGINT) AS "ad_sum_sa_exit",
  CAST(SUM("t1"."condition_imposed") AS BIGINT) AS "ad_sum_condition_imposed",
  CAST(SUM("t1"."sa_exit" * "t1"."sa_exit") AS BIGINT) AS "ad_sum_sa_exit_sa_exit",
  CAST(SUM("t1"."condition_imposed" * "t1"."condition_imposed") AS BIGINT) AS "ad_sum_condition_imposed_condition_imposed"
FROM (
  SELECT
    "t0"."ym",
    CAST("t0"."sa_exit" AS BIGINT) AS "sa_exit",
    "t0"."age_months",
    CAST("t0"."condition_imposed" AS BIGINT) AS "condition_imposed",
    "t0"."person_id",
    CAST((
      "t0"."age_months" > 359
    ) AND (
      "t0"."age_months" < 361
    ) AS TINYINT) AS "ad_donut",
    CAST("t0"."ym" >= 201701 AS TINYINT) AS "ad_post"
  FROM "panel" AS "t0"
  WHERE
    "t0"."ym" >= 201301
    AND "t0"."ym" <= 201912
    AND CAST("t0"."sa_exit" AS BIGINT) IS NOT NULL
) AS "t1"
GROUP BY
  1,
  2,
  3;

-- Save as pairs_1.parquet
WITH "t2" AS (
  SELECT
    "t1"."ad_unit",
    "t1"."ad_point",
    "t1"."ad_side",
    COUNT(*) AS "ad_value_0",
    CAST(SUM("t1"."ad_value_1") AS BIGINT) AS "ad_value_1"
  FROM (
    SELECT
      "t0"."person_id" AS "ad_unit",
      "t0"."age_months" AS "ad_point",
      -1 AS "ad_side",
      CAST("t0"."sa_exit" AS BIGINT) AS "ad_value_1"
    FROM "panel" AS "t0"
    WHERE
      "t0"."ym" >= 201301
      AND "t0"."ym" <= 201912
      AND CAST("t0"."sa_exit" AS BIGINT) IS NOT NULL
      AND CAST("t0"."ym" >= 201701 AS TINYINT) = 1
      AND CAST((
        "t0"."age_months" > 359
      ) AND (
        "t0"."age_months" < 361
      ) AS TINYINT) = 0
      AND "t0"."age_months" IS NOT NULL
  ) AS "t1"
  GROUP BY
    1,
    2,
    3
), "t6" AS (
  SELECT
    "t5"."ad_point",
    "t5"."ad_side",
    ROW_NUMBER() OVER (
      ORDER BY "t5"."ad_point" ASC, "t5"."ad_side" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "ad_at"
  FROM (
    SELECT DISTINCT
      "t3"."ad_point",
      "t3"."ad_side"
    FROM "t2" AS "t3"
  ) AS "t5"
), "t12" AS (
  SELECT
    "t4"."ad_unit",
    "t9"."ad_at",
    "t4"."ad_value_0",
    "t4"."ad_value_1"
  FROM "t2" AS "t4"
  INNER JOIN "t6" AS "t9"
    ON "t4"."ad_point" = "t9"."ad_point" AND "t4"."ad_side" = "t9"."ad_side"
), "t17" AS (
  SELECT
    "t13"."ad_at" AS "ad_first",
    LEAD("t13"."ad_at") OVER (
      PARTITION BY "t13"."ad_unit"
      ORDER BY "t13"."ad_at" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "ad_second"
  FROM "t12" AS "t13"
)
SELECT
  "t30"."ad_first",
  "t30"."ad_second",
  "t30"."ad_running",
  "t30"."ad_post",
  "t30"."ad_units",
  COALESCE("t30"."ad_sum_one|one", 0) AS "ad_sum_one|one",
  COALESCE("t30"."ad_sum_one|y", 0) AS "ad_sum_one|y",
  COALESCE("t30"."ad_sum_y|one", 0) AS "ad_sum_y|one",
  COALESCE("t30"."ad_sum_y|y", 0) AS "ad_sum_y|y",
  COALESCE("t30"."ad_next", 0) AS "ad_next"
FROM (
  SELECT
    "t24"."ad_running",
    "t24"."ad_post",
    "t24"."ad_first",
    "t24"."ad_second",
    "t24"."ad_units",
    "t27"."ad_sum_one|one",
    "t27"."ad_sum_one|y",
    "t27"."ad_sum_y|one",
    "t27"."ad_sum_y|y",
    "t29"."ad_next"
  FROM (
    SELECT
      "t20"."ad_point" AS "ad_running",
      "t20"."ad_side" AS "ad_post",
      "t20"."ad_at" AS "ad_first",
      "t20"."ad_second",
      "t20"."ad_units"
    FROM (
      SELECT
        "t8"."ad_point",
        "t8"."ad_side",
        "t8"."ad_at",
        "t11"."ad_second",
        "t16"."ad_units"
      FROM "t6" AS "t8"
      CROSS JOIN (
        SELECT
          "t7"."ad_at" AS "ad_second"
        FROM "t6" AS "t7"
      ) AS "t11"
      CROSS JOIN (
        SELECT
          COUNT(DISTINCT "t13"."ad_unit") AS "ad_units"
        FROM "t12" AS "t13"
      ) AS "t16"
    ) AS "t20"
  ) AS "t24"
  LEFT OUTER JOIN (
    SELECT
      "t18"."ad_first",
      "t18"."ad_second",
      CAST(SUM("t18"."ad_left_0" * "t18"."ad_right_0") AS BIGINT) AS "ad_sum_one|one",
      CAST(SUM("t18"."ad_left_0" * "t18"."ad_right_1") AS BIGINT) AS "ad_sum_one|y",
      CAST(SUM("t18"."ad_left_1" * "t18"."ad_right_0") AS BIGINT) AS "ad_sum_y|one",
      CAST(SUM("t18"."ad_left_1" * "t18"."ad_right_1") AS BIGINT) AS "ad_sum_y|y"
    FROM (
      SELECT
        "t9"."ad_at" AS "ad_first",
        "t14"."ad_at" AS "ad_second",
        "t4"."ad_value_0" AS "ad_left_0",
        "t4"."ad_value_1" AS "ad_left_1",
        "t14"."ad_value_0" AS "ad_right_0",
        "t14"."ad_value_1" AS "ad_right_1"
      FROM "t2" AS "t4"
      INNER JOIN "t6" AS "t9"
        ON "t4"."ad_point" = "t9"."ad_point" AND "t4"."ad_side" = "t9"."ad_side"
      INNER JOIN "t12" AS "t14"
        ON "t4"."ad_unit" = "t14"."ad_unit"
    ) AS "t18"
    GROUP BY
      1,
      2
  ) AS "t27"
    ON "t24"."ad_first" = "t27"."ad_first" AND "t24"."ad_second" = "t27"."ad_second"
  LEFT OUTER JOIN (
    SELECT
      "t25"."ad_first",
      "t25"."ad_second",
      COUNT(*) AS "ad_next"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t19"."ad_first",
          "t19"."ad_first" AS "ad_second"
        FROM "t17" AS "t19"
      ) AS "t21"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM "t17" AS "t19"
        WHERE
          "t19"."ad_second" IS NOT NULL
      ) AS "t23"
    ) AS "t25"
    GROUP BY
      1,
      2
  ) AS "t29"
    ON "t24"."ad_first" = "t29"."ad_first" AND "t24"."ad_second" = "t29"."ad_second"
) AS "t30";

-- Save as pairs_2.parquet
WITH "t3" AS (
  SELECT
    "t2"."ad_unit",
    "t2"."ad_point",
    "t2"."ad_side",
    COUNT(*) AS "ad_value_0",
    CAST(SUM("t2"."ad_value_1") AS BIGINT) AS "ad_value_1"
  FROM (
    SELECT
      "t1"."person_id" AS "ad_unit",
      "t1"."age_months" AS "ad_point",
      -1 AS "ad_side",
      "t1"."condition_imposed" AS "ad_value_1"
    FROM (
      SELECT
        "t0"."ym",
        CAST("t0"."sa_exit" AS BIGINT) AS "sa_exit",
        "t0"."age_months",
        CAST("t0"."condition_imposed" AS BIGINT) AS "condition_imposed",
        "t0"."person_id",
        CAST((
          "t0"."age_months" > 359
        ) AND (
          "t0"."age_months" < 361
        ) AS TINYINT) AS "ad_donut",
        CAST("t0"."ym" >= 201701 AS TINYINT) AS "ad_post"
      FROM "panel" AS "t0"
      WHERE
        "t0"."ym" >= 201301
        AND "t0"."ym" <= 201912
        AND CAST("t0"."sa_exit" AS BIGINT) IS NOT NULL
    ) AS "t1"
    WHERE
      "t1"."ad_post" = 1
      AND "t1"."condition_imposed" IS NOT NULL
      AND "t1"."ad_donut" = 0
      AND "t1"."age_months" IS NOT NULL
  ) AS "t2"
  GROUP BY
    1,
    2,
    3
), "t7" AS (
  SELECT
    "t6"."ad_point",
    "t6"."ad_side",
    ROW_NUMBER() OVER (
      ORDER BY "t6"."ad_point" ASC, "t6"."ad_side" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "ad_at"
  FROM (
    SELECT DISTINCT
      "t4"."ad_point",
      "t4"."ad_side"
    FROM "t3" AS "t4"
  ) AS "t6"
), "t13" AS (
  SELECT
    "t5"."ad_unit",
    "t10"."ad_at",
    "t5"."ad_value_0",
    "t5"."ad_value_1"
  FROM "t3" AS "t5"
  INNER JOIN "t7" AS "t10"
    ON "t5"."ad_point" = "t10"."ad_point" AND "t5"."ad_side" = "t10"."ad_side"
), "t18" AS (
  SELECT
    "t14"."ad_at" AS "ad_first",
    LEAD("t14"."ad_at") OVER (
      PARTITION BY "t14"."ad_unit"
      ORDER BY "t14"."ad_at" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "ad_second"
  FROM "t13" AS "t14"
)
SELECT
  "t31"."ad_first",
  "t31"."ad_second",
  "t31"."ad_running",
  "t31"."ad_post",
  "t31"."ad_units",
  COALESCE("t31"."ad_sum_one|one", 0) AS "ad_sum_one|one",
  COALESCE("t31"."ad_sum_one|y", 0) AS "ad_sum_one|y",
  COALESCE("t31"."ad_sum_y|one", 0) AS "ad_sum_y|one",
  COALESCE("t31"."ad_sum_y|y", 0) AS "ad_sum_y|y",
  COALESCE("t31"."ad_next", 0) AS "ad_next"
FROM (
  SELECT
    "t25"."ad_running",
    "t25"."ad_post",
    "t25"."ad_first",
    "t25"."ad_second",
    "t25"."ad_units",
    "t28"."ad_sum_one|one",
    "t28"."ad_sum_one|y",
    "t28"."ad_sum_y|one",
    "t28"."ad_sum_y|y",
    "t30"."ad_next"
  FROM (
    SELECT
      "t21"."ad_point" AS "ad_running",
      "t21"."ad_side" AS "ad_post",
      "t21"."ad_at" AS "ad_first",
      "t21"."ad_second",
      "t21"."ad_units"
    FROM (
      SELECT
        "t9"."ad_point",
        "t9"."ad_side",
        "t9"."ad_at",
        "t12"."ad_second",
        "t17"."ad_units"
      FROM "t7" AS "t9"
      CROSS JOIN (
        SELECT
          "t8"."ad_at" AS "ad_second"
        FROM "t7" AS "t8"
      ) AS "t12"
      CROSS JOIN (
        SELECT
          COUNT(DISTINCT "t14"."ad_unit") AS "ad_units"
        FROM "t13" AS "t14"
      ) AS "t17"
    ) AS "t21"
  ) AS "t25"
  LEFT OUTER JOIN (
    SELECT
      "t19"."ad_first",
      "t19"."ad_second",
      CAST(SUM("t19"."ad_left_0" * "t19"."ad_right_0") AS BIGINT) AS "ad_sum_one|one",
      CAST(SUM("t19"."ad_left_0" * "t19"."ad_right_1") AS BIGINT) AS "ad_sum_one|y",
      CAST(SUM("t19"."ad_left_1" * "t19"."ad_right_0") AS BIGINT) AS "ad_sum_y|one",
      CAST(SUM("t19"."ad_left_1" * "t19"."ad_right_1") AS BIGINT) AS "ad_sum_y|y"
    FROM (
      SELECT
        "t10"."ad_at" AS "ad_first",
        "t15"."ad_at" AS "ad_second",
        "t5"."ad_value_0" AS "ad_left_0",
        "t5"."ad_value_1" AS "ad_left_1",
        "t15"."ad_value_0" AS "ad_right_0",
        "t15"."ad_value_1" AS "ad_right_1"
      FROM "t3" AS "t5"
      INNER JOIN "t7" AS "t10"
        ON "t5"."ad_point" = "t10"."ad_point" AND "t5"."ad_side" = "t10"."ad_side"
      INNER JOIN "t13" AS "t15"
        ON "t5"."ad_unit" = "t15"."ad_unit"
    ) AS "t19"
    GROUP BY
      1,
      2
  ) AS "t28"
    ON "t25"."ad_first" = "t28"."ad_first" AND "t25"."ad_second" = "t28"."ad_second"
  LEFT OUTER JOIN (
    SELECT
      "t26"."ad_first",
      "t26"."ad_second",
      COUNT(*) AS "ad_next"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t20"."ad_first",
          "t20"."ad_first" AS "ad_second"
        FROM "t18" AS "t20"
      ) AS "t22"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM "t18" AS "t20"
        WHERE
          "t20"."ad_second" IS NOT NULL
      ) AS "t24"
    ) AS "t26"
    GROUP BY
      1,
      2
  ) AS "t30"
    ON "t25"."ad_first" = "t30"."ad_first" AND "t25"."ad_second" = "t30"."ad_second"
) AS "t31";

-- A check, not to be saved. It must give 0: no unit has two rows at one time.
SELECT
  COALESCE(CAST(SUM("t2"."ad_rows" - 1) AS BIGINT), 0) AS "ad_repeated"
FROM (
  SELECT
    "t1"."person_id",
    "t1"."ym",
    COUNT(*) AS "ad_rows"
  FROM (
    SELECT
      "t0"."ym",
      CAST("t0"."sa_exit" AS BIGINT) AS "sa_exit",
      "t0"."age_months",
      CAST("t0"."condition_imposed" AS BIGINT) AS "condition_imposed",
      "t0"."person_id",
      CAST((
        "t0"."age_months" > 359
      ) AND (
        "t0"."age_months" < 361
      ) AS TINYINT) AS "ad_donut",
      CAST("t0"."ym" >= 201701 AS TINYINT) AS "ad_post"
    FROM "panel" AS "t0"
    WHERE
      "t0"."ym" >= 201301
      AND "t0"."ym" <= 201912
      AND CAST("t0"."sa_exit" AS BIGINT) IS NOT NULL
  ) AS "t1"
  GROUP BY
    1,
    2
) AS "t2";
