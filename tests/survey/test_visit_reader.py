"""A submission becomes observations graded as inspected; each fault of it is one finding that says what to do."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.survey.instances import FORM, TODAY, filled, post, surveyed_case
from tests.tiny import tables, tiny

from tawteen.case.column_reader import Reading, read_column
from tawteen.case.findings import text_of
from tawteen.case.model import Case
from tawteen.case.names import UNPRINTABLE
from tawteen.case.tables import TABLES
from tawteen.survey.posts import Post
from tawteen.survey.submissions import Survey, read_submissions
from tawteen.survey.visit import Position, SiteVisit
from tawteen.words import LANGS, Words

CASE = surveyed_case()
DAY = dt.date(2026, 11, 20)


def read(one: Post, case: Case = CASE, **more: Any) -> Survey:
    return read_submissions([one], case, today=TODAY, **more)


def visit_of(one: Post, **more: Any) -> SiteVisit:
    survey = read(one, **more)
    assert len(survey.visits) == 1
    return survey.visits[0]


def values(visit: SiteVisit) -> dict[str, Any]:
    return {"/".join(one.cell): one.value for one in visit.observations}


def test_a_whole_submission_becomes_observations() -> None:
    survey = read(post(lines=[{"line": "mill-1", "line_quality": "0.9", "line_photo": "line.jpg"}], attachments={
        "gate.jpg": "1", "letter.jpg": "2", "line.jpg": "3"}))  # fmt: skip
    assert survey.findings == ()
    visit = survey.visits[0]
    assert values(visit) == {
        "sites/mill/state": "suspended", "sites/mill/owner": "Mills Company", "sites/mill/idle_staff": 12.0,
        "lines/mill-1/quality": 0.9,
        "blockers/mill/title/state": "closed", "blockers/mill/title/stops": "now",
        "blockers/mill/title/opens_by": "authority", "blockers/mill/title/authority": "محكمة سبها",
        "blockers/mill/title/open_date": dt.date(2027, 9, 30), "blockers/mill/contamination/state": "open",
        "blockers/mill/machinery/state": "unknown", "blockers/mill/machinery/stops": "next",
        "blockers/mill/machinery/opens_by": "works",
    }  # fmt: skip
    assert (visit.site, visit.surveyor, visit.day, visit.remarks) == ("mill", "أمل الفيتوري", DAY, "The roof leaks.")
    assert visit.position == Position(27.0377, 14.4283, 4.5)
    assert [(photo.name, photo.field) for photo in visit.photos] == [
        ("gate.jpg", "gate_photo"), ("line.jpg", "line_photo"), ("letter.jpg", "title_photo")]  # fmt: skip
    assert all(photo.arrived for photo in visit.photos)
    title = next(one for one in visit.observations if one.row == "mill/title")
    assert (title.as_of, title.basis, title.photos) == (dt.date(2026, 10, 1), "Letter of the court", ("letter.jpg",))
    assert {one.as_of for one in visit.observations if one.row != "mill/title"} == {DAY}
    assert next(one for one in visit.observations if one.column == "idle_staff").text == "12"


FAULTS = {
    "a code of no list": ({"site_state": "sleeping"}, "survey.code", "site_state", "sleeping"),
    "no number": ({"site_idle_staff": "1,200"}, "survey.number", "site_idle_staff", "1,200"),
    "not a number": ({"site_idle_staff": "NaN"}, "survey.number", "site_idle_staff", "NaN"),
    "an infinite number": ({"site_idle_staff": "1e999"}, "survey.number", "site_idle_staff", "1e999"),
    "a number below the range": ({"site_idle_staff": "-1"}, "survey.range", "site_idle_staff", "-1"),
    "a number above the range": ({"site_idle_staff": "1e8"}, "survey.range", "site_idle_staff", "1e8"),
    "no day": ({"title_open_date": "2027-02-30"}, "survey.day", "title_open_date", "2027-02-30"),
    "a day of the Hijri calendar": ({"title_open_date": "1448-09-01"}, "survey.day", "title_open_date", "1448-09-01"),
    "a day of the gate in the future": ({"title_as_of": "2026-12-25"}, "survey.clock", "title_as_of", "2026-12-25"),
    "a text that turns letters": ({"site_owner": "a\u202eb"}, "survey.text", "site_owner", None),
    "a position off the Earth": ({"position": "127 14 0 5"}, "survey.position", "position", "127 14 0 5"),
    "a position that was not found": ({"position": "0.0 0.0 0 0"}, "survey.position", "position", "0.0 0.0 0 0"),
    "a gate without state": ({"title_state": None}, "survey.no_state", "title_state", None),
    "a photo that is a path": ({"title_photo": "../up.jpg"}, "survey.attachment_name", "title_photo", "../up.jpg"),
    "a clock ahead": ({"date": "2031-01-01"}, "survey.clock", "date", "2031-01-01"),
    "a clock that was reset": ({"date": "1970-01-01"}, "survey.clock", "date", "1970-01-01"),
    "a clock of the form": ({"start": "2000-01-01T00:00:00.000Z"}, "survey.clock_of_form", "start", None),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_answer_is_one_finding_and_the_rest_counts(name: str) -> None:
    answers, code, column, value = FAULTS[name]
    survey = read(post(answers))
    assert [(f.severity, f.code, f.column, f.file) for f in survey.findings] == [
        ("warning", code, column, "a/submission.xml")]  # fmt: skip
    if value is not None:
        assert survey.findings[0].value == value
    assert values(survey.visits[0])["sites/mill/owner" if column != "site_owner" else "sites/mill/state"]
    assert not [one for one in survey.visits[0].observations if one.table == "sites" and f"site_{one.column}" == column]


def test_with_a_wrong_clock_what_was_seen_has_no_day() -> None:
    visit = visit_of(post({"date": "2031-01-01"}))
    assert visit.day is None
    assert {one.as_of for one in visit.observations if one.row != "mill/title"} == {None}
    assert visit_of(post({"date": None})).day == DAY
    assert visit_of(post({"date": None, "start": None})).day is None
    assert visit_of(post({"date": "2031-01-01"}, received=dt.date(2031, 1, 1))).day == dt.date(2031, 1, 1)


REFUSED = {
    "another form": ({"form": "tawteen-libya-factory"}, {}, "survey.other_form"),
    "another version": ({"version": "00000000.00000000"}, {}, "survey.other_version"),
    "no site": ({}, {"site": None}, "survey.no_site"),
    "an unknown site": ({}, {"site": "forge", "seen_name": "Forge", "seen_name_ar": None}, "survey.site_unknown"),
    "a site not in the list": ({}, {"listed": "no", "site": None, "site_name": "مصنع الحديد"}, "survey.site_unlisted"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_belongs_to_no_site_or_form_is_refused_with_one_finding(name: str) -> None:
    more, answers, code = REFUSED[name]
    survey = read(post(answers, **more))
    assert survey.visits == ()
    assert [(f.severity, f.code, f.file) for f in survey.findings] == [("error", code, "a/submission.xml")]


def test_another_wording_is_read_and_another_meaning_where_it_is_accepted() -> None:
    assert visit_of(post(version=f"{FORM.meaning}.00000000"))
    assert visit_of(post(version="00000000.00000000"), accepted=["00000000.00000000"])


def test_a_renamed_site_is_found_by_its_names_or_by_its_record() -> None:
    sites = [{**row, "id": "mill-south"} if row["id"] == "mill" else row for row in tables()["sites"]]
    moved = tiny({"sites": sites, "blockers": []})
    by_name = read(post(), moved)
    assert by_name.visits[0].site == "mill-south"
    assert [f.code for f in by_name.findings] == ["survey.site_moved"]
    known = read(post({"seen_name": None, "seen_name_ar": None}), moved, renamed={"mill": "mill-south"})
    assert known.visits[0].site == "mill-south"
    sites = [{**row, "name_en": "South mill", "name_ar": "مطحنة الجنوب"} if row["id"] == "mill" else row
             for row in tables()["sites"]]  # fmt: skip
    renamed = read(post(), tiny({"sites": sites}))
    assert renamed.visits[0].site == "mill"
    assert [f.code for f in renamed.findings] == ["survey.site_renamed"]


def test_a_typed_name_finds_its_site() -> None:
    survey = read(post({"listed": "no", "site": None, "site_name": "مطحنه"}))
    assert survey.visits[0].site == "mill"
    assert [f.code for f in survey.findings] == ["survey.site_by_name"]


def test_lines_belong_to_the_site_and_are_answered_once() -> None:
    lines = [{"line": "pasta-1", "line_quality": "0.9"}, {"line": "mill-1", "line_quality": "0.9"},
             {"line": "mill-1", "line_quality": "0.8", "line_availability": "0.5"},
             {"line": "mill-2", "line_quality": "0.7"}]  # fmt: skip
    survey = read(post(lines=lines))
    seen = {name: value for name, value in values(survey.visits[0]).items() if name.startswith("lines")}
    assert seen == {"lines/mill-1/availability": 0.5, "lines/mill-2/quality": 0.7}
    assert [f.code for f in survey.findings] == ["survey.line_twice", "survey.line_unknown"]


def test_of_an_open_gate_only_the_state_counts() -> None:
    seen = values(visit_of(post({"title_state": "open"})))
    assert {name for name in seen if name.startswith("blockers/mill/title")} == {"blockers/mill/title/state"}


def test_a_name_that_two_sites_have_finds_none_of_them() -> None:
    sites = [{**row, "name_en": "Mill", "name_ar": "مطحنة"} for row in tables()["sites"]]
    survey = read(post({"site": "gone"}), tiny({"sites": sites}))
    assert survey.visits == ()
    assert [f.code for f in survey.findings] == ["survey.site_unknown"]


def test_answers_about_no_line_are_told_and_an_empty_page_is_not() -> None:
    survey = read(post(lines=[{}, {"line_quality": "0.9"}]))
    assert [(f.code, f.column, f.value) for f in survey.findings] == [("survey.no_line", "line_quality", "0.9")]
    assert not [one for one in survey.visits[0].observations if one.table == "lines"]


def test_fields_that_no_form_has_are_told_and_left_out() -> None:
    survey = read(post(extra="<visit><salary>9</salary></visit><x><y>1</y></x>"))
    assert [(f.code, f.args["fields"]) for f in survey.findings] == [("survey.unknown_fields", "visit/salary, x/y")]
    assert values(survey.visits[0]) == values(visit_of(post()))


def test_a_field_that_is_answered_twice_is_not_read() -> None:
    survey = read(post(extra="<facts><site_owner>Somebody else</site_owner></facts>"))
    assert [(f.code, f.column) for f in survey.findings] == [("survey.answered_twice", "site_owner")]
    assert "sites/mill/owner" not in values(survey.visits[0])


def test_photos_that_have_not_arrived_are_told() -> None:
    survey = read(post(attachments={"gate.jpg": "1"}))
    assert [(f.severity, f.code, f.args["names"]) for f in survey.findings] == [
        ("note", "survey.photos_missing", "letter.jpg")]  # fmt: skip


def question_names() -> list[str]:
    return [question.name for group, question in FORM.questions() if not group.repeated]


@given(
    st.dictionaries(
        st.sampled_from(question_names()),
        st.none()
        | st.text(
            st.characters(
                exclude_categories=["Cs", "Cc"], include_characters="\u202e\x85", exclude_characters="\ufffe\uffff"
            ),
            max_size=30,
        )
        | st.sampled_from(
            ["0", "-1", "1e30", "open", "closed", "unknown", "2027-01-01", "yes", "no", "mill", "cables"]
        ),
        max_size=12,
    )
)
def test_whatever_is_answered_every_observation_fits_its_cell(answers: dict[str, str | None]) -> None:
    survey = read(Post("x.xml", filled(answers)))
    assert len(survey.visits) == 1 or any(f.severity == "error" for f in survey.findings)
    for visit in survey.visits:
        for one in visit.observations:
            spec = TABLES[one.table].columns()[one.column]
            read_back, problems = read_column(one.column, spec, pl.Series([one.text]), Reading())
            assert problems[0] is None
            assert read_back[0] == one.value
            assert one.as_of is None or one.as_of <= TODAY + dt.timedelta(days=1)
        texts = [
            visit.surveyor,
            visit.remarks,
            visit.begun or "",
            *(photo.name + photo.caption for photo in visit.photos),
        ]
        texts += [one.basis + "".join(one.photos) for one in visit.observations]
        assert not any(re.search(UNPRINTABLE, text) for text in texts)
    for finding in survey.findings:
        for lang in LANGS:
            assert text_of(finding, Words(lang))
