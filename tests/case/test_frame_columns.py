"""Frames that pass between rooms have the columns, types and ranges that their schemas state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dataframely as dy
import polars as pl
import pytest

from tawteen.appraise import appraise
from tawteen.case.generate import generate
from tawteen.case.model import Case
from tawteen.case.read import read_case
from tawteen.diagnose.model import Diagnosis
from tawteen.plan.inputs import prepare
from tawteen.plan.programme import Scenario

LIBYA = Path(__file__).parents[2] / "cases" / "libya" / "case"


@pytest.mark.parametrize(
    "made",
    [lambda: read_case(LIBYA), lambda: generate(20, seed=3), lambda: generate(5, seed=1, hard=True)],
    ids=["libya", "ordinary", "hard"],
)
def test_every_stage_keeps_its_schemas(made: Callable[[], Case]) -> None:
    case = made()
    inputs = prepare(case, Scenario())
    results = (inputs.diagnosis, inputs.works, inputs.match, inputs.effects, appraise(case, inputs.effects))
    for result in results:
        assert result.SCHEMAS
        result.validate()


def test_a_frame_of_other_columns_is_a_fault() -> None:
    frames = {name: schema.create_empty() for name, schema in Diagnosis.SCHEMAS.items()}
    Diagnosis(**frames)
    with pytest.raises(TypeError, match=r"Diagnosis\.losses"):
        Diagnosis(**{**frames, "losses": frames["losses"].drop("oee")})
    with pytest.raises(TypeError, match=r"Diagnosis\.sites"):
        Diagnosis(**{**frames, "sites": frames["sites"].with_columns(pl.col("chance").cast(pl.Float32))})


def test_a_value_out_of_range_is_found() -> None:
    frames = {name: schema.create_empty() for name, schema in Diagnosis.SCHEMAS.items()}
    line = {"line": "l", "site": "s", "commodity": "c", "nominal": 1.0, "oee": 1.5}
    losses = pl.concat([frames["losses"], pl.DataFrame([line])], how="diagonal")
    with pytest.raises(dy.exc.ValidationError):
        Diagnosis(**{**frames, "losses": losses}).validate()
