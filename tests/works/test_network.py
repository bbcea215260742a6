"""Lead times and needs of the tiny case, hand-derived."""

import datetime as dt

import pytest
from tests.tiny import tables, tiny

from tawteen.case.findings import CaseError
from tawteen.diagnose import diagnose
from tawteen.words import LANGS, Words
from tawteen.works import works_network


def row(frame, **where):
    rows = frame.filter(**where).to_dicts()
    assert len(rows) == 1
    return rows[0]


def works(*rows):
    names = {"option": "mill-repair", "name_en": "Work", "name_ar": "عمل"}
    return {"works": [{**names, **r} for r in rows]}


def gate(**cells):
    return {"blockers": [{"site": "mill", "gate": "title", "stops": "now", "opens_by": "works", **cells}]}


def network(case):
    return works_network(case, diagnose(case))


def test_lead_puts_survey_and_gates_before_works():
    lead = network(tiny()).lead
    # Gate of 3 weeks, then 10 + 6 weeks of works, which release everything at their end.
    mill = row(lead, option="mill-repair")
    assert (mill["survey_weeks"], mill["gate_weeks"], mill["works_weeks"], mill["total_weeks"]) == (0, 3, 16, 19)
    assert mill["first_release"] == 19
    # Half of the new mill runs after its first package: 3 + 20 weeks.
    assert row(lead, option="mill-new")["first_release"] == 23
    # Unknown hard gate: survey 4, task 6, works 16.
    cables = row(lead, option="cables-rehab")
    assert (cables["survey_weeks"], cables["gate_weeks"], cables["total_weeks"], cables["chance"]) == (4, 6, 26, 0.7)
    assert row(lead, option="mill:survey") | {"survey_weeks": 4.0, "first_release": None} == row(
        lead, option="mill:survey"
    )


def test_needs_by_quarter():
    needs = network(tiny()).needs
    amount = {(r["option"], r["pool"], r["quarter"]): r["amount"] for r in needs.to_dicts()}
    # mill-new: electrical package in weeks 23–35 of the option, 150 person-weeks over 12 weeks: 3 fall before week 26.
    assert amount["mill-new", "electrical", 1] == pytest.approx(37.5)
    assert amount["mill-new", "electrical", 2] == pytest.approx(112.5)
    # 6 electricians at a pass rate of 0.8 are 7.5 trainees for 6 of 13 weeks, in the quarter in which works end.
    assert amount["mill-new", "electricians", 2] == pytest.approx(7.5 * 6 / 13)
    assert ("mill-new", "electricians", 1) not in amount


def test_long_course_holds_back_the_end_of_works():
    course = tables()["courses"][0] | {"weeks": 30.0}
    found = network(tiny({"courses": [course]}))
    assert row(found.lead, option="mill-repair")["total_weeks"] == 33
    seats = found.needs.filter(option="mill-repair", pool="electricians")
    # 33 weeks are 3 quarters; the 30 weeks of the course take all three: 5 trainees × 30/13 seat-quarters.
    assert seats["quarter"].to_list() == [0, 1, 2]
    assert seats["amount"].sum() == pytest.approx(5 * 30 / 13)


def test_reference_class_corrects_weeks_and_effort():
    options = [o | {"reference_class": "food"} if o["id"] == "mill-repair" else o for o in tables()["options"]]
    past = [
        {"id": str(i), "reference_class": "food", "name_en": "Past", "name_ar": "سابقة",
         "duration_ratio": d, "cost_ratio": c}
        for i, (d, c) in enumerate([(1.0, 1.2), (1.5, None), (4.0, 1.4)])
    ]  # fmt: skip
    found = network(tiny({"options": options, "precedents": past}))
    assert row(found.schedule, option="mill-repair", work="B")["finish"] == pytest.approx(6.5 / 3 * 16)
    assert found.needs.filter(option="mill-repair", pool="mechanical")["amount"].sum() == pytest.approx(1.3 * 120)
    assert row(found.lead, option="mill-repair")["gate_weeks"] == 3


@pytest.mark.parametrize(
    ("cells", "available"),
    [
        ({"state": "closed", "opens_by": "none"}, False),
        ({"state": "closed", "opens_by": "authority"}, False),
        ({"state": "closed", "opens_by": "authority", "open_date": dt.date(2028, 1, 1)}, True),
        ({"state": "unknown", "opens_by": "none", "chance": 0.5}, True),
        ({"state": "unknown"}, False),
        ({"state": "open", "opens_by": "none"}, True),
        ({"state": "closed", "opens_by": "none", "stops": "no"}, True),
        ({"state": "unknown", "gate": "inputs", "opens_by": "none"}, True),
    ],
)
def test_what_shuts_an_option(cells, available):
    lead = network(tiny(gate(**cells))).lead
    mill = row(lead, option="mill-repair")
    assert mill["available"] is available
    assert mill["blocked_by"] == (None if available else "title")
    assert row(lead, option="mill:survey")["available"]


def test_chances_of_several_gates_multiply_and_their_tasks_run_side_by_side():
    unknown = {"site": "mill", "state": "unknown", "stops": "next", "opens_by": "works"}
    blockers = [
        unknown | {"gate": "title", "chance": 0.5, "weeks": 8.0},
        unknown | {"gate": "explosives", "chance": 0.8, "weeks": 5.0},
        unknown | {"gate": "machinery", "weeks": 40.0},
    ]
    mill = row(network(tiny({"blockers": blockers})).lead, option="mill-repair")
    assert (mill["chance"], mill["gate_weeks"]) == (pytest.approx(0.4), 8)
    # The soft gate is opened with the works, which cannot end before it is.
    assert mill["works_weeks"] == 40


def test_packages_in_a_circle_are_told():
    case = tiny(
        works(
            {"id": "A", "weeks": 1.0, "after": "C"},
            {"id": "B", "weeks": 1.0},
            {"id": "C", "weeks": 1.0, "after": "A; B"},
        )
    )
    with pytest.raises(CaseError) as error:
        network(case)
    (finding,) = error.value.findings
    assert finding.code == "diagnose.works_circle"
    assert finding.args == {"option": "mill-repair", "works": "A, C"}


def test_package_that_waits_for_nothing_known_is_told():
    with pytest.raises(CaseError) as error:
        network(tiny(works({"id": "A", "weeks": 1.0, "after": "Z"})))
    (finding,) = error.value.findings
    assert finding.code == "diagnose.work_unknown"
    for lang in LANGS:
        sentence = Words(lang).say(finding.code, finding.args)
        assert "Z" in sentence
        assert finding.code not in sentence


def test_a_case_without_works_is_diagnosed():
    found = network(tiny({"works": [], "cadres": []}))
    assert found.needs.is_empty()
    assert found.schedule.is_empty()
    assert row(found.lead, option="mill-repair")["total_weeks"] == 3


def test_a_running_line_needs_nothing():
    cadre = {"option": "pasta-now", "course": "electricians", "headcount": 9.0}
    work = tables()["works"][0] | {"option": "pasta-now"}
    found = network(tiny({"cadres": [cadre], "works": [work]}))
    assert found.needs.is_empty()
    assert row(found.lead, option="pasta-now")["total_weeks"] == 0
