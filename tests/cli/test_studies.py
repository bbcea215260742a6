"""`tawteen appraise STUDY.toml`: the textbook studies as a user reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.cli.conftest import Ask

from tawteen.appraise.statements import statements
from tawteen.appraise.study_file import read_study
from tawteen.words import Words

STEEL = Path(__file__).parents[2] / "cases" / "textbook" / "steel_mill" / "study.toml"


@pytest.mark.parametrize(("lang", "said"), [("en", "Conventions: COMFAR III"), ("ar", "صافي القيمة الحالية")])
def test_a_study_is_told_and_kept_as_a_live_workbook(ask: Ask, tmp_path: Path, lang: str, said: str) -> None:
    told = ask("appraise", STEEL, "--lang", lang, "--out", tmp_path / "out")
    assert told.code == 0
    assert said in told.out
    book = load_workbook(tmp_path / "out" / "statements.xlsx")
    assert any(str(cell.value).startswith("=") for sheet in book for row in sheet.iter_rows() for cell in row)


def test_machines_read_what_the_statements_say(ask: Ask) -> None:
    known = statements(read_study(STEEL))
    told = ask("appraise", STEEL, "--json").json
    assert told["profile"] == "comfar_iii"
    assert told["indicators"]["with"] == known.indicators.to_dicts()
    assert ask("appraise", STEEL, "--profile", "excel", "--json").json["profile"] == "excel"


def test_a_study_that_cannot_be_read_says_why(ask: Ask, tmp_path: Path) -> None:
    missing = ask("appraise", tmp_path / "none.toml", "--json")
    assert (missing.code, missing.found()[0]["code"]) == (2, "cli.no_case")
    (tmp_path / "bad.toml").write_text(STEEL.read_text(encoding="utf-8") + "\nnonsense = 1\n", encoding="utf-8")
    bad = ask("appraise", tmp_path / "bad.toml", "--json")
    assert bad.code == 1
    assert "nonsense" in bad.out


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "study.toml"
    path.write_text(SMALL + text, encoding="utf-8")
    return path


SMALL = """id = "x"
currency = "LYD"
discount = 0.1
[horizon]
start = "2027"
construction = 1
production = 5
[[products]]
id = "p"
[[sales]]
id = "s"
product = "p"
quantity = 100
price = 10
[[investments]]
id = "m"
group = "machinery"
amount = { 2027 = 1000 }
depreciation = { life = 10 }
[[costs]]
id = "c"
category = "raw_materials"
variable = 300
[[equity]]
id = "e"
amount = 1000
"""


@pytest.mark.parametrize(("lang", "words"), [("en", "more than one internal rate"), ("ar", "أكثر من معدل")])
def test_both_rates_are_told_with_a_warning_at_any_width(
    ask: Ask, tmp_path: Path, lang: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, '[[closing]]\nid = "clean_up"\namount = 3100\n')
    for width in ("60", "100", "160", "220"):
        monkeypatch.setenv("COLUMNS", width)
        told = ask("appraise", path, "--lang", lang).out
        assert words in " ".join(told.split())
        assert "irr_1" not in told
        assert all(figure in told for figure in ("2.2", "48.6", "11.3"))


def test_options_of_a_case_are_refused_beside_a_study(ask: Ask) -> None:
    for option in (("--site", "a"), ("--option", "b"), ("--programme", "c"), ("--paths", "5"), ("--seed", "3")):
        told = ask("appraise", STEEL, *option, "--json")
        assert (told.code, told.found()[0]["code"]) == (2, "cli.not_of_study")
        assert option[0] in told.out


def test_a_list_in_the_place_of_a_number_is_told_with_its_place(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(SMALL.replace("price = 10", "price = [10, 11]"), encoding="utf-8")
    told = ask("appraise", path)
    assert told.code == 1
    assert "sales.1.price" in told.all
    assert "must be a number" in " ".join(told.all.split())


def test_sensitivity_scenarios_and_the_country_are_told_and_written(ask: Ask, tmp_path: Path) -> None:
    more = """[[scenarios]]
