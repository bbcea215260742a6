"""Sources, prices and gaps of the tiny case, hand-derived."""

import datetime as dt

import pytest
from tests.tiny import tables, tiny

from tawteen.diagnose import diagnose
from tawteen.match import match
from tawteen.match.sources import sources_by_period, sources_of
from tawteen.plan.verify.solution import in_force
from tawteen.works import works_network


def matched(**changes):
    case = tiny(changes)
    return match(case, works_network(case, diagnose(case)))


def source(found, pool, name):
    (row,) = found.sources.filter(pool=pool, source=name).to_dicts()
    return row


def test_reference_price_is_that_of_the_cheapest_source():
    prices = {r["pool"]: (r["reference_price"], r["sources"]) for r in matched().pools.to_dicts()}
    assert prices["mechanical"] == (900, 2)
    assert prices["electrical"] == (1000, 1)
    # 2000 for a place of 6 weeks is 2000·13/6 for a seat-quarter.
    assert prices["electricians"] == (pytest.approx(2000 * 13 / 6), 2)


def test_sources_know_origin_lead_and_foreign_share():
    found = matched()
    crew = source(found, "mechanical", "ENG")
    assert (crew["origin"], crew["first_period"], crew["capacity"], crew["multiplier_foreign"]) == (
        "partner",
        1,
        150,
        1,
    )
    assert source(found, "electrical", "ENG")["multiplier_foreign"] == pytest.approx(0.7)
    others = source(found, "mechanical", "third_party")
    assert (others["capacity"], others["multiplier_foreign"], others["origin"]) == (None, 1, "foreign")
    academy = source(found, "electricians", "academy")
    assert (academy["origin"], academy["trainer_pool"], academy["trainer_ratio"], academy["capacity"]) == (
        "local",
        "academy",
        0.1,
        6,
    )


def test_course_of_a_partner_unit_is_foreign():
    course = tables()["courses"][0] | {"unit": "ENG"}
    assert source(matched(courses=[course]), "electricians", "ENG")["multiplier_foreign"] == 1
    host = tables()["units"][0] | {"party": "host"}
    assert source(matched(courses=[course], units=[host]), "electricians", "ENG")["multiplier_foreign"] == 0


def test_offer_begins_on_its_day_or_after_its_lead():
    offer = tables()["offers"][0] | {"start": dt.date(2027, 8, 1), "end": dt.date(2030, 1, 1)}
    crew = source(matched(offers=[offer]), "mechanical", "ENG")
    assert (crew["first_period"], crew["start"], crew["end"]) == (2, 2, 7)
    late = source(matched(offers=[offer | {"lead_weeks": 40.0}]), "mechanical", "ENG")
    assert late["first_period"] == 4


@pytest.mark.parametrize(
    ("start", "end", "held"),
    [
        (None, None, dict.fromkeys(range(1, 8), 92.0)),
        ((2027, 7, 1), (2027, 12, 31), {2: 92.0, 3: 92.0}),
        ((2027, 8, 1), (2027, 12, 1), {2: 61.0, 3: 62.0}),  # 61 and 62 of 92 days
        ((2027, 8, 1), (2027, 8, 31), {2: 31.0}),
        ((2026, 8, 1), (2027, 8, 31), {1: 92.0, 2: 62.0}),  # from the second quarter on by its lead time
        ((2028, 12, 31), (2035, 2, 3), {7: 1.0}),
        ((2029, 1, 1), None, {}),
    ],
)
def test_offer_counts_the_days_of_its_quarters(start, end, held):
    days = {"start": start and dt.date(*start), "end": end and dt.date(*end)}
    case = tiny({"offers": [tables()["offers"][0] | {"capacity": 92.0} | days]})
    rows = sources_by_period(sources_of(case).filter(source="ENG", pool="mechanical"), 8)
    assert dict(rows.select("period", "capacity").iter_rows()) == pytest.approx(held)
    # The independent check counts the same days, before it looks at the lead time.
    theirs = dict(in_force(case.filled("offers"), case.calendar, "capacity").select("period", "capacity").iter_rows())
    assert {period: theirs[period] for period in held} == pytest.approx(held)


