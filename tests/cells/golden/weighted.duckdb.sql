-- Cells of the spec weighted, for DuckDB. COPY (...) TO 'cells_1.parquet' (FORMAT parquet) saves a result.
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
  "t2"."day",
  "t2"."muni_h",
  "t2"."ad_treated",
  "t2"."ad_keep_women",
  (
    CAST(CASE
      WHEN "t2"."wage" <= 0
      THEN CAST('nan' AS DOUBLE)
      ELSE LN(CASE WHEN "t2"."wage" > 0 THEN "t2"."wage" ELSE CAST(NULL AS DOUBLE) END)
    END IS NULL AS BIGINT) * 1
  ) + (
    CAST("t2"."visits" IS NULL AS BIGINT) * 2
  ) + (
    CAST("t2"."hours" IS NULL AS BIGINT) * 4
  ) + (
    CAST(CASE WHEN "t2"."pop" > 0 THEN "t2"."pop" ELSE CAST(NULL AS DOUBLE) END IS NULL AS BIGINT) * 8
  ) AS "ad_missing",
  COUNT(*) AS "ad_rows",
  SUM(CASE WHEN "t2"."pop" > 0 THEN "t2"."pop" ELSE CAST(NULL AS DOUBLE) END) AS "ad_weight",
  CAST(SUM(CAST("t2"."pop" < 0 AS BIGINT)) AS BIGINT) AS "ad_refused_pop_",
  SUM(
    CASE WHEN "t2"."pop" > 0 THEN "t2"."pop" ELSE CAST(NULL AS DOUBLE) END * CASE
      WHEN "t2"."wage" <= 0
      THEN CAST('nan' AS DOUBLE)
      ELSE LN(CASE WHEN "t2"."wage" > 0 THEN "t2"."wage" ELSE CAST(NULL AS DOUBLE) END)
    END
  ) AS "ad_sum_log_wage",
  SUM(
    CASE WHEN "t2"."pop" > 0 THEN "t2"."pop" ELSE CAST(NULL AS DOUBLE) END * CAST("t2"."visits" AS DOUBLE)
  ) AS "ad_sum_visits",
  SUM(
    CASE WHEN "t2"."pop" > 0 THEN "t2"."pop" ELSE CAST(NULL AS DOUBLE) END * "t2"."hours"
  ) AS "ad_sum_hours",
  SUM(
    CASE WHEN "t2"."pop" > 0 THEN "t2"."pop" ELSE CAST(NULL AS DOUBLE) END * CASE
      WHEN "t2"."wage" <= 0
      THEN CAST('nan' AS DOUBLE)
      ELSE LN(CASE WHEN "t2"."wage" > 0 THEN "t2"."wage" ELSE CAST(NULL AS DOUBLE) END)
    END * CASE
      WHEN "t2"."wage" <= 0
      THEN CAST('nan' AS DOUBLE)
      ELSE LN(CASE WHEN "t2"."wage" > 0 THEN "t2"."wage" ELSE CAST(NULL AS DOUBLE) END)
    END
  ) AS "ad_sum_log_wage_log_wage",
  SUM(
    CASE WHEN "t2"."pop" > 0 THEN "t2"."pop" ELSE CAST(NULL AS DOUBLE) END * CASE
      WHEN "t2"."wage" <= 0
      THEN CAST('nan' AS DOUBLE)
      ELSE LN(CASE WHEN "t2"."wage" > 0 THEN "t2"."wage" ELSE CAST(NULL AS DOUBLE) END)
    END * "t2"."hours"
  ) AS "ad_sum_log_wage_hours",
  SUM(
    CASE WHEN "t2"."pop" > 0 THEN "t2"."pop" ELSE CAST(NULL AS DOUBLE) END * CAST("t2"."visits" AS DOUBLE) * CAST("t2"."visits" AS DOUBLE)
  ) AS "ad_sum_visits_visits",
  SUM(
    CASE WHEN "t2"."pop" > 0 THEN "t2"."pop" ELSE CAST(NULL AS DOUBLE) END * CAST("t2"."visits" AS DOUBLE) * "t2"."hours"
  ) AS "ad_sum_visits_hours",
  SUM(
    CASE WHEN "t2"."pop" > 0 THEN "t2"."pop" ELSE CAST(NULL AS DOUBLE) END * "t2"."hours" * "t2"."hours"
  ) AS "ad_sum_hours_hours"
FROM (
  SELECT
    "t1"."day",
    "t1"."region",
    "t1"."wage",
    "t1"."age_months",
    "t1"."female",
    "t1"."hours",
    "t1"."muni_h",
    "t1"."visits",
    "t1"."pop",
    CAST((
      "t1"."age_months" - 1
    ) < 360 AS TINYINT) AS "ad_treated",
    CAST(CASE
      WHEN (
        "t1"."female" IS NULL
      ) OR (
        "t1"."hours" IS NULL
      )
      THEN CAST(NULL AS BOOLEAN)
      ELSE (
        "t1"."female" = 1
      ) AND (
        "t1"."hours" > 7.5
      )
    END AS TINYINT) AS "ad_keep_women"
  FROM (
    SELECT
      "t0"."day",
      "t0"."region",
      CASE
        WHEN ISNAN(CAST("t0"."wage" AS DOUBLE))
        THEN CAST(NULL AS DOUBLE)
        ELSE CAST("t0"."wage" AS DOUBLE)
      END AS "wage",
      "t0"."age_months",
      "t0"."female",
      CASE
        WHEN ISNAN(CAST("t0"."hours" AS DOUBLE))
        THEN CAST(NULL AS DOUBLE)
        ELSE CAST("t0"."hours" AS DOUBLE)
      END AS "hours",
      "t0"."muni_h",
      CAST("t0"."visits" AS BIGINT) AS "visits",
      CASE
        WHEN ISNAN(CAST("t0"."pop" AS DOUBLE))
        THEN CAST(NULL AS DOUBLE)
        ELSE CAST("t0"."pop" AS DOUBLE)
      END AS "pop"
    FROM "panel" AS "t0"
    WHERE
      COALESCE(NOT (
        "t0"."region" IN ('north', 'o''hara')
      ), FALSE)
      AND CASE
        WHEN ISNAN(CAST("t0"."wage" AS DOUBLE))
        THEN CAST(NULL AS DOUBLE)
        ELSE CAST("t0"."wage" AS DOUBLE)
      END IS NOT NULL
  ) AS "t1"
) AS "t2"
GROUP BY
  1,
  2,
  3,
  4,
  5;