id = "dear"
name_en = "Dear works"
name_ar = "أعمال غالية"
investment = 1.5
[country]
discount = 0.1
[country.cost_benefit]
conversion = 0.8
"""
    path = written(tmp_path, more)
    told = ask("appraise", path, "--out", tmp_path / "out")
    assert told.code == 0
    for words in ("Sensitivity", "Dear works", "Levelised cost", "Break-even", "For the country"):
        assert words in told.out
    data = ask("appraise", path, "--json").json
    price = next(one for one in data["analysis"]["sensitivity"] if one["driver"] == "price")
    assert price["npv"] == sorted(price["npv"])
    assert data["country"]["reason"] is None
    book = load_workbook(tmp_path / "out" / "statements.xlsx")
    assert {"Analysis", "Country", "Scenarios", "Checks"} <= set(book.sheetnames)


def test_amounts_in_thousands_are_told_so(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    thousands = SMALL.replace('currency = "LYD"', 'currency = "LYD"\nunit = 1000')
    path.write_text(thousands.replace('id = "p"\n', 'id = "p"\nunit = "t"\n', 1), encoding="utf-8")
    told = ask("appraise", path, "--out", tmp_path / "out").out
    assert "1,000 LYD" in told
    cost = 1000 * ask("appraise", path, "--json").json["analysis"]["levelised_cost"]
    assert f"{cost:,.2f} LYD/t" in told
    analysis = load_workbook(tmp_path / "out" / "statements.xlsx", data_only=True)["Analysis"]
    (row,) = [
        cells for cells in analysis.iter_rows(values_only=True) if cells[0] == "Levelised cost of a unit sold (LYD/t)"
    ]
    assert row[4] == pytest.approx(cost)
    assert ask("appraise", path, "--json").json["unit"] == 1000


LENT = """[[loans]]
id = "bank"
kind = "annuity"
interest = 0.06
draw = { 2027 = 450 }
first = "2028"
instalments = 4
"""
OLD_LINE = """[[without.products]]
id = "p"
[[without.sales]]
id = "s"
product = "p"
quantity = 20
price = 10
[[without.costs]]
id = "c"
category = "raw_materials"
fixed = 120
"""
SERVICE = 450 * 0.06 / (1 - 1.06**-4)
"""What the bank gets in each of four years."""


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize(
    ("without", "least"), [("", (1000 - 300) / SERVICE), (OLD_LINE, (1000 - 300 - (200 - 120)) / SERVICE)]
)
def test_the_least_cover_is_one_number_on_screen_and_in_the_workbook(
    ask: Ask, tmp_path: Path, lang: str, without: str, least: float
) -> None:
    path = written(tmp_path, LENT + without)
    data = ask("appraise", path, "--lang", lang, "--out", tmp_path / "out", "--json").json
    assert data["finance"]["least_dscr"] == pytest.approx(least)
    summary = load_workbook(tmp_path / "out" / "statements.xlsx", data_only=True).worksheets[0]
    label = Words(lang).say("live.least_dscr")
    (row,) = [cells for cells in summary.iter_rows(values_only=True) if cells[0] == label]
    live, delivered = row[2:4]
    assert live == delivered == pytest.approx(least)
    assert f"{least:.2f}" in ask("appraise", path, "--lang", lang).out


def test_what_the_project_adds_is_told_first(ask: Ask, tmp_path: Path) -> None:
    told = ask("appraise", written(tmp_path, OLD_LINE)).out
    assert 0 < told.index("The project less doing nothing") < told.index("With the project")


SIZED = """
[[loans]]
id = "bank"
kind = "annuity"
interest = 0.08
draw = { 2027 = 1 }
draw_at = 1.0
instalments = 5
sized = true
target_dscr = 1.4
gearing = 0.5
sweep = 0.5
reserve = { months = 6 }
"""


def test_a_size_and_its_limits_are_told(ask: Ask, tmp_path: Path) -> None:
    path = written(tmp_path, SIZED)
    data = ask("appraise", path, "--json").json
    (size,) = data["sizes"]
    # D = 0.5 (1000 + half a year of its service); the cover alone would carry 500 a year.
    share = 0.08 / (1 - 1.08**-5)
    assert size["amount"] == pytest.approx(500 / (1 - 0.5 * share / 2), rel=1e-9)
    assert size["by_cover"] == pytest.approx(500 / share, rel=1e-9)
    assert (size["binds"], size["amount"]) == ("gearing", size["by_gearing"])
    for lang, told in (
        ("en", "set by gearing of 50%; the cover of 1.40 would allow"),
        ("ar", "تحده نسبة الدين 50%؛ والتغطية 1.40"),
    ):
        out = ask("appraise", path, "--lang", lang).out
        assert told in " ".join(out.split())
        assert f"{size['by_cover']:,.0f}" in out
        assert Words(lang).say("studies.debt") in out
    assert {"loan_swept", "reserve_balance"} <= {row["item"] for row in data["lines"]}


def test_cover_rows_for_machines_are_of_what_the_project_adds(ask: Ask, tmp_path: Path) -> None:
    data = ask("appraise", written(tmp_path, LENT + OLD_LINE), "--json").json
    for lines in (data["lines"], data["incremental"]):
        cover = [row["value"] for row in lines if (row["statement"], row["item"]) == ("ratios", "dscr")]
        assert cover[1] == pytest.approx((1000 - 300 - (200 - 120)) / SERVICE)
    receivables = [row for row in data["incremental"] if row["statement"] in ("working_capital", "debt")]
    assert receivables