def test_gap_is_what_nobody_covers():
    # The unit offers 90 a quarter of the 112.5 that the new mill needs in its third.
    (gap,) = matched().gaps.filter(pool="electrical").to_dicts()
    assert gap["third_party"] == 0
    assert (gap["option"], gap["pool"], gap["amount"]) == ("mill-new", "electrical", pytest.approx(22.5))
    alone = matched(offers=tables()["offers"][:1])
    missing = alone.gaps.filter(option="mill-repair", pool="electrical")["amount"].sum()
    assert missing == pytest.approx(60)
    assert alone.pools.filter(pool="electrical")["reference_price"].to_list() == [None]
    # Third parties take the 300 of the new mill as well as those that the unit cannot: nobody has shown that they can.
    assert all(row["third_party"] == row["amount"] for row in alone.gaps.filter(pool="mechanical").to_dicts())


@pytest.mark.parametrize(
    ("proof", "reference", "standing"),
    [
        (None, None, "claimed"),
        (None, "A job", "claimed"),
        ("assumed", "A job", "claimed"),
        ("reported", None, "claimed"),
        ("reported", "  ", "claimed"),
        ("reported", "A job", "referenced"),
        ("documented", "A job", "referenced"),
        ("inspected", None, "proven"),
        ("tested", None, "proven"),
    ],
)
def test_standing_follows_proof_and_reference(proof, reference, standing):
    offers = [tables()["offers"][0] | {"proof": proof, "reference": reference}, tables()["offers"][1]]
    crafts = [tables()["capabilities"][0] | {"third_party_proof": proof, "third_party_reference": reference},
              tables()["capabilities"][1]]  # fmt: skip
    course = tables()["courses"][0] | {
        "proof": proof, "reference": reference, "third_party_proof": proof, "third_party_reference": reference,
    }  # fmt: skip
    found = matched(offers=offers, capabilities=crafts, courses=[course])
    for pool, name in (("mechanical", "ENG"), ("mechanical", "third_party"), ("electricians", "academy"),
                       ("electricians", "third_party")):  # fmt: skip
        assert source(found, pool, name)["standing"] == standing
    # Of 250 person-weeks in 16 weeks, 203.125 fall in the first quarter; the unit does 150 of them.
    rest = found.gaps.filter(option="cables-rehab", pool="mechanical").to_dicts()
    missing = [] if standing == "proven" else [pytest.approx(250 * 13 / 16 - 150)]
    assert [row["amount"] for row in rest] == missing
    assert [row["third_party"] for row in rest] == missing


def test_a_need_with_no_source_but_an_unproven_third_party_is_uncovered():
    only = matched(offers=tables()["offers"][1:])
    (row,) = only.gaps.filter(option="mill-repair", pool="mechanical").to_dicts()
    assert (row["amount"], row["third_party"]) == (pytest.approx(120), pytest.approx(120))
    # The price stays: the plan may buy it.
    assert only.pools.filter(pool="mechanical")["reference_price"].to_list() == [1500]


def test_cheapest_source_is_assigned_first():
    rows = matched().assignments.filter(option="cables-rehab", pool="mechanical").to_dicts()
    assert [(r["rank"], r["source"]) for r in rows] == [(1, "ENG"), (2, "third_party")]
    # 203.125 wanted at the peak (13 of 16 weeks of 250), 150 offered.
    assert rows[0]["covers"] == pytest.approx(150 / (250 * 13 / 16))
    assert rows[1]["covers"] == 1


def test_load_spreads_what_all_options_want_over_the_horizon():
    (crew,) = matched().load.filter(pool="mechanical").to_dicts()
    # 120 + 300 + 250 over 8 quarters, of 150.
    assert crew["need"] == pytest.approx(670 / 8)
    assert crew["load"] == pytest.approx(670 / 8 / 150)
