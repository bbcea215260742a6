"""The whole model as a file, from Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.plan.test_model_file import optimum
from tests.tiny import tables, tiny

import tawteen as tw


def test_its_optimum_is_the_value_of_the_programme_of_the_same_scenario(tmp_path: Path) -> None:
    path = tmp_path / "tiny.mps"
    stages: list[str] = []
    size = tw.write_model(tiny(), path, must=["Mill"], progress=lambda event: stages.append(event.stage))
    assert size.columns > size.integers > 0
    assert stages == ["problem", "writing"]
    forced = tw.plan(tiny(), must=["Mill"], time_limit=20, gap=0.0, fixed=True)
    assert optimum(path) == pytest.approx(forced.value, rel=1e-9)
    tw.write_model(tiny(), str(path), changes=["fund.budget*4"], without=["mill"])
    other = tw.plan(tiny(), changes=["fund.budget*4"], without=["mill"], time_limit=20, gap=0.0, fixed=True)
    assert optimum(path) == pytest.approx(other.value, rel=1e-9)
    assert other.value != pytest.approx(forced.value, rel=1e-9)


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(tw.UsageError, match=r"MPS"):
        tw.write_model(tiny(), tmp_path / "tiny.lp")
    with pytest.raises(tw.UsageError, match="does not exist"):
        tw.write_model(tiny(), tmp_path / "nowhere" / "tiny.mps")
    with pytest.raises(tw.CaseError):
        tw.write_model(tiny(), tmp_path / "tiny.mps", must=["smelter"])
    with pytest.raises(tw.CaseError):
        tw.write_model(tiny({**{name: [] for name in tables()}, "regions": tables()["regions"]}), tmp_path / "tiny.mps")
    assert not list(tmp_path.iterdir())
