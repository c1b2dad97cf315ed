"""A small spec that is diagnosed."""

TOY = """
schema_version = 1
id = "toy"
title = "Toy"

[panel]
source = "synthetic"
world = "published_null"
persons = 2_000
seed = 5
unit = "person_id"
time = "ym"
time_unit = "month"
period = "year"
window = [2016-01-01, 2017-12-31]
ages = [29, 32]

[outcomes]
employed = { column = "employed", kind = "binary" }

[design]
kind = "did"
reform_date = 2017-01-01
treated = { column = "age_months", below = 360, assigned_at = "period_start" }
control = { column = "age_months", at_least = 372 }

[[models]]
id = "main"
estimand = "att_relative"
estimator = "twfe"
cluster = "muni_h"

[[smallest_effect_of_interest]]
outcome = "employed"
unit = "per_person"
value = 0.05
"""
