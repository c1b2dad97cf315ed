"""Power: the table is its formulas, and ``explain`` says what ``power`` found."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from scipy import stats

from evaluation.catalogue import catalogue
from evaluation.commands.console import Console
from evaluation.commands.explain import explain
from evaluation.commands.power import Words
from evaluation.commands.power import power as verb
from evaluation.diagnose import measuring
from evaluation.diagnose.measuring import Attainable, Law, Measurement, laws_of, measured
from evaluation.diagnose.power import COLUMNS, Asked, power_table, stated_laws
from evaluation.diagnose.worlds import in_world
from evaluation.errors import DataError, UsageError
from evaluation.inference.scaling import Scaling, within_alone
from evaluation.report.point_table import PointTable, read_points
from evaluation.spec.loader import read_spec
from evaluation.spec.spec import Spec
from tests.diagnose.diagnosed_toy import TOY

BOUND = TOY.replace("per_person", "per_condition").replace(
    "value = 0.05", 'first_stage = "condition_imposed"\nvalue = 0.5'
)


def read(text: str, folder: Path, **settings) -> Spec:
    path = folder / "toy.toml"
    path.write_text(text, encoding="utf-8")
    return read_spec(path, catalogue(), settings=settings)


def law(
    units: float | None, attainable: float | None, df: float | None = 19.0, bias: float = 0.0
) -> Law:
    known = {"per_condition": Attainable(units, attainable)}
    base = Measurement("main", "employed", 1000.0, 900.0, 20.0, 0.02, df, bias, known)
    return Law(base, Scaling(0.0001, 0.0003, 1000.0, 20.0))


def rows(table: PointTable) -> list[dict]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in table.rows]


def test_every_column_is_its_formula(tmp_path: Path) -> None:
    asked = Asked((1000, 4000), (20, 40), (0.03,))
    table = power_table(read(BOUND, tmp_path), [law(0.1, 0.1)], asked, "published_null", "d")
    found = rows(table)
    assert [(row["persons"], row["clusters"]) for row in found] == [
        (1000, 20), (1000, 40), (4000, 20), (4000, 40)
    ]  # fmt: skip
    for row in found:
        error = math.sqrt(0.0001 * 20 / row["clusters"] + 0.0003 * 1000 / row["persons"])
        own = stats.t(row["clusters"] - 1)
        assert row["std_error"] == pytest.approx(error)
        least = (own.ppf(0.975) + own.ppf(0.8)) * error
        assert row["minimum_detectable_effect"] == pytest.approx(least)
        shift, cut = 0.03 / error, own.ppf(0.975)
        assert row["power"] == pytest.approx(own.sf(cut - shift) + own.sf(cut + shift))
        # Half a percentage point a condition, a tenth of a condition a person.
        assert (row["bound_high"], row["bound_high_per_person"]) == pytest.approx((0.5, 0.05))
        for name, true in (("equivalence_power", 0.03), ("equivalence_power_at_zero", 0.0)):
            inside = own.cdf((0.05 - true) / error - own.ppf(0.95))
            inside += own.cdf((0.05 + true) / error - own.ppf(0.95)) - 1
            assert row[name] == pytest.approx(max(inside, 0.0))
    assert [row["base"] for row in found] == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("units", "attainable"), [(None, None), (-0.1, None), (0.1, 0.04)],
    ids=["unknown first stage", "no first stage", "bound beyond what is attainable"],
)  # fmt: skip
def test_nothing_can_be_ruled_out(units: float, attainable: float, tmp_path: Path) -> None:
    table = power_table(read(BOUND, tmp_path), [law(units, attainable)], Asked(), "w", "d")
    assert {row["equivalence_power_at_zero"] for row in rows(table)} == {None}


def test_stated_error_goes_with_persons(tmp_path: Path) -> None:
    spec = read(BOUND, tmp_path)
    found = rows(
        power_table(spec, stated_laws(spec, 0.02, 2000, None, 0.2), Asked((500, 2000)), "", "d")
    )
    by_size = {row["persons"]: row for row in found}
    assert by_size[500]["std_error"] == pytest.approx(0.04)
    assert by_size[2000]["minimum_detectable_effect"] == pytest.approx(0.02 * 2.8015852)
    assert by_size[2000]["bound_high_per_person"] == pytest.approx(0.1)
    assert by_size[2000]["clusters"] is None


def test_measured_on_a_world_and_checked_at_another_size(tmp_path, monkeypatch) -> None:
    spec = in_world(read(BOUND, tmp_path), "published_null", 4000)
    told: list[str] = []
    (found,) = laws_of(spec, 1, None, told.append)
    again = measured(spec, 2000, 1, told.append)["main", "employed"]
    assert (found.checked_at, found.simulated) == (2000, again.std_error)
    assert found.error == pytest.approx(found.base.std_error * 2**0.5 / again.std_error - 1)
    assert found.scaling == within_alone(found.base.std_error, 4000, found.base.clusters)
    assert found.base.df == found.base.clusters - 1 and found.noise is None
    assert len(told) == 3

    refused = measuring.Drawn(refused="is empty")
    monkeypatch.setattr(measuring, "drawn", lambda spec, seed: refused)
    with pytest.raises(DataError, match="is empty"):
        laws_of(spec, 1, None, told.append)


def run(words: Words, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    path = folder / "toy.toml"
    path.write_text(TOY, encoding="utf-8")
    verb(str(path), words, settings=(), allowed=(), out=folder / "out", console=Console())
    return capsys.readouterr().out


def test_explain_says_what_is_known(tmp_path: Path, capsys) -> None:
    run(Words(std_error=0.004, df=50, persons="1_000,2000"), tmp_path, capsys)
    written = tmp_path / "out" / "toy" / "power"
    table = read_points((written / "power.csv").read_text(encoding="utf-8"))
    least = next(row["minimum_detectable_effect"] for row in rows(table) if row["base"])
    own = stats.t(50)
    assert least == pytest.approx((own.ppf(0.975) + own.ppf(0.8)) * 0.004)
    first = (written / "power.png").read_bytes()
    run(Words(std_error=0.004, df=50, persons="1_000,2000"), tmp_path, capsys)
    assert (written / "power.png").read_bytes() == first

    name, out = str(tmp_path / "toy.toml"), tmp_path / "out"
    said = explain(name, out=out)
    assert f"Attainable minimum detectable effect: main: employed, {least:.4f} per person" in said
    assert "0.0112 per person, at a standard error of 0.004" in explain(name, std_error=0.004)
    assert "not known yet" in explain(name, out=tmp_path / "elsewhere")
    # Of another design nothing is known.
    assert "not known yet" in explain(name, settings=['models.main.cluster="person_id"'], out=out)
    (written / "power.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="has other columns than power writes"):
        explain(name, out=out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (Words(persons="many"), "--persons: found 'many'; allowed: whole numbers above 0"),
        (Words(clusters="0"), "--clusters: found '0'; allowed: whole numbers above 0"),
        (Words(effects="0.1;0.2"), "--effects: found '0.1;0.2'; allowed: numbers apart by commas"),
        (Words(draws=0), "--draws: found 0; allowed: at least 1"),
        (Words(std_error=0.0), "--std-error: found 0.0; allowed: a number above 0"),
        (Words(std_error=0.1, df=0.5), "--df: found 0.5; allowed: at least 1"),
        (Words(std_error=0.1, world="one_city"), "--std-error: stands in place of a world"),
        (Words(std_error=0.1, clusters="20"), "--clusters: from --std-error alone it is not known"),
        (Words(df=20), "--df: goes with --std-error"),
    ],
)
def test_bad_words(words: Words, said: str, tmp_path: Path, capsys) -> None:
    with pytest.raises(UsageError) as error:
        run(words, tmp_path, capsys)
    (line,) = error.value.faults
    assert line.startswith(said)
    assert not (tmp_path / "out").exists()
