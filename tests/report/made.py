"""A programme made by hand for the tiny case: the mill is repaired in 2027-Q1, the cable works are surveyed."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.appraise.model import Appraisal
from tawteen.case.model import Case
from tawteen.diagnose import diagnose
from tawteen.effects import effects
from tawteen.match import match
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.programme_file import empty
from tawteen.report.report_data import ReportData
from tawteen.works import works_network
from tiny import tiny


def frame(columns: dict[str, Any], rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=columns, orient="row")


def programme() -> Programme:
    s, i, f = pl.String, pl.Int64, pl.Float64
    flow = {"kind": s, "id": s, "commodity": s, "region": s, "period": i, "amount": f}
    run = {"option": s, "period": i, "amount": f}
    unit = pl.List(pl.Struct({"unit": s, "capability": s, "amount": f}))
    sites = {
        "id": s,
        "option": s,
        "kind": s,
        "status": s,
        "start": s,
        "period": i,
        "chance": f,
        "operates": s,
        "units": unit,
    }
    imports = [("import", "flour", "flour", "east", t, 4500.0) for t in range(8)]
    nothing = [*imports, *[("import", "flour", "flour", "south", t, 1500.0) for t in range(8)]]
    with_mill = [
        *imports,
        *[("import", "flour", "flour", "south", t, 1500.0) for t in range(2)],
        *[("transport", "south-east", "flour", "south", t, 300.0) for t in range(2, 8)],
        *[("supply", "diesel-south", "power", "south", t, 216.0) for t in range(2, 8)],
        ("unmet", "cable-east", "cable", "east", 0, 300.0),
    ]
    return Programme(
        case_id="tiny", case_hash="0" * 64, scenario=Scenario(), seed=1, status="optimal",
        value=-30_000_000.0, bound=-29_990_000.0, do_nothing=-32_000_000.0, gap=0.005, seconds=0.5, peak_mb=90.0,
        sites=frame(sites, [
            ("mill", "mill-repair", "repair", "firm", "2027-Q1", 0, 1.0, "2027-Q3",
             [{"unit": "ENG", "capability": "mechanical", "amount": 120.0}]),
            ("cables", "cables:survey", "survey", "survey", "2027-Q2", 1, 1.0, None, []),
            ("pasta", None, "as_is", "as_is", None, None, 1.0, None, []),
        ]),
        throughput=frame(run, [("mill-repair", t, 1800.0) for t in range(2, 8)]
                         + [("pasta-now", t, 1500.0) for t in range(8)]),
        flows=frame(flow, with_mill),
        supply=frame({"pool_kind": s, "pool": s, "source": s, "period": i, "amount": f}, [
            ("capability", "mechanical", "ENG", 1, 120.0), ("capability", "electrical", "ENG", 1, 60.0),
            ("course", "electricians", "academy", 1, 2.3),
        ]),
        draws=frame({"fund": s, "option": s, "category": s, "origin": s, "period": i, "amount": f}, [
            ("budget", "mill-repair", "gate", "local", 0, 30_000.0),
            ("budget", "mill-repair", "spares", "foreign", 0, 150_000.0),
            ("budget", "mill-repair", "works", "partner", 1, 168_000.0),
            ("budget", "cables:survey", "survey", "local", 1, 20_000.0),
            ("line", "mill-repair", "equipment", "partner", 1, 5_000.0),
        ]),
        nothing_throughput=frame(run, [("pasta-now", t, 1500.0) for t in range(8)]),
        nothing_flows=frame(flow, nothing),
        limits=frame({"kind": s, "id": s, "region": s, "period": i, "used": f, "limit": f, "price": f}, [
            ("balance", "flour", "south", 4, 1500.0, None, 430.0), ("route", "south-east", None, 4, 300.0, 300.0, 12.5),
            ("source", "ENG/mechanical", None, 1, 120.0, 120.0, 350.0),
            ("fund", "budget", None, 0, 500_000.0, 500_000.0, 0.2),
        ]),
        nothing_prices=frame({"commodity": s, "region": s, "period": i, "price": f}, [("flour", "south", 0, 460.0)]),
        bound_prices=empty("bound_prices"),
    )  # fmt: skip


def appraisal() -> Appraisal:
    rows = [
        (o, v, n, 0.2, 9, 250_000.0, 150_000.0, 0.4, 30.0, 20.0, 1e6, 90.0, None)
        for o, n in (("mill-repair", 2e6), ("mill-new", 1.2e6), ("cables-rehab", -4e5), ("pasta-more", 1e5))
        for v in ("economic", "financial")
    ]
    cash, indicators = (
        {name: column.dtype for name, column in Appraisal.SCHEMAS[table].columns().items()}
        for table in ("cash", "indicators")
    )
    return Appraisal(pl.DataFrame(schema=cash), frame(indicators, rows))


def study(case: Case | None = None) -> ReportData:
    case = case or tiny()
    diagnosed = diagnose(case)
    network = works_network(case, diagnosed)
    matched = match(case, network)
    effected = effects(case, diagnosed, network, matched)
    return ReportData(case, programme(), diagnosed, network, matched, effected, appraisal())
