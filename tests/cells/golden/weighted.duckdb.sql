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
  "t8"."day",
  "t8"."muni_h",
  "t8"."ad_treated",
  "t8"."ad_keep_women",
  "t8"."ad_centre_log_wage",
  "t8"."ad_centre_visits",
  "t8"."ad_centre_hours",
  (
    CAST(CASE
      WHEN "t8"."wage" <= 0
      THEN CAST('nan' AS DOUBLE)
      ELSE LN(CASE WHEN "t8"."wage" > 0 THEN "t8"."wage" ELSE CAST(NULL AS DOUBLE) END)
    END IS NULL AS BIGINT) * 1
  ) + (
    CAST("t8"."visits" IS NULL AS BIGINT) * 2
  ) + (
    CAST("t8"."hours" IS NULL AS BIGINT) * 4
  ) + (
    CAST(CASE WHEN "t8"."pop" > 0 THEN "t8"."pop" ELSE CAST(NULL AS DOUBLE) END IS NULL AS BIGINT) * 8
  ) AS "ad_missing",
  COUNT(*) AS "ad_rows",
  SUM(CASE WHEN "t8"."pop" > 0 THEN "t8"."pop" ELSE CAST(NULL AS DOUBLE) END) AS "ad_weight",
  CAST(SUM(CAST("t8"."pop" < 0 AS BIGINT)) AS BIGINT) AS "ad_refused_pop_",
  SUM(
    CASE WHEN "t8"."pop" > 0 THEN "t8"."pop" ELSE CAST(NULL AS DOUBLE) END * (
      CASE
        WHEN "t8"."wage" <= 0
        THEN CAST('nan' AS DOUBLE)
        ELSE LN(CASE WHEN "t8"."wage" > 0 THEN "t8"."wage" ELSE CAST(NULL AS DOUBLE) END)
      END - "t8"."ad_centre_log_wage"
    )
  ) AS "ad_sum_log_wage",
  SUM(
    CASE WHEN "t8"."pop" > 0 THEN "t8"."pop" ELSE CAST(NULL AS DOUBLE) END * (
      CAST("t8"."visits" AS DOUBLE) - "t8"."ad_centre_visits"
    )
  ) AS "ad_sum_visits",
  SUM(
    CASE WHEN "t8"."pop" > 0 THEN "t8"."pop" ELSE CAST(NULL AS DOUBLE) END * (
      "t8"."hours" - "t8"."ad_centre_hours"
    )
  ) AS "ad_sum_hours",
  SUM(
    CASE WHEN "t8"."pop" > 0 THEN "t8"."pop" ELSE CAST(NULL AS DOUBLE) END * (
      CASE
        WHEN "t8"."wage" <= 0
        THEN CAST('nan' AS DOUBLE)
        ELSE LN(CASE WHEN "t8"."wage" > 0 THEN "t8"."wage" ELSE CAST(NULL AS DOUBLE) END)
      END - "t8"."ad_centre_log_wage"
    ) * (
      CASE
        WHEN "t8"."wage" <= 0
        THEN CAST('nan' AS DOUBLE)
        ELSE LN(CASE WHEN "t8"."wage" > 0 THEN "t8"."wage" ELSE CAST(NULL AS DOUBLE) END)
      END - "t8"."ad_centre_log_wage"
    )
  ) AS "ad_sum_log_wage_log_wage",
  SUM(
    CASE WHEN "t8"."pop" > 0 THEN "t8"."pop" ELSE CAST(NULL AS DOUBLE) END * (
      CASE
        WHEN "t8"."wage" <= 0
        THEN CAST('nan' AS DOUBLE)
        ELSE LN(CASE WHEN "t8"."wage" > 0 THEN "t8"."wage" ELSE CAST(NULL AS DOUBLE) END)
      END - "t8"."ad_centre_log_wage"
    ) * (
      "t8"."hours" - "t8"."ad_centre_hours"
    )
  ) AS "ad_sum_log_wage_hours",
  SUM(
    CASE WHEN "t8"."pop" > 0 THEN "t8"."pop" ELSE CAST(NULL AS DOUBLE) END * (
      CAST("t8"."visits" AS DOUBLE) - "t8"."ad_centre_visits"
    ) * (
      CAST("t8"."visits" AS DOUBLE) - "t8"."ad_centre_visits"
    )
  ) AS "ad_sum_visits_visits",
  SUM(
    CASE WHEN "t8"."pop" > 0 THEN "t8"."pop" ELSE CAST(NULL AS DOUBLE) END * (
      CAST("t8"."visits" AS DOUBLE) - "t8"."ad_centre_visits"
    ) * (
      "t8"."hours" - "t8"."ad_centre_hours"
    )
  ) AS "ad_sum_visits_hours",
  SUM(
    CASE WHEN "t8"."pop" > 0 THEN "t8"."pop" ELSE CAST(NULL AS DOUBLE) END * (
      "t8"."hours" - "t8"."ad_centre_hours"
    ) * (
      "t8"."hours" - "t8"."ad_centre_hours"
    )
  ) AS "ad_sum_hours_hours"
