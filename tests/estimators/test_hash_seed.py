"""The same bytes whatever the hash seed and the number of threads."""

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

SCRIPT = """
import sys
import importlib.util
from dataclasses import replace

import numpy as np

from evaluation.estimators import group_time_att, rd_robust, twfe, twfe_event_study
from evaluation.spec.variance import Inference

place = importlib.util.spec_from_file_location("builders", sys.argv[1])
builders = importlib.util.module_from_spec(place)
sys.modules["builders"] = builders
place.loader.exec_module(builders)

data = builders.make("did")
rows = np.flatnonzero(np.random.default_rng(0).random(data.n_obs) < 0.8)
names = ("y", "unit", "period", "treated", "post", "event_time")
data = replace(
    data,
    columns=data.columns.iloc[rows].reset_index(drop=True),
    **{name: getattr(data, name)[rows] for name in names},
)
for module in (twfe, twfe_event_study):
    for variance in ("cr1", "cr3"):
        for effects in (("unit", "period"), ("period", "group"), ("group", "unit", "period")):
            setting = builders.setting(
                module,
                "did",
                controls=("size",),
                fixed_effects=effects,
                inference=Inference(("group",), variance),
            )
            print(repr(module.fit(data, setting)))
staggered = builders.make("staggered_did")
for controls in ((), ("size",)):
    options = group_time_att.Options(aggregate=("simple", "event_time", "cohort", "period"))
    setting = builders.setting(
        group_time_att, "staggered_did", controls=controls, options=options
    )
    print(repr(group_time_att.fit(staggered, setting)))
print(repr(rd_robust.fit(builders.make("rd"), builders.setting(rd_robust, "rd"))))
"""


BUILDERS = Path("tests", "estimators", "conftest.py")


def run(root, **changes):
    environment = {**os.environ, "PYTHONPATH": str(root), **changes}
    builders = root / BUILDERS
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, str(builders)],
        capture_output=True,
        env=environment,
        check=True,
        cwd=root,
    )
    return done.stdout


@pytest.fixture
def here(root, monkeypatch, capsys):
    """Return what the script prints in this process, with the hash seed that it happens to have."""
    monkeypatch.setattr(sys, "argv", ["-c", str(root / BUILDERS)])
    monkeypatch.setitem(sys.modules, "builders", None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(SCRIPT, "script", "exec"), {})
    return capsys.readouterr().out.encode()


@pytest.mark.slow
def test_same_bytes_under_every_hash_seed_and_number_of_threads(root, here):
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
    wanted = here
    assert wanted.count(b"Fit(") == 15
    # Seeds at which pyfixest's formula interface orders two effects differently.
    for seed, count in (("1", "1"), ("2", "2")):
        assert run(root, PYTHONHASHSEED=seed, **dict.fromkeys(threads, count)) == wanted
