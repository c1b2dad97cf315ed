"""What every test shares: one thread a process, no display, and skips that CI can forbid."""

from __future__ import annotations

import os

# Before numpy loads: two test processes share two cores, and threads would only get in the way.
for _variable in (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
):
    os.environ.setdefault(_variable, "1")
os.environ["MPLBACKEND"] = "Agg"

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile(
    "project",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("project")

# Files whose tests share something dear to set up, so that one process runs them. Under pytest 9.2
# the mark xdist_group of pytest-xdist 3.8 does nothing (pytest-dev/pytest-xdist, issue 1386).
TOGETHER = (
    "tests/cells/test_spark_engine.py",
    "tests/data_synth/test_facts_baseline.py",
    "tests/report/test_page_browser.py",
)

Require = Callable[[str, bool, str], None]


def _require(name: str, present: bool, reason: str) -> None:
    """Skip with ``reason`` where a thing is absent; fail if ``REQUIRE`` lists its ``name``."""
    if present:
        return
    required = {word.strip() for word in os.environ.get("REQUIRE", "").split(",")}
    if name in required:
        pytest.fail(f"REQUIRE lists {name!r}: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return what hands tests to processes: one by one, but for the files of ``TOGETHER``."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling

    class ByFile(LoadGroupScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            return file if file in TOGETHER else super()._split_scope(nodeid)

    return ByFile(config, log)


@pytest.fixture(scope="session")
def require() -> Require:
    """Return the function to call with a thing's name, whether it is there, and why not."""
    return _require


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the project's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data(require: Require) -> Path:
    """Return the folder of public data beside the checkout, which the project does not copy."""
    folder = ROOT.parent / "shared" / "data"
    require("shared", folder.is_dir(), "no ../shared/data beside the checkout")
    return folder


@pytest.fixture(scope="session", autouse=True)
def own_cache(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Remember truths in the session's own folder, never in the user's."""
    base = tmp_path_factory.getbasetemp()
    # The processes of one session have folders side by side, and simulate a truth once for all.
    folder = (base.parent if hasattr(pytestconfig, "workerinput") else base) / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACTIVITY_DUTY_CACHE", str(folder))
        yield folder


@pytest.fixture
def small_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw a tenth of the persons of a truth, for tests that hold no number of it."""
    from dataclasses import replace

    from evaluation.checks import known_truth

    whole = known_truth.superpopulation

    def small(spec: Any) -> Any:
        found = whole(spec)
        return replace(found, persons=found.persons // 10)

    monkeypatch.setattr(known_truth, "superpopulation", small)
