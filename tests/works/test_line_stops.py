"""Works take a running line down by weeks, not by quarters."""

import polars as pl
import pytest
from tests.tiny import names, tables, tiny

from tawteen.case.ranges import expected_case
from tawteen.diagnose import diagnose
from tawteen.works import works_network


def stops(works, **option):
    """Share of each quarter in which the works of the option on the running line stop the old and the new line."""
    options = [o | (option if o["id"] == "pasta-more" else {}) for o in tables()["options"]]
    rows = [w for w in tables()["works"] if w["option"] != "pasta-more"]
    rows += [{"option": "pasta-more", **names("Work", "عمل"), **work} for work in works]
    case = expected_case(tiny({"options": options, "works": rows}))
    frame = works_network(case, diagnose(case)).stops.filter(pl.col("option") == "pasta-more")
    return {quarter: (old, new) for _, quarter, old, new in frame.iter_rows()}


def test_five_weeks_of_thirteen():
    """A line of 100 a week makes 800 of 1,300 in the quarter, 61.5 %."""
    (share,) = stops([{"id": "A", "weeks": 5.0}]).values()
    assert share == (pytest.approx(5 / 13), 0.0)
    assert 1300 * (1 - share[0]) == pytest.approx(800)
    assert 1 - share[0] == pytest.approx(0.615, abs=5e-4)


def test_a_stop_over_two_quarters():
    chain = [{"id": "A", "weeks": 10.0, "stops": False}, {"id": "B", "weeks": 6.0, "after": "A", "stops": True}]
    # Weeks 10 to 16: three of the first quarter, three of the second.
    assert stops(chain, stops_line=False) == {0: pytest.approx((3 / 13, 3 / 13)), 1: pytest.approx((3 / 13, 3 / 13))}


def test_packages_side_by_side_stop_it_once():
    assert stops([{"id": "A", "weeks": 5.0}, {"id": "B", "weeks": 8.0}]) == {0: (pytest.approx(8 / 13), 0.0)}
    lagged = [{"id": "A", "weeks": 4.0}, {"id": "B", "weeks": 3.0, "lag": 6.0}]
    assert stops(lagged) == {0: (pytest.approx(7 / 13), 0.0)}


@pytest.mark.parametrize(("stated", "share"), [(None, 5 / 13), (True, 5 / 13), (False, None)])
def test_not_stated_counts_as_yes(stated, share):
    found = stops([{"id": "A", "weeks": 5.0}], stops_line=stated)
    assert found == ({} if share is None else {0: (pytest.approx(share), 0.0)})


def test_a_package_speaks_for_itself():
    works = [{"id": "A", "weeks": 9.0, "stops": False}, {"id": "B", "weeks": 2.0, "after": "A"}]
    assert stops(works, stops_line=None) == {0: (pytest.approx(2 / 13), 0.0)}


def test_a_standing_site_has_no_line_to_stop():
    case = tiny()
    assert set(works_network(case, diagnose(case)).stops["option"]) == {"pasta-more"}
