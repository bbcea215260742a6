"""Made at home in the report: the rule and its citation are on the exhibit, figures are those of the appraisal."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tawteen.appraise.economic.local_content import contents, examples
from tawteen.effects import effects_of
from tawteen.report.import_substitution import home
from tiny import tiny

KITS = [{"option": "mill-repair", "year": y, "form": "kits", "fee": 10_000.0, "local_share": 0.2 * y} for y in (1, 2)]


@pytest.fixture(scope="module")
def made(read):
    case = tiny({"transfers": KITS})
    return {e.key: e for e in home(replace(read, case=case, effects=effects_of(case)))}


def test_three_exhibits_each_with_a_picture(made):
    assert list(made) == ["home_worth", "local_content", "transfer_paths"]
    assert all(set(one.charts) == {"en", "ar"} for one in made.values())


def test_without_a_transfer_there_is_no_exhibit_of_it(read):
    assert [e.key for e in home(read)] == ["home_worth", "local_content"]


def test_what_the_programme_still_imports(made):
    table = made["home_worth"].table
    flour = table.row(by_predicate=pl.col("item") == "flour", named=True)
    # 4,500 t a quarter in the last year.
    assert flour["quantity"] == pytest.approx(18_000)
    unsaid = table.filter(pl.col("worth").is_null())
    assert all(unsaid["why_en"])
    assert all(unsaid["why_ar"])


def test_every_rule_is_said_with_its_citation(made):
    exhibit = made["local_content"]
    for rule in examples():
        assert rule.citation in exhibit.note[0]
        assert rule.citation_ar in exhibit.note[1]
        known = contents(tiny({"transfers": KITS}), effects_of(tiny({"transfers": KITS})), rule)
        assert exhibit.table.filter(rule=rule.id)["last"].to_list() == pytest.approx(known["last"].to_list())
    # The kits reach 40 % in their second year; the mill alone does not.
    reached = exhibit.table.filter(rule=examples()[0].id).select("option", "meets_en")
    assert {"mill-repair": "yes", "mill-new": "no"}.items() <= dict(reached.iter_rows()).items()


def test_ways_of_transfer_side_by_side(made):
    assert set(made["transfer_paths"].table["path_en"]) == {"no technology bought", "as the case plans"}


def test_risks_show_class_and_reference_class(shown):
    table = next(e for e in shown if e.key == "option_risks").table
    assert table["estimate"].to_list() == [5] * table.height
    assert {"reference_class", "members", "cost_ratio"} <= set(table.columns)