FROM (
  SELECT
    "t7"."day",
    "t7"."region",
    CASE WHEN ISNAN("t7"."wage") THEN CAST(NULL AS DOUBLE) ELSE "t7"."wage" END AS "wage",
    "t7"."age_months",
    "t7"."female",
    CASE WHEN ISNAN("t7"."hours") THEN CAST(NULL AS DOUBLE) ELSE "t7"."hours" END AS "hours",
    "t7"."muni_h",
    "t7"."visits",
    CASE WHEN ISNAN("t7"."pop") THEN CAST(NULL AS DOUBLE) ELSE "t7"."pop" END AS "pop",
    "t7"."ad_centre_log_wage",
    "t7"."ad_centre_visits",
    "t7"."ad_centre_hours",
    CAST((
      "t7"."age_months" - 1
    ) < 360 AS TINYINT) AS "ad_treated",
    CAST(CASE
      WHEN (
        "t7"."female" IS NULL
      )
      OR (
        CASE WHEN ISNAN("t7"."hours") THEN CAST(NULL AS DOUBLE) ELSE "t7"."hours" END IS NULL
      )
      THEN CAST(NULL AS BOOLEAN)
      ELSE (
        "t7"."female" = 1
      )
      AND (
        CASE WHEN ISNAN("t7"."hours") THEN CAST(NULL AS DOUBLE) ELSE "t7"."hours" END > 7.5
      )
    END AS TINYINT) AS "ad_keep_women"
  FROM (
    SELECT
      "t2"."day",
      "t2"."region",
      "t2"."wage",
      "t2"."age_months",
      "t2"."female",
      "t2"."hours",
      "t2"."muni_h",
      "t2"."visits",
      "t2"."pop",
      "t6"."ad_centre_log_wage",
      "t6"."ad_centre_visits",
      "t6"."ad_centre_hours"
    FROM (
      SELECT
        "t0"."day",
        "t0"."region",
        CAST("t0"."wage" AS DOUBLE) AS "wage",
        "t0"."age_months",
        "t0"."female",
        CAST("t0"."hours" AS DOUBLE) AS "hours",
        "t0"."muni_h",
        CAST("t0"."visits" AS BIGINT) AS "visits",
        CAST("t0"."pop" AS DOUBLE) AS "pop"
      FROM "panel" AS "t0"
    ) AS "t2"
    CROSS JOIN (
      SELECT
        CAST(CAST(ROUND("t4"."ad_centre_log_wage", 0) AS BIGINT) AS DOUBLE) AS "ad_centre_log_wage",
        CAST(CAST(ROUND("t4"."ad_centre_visits", 0) AS BIGINT) AS DOUBLE) AS "ad_centre_visits",
        CAST(CAST(ROUND("t4"."ad_centre_hours", 0) AS BIGINT) AS DOUBLE) AS "ad_centre_hours"
      FROM (
        SELECT
          COALESCE(
            AVG(
              CASE
                WHEN "t3"."wage" <= 0
                THEN CAST('nan' AS DOUBLE)
                ELSE LN(CASE WHEN "t3"."wage" > 0 THEN "t3"."wage" ELSE CAST(NULL AS DOUBLE) END)
              END
            ) FILTER(WHERE
              NOT (
                ISNAN(
                  CASE
                    WHEN "t3"."wage" <= 0
                    THEN CAST('nan' AS DOUBLE)
                    ELSE LN(CASE WHEN "t3"."wage" > 0 THEN "t3"."wage" ELSE CAST(NULL AS DOUBLE) END)
                  END
                )
                OR ISINF(
                  CASE
                    WHEN "t3"."wage" <= 0
                    THEN CAST('nan' AS DOUBLE)
                    ELSE LN(CASE WHEN "t3"."wage" > 0 THEN "t3"."wage" ELSE CAST(NULL AS DOUBLE) END)
                  END
                )
              )),
            0.0
          ) AS "ad_centre_log_wage",
          COALESCE(
            AVG(CAST("t3"."visits" AS DOUBLE)) FILTER(WHERE
              NOT (
                ISNAN(CAST("t3"."visits" AS DOUBLE)) OR ISINF(CAST("t3"."visits" AS DOUBLE))
              )),
            0.0
          ) AS "ad_centre_visits",
          COALESCE(
            AVG("t3"."hours") FILTER(WHERE
              NOT (
                ISNAN("t3"."hours") OR ISINF("t3"."hours")
              )),
            0.0
          ) AS "ad_centre_hours"
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
        ) AS "t3"
      ) AS "t4"
    ) AS "t6"
  ) AS "t7"
  WHERE
    COALESCE(NOT (
      "t7"."region" IN ('north', 'o''hara')
    ), FALSE)
    AND CASE WHEN ISNAN("t7"."wage") THEN CAST(NULL AS DOUBLE) ELSE "t7"."wage" END IS NOT NULL
) AS "t8"
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6,
  7,
  8;
