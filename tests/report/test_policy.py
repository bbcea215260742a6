"""What the page shows of a policy of the tiny case."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest
from tests.plan.planned import policy as tiny_policy
from tests.tiny import tiny, unknown_title

import tawteen as tw
from tawteen.plan.policy_plan import policy_schema
from tawteen.report.next_steps import next_steps
from tawteen.report.policy import findings_chart, policy, rows_by_finding
from tawteen.report.policy_headline import policy_knowing, policy_now
from tawteen.report.report import study
from tawteen.report.report_data import ReportData
from tawteen.report.survey_tour import survey_tour


@pytest.fixture(scope="module")
def planned() -> tw.PolicyPlan:
    return tiny_policy()


@pytest.fixture(scope="module")
def learning(read: ReportData, planned: tw.PolicyPlan) -> ReportData:
    return replace(read, programme=replace(read.programme, policy=planned))


def test_a_single_path_has_no_exhibit_of_findings(read: ReportData) -> None:
    assert policy(read) == []


def test_each_finding_has_its_chance_and_what_follows(learning: ReportData, planned: tw.PolicyPlan) -> None:
    rows = rows_by_finding(learning, planned)
    assert set(rows["site"]) == {"cables"}
    once = rows.unique(["site", "finding"])
    assert once["chance"].sum() == pytest.approx(1.0)
    for site, finding, option, futures in rows.select("site", "finding", "option", "futures").iter_rows():
        same = planned.policy.filter((pl.col("site") == site) & (pl.col("finding") == finding))
        if option is None:
            assert same.is_empty()
        else:
            assert same.filter(pl.col("option") == option)["futures"].item() == futures
    assert rows.filter(~pl.col("opens"))["action"].to_list() == ["nothing"]


def test_bars_are_as_long_as_the_chances(learning: ReportData, planned: tw.PolicyPlan) -> None:
    rows = rows_by_finding(learning, planned)
    for k in (0, 1):
        spec = findings_chart(learning, rows, k).spec
        parts = spec["layer"][0]["data"]["values"]
        assert sum(part["b"] - part["a"] for part in parts) == pytest.approx(1.0, abs=1e-3)


def test_the_tour_is_that_of_the_policy(learning: ReportData, planned: tw.PolicyPlan) -> None:
    table = survey_tour(learning)[0].table
    surveys = planned.policy.filter(pl.col("option").str.ends_with(":survey"))
    assert table.select("site", "period").rows() == surveys.select("site", "period").rows()


def test_the_next_steps_are_the_first_stage(learning: ReportData, planned: tw.PolicyPlan, read: ReportData) -> None:
    """Beside the policy the page lists what the policy begins, not what the single path would."""
    (exhibit,) = next_steps(learning)
    steps = exhibit.table
    first = planned.first_stage
    assert first.height
    assert set(steps["site"]) == set(first["site"]) != set(next_steps(read)[0].table["site"])
    assert "policy" in exhibit.note[0]
    assert set(steps.filter(stage="survey")["site"]) == set(first.filter(kind="survey")["site"])
    for site, option, units in first.select("site", "option", "units").iter_rows():
        mine = steps.filter(pl.col("site") == site)
        assert mine["period"].min() == first.filter(pl.col("site") == site)["period"].item()
        for unit in {part["unit"] for part in units}:
            assert all(learning.name("sources", unit)[k] in mine[-1][f"who_{lang}"].item()
                       for k, lang in enumerate(("en", "ar")))  # fmt: skip
        paid = learning.effects.outlays.filter(option=option, quarter=0)
        assert mine["money"].sum() == pytest.approx(paid["amount"].sum())


def test_steps_are_named_by_the_meeting_or_by_the_first_quarter(learning: ReportData) -> None:
    """Where no meeting is stated, every quarter decides."""
    assert not learning.case.settings.committee
    (exhibit,) = next_steps(learning)
    assert all("2027-Q1" in title for title in exhibit.title)
    assert exhibit.columns["money"].label[0] == "Drawn"
    met = tiny(committee=[{"date": dt.date(2027, 6, 15)}])
    (exhibit,) = next_steps(replace(learning, case=met))
    assert exhibit.columns["money"].label[0] == "Drawn until the meeting"
    english, arabic = exhibit.title
    assert "June 15, 2027" in english
    assert "يونيو" in arabic


def test_what_is_held_is_used_or_released(learning: ReportData) -> None:
    held = policy(learning)[1].table
    assert held.height
    assert (held["used"] + held["released"]).to_list() == pytest.approx(held["reserved"].to_list())


def test_one_ruling_settles_all_its_sites() -> None:
    gates = [unknown_title(site, chance=0.4, decision="court") for site in ("mill", "pasta")]
    case = tiny({"blockers": gates})
    plan = tw.plan(case, steps=2, fixed=True)
    made = tw.plan_policy(case, steps=2, futures=20)
    assert made is not None
    data = study(case, replace(plan.programme, policy=made))
    shown = {exhibit.key: exhibit.table for exhibit in policy(data)}["common_decisions"]
    assert shown.select("decision", "count", "chance").rows() == [("court", 2, 0.4)]
    assert "Mill" in shown["sites_en"].item()
    surveys = made.policy.filter(pl.col("option").str.ends_with(":survey") & pl.col("site").is_in(["mill", "pasta"]))
    assert shown["surveyed"].item() == pytest.approx(surveys["futures"].sum())
    told = tw.explain(tw.PlanResult(case, replace(plan.programme, policy=made)), "mill", time_limit=0)
    assert any("settles gates of 2 sites" in sentence for sentence in told.sentences("en"))


def test_where_released_money_goes_is_shown_with_both_shares(read: ReportData, planned: tw.PolicyPlan) -> None:
    row = {
        "site": "cables", "finding": None, "to_site": "mill", "to_finding": None, "option": "mill:survey", "period": 2,
        "share_with": 0.75, "share_without": 0.25, "futures_with": 8, "futures_without": 12, "least": 0.1, "most": 0.9,
    }  # fmt: skip
    shut = planned.findings.filter(~pl.col("opens"))["finding"].item()
    rows = [row, {**row, "finding": shut, "option": "mill-repair"}]
    changed = replace(planned, released_to=pl.DataFrame(rows, schema=policy_schema("released_to"), orient="row"))
    shown = {e.key: e.table for e in policy(replace(read, programme=replace(read.programme, policy=changed)))}
    table = shown["released_to"]
    assert table["to_site_en"].to_list() == ["Mill", "Mill"]
    assert table["finding_en"].to_list() == ["anything after which nothing starts there", "works stay impossible"]
    assert table["option_en"][0] == "Survey only"
    assert table["option_en"][1] not in ("Survey only", "mill-repair")
    told = tw.explain(tw.PlanResult(tiny(), replace(read.programme, policy=changed)), "cables")
    sentences = [text for text in told.sentences("en") if "What was held for it" in text]
    assert len(sentences) == 1
    assert "75% of the futures in which it could (their number: 8)" in sentences[0]
    assert "in 25% (number: 12)" in sentences[0]
    assert "released_to" not in {
        e.key for e in policy(replace(read, programme=replace(read.programme, policy=planned)))
    }


def test_a_finding_known_from_the_start_is_not_said_to_wait_for_an_inspection(
    learning: ReportData, planned: tw.PolicyPlan
) -> None:
    """As for a survey that takes neither money nor time: there is no option to survey, and starts depend on it."""
    effects = replace(learning.effects, options=learning.effects.options.filter(pl.col("kind") != "survey"))
    begun = planned.policy.filter(~pl.col("option").str.ends_with(":survey"))
    first = planned.first_stage.filter(pl.col("kind") != "survey")
    known = replace(planned, policy=begun, first_stage=first, gains_without=planned.gains)
    at_once = replace(learning, effects=effects, programme=replace(learning.programme, policy=known))
    now, knowing = policy_now(at_once, known), policy_knowing(at_once, known)
    assert "an inspection takes neither money nor time" in now[0]
    assert "waits for" not in now[0]
    assert "ينتظر" not in now[1]
    assert "the same whatever" not in knowing[0]
    assert "فما يفعل واحد" not in knowing[1]
    nothing = replace(known, policy=begun.filter(pl.col("finding").is_null()))
    assert "the same whatever would be found" in policy_knowing(at_once, nothing)[0]


def test_inspections_that_cost_more_than_they_tell_are_not_said_to_change_nothing(
    learning: ReportData, planned: tw.PolicyPlan
) -> None:
    """A rule may ask for them: what follows differs by what is found, and a policy without them is worth more."""
    dear = replace(planned, gains_without=tuple(gain + 3e6 for gain in planned.gains))
    said = policy_knowing(learning, dear)
    assert "cost it 3 million USD more than what they find is worth" in said[0]
    assert "3 مليون" in said[1]
    same = policy_knowing(learning, replace(planned, gains_without=planned.gains))
    assert "worth no more than it costs" in same[0]
    plain = policy_knowing(learning, planned)
    assert f"over the first {planned.information_futures} futures: Cable works (" in plain[0]


def test_where_time_ended_before_all_inspections_were_valued_the_sentence_says_so(
    learning: ReportData, planned: tw.PolicyPlan
) -> None:
    row = planned.policy.filter(pl.col("option") == "cables:survey").with_columns(
        site=pl.lit("mill"), option=pl.lit("mill:survey")
    )
    options = learning.effects.options
    survey = options.filter(pl.col("option") == "cables:survey").with_columns(
        site=pl.lit("mill"), option=pl.lit("mill:survey")
    )
    both = options if "mill:survey" in options["option"] else pl.concat([options, survey])
    study_of_both = replace(learning, effects=replace(learning.effects, options=both))
    more = replace(planned, policy=pl.concat([planned.policy, row]))
    said = policy_knowing(study_of_both, more)
    assert "Time sufficed to value 1 of 2 inspections one by one." in said[0]
    assert "1 من 2" in said[1]
