"""Columns of a few persons whose registers are written by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from evaluation.data.registers.columns import _prices
from evaluation.data.registers.columns.employed import Options as Employed
from evaluation.data.registers.columns.registry import column_module, module_names, owners
from evaluation.errors import DataError

Y13, Y15 = 2013 * 12, 2015 * 12
MAY_2015 = Y15 + 4


def _frame(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())


def _jobs(*rows: tuple[Any, ...]) -> pd.DataFrame:
    whole = [(1, f"j{place}", *row) for place, row in enumerate(rows)]
    return _frame("person job_id ym contract_pct hours_week cash_wage_nok", *whole)


def _values(found: pd.DataFrame, name: str) -> list[Any]:
    return [None if pd.isna(value) else value for value in found[name]]


def test_every_column_says_what_it_is() -> None:
    for file in module_names():
        module = column_module(file)
        parts = (module.TABLES, module.TYPES, module.OTHERWISE, module.VALID)
        assert all(set(part) == set(module.NAMES) for part in parts), file
        assert all(len(words) > 20 for words in module.NAMES.values()), file
        assert set(module.NEEDS) <= set(owners()), file


def test_hours_add_up_over_jobs(nobody: Any) -> None:
    delivery = nobody.rows({1: (Y15 - 1, Y15 + 4)}).having(
        job_month=_jobs(
            (Y15, 50, 10.0, 1),
            (Y15, 50, 10.0, 1),
            (Y15 + 1, 50, 19.9, 1),
            (Y15 + 2, 50, 25.0, 1),
            (Y15 + 2, 50, None, 1),
            (Y15 + 3, 50, 5.0, 1),
            (Y15 + 3, 50, None, 1),
        )
    )
    by_hours = {"by": "hours", "at_least": 20}
    assert _values(delivery.build("employed", employed=by_hours), "employed") == [
        None, 1, 0, 1, None, 0,
    ]  # fmt: skip
    assert _values(delivery.build("employed"), "employed") == [None, 1, 1, 1, 1, 0]
    assert _values(delivery.build("contract_hours"), "contract_hours") == [
        None, 20.0, pytest.approx(19.9), None, None, 0.0,
    ]  # fmt: skip


def test_wages_are_held_against_the_basic_amount_of_the_month(nobody: Any) -> None:
    # 88 370 kroner until April 2015, 90 068 from May on: a twelfth is 7 364.2 and 7 505.7.
    wages = {Y15 + 3: 7_364, MAY_2015 - 1: 7_365, MAY_2015: 7_505, MAY_2015 + 1: 7_506}
    wages[Y15 + 3] = 7_365
    delivery = nobody.rows({1: (Y15 + 2, MAY_2015 + 1)}).having(
        job_month=_jobs((Y15 + 2, 50, 1.0, 7_364), *((m, 50, 1.0, w) for m, w in wages.items()))
    )
    found = delivery.build(
        "employed", "earnings_g", "basic_amount", "basic_amount_mean",
        employed={"by": "earnings", "at_least_g": 1},
    )  # fmt: skip
    assert _values(found, "employed") == [0, 1, 0, 1]
    assert _values(found, "basic_amount") == [88_370, 88_370, 90_068, 90_068]
    assert set(found["basic_amount_mean"]) == {(4 * 88_370 + 8 * 90_068) / 12}
    assert found["earnings_g"].iloc[0] == pytest.approx(7_364 * 12 / 88_370)


def test_the_basic_amount_is_that_of_the_deflator(registers: Any) -> None:
    found = registers.build("basic_amount", "basic_amount_mean", "price_index")
    table = registers.tables["deflator"]
    monthly = table[(table["series"] == "G") & table["ym"].notna()].set_index("ym")["value"]
    yearly = table[table["ym"].isna()].set_index(["series", "year"])["value"]
    assert (found["basic_amount"] == found["month"].map(monthly)).all()
    year = found["month"] // 12
    assert (found["basic_amount_mean"] - year.map(yearly["G"])).abs().max() < 0.5
    assert (found["price_index"] == year.map(yearly["CPI"])).all()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"by": "hours"}, "needs at_least"),
        ({"by": "earnings", "at_least": 20}, "takes no at_least"),
        ({"by": "any_job", "at_least_g": 1}, "takes no at_least_g"),
        ({"by": "hours", "at_least": 20, "before_2015": "november"}, "neither hours nor wages"),
    ],
)
def test_definitions_of_employment_that_cannot_be_meant(options: Any, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Employed.model_validate(options)


@pytest.mark.parametrize(
    ("column", "lacking", "options"),
    [
        ("employed", "job_month.hours_week", {"employed": {"by": "hours", "at_least": 4}}),
        ("employed", "employment_nov", {"employed": {"before_2015": "november"}}),
        ("neet", "measure_spell", {"neet": {"measures": "training"}}),
        (
            "upper_secondary_on_time",
            "enrolment.level",
            {"upper_secondary_on_time": {"start": "enrolment"}},
        ),
    ],
)
def test_what_an_option_needs_and_the_delivery_lacks(
    nobody: Any, column: str, lacking: str, options: Any
) -> None:
    with pytest.raises(DataError, match=rf"columns\.{column}\..*{lacking}.*delivery has none"):
        nobody.rows({1: (Y15, Y15)}).without(lacking).build(column, **options)


def test_prices_are_the_deliverys_own_by_month_before_those_by_year(nobody: Any) -> None:
    delivery = nobody.rows({1: (Y15, Y15 + 3)}).having(
        sa_month=_frame(
            "person ym payer_municipality grant_nok loan_nok paid",
            (1, Y15, "0301", 800, 200, 1),
            (1, Y15 + 1, "0301", 1000, None, 1),
            (1, Y15 + 2, "0301", None, None, 1),
        ),
        deflator=_frame(
            "ym year series value",
            (None, 2014, "CPI", 50.0),
            (None, 2015, "CPI", 100.0),
            (Y15 + 1, None, "CPI", 125.0),
            (Y15, None, "G", 88_370.0),
        ).astype({"ym": "Int64", "year": "Int64"}),
    )
    assert _values(delivery.build("sa_nok"), "sa_nok") == [1000, 1000, None, 0]
    real = delivery.build("sa_nok_real", sa_nok={"year": 2014})
    assert _values(real, "sa_nok_real") == [500.0, 400.0, None, 0.0]
    # No series, no real amount: what is missing is not nominal.
    other = delivery.build("sa_nok_real", sa_nok={"year": 2010})
    assert _values(other, "sa_nok_real") == [None, None, None, 0.0]


def test_remembered_prices_are_told_as_unverified(nobody: Any) -> None:
    month = _frame(
        "person ym payer_municipality grant_nok loan_nok paid", (1, 2016 * 12, "0301", 1036, 0, 1)
    )
    delivery = nobody.rows({1: (2016 * 12, 2016 * 12)}).without("deflator").having(sa_month=month)
    assert _values(delivery.build("sa_nok_real"), "sa_nok_real") == [pytest.approx(1000.0)]
    module: Any = column_module("sa_nok")
    plain = module.Options()
    assert module.remarks("sa_nok_real", plain, delivery.has()) == (_prices.UNVERIFIED,)
    assert module.remarks("sa_nok_real", plain, frozenset({"sa_month", "deflator"})) == ()
    assert module.remarks("sa_nok", plain, delivery.has()) == ()


def test_spells_that_overlap_touch_or_never_end(nobody: Any) -> None:
    delivery = nobody.rows({1: (Y13, Y13 + 9), 2: (Y13 + 57, Y13 + 59)}).having(
        sa_spell=_frame(
            "person from_ym to_ym kind",
            (1, Y13 - 5, Y13 + 1, "1"),
            (1, Y13 + 1, Y13 + 2, "1"),
            (1, Y13 + 3, Y13 + 3, "1"),
            (1, Y13 + 6, Y13 + 7, "1"),
            (2, Y13 + 58, None, "1"),
        )
    )
    found = delivery.build("sa_received", "sa_entry", "sa_spell_number", "sa_spell_months")
    assert _values(found, "sa_received") == [1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1]
    # The first began before the delivery, in a month that is told.
    months = [6, 7, 8, 9, None, None, 1, 2, None, None, None, 1, 2]
    assert _values(found, "sa_spell_months") == months
    numbers = [1, 1, 1, 1, None, None, 2, 2, None, None, None, 1, 1]
    assert _values(found, "sa_spell_number") == numbers
    entry = [None, None, None, None, None, 0, 1, None, None, 0, 0, 1, None]
    assert _values(found, "sa_entry") == entry
    joined = delivery.build("sa_spell_number", "sa_spell_months", sa_spells={"months_apart": 3})
    assert _values(joined, "sa_spell_number")[6:8] == [1, 1]
    assert _values(joined, "sa_spell_months")[6:8] == [12, 13]


def test_a_benefit_may_begin_some_months_after_the_exit(nobody: Any) -> None:
    delivery = nobody.rows({1: (Y13 + 4, Y13 + 7), 2: (Y13 + 56, Y13 + 59)}).having(
        sa_spell=_frame(
            "person from_ym to_ym kind", (1, Y13 + 2, Y13 + 4, "1"), (2, Y13 + 50, Y13 + 57, "1")
        ),
        benefit_spell=_frame(
            "person benefit from_ym to_ym degree",
            (1, "aap", Y13 + 7, None, 100),
            (1, "kvp", Y13 + 1, Y13 + 4, 100),
            (1, "kvp", Y13 + 5, Y13 + 9, 50),
        ),
    )
    names = ("sa_exit_aap", "sa_exit_programme")
    found = delivery.build(*names)
    assert _values(found, "sa_exit_aap") == [0, 0, None, None, 0, 0, 1 - 1, None]
    # A programme that goes on at another degree does not begin.
    assert _values(found, "sa_exit_programme") == [0, 0, None, None, 0, 0, 0, None]
    later = delivery.build(*names, sa_exits={"within": 2})
    assert _values(later, "sa_exit_aap") == [0, 1, None, None, 0, 0, None, None]


def test_the_allowance_is_unknown_before_it_began(nobody: Any) -> None:
    march = 2010 * 12 + 2
    spells = _frame("person benefit from_ym to_ym degree", (1, "aap", march, march, 100))
    delivery = nobody.rows({1: (march - 1, march + 1)}).having(benefit_spell=spells)
    delivery = type(delivery)(delivery.tables, delivery.truth, march - 2, march + 2)
    found = delivery.build("on_aap", "on_disability", "no_other_benefit")
    assert _values(found, "on_aap") == [None, 1, 0]
    assert _values(found, "no_other_benefit") == [None, 0, 1]
    assert _values(found, "on_disability") == [0, 0, 0]


def test_main_income_is_the_payers_own_form(nobody: Any) -> None:
    delivery = nobody.rows({1: (Y13, Y13 + 3), 2: (Y13, Y13)}).having(
        sa_spell=_frame("person from_ym to_ym kind", (1, Y13, Y13 + 2, "1"), (2, Y13, Y13, "1")),
        sa_month=_frame(
            "person ym payer_municipality grant_nok loan_nok paid",
            (1, Y13, "0301", 1, 0, 1), (1, Y13 + 1, "1103", 1, 0, 1), (1, Y13 + 2, None, 1, 0, 1),
        ),
        sa_year=_frame(
            "person year payer_municipality months grant_nok loan_nok n_municipalities "
            "main_source work_status housing",
            (1, 2013, "0301", 1, 1, 0, 2, "3", "08", "1"),
            (1, 2013, "1103", 2, 1, 0, 2, "5", "08", "1"),
        ),
    )  # fmt: skip
    expected = [0, 1, 1, 0, None]
    found = delivery.build("sa_main_income")
    assert _values(found, "sa_main_income") == expected
    forms = delivery.tables["sa_year"].assign(payer_municipality=None)
    whole = delivery.without("sa_month").having(sa_year=forms.iloc[1:])
    assert _values(whole.build("sa_main_income"), "sa_main_income") == [1, 1, 1, 0, None]


def test_a_form_that_does_not_answer_leaves_the_condition_open(nobody: Any) -> None:
    held = (1, 2013, "0301", "yes", "08", 10.0, date(2013, 3, 9), date(2013, 4, 30))
    rest = (None, None, None)
    columns = (
        "person year payer_municipality condition condition_types hours_week decision_from "
        "decision_to exemption_date exemption_reasons sanction"
    )
    delivery = nobody.rows({1: (Y13, Y13 + 12), 2: (Y13, Y13 + 2), 3: (Y13, Y13 + 1)}).having(
        sa_spell=_frame(
            "person from_ym to_ym kind",
            (1, Y13, Y13 + 5, "1"),
            (1, Y13 + 12, Y13 + 12, "1"),
            (2, Y13, Y13 + 1, "1"),
            (3, Y13, Y13, "1"),
        ),
        sa_condition=_frame(
            columns,
            (*held, *rest),
            (2, 2013, "0301", "no", None, None, None, None, None, None, "01+02"),
            (3, 2013, "0301", "no", None, None, None, None, *rest),
            (3, 2013, "1103", None, None, None, None, None, *rest),
        ),
    )
    names = ("condition_imposed", "condition_hours", "condition_in_year", "sanctioned_in_year")
    found = delivery.build(*names, "condition_first")
    one, two, three = (found[found["person"] == person] for person in (1, 2, 3))
    after = [None, None, None, *[0] * 5, None]  # after the decision, at exit, without a form
    assert _values(one, "condition_imposed") == [0, 0, 1, 1, *after]
    assert _values(one, "condition_hours") == [0, 0, 10, 10, *after]
    assert _values(one, "condition_in_year") == [*[1] * 6, *[0] * 6, None]
    assert _values(one, "condition_first") == [0, 0, 1, 0, 0, 0, *[0] * 6, None]
    assert _values(two, "condition_imposed") == [0, 0, None]
    assert _values(two, "sanctioned_in_year") == [1, 1, 0]
    assert _values(three, "condition_imposed") == [None, None]
    assert _values(three, "condition_in_year") == [None, 0]


def test_a_measure_counts_as_training_where_the_mapping_says_so(nobody: Any) -> None:
    delivery = nobody.rows({1: (Y15, Y15 + 2)}).having(
        job_month=_jobs((Y15 + 2, 50, 1.0, 1)),
        measure_spell=_frame(
            "person measure provider from to",
            (1, "course", "state", date(2015, 1, 20), date(2015, 1, 25)),
        ),
    )
    assert _values(delivery.build("neet"), "neet") == [1, 1, 0]
    training = delivery.build("neet", neet={"measures": "training"})
    assert _values(training, "neet") == [0, 1, 0]


def test_assistance_may_be_left_out_of_benefits(nobody: Any) -> None:
    delivery = nobody.rows({1: (Y15, Y15)}).having(
        sa_spell=_frame("person from_ym to_ym kind", (1, Y15, Y15, "1"))
    )
    names = ("neet_on_benefit", "neet_off_benefit")
    assert delivery.build(*names)[list(names)].to_numpy().tolist() == [[1, 0]]
    without = delivery.build(*names, neet_benefit={"assistance": False})
    assert without[list(names)].to_numpy().tolist() == [[0, 1]]


def test_completion_on_normal_time(nobody: Any) -> None:
    # Born in 1996: school begins in August 2012, three years are over in August 2015.
    birth = 1996 * 12 + 4
    people = _frame(
        "person birth_ym", *((person, birth) for person in range(1, 7)), (7, birth + 36)
    )
    delivery = nobody.rows(dict.fromkeys(range(1, 8), (Y13, Y13))).having(
        person=people,
        education=_frame(
            "person nus2000 from",
            (1, "299999", date(2012, 6, 1)),
            (1, "419999", date(2015, 8, 31)),
            (2, "299999", date(2012, 6, 1)),
            (2, "419999", date(2015, 9, 1)),
            (3, "349999", date(2015, 6, 1)),
            (4, "999999", date(2012, 6, 1)),
            (5, "699999", date(2012, 6, 1)),
            (7, "299999", date(2015, 6, 1)),
        ),
        enrolment=_frame(
            "person from to level",
            (2, date(2013, 1, 1), None, "4"),
            (3, date(2013, 8, 20), None, "4"),
        ),
    )
    name = "upper_secondary_on_time"
    assert _values(delivery.build(name), name) == [1, 0, 0, None, 1, None, None]
    longer = delivery.build(name, upper_secondary_on_time={"years": 4})
    assert _values(longer, name) == [1, 1, 0, None, 1, None, None]
    begun = delivery.build(name, upper_secondary_on_time={"start": "enrolment"})
    assert _values(begun, name) == [None, None, 0, None, None, None, None]
    done = delivery.rows({1: (Y15 + 6, Y15 + 7), 4: (Y15, Y15)}).build("upper_secondary")
    assert _values(done, "upper_secondary") == [0, 1, None]
