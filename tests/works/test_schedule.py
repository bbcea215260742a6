"""The network pass against a plain recursion, and the spreading of amounts."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tiny import tables, tiny

from tawteen.diagnose import diagnose
from tawteen.works import works_network
from tawteen.works.periods import spread, step_at, steps_begun


def network_of(case):
    return works_network(case, diagnose(case))


WEEKS = st.floats(0, 60).map(lambda w: round(w, 2))


@st.composite
def networks(draw):
    count = draw(st.integers(1, 7))
    rows = []
    for place in range(count):
        before = draw(st.lists(st.integers(0, place - 1), unique=True, max_size=3)) if place else []
        rows.append((draw(WEEKS), draw(st.floats(0, 5).map(lambda w: round(w, 1))), before))
    order = draw(st.permutations(range(count)))
    return rows, order


@settings(max_examples=60, deadline=None)
@given(networks())
def test_forward_pass_is_the_longest_path(network):
    rows, order = network
    works = [
        {"option": "mill-repair", "id": f"w{i}", "name_en": "W", "name_ar": "ع", "weeks": rows[i][0], "lag": rows[i][1],
         "after": ";".join(f"w{b}" for b in rows[i][2]) or None}
        for i in order
    ]  # fmt: skip
    found = {r["work"]: r for r in network_of(tiny({"works": works, "cadres": []})).schedule.to_dicts()}

    def finish(i):
        weeks, lag, before = rows[i]
        return max((finish(b) for b in before), default=0.0) + lag + weeks

    for i, (weeks, _, _) in enumerate(rows):
        assert found[f"w{i}"]["finish"] == pytest.approx(finish(i))
        assert found[f"w{i}"]["start"] == pytest.approx(finish(i) - weeks)
    end = max(finish(i) for i in range(len(rows)))

    def tail(i):
        """Longest way from the end of a package to the end of the works."""
        return max((rows[j][1] + rows[j][0] + tail(j) for j in range(len(rows)) if i in rows[j][2]), default=0.0)

    for i in range(len(rows)):
        assert found[f"w{i}"]["critical"] == (end - finish(i) - tail(i) < 1e-6)


@given(st.lists(st.tuples(WEEKS, WEEKS, st.floats(0, 1e6)), min_size=1, max_size=8))
def test_spreading_keeps_the_amount(rows):
    frame = pl.DataFrame(
        [(place, start, start + weeks, amount) for place, (start, weeks, amount) in enumerate(rows)],
        schema={"id": pl.Int64, "start": pl.Float64, "finish": pl.Float64, "amount": pl.Float64},
        orient="row",
    )
    parts = spread(frame.lazy()).collect()
    totals = dict(parts.group_by("id").agg(pl.col("amount").sum()).iter_rows())
    for place, (start, weeks, amount) in enumerate(rows):
        assert totals[place] == pytest.approx(amount, abs=1e-6)
        quarters = parts.filter(pl.col("id") == place)["quarter"]
        assert quarters.min() * 13 <= start + 1e-6
        assert quarters.max() * 13 <= start + weeks
    assert (parts["amount"] >= 0).all()


@settings(max_examples=40, deadline=None)
@given(networks(), st.floats(0.5, 40), st.integers(1, 9), st.floats(0, 60))
def test_weeks_sum_to_their_quarter(network_rows, effort, headcount, course_weeks):
    rows, order = network_rows
    works = [
        {"option": "mill-repair", "id": f"w{i}", "name_en": "W", "name_ar": "ع", "weeks": rows[i][0], "lag": rows[i][1],
         "after": ";".join(f"w{b}" for b in rows[i][2]) or None, "capability": "mechanical", "effort": effort}
        for i in order
    ]  # fmt: skip
    courses = [row | {"weeks": course_weeks} for row in tables()["courses"]]
    cadres = [row | {"headcount": float(headcount)} for row in tables()["cadres"]]
    found = network_of(tiny({"works": works, "courses": courses, "cadres": cadres}))
    key = ["option", "quarter", "pool_kind", "pool"]
    weekly = found.needs_by_week().with_columns(quarter=pl.col("week") // 13).group_by(key).agg(pl.col("amount").sum())
    both = found.needs.join(weekly, on=key, how="full", coalesce=True, suffix="_by_week").fill_null(0.0)
    assert found.needs.height > 0
    for row in both.to_dicts():
        assert row["amount_by_week"] == pytest.approx(row["amount"], abs=1e-4)


@pytest.mark.parametrize(("weeks", "quarters", "quarter"), [(0, 0, 0), (1, 1, 0), (13, 1, 1), (13.1, 2, 1), (26, 2, 2)])
def test_weeks_as_quarters(weeks, quarters, quarter):
    assert pl.select(steps_begun(pl.lit(float(weeks)))).item() == quarters
    assert pl.select(step_at(pl.lit(float(weeks)))).item() == quarter
