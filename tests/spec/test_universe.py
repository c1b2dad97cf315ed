"""Axes of ``[[vary]]``: which models they bear on, how many they make, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.catalogue import catalogue
from evaluation.errors import SpecError
from evaluation.review.explain import explain
from evaluation.spec.loader import read_spec
from evaluation.spec.members import members_of
from evaluation.spec.spec import Spec
from evaluation.spec.universe import axes_of, universe_models, universe_size

SPEC = """
schema_version = 1
id = "tiny"
title = "Tiny"
[panel]
source = "file"
path = "tiny.csv"
unit = "unit"
time = "t"
[outcomes]
y = { column = "y", kind = "continuous" }
[design]
kind = "did"
treated = { column = "treat", equals = 1 }
post = { column = "t", at_least = 4 }
[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
cluster = "town"
[[models]]
id = "other"
estimand = "att"
estimator = "twfe"
"""
CURVE = '[[checks]]\nkind = "specification_curve"\nmodel = "main"\nseed = 1\n'


def axis(path: str, *values: str) -> str:
    return f'[[vary]]\npath = "{path}"\nvalues = [{", ".join(values)}]\n'


CONTROLS = axis("models.main.controls", "[]", '["x"]', '["x", "z"]')
TIMES = axis("design.post.at_least", "4", "5")


@pytest.fixture
def read(tmp_path: Path):
    def answer(text: str) -> Spec:
        path = tmp_path / "tiny.toml"
        path.write_text(SPEC + text, encoding="utf-8")
        return read_spec(path, catalogue(), with_paths=False)

    return answer


# axes and checks -> models, their axes, specifications
MADE = (
    (CONTROLS, ("main",), (1,), 3),
    (CONTROLS + TIMES, ("main",), (2,), 6),
    (TIMES, ("main", "other"), (1, 1), 4),
    (TIMES + CURVE, ("main",), (1,), 2),
    (CONTROLS + TIMES + CURVE.replace('"main"', '"other"'), ("main", "other"), (2, 1), 8),
    ("", (), (), 0),
)


@pytest.mark.parametrize(("text", "models", "axes", "size"), MADE)
def test_models_and_sizes(read, text, models, axes, size) -> None:
    spec = read(text)
    assert universe_models(spec) == models
    assert tuple(len(axes_of(spec, name)) for name in models) == axes
    assert universe_size(spec) == size
    numbered = [one for one in members_of(spec, catalogue()) if one.choice.number]
    assert len(numbered) == size
    assert all(one.spec is not None for one in numbered)


def test_explain_says_what_it_makes(read) -> None:
    words = "Universe: 6 specifications of model main, "
    words += "models.main.controls (3) × design.post.at_least (2)."
    assert words in explain(read(CONTROLS + TIMES))


def test_members_hold_what_was_chosen_and_one_is_the_spec_itself(read) -> None:
    members = members_of(read(CONTROLS + TIMES), catalogue())
    assert [one.declared for one in members] == [True, *[False] * 5]
    last = members[-1].spec
    assert last is not None
    assert (last.models[0].controls, last.design.post.at_least) == (("x", "z"), 5)
    assert len({one.digest for one in members}) == 6


HUGE = "".join(axis(f"models.main.{key}", *(f'["{n}"]' for n in range(100)))
               for key in ("controls", "fixed_effects", "interact"))  # fmt: skip

REFUSED = (
    (CONTROLS + 'labels = ["none"]\n',
     "vary.1.labels: found 1; allowed: one for each of the 3 values, or none"),
    (CONTROLS + 'labels = ["a", "b", "a"]\n',
     "vary.1.labels: two values have one label; give each its own"),
    (HUGE, "vary: makes 1,000,000 specifications, models.main.controls (100) × "
           "models.main.fixed_effects (100) × models.main.interact (100); allowed: at most 10,000; "
           "leave out values or axes"),
    (axis("models.main.controlls", "[]", '["x"]'),
     "vary.1.path: models.main.controlls: unknown key; did you mean controls? (allowed here: "),
    (axis("models.mian.controls", "[]"), "vary.1.path: models.mian: no such entry; did you mean "
                                         "main? (there are: main, other)"),
    (axis("outcomes.z.column", '"y"'), "vary.1.path: no outcome 'z' (there are: y)"),
    (axis("panel.seed", "1", "2"), "vary.1.path: found 'panel.seed'; allowed: a key of models, "),
    (axis("modles.main.controls", "[]"), "vary.1.path: found 'modles.main.controls'; did you mean "
                                         "models?; allowed: a key of models, "),
    (axis("models.main.variance", '"cr1"', '"hc9"'),
     "vary.1.values: \"hc9\": models.main.variance: found 'hc9'; allowed: iid, "),
    (CONTROLS + CONTROLS, "vary: 'models.main.controls' stands 2 times; give one axis all of its "
                          "values"),
    (axis("design.post", "{ column = \"t\", at_least = 3 }") + TIMES,
     "vary.1.path: 'design.post' holds 'design.post.at_least', another axis; name one of them"),
    (axis("models.main.controls", "[]", "[]"), "vary.1.values: [] stands twice; give each value "
                                               "once"),
    (CURVE, "checks.specification_curve: the spec has no [[vary]], so there is one specification; "
            "add axes"),
    (axis("models.other.controls", "[]") + CURVE,
     "checks.specification_curve: no axis of [[vary]] bears on model 'main'; name a model that an "
     "axis names"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "line"), REFUSED)
def test_refused_at_load(read, text, line) -> None:
    with pytest.raises(SpecError) as raised:
        read(text)
    (found,) = raised.value.faults
    assert found.startswith(f"tiny.toml: {line}")
