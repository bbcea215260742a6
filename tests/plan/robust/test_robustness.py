from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from tests.plan.robust.drawn import programme, ranged
from tests.tiny import tables, tiny

from tawteen.plan.planning import plan
from tawteen.plan.robust.file import read_analysis, write_analysis
from tawteen.plan.robust.model import Robustness
from tawteen.plan.robust.parallel import processes, sweep
from tawteen.plan.robust.robustness import Stopped, quantile, robustness
from tawteen.plan.robust.shocks import SHOCKS


def found(scenarios: int = 12, replans: int = 6, **asked: object) -> Robustness:
    return robustness(ranged(), programme(), scenarios=scenarios, replans=replans, **asked)  # type: ignore[arg-type]


@cache
def found_once() -> Robustness:
    """`found` as most tests ask for it; nobody changes it."""
    return found()


def same(a: Robustness, b: Robustness) -> bool:
    names = [f.name for f in fields(Robustness) if f.name != "seconds"]
    values = [(getattr(a, name), getattr(b, name)) for name in names]
    return all(x.equals(y) if isinstance(x, pl.DataFrame) else x == y for x, y in values)


def test_processes_find_what_one_finds(tmp_path: Path) -> None:
    alone = found_once()
    with processes(2) as executor:
        together = found(executor=executor)
    assert same(alone, together)
    write_analysis(alone, tmp_path / "r.json")
    read = read_analysis(tmp_path / "r.json", Robustness)
    assert read is not None
    assert same(read, alone)
    assert read_analysis(tmp_path / "none.json", Robustness) is None


def test_figures_follow_from_the_runs() -> None:
    one = found_once()
    gains = sorted(one.runs["gain"])
    assert one.scenarios == len(gains) == 12
    assert one.replans == 6
    row = one.figures.filter(pl.col("figure") == "gain").row(0, named=True)
    assert (row["p50"], row["p80"]) == (gains[5], gains[2])
    assert row["base"] > row["p50"] or row["base"] > gains[0]
    assert one.gains == sum(g > 1 for g in gains) / 12
    assert one.shocks["shock"].to_list() == [s.id for s in SHOCKS]
    assert one.options["chosen"].is_between(0, 1).all()
    assert set(one.often["site"]) == {"mill", "cables", "pasta"}
    per_site = one.options.filter(pl.col("kind") != "survey").group_by("site").agg(pl.col("chosen").sum())
    assert dict(per_site.iter_rows()) == pytest.approx(dict(one.often.select("site", "chosen").iter_rows()))


def test_another_seed_is_another_answer() -> None:
    again = found(replans=2)
    assert again.runs.equals(found_once().runs)
    assert not found_once().runs.equals(found(replans=0, seed=2).runs)


def test_the_same_seed_gives_the_same_tables_though_two_sites_are_alike() -> None:
    """Two equal mills: which of them is chosen is a tie, and it is broken alike each time, by a budget of nodes."""
    changed = tables()
    alike = {name: [_as_twin(row) for row in rows if _of_the_mill(row)] for name, rows in changed.items()}
    both = {name: [*rows, *alike[name]] for name, rows in changed.items() if alike[name]}
    case = tiny(both)
    made = plan(case, time_limit=60.0, gap=0.0)
    one, other = (robustness(case, made, scenarios=6, replans=6, nodes=20) for _ in range(2))
    assert same(one, other)
    assert {"mill", "mill2"} <= set(one.often["site"])


def _of_the_mill(row: dict[str, object]) -> bool:
    return any(str(row.get(name, "")).partition("-")[0] == "mill" for name in ("id", "site", "option"))


def _as_twin(row: dict[str, object]) -> dict[str, object]:
    named = ("id", "site", "option")
    return {k: str(v).replace("mill", "mill2", 1) if k in named and v is not None else v for k, v in row.items()}


def test_without_uncertainty_the_programme_is_its_own_core() -> None:
    sure = [{**row, "chance": 1.0} if row["gate"] == "title" else row for row in tables()["blockers"]]
    money = {"currency": "USD", "price_year": 2026, "rates": [{"currency": "LYD", "official": 6.37}]}
    # An amount without a range of its own has that of its estimate class.
    costs = [{**row, "low": row["amount"], "high": row["amount"]} for row in tables()["costs"]]
    case = tiny({"blockers": sure, "costs": costs}, money=money)
    made = plan(case, time_limit=60.0, gap=0.0)
    one = robustness(case, made, scenarios=3, replans=3, shocks=())
    assert made.value is not None
    assert made.do_nothing is not None
    assert one.runs["gain"].to_list() == pytest.approx([made.value - made.do_nothing] * 3, rel=1e-6)
    core = set(one.options.filter(pl.col("robust") == "core")["option"])
    assert core == set(made.sites.drop_nulls("period")["option"])
    assert (one.values["worth"] <= 1e-3).all()


def test_what_is_done_by_the_stop_is_told() -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    one = found(scenarios=24, stop=stop)
    assert one.scenarios in (10, 20)
    assert one.replans == 0
    with pytest.raises(Stopped):
        found(stop=lambda: True)
    with pytest.raises(ValueError, match="without a solution"):
        robustness(tiny(), replace(programme(), value=None))


def test_quantiles_count_what_never_happens_as_latest() -> None:
    assert quantile([3, None, 1, 2, 4], 0.5) == 3
    assert quantile([3, None, 1, None, 2], 0.8) is None
    assert quantile([5.0], 0.2) == 5.0


def _square(x: int) -> int:
    return x * x


def test_a_sweep_keeps_the_order_and_tells_its_share() -> None:
    shares: list[float] = []
    assert sweep(_square, [3, 1, 2], None, tell=shares.append) == [9, 1, 4]
    assert shares == pytest.approx([1 / 3, 2 / 3, 1.0])
