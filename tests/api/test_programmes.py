"""Plan, compare, explain, report and all else of a programme that knows its case, in Python."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from tests.tiny import tables, tiny

import tawteen as tw
from tawteen.case.findings import CaseError
from tawteen.case.hash import case_hash
from tawteen.runs import planning
from tawteen.runs.delivery import delivery


def test_a_programme_knows_its_case(base: tw.PlanResult) -> None:
    assert base.status == "optimal"
    assert base.verify().holds
    assert base.sites["id"].to_list() == ["mill", "cables", "pasta"]
    assert base.gain == base.value - base.do_nothing  # type: ignore[operator]
    assert tw.appraise(base.case).indicators.height
    assert tw.diagnose(base.case).sites.height == 3
    assert set(tw.match(base.case).assignments["option"]) <= set(base.case["options"]["id"])
    with pytest.raises(dataclasses.FrozenInstanceError):
        base.case = tiny()  # type: ignore[misc]


def test_more_money_is_worth_no_less_and_the_comparison_says_what_moves(
    base: tw.PlanResult, more: tw.PlanResult
) -> None:
    assert more.value >= base.value  # type: ignore[operator]
    found = tw.compare(base, more)
    value = found.figures.filter(figure="value")
    assert value["difference"].item() == pytest.approx(more.value - base.value)  # type: ignore[operator]
    assert len(found.sentences("ar")) == len(found.sentences("en")) == found.sites.height
    assert base.compare(more).sites.equals(found.sites)
    assert tw.reassess(base).verdict == "unread"
    assert tw.reassess(base, more.case, changes=["discount.economic*1.1"]).verdict in ("stands", "open", "lost")


def test_figures_of_a_comparison_are_those_of_each_case() -> None:
    base = tw.plan(tiny(), time_limit=20, must=["mill"], fixed=True)
    dearer = tw.plan(base.case.with_changes("site.mill*2"), time_limit=20, must=["mill"], fixed=True)
    option = base.sites.filter(id="mill")["option"].item()
    if option != dearer.sites.filter(id="mill")["option"].item():
        pytest.skip("another option is chosen")
    invested = [
        tw.appraise(result.case).indicators.filter(option=one, view="financial")["investment"].item()
        for result in (base, dearer)
        for one in result.sites.drop_nulls("start")["option"]
    ]
    figures = tw.compare(base, dearer).figures.filter(figure="investment")
    assert figures["after"].item() > figures["before"].item()
    assert figures["before"].item() + figures["after"].item() == pytest.approx(sum(invested))


def test_a_scenario_is_kept_and_a_changed_case_is_another_case(base: tw.PlanResult) -> None:
    asked = tw.plan(base.case, changes=["fund.budget*4"], without=["mill"], time_limit=20, fixed=True)
    assert asked.scenario == tw.Scenario(("fund.budget*4",), (), ("mill",))
    assert case_hash(asked.case) == case_hash(base.case)
    assert asked.sites.filter(id="mill")["option"].item() is None
    with pytest.raises(tw.CaseError, match="nowhere"):
        tw.plan(base.case, must=["nowhere"])


def test_a_case_with_errors_is_not_planned() -> None:
    broken = tiny({"demands": [{**tables()["demands"][0], "region": "north"}]})
    with pytest.raises(tw.CaseError, match="north"):
        tw.plan(broken)


def test_explain_says_why_and_refuses_an_unknown_site(base: tw.PlanResult) -> None:
    found = base.explain("cables", time_limit=1)
    assert found.sentences("en")
    assert found.sentences("ar") != found.sentences("en")
    assert str(found) == " ".join(found.sentences())
    assert tw.reasons(base)["site"].to_list() == ["mill", "cables", "pasta"]
    assert set(tw.limit_worths(base)["kind"]) <= set(base.limits["kind"])
    assert base.explain("Cable works", time_limit=0).site == "cables"
    with pytest.raises(tw.CaseError, match=re.escape("“cable”")):
        base.explain("cable")


def test_parameters_of_the_search_are_given_as_a_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "quick.toml").write_text("whole_model_sites = 7\n", encoding="utf-8")
    seen = []
    whole = planning.plan
    monkeypatch.setattr(planning, "plan", lambda *args, **more: seen.append(more["params"]) or whole(*args, **more))
    params = tw.read_params(tmp_path / "quick.toml")
    assert tw.plan(tiny(), params=params, fixed=True, must=["Mill in the EAST"]).scenario.must == ("pasta",)
    assert [one.whole_model_sites for one in seen] == [7]


def test_summary_has_labels_in_both_languages(base: tw.PlanResult) -> None:
    english, arabic = base.summary("en"), base.summary("ar")
    assert english["figure"].equals(arabic["figure"])
    assert english.filter(figure="gain")["value"].item() == pytest.approx(base.gain)
    assert not english["label"].equals(arabic["label"])


def test_a_folder_that_was_saved_is_read_back_to_the_same(base: tw.PlanResult, tmp_path: Path) -> None:
    folder = base.save(tmp_path / "kept")
    back = tw.read_result(folder)
    assert back.value == base.value
    assert case_hash(back.case) == case_hash(base.case)
    assert tw.verify(back).holds
    assert base.save(folder) == folder
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "programme.json").write_text("mine")
    with pytest.raises(tw.UsageError, match=re.escape("programme.json")):
        base.save(tmp_path / "mine")


def test_saving_removes_what_an_earlier_result_left(base: tw.PlanResult, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    with delivery(folder, ("report.html", "case")) as staged:
        (staged / "report.html").write_text("of an earlier programme")
        (staged / "case").mkdir()
        (staged / "case" / "outline.geojson").write_text("of an earlier case")
    (folder / "mine.txt").write_text("kept")
    base.save(folder)
    assert not (folder / "report.html").exists()
    assert not (folder / "case" / "outline.geojson").exists()
    assert (folder / "mine.txt").read_text() == "kept"


def test_a_report_is_written_whole(base: tw.PlanResult, tmp_path: Path, drawn_here: None) -> None:
    stages: list[tw.ProgressEvent] = []
    page = base.report(tmp_path / "out", "ar", progress=stages.append)
    assert page.is_file()
    assert {"programme.json", "programme.xlsx", "case", "pictures"} <= {path.name for path in page.parent.iterdir()}
    assert stages
    assert all(event.share is not None and 0 <= event.share <= 1 for event in stages)
    assert tw.read_result(page.parent).value == base.value


def test_progress_has_one_shape_everywhere(base: tw.PlanResult) -> None:
    events: list[tw.ProgressEvent] = []
    tw.plan(base.case, time_limit=20, fixed=True, progress=events.append)
    assert any(event.value is not None for event in events)
    for ask in (tw.verify, lambda one, progress: tw.check(one.case, progress=progress)):
        events.clear()
        ask(base, progress=events.append)  # type: ignore[operator]
        assert events
        assert all(isinstance(event, tw.ProgressEvent) for event in events)


def test_stopping_keeps_the_best_so_far(base: tw.PlanResult) -> None:
    assert tw.plan(base.case, stop=lambda: True).status == "interrupted"


def test_replan_keeps_what_is_signed(base: tw.PlanResult) -> None:
    started = base.sites.drop_nulls("start")["id"].to_list()
    found = tw.replan(base, today="2027-Q2", signed=started[:1], changes=["fund.budget*4"], time_limit=20)
    assert started[0] in found.held
    assert found.programme.value is not None
    assert found.verify().holds
    with pytest.raises(tw.CaseError, match="nowhere"):
        tw.replan(base, today="2027-Q2", signed=["nowhere"])


def test_robust_pareto_and_localise_return_frames(base: tw.PlanResult) -> None:
    found = tw.robust(base, scenarios=10, replans=2)
    assert found.runs.height == 10
    front = tw.pareto(base, points=2, each=5)
    assert 1 <= front.points.height <= 2
    assert tw.localise(base).worth.columns == tw.localise(base.case).worth.columns


def test_an_option_is_appraised_alone_and_in_the_programme(base: tw.PlanResult) -> None:
    started = base.sites.drop_nulls("start")
    option = started["option"][0]
    alone, planned = tw.appraise(base.case, option=option, paths=50), tw.appraise(base, option=option, paths=50)
    assert alone.option["option"] == planned.option["option"] == option
    assert option in tw.appraise(base).options
    with pytest.raises(tw.CaseError, match="no option nothing"):
        tw.appraise(base.case, option="nothing")


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_result_shows_itself_in_a_line_and_in_a_notebook(
    base: tw.PlanResult, more: tw.PlanResult, lang: tw.words.Lang
) -> None:
    tw.set_language(lang)
    shown = [base, tw.compare(base, more), base.explain("mill", time_limit=0), base.verify(), base.programme]
    shown += [base.case, *(verb(base.case) for verb in (tw.diagnose, tw.match, tw.appraise, tw.localise))]
    for one in shown:
        assert "\n" not in repr(one)
        assert len(repr(one)) < 480
        page = one._repr_html_()
        assert "<script" not in page
        assert "http" not in page
    page = base._repr_html_()
    ET.fromstring(page)
    assert ('dir="rtl"' in page) == (lang == "ar")
    names = base.case["sites"].filter(pl.col("id").is_in(base.sites.drop_nulls("start")["id"]))[f"name_{lang}"]
    assert all(name in page for name in names)


def test_frames_become_pandas_where_it_is_installed(base: tw.PlanResult) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    assert list(base.sites.to_pandas()["id"]) == ["mill", "cables", "pasta"]


def test_an_infeasible_case_names_the_rules() -> None:
    result = tw.plan(tiny(), must=["mill"], without=["mill"])
    assert result.status == "infeasible"
    assert set(result.programme.conflict) == {"scenario:must:mill", "scenario:never:mill"}
    assert result.summary().height == 0
    assert "\n" not in repr(result)
    assert result._repr_html_()
    with pytest.raises(ValueError, match="without a solution"):
        result.report("/nonexistent")


def test_no_programme_is_returned_that_its_own_check_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = planning.plan

    def wrong(*args: Any, **rest: Any) -> Any:
        programme = planned(*args, **rest)
        return dataclasses.replace(programme, value=programme.value + 1e6, bound=programme.bound + 1e6)

    monkeypatch.setattr(planning, "plan", wrong)
    with pytest.raises(CaseError) as error:
        tw.plan(tiny(), steps=4, fixed=True)
    assert error.value.findings[0].code == "plan.unverified"
