"""A case after a survey: what was seen is evidence, cells follow where the field agrees, the rest is listed."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.survey.instances import LINES, TODAY, post, surveyed_case
from tests.tiny import tables, tiny

from tawteen.case.checks import check
from tawteen.case.evidence import proposals
from tawteen.case.folder import write_folder
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.case.read import read_case
from tawteen.survey.field_evidence import source_id
from tawteen.survey.posts import Post
from tawteen.survey.submissions import read_submissions
from tawteen.survey.surveyed_case import SurveyedCase, with_survey

CASE = surveyed_case()
DAY = dt.date(2026, 11, 20)


def surveyed(*posts: Post, case: Case = CASE, take: bool = True) -> SurveyedCase:
    return with_survey(case, read_submissions(posts, case, today=TODAY), take=take)


def cell(case: Case, table: str, column: str, **key: str) -> Any:
    row = case[table].filter(pl.all_horizontal(pl.col(name) == value for name, value in key.items()))
    assert row.height == 1
    return row[column][0]


def test_observations_become_evidence_and_cells() -> None:
    done = surveyed(post())
    evidence = done.case["evidence"]
    assert evidence.height == done.observations > 10
    assert set(evidence["grade"]) == {"inspected"}
    assert set(evidence["source"]) == {source_id("uuid:1")} == set(done.case["sources"]["id"])
    title = evidence.filter((pl.col("row") == "mill/title") & (pl.col("column") == "state")).row(0, named=True)
    assert (title["value"], title["as_of"], title["observer"]) == ("closed", dt.date(2026, 10, 1), "أمل الفيتوري")
    for part in ("Letter of the court", "27.03770, 14.42830 ±4 m", "2026-11-20T09:10", "letter.jpg"):
        assert part in title["note"]
    assert "The roof leaks." in " ".join(evidence["note"].drop_nulls())
    assert cell(done.case, "blockers", "state", site="mill", gate="title") == "closed"
    assert cell(done.case, "blockers", "authority", site="mill", gate="title") == "محكمة سبها"
    assert cell(done.case, "sites", "owner", id="mill") == "Mills Company"
    assert cell(done.case, "sites", "idle_staff", id="mill") == 12.0
    assert cell(done.case, "sites", "state_as_of", id="mill") == DAY
    assert cell(done.case, "sites", "lat", id="mill") == 27.0377
    assert not [f for f in check(done.case) if f.severity == "error" or f.table == "evidence"]


def test_what_changed_is_listed_with_what_stood_there() -> None:
    changes = {(one.table, one.row, one.column): (one.before, one.after) for one in surveyed(post()).taken}
    assert changes["blockers", "mill/title", "state"] == ("open", "closed")
    assert changes["sites", "mill", "idle_staff"] == ("10", "12")
    assert changes["sites", "mill", "owner"] == (None, "Mills Company")
    assert ("blockers", "mill/contamination", "state") not in changes


def test_visits_that_differ_change_nothing_and_are_listed() -> None:
    late = post({"title_state": "open", "date": "2026-11-21", "site_idle_staff": "14"}, instance="uuid:2", file="b.xml")
    done = surveyed(late, post())
    assert cell(done.case, "blockers", "state", site="mill", gate="title") == "open"
    assert cell(done.case, "sites", "idle_staff", id="mill") == 10.0
    contested = {(one.row, one.column): dict(one.values) for one in done.contested}
    assert contested["mill", "idle_staff"] == {"12": (source_id("uuid:1"),), "14": (source_id("uuid:2"),)}
    assert ("mill/title", "state") in contested
    told = [f for f in done.findings if f.code == "survey.contested" and f.args["row"] == "mill/title"]
    assert "closed (a/submission.xml), open (b.xml)" in {f.args["values"] for f in told}
    assert cell(done.case, "sites", "state_as_of", id="mill") == dt.date(2026, 11, 21)


def test_a_day_is_not_renewed_by_visits_that_differ_about_the_state() -> None:
    done = surveyed(post(), post({"site_state": "running"}, instance="uuid:2"))
    assert cell(done.case, "sites", "state_as_of", id="mill") == dt.date(2026, 6, 1)
    assert cell(done.case, "sites", "state", id="mill") == "suspended"


def test_a_day_never_moves_back() -> None:
    sites = [{**row, "state_as_of": dt.date(2026, 11, 21)} for row in tables()["sites"]]
    done = surveyed(post(), case=tiny({"lines": LINES, "sites": sites}))
    assert cell(done.case, "sites", "state_as_of", id="mill") == dt.date(2026, 11, 21)


def evidence_row(grade: str, value: str) -> dict[str, Any]:
    return {"id": "E1", "table": "blockers", "row": "mill/title", "column": "state", "value": value, "grade": grade}


def test_an_inspection_is_stronger_than_a_paper_and_weaker_than_no_test() -> None:
    for grade, taken in (("assumed", True), ("documented", True), ("inspected", False), ("tested", False)):
        case = tiny({"lines": LINES, "evidence": [evidence_row(grade, "open")]})
        done = surveyed(post(), case=case)
        assert (cell(done.case, "blockers", "state", site="mill", gate="title") == "closed") == taken
        assert any(one.row == "mill/title" and one.column == "state" for one in done.contested) != taken


def test_what_could_not_be_found_out_changes_nothing() -> None:
    done = surveyed(post({"title_state": "unknown", "site_state": "unknown"}))
    assert cell(done.case, "blockers", "state", site="mill", gate="title") == "open"
    assert cell(done.case, "sites", "state", id="mill") == "suspended"
    assert cell(done.case, "sites", "state_as_of", id="mill") == dt.date(2026, 6, 1)
    assert not done.case["evidence"].filter(pl.col("value") == "unknown").height


def test_a_gate_that_the_registry_does_not_have_becomes_a_row() -> None:
    answers = {"litigation_state": "closed", "litigation_stops": "next", "litigation_opens_by": "authority"}
    row = surveyed(post(answers)).case["blockers"].filter(gate="litigation").row(0, named=True)
    assert (row["site"], row["state"], row["stops"], row["opens_by"]) == ("mill", "closed", "next", "authority")
    opened = surveyed(post({"litigation_state": "open"})).case["blockers"].filter(gate="litigation").row(0, named=True)
    assert (opened["state"], opened["stops"], opened["opens_by"]) == ("open", "no", "none")
    two = surveyed(post(answers), post({"litigation_state": "open"}, instance="uuid:2"))
    row = two.case["blockers"].filter(gate="litigation").row(0, named=True)
    assert (row["state"], row["stops"]) == ("unknown", "next")
    assert any(one.row == "mill/litigation" for one in two.contested)


def test_gates_of_one_decision_do_not_change_one_by_one() -> None:
    blockers = [{**row, "decision": "court"} if row["gate"] == "title" and row["site"] == "mill" else row
                for row in tables()["blockers"]]  # fmt: skip
    done = surveyed(post(), case=tiny({"lines": LINES, "blockers": blockers}))
    assert cell(done.case, "blockers", "state", site="mill", gate="title") == "open"
    assert [f.args["decision"] for f in done.findings if f.code == "survey.decision"] == ["court"]
    assert not [f for f in check(done.case) if f.severity == "error"]


def test_lines_are_observed_with_the_day_of_their_state() -> None:
    done = surveyed(post(lines=[{"line": "mill-1", "line_nominal": "2800", "line_quality": "0.93"},
                                {"line": "mill-2", "line_nominal": "1500"}]))  # fmt: skip
    assert cell(done.case, "lines", "nominal", id="mill-1") == 2800.0
    assert cell(done.case, "lines", "quality", id="mill-1") == 0.93
    assert cell(done.case, "lines", "state_as_of", id="mill-1") == DAY
    assert cell(done.case, "lines", "state_as_of", id="mill-2") is None


def test_positions_fill_what_the_registry_lacks_and_far_ones_are_told() -> None:
    known = tiny({"sites": [{**row, "lat": 27.04, "lon": 14.43} for row in tables()["sites"]], "lines": LINES})
    assert cell(surveyed(post(), case=known).case, "sites", "lat", id="mill") == 27.04
    far = surveyed(post({"position": "32.1 20.1 0 5"}), case=known)
    assert [f.code for f in far.findings] == ["survey.far"]
    better = post({"position": "27.0379 14.4281 420 2.0"}, instance="uuid:2")
    assert cell(surveyed(post(), better).case, "sites", "lat", id="mill") == 27.0379
    coarse = surveyed(post({"position": "27.0377 14.4283 420 5000"}))
    assert cell(coarse.case, "sites", "lat", id="mill") is None
    apart = surveyed(post(), post({"position": "27.5 14.4283 420 3.0"}, instance="uuid:2"))
    assert cell(apart.case, "sites", "lat", id="mill") is None
    assert [f.code for f in apart.findings] == ["survey.positions_differ"]


def test_the_same_survey_again_changes_nothing_and_a_correction_takes_back() -> None:
    once = surveyed(post()).case
    again = surveyed(post(), case=once)
    assert (again.observations, again.taken, again.contested) == (0, (), ())
    assert case_hash(again.case) == case_hash(once)
    corrected = surveyed(post({"title_state": "open"}, instance="uuid:2", replaces="uuid:1"), case=once)
    assert cell(corrected.case, "blockers", "state", site="mill", gate="title") == "open"
    assert set(corrected.case["evidence"]["source"]) == {source_id("uuid:2")}
    assert corrected.contested == ()


def test_evidence_alone_changes_no_cell() -> None:
    done = surveyed(post(), take=False)
    assert done.observations == surveyed(post()).observations
    assert all(done.case[name].equals(CASE[name]) for name in CASE.tables if name not in {"evidence", "sources"})
    proposed = proposals(done.case).filter(row="mill/title", column="state").row(0, named=True)
    assert (proposed["proposed"], proposed["differs"]) == ("closed", True)


def test_the_case_reads_back_as_it_was_written(tmp_path: Path) -> None:
    odd = post({"site_owner": '=HYPERLINK("x")', "remarks": 'سقف, "قديم"\nيسرب', "site_idle_staff": "9.125"})
    done = surveyed(odd).case
    write_folder(done, tmp_path / "case")
    assert case_hash(read_case(tmp_path / "case")) == case_hash(done)
    assert cell(done, "sites", "idle_staff", id="mill") == 9.125


VISITS = st.lists(
    st.tuples(st.sampled_from(["mill", "cables", "pasta"]), st.sampled_from(["open", "closed", "unknown"]),
              st.sampled_from(["11", "12"]), st.sampled_from(["27.03 14.42 0 4", "27.04 14.42 0 3", "31 20 0 4"]),
              st.sampled_from(["2026-11-18", "2026-11-20", "2099-01-01"]), st.none() | st.integers(0, 4)),
    max_size=5,
)  # fmt: skip


@settings(max_examples=60)
@given(VISITS, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(visits: list[tuple[Any, ...]], random_: random.Random) -> None:
    posts = [
        post({"site": site, "seen_name": None, "seen_name_ar": None, "title_state": gate, "litigation_state": gate,
              "site_idle_staff": staff, "position": place, "date": day}, instance=f"uuid:{k}", file=f"{k}.xml",
             replaces=None if other is None else f"uuid:{other}")
        for k, (site, gate, staff, place, day, other) in enumerate(visits)
    ]  # fmt: skip
    expected = surveyed(*posts)
    mixed = [*posts, *random_.sample(posts, len(posts) // 2)]
    random_.shuffle(mixed)
    done = surveyed(*mixed)
    assert (done.taken, done.contested, done.findings) == (expected.taken, expected.contested, expected.findings)
    assert all(frame.equals(expected.case[name]) for name, frame in done.case.tables.items())
    assert not [f for f in check(done.case) if f.severity == "error"]
