"""appraise --programme: statements of all that a programme starts, on screen and as a workbook."""

from __future__ import annotations

import openpyxl
import pytest
from tests.cli.conftest import Ask

from tawteen.appraise.programme_statements import programme_statements
from tawteen.case.read import read_case
from tawteen.cli.appraise_programme import planned as planned_run
from tawteen.effects import effects_of
from tawteen.report.programme_workbook import write_programme_workbook


@pytest.mark.parametrize(("lang", "said"), [("en", "Difference"), ("ar", "الفرق")])
def test_a_programme_in_full(ask: Ask, planned, lang: str, said: str) -> None:
    told = ask("appraise", planned / "case", "--programme", planned / "programme.json", "--lang", lang)
    assert told.code in (0, 1)
    assert said in told.out
    assert "programme_statements." not in told.out


def test_years_and_options_come_to_the_same(ask: Ask, planned) -> None:
    told = ask("appraise", planned / "case", "--programme", planned, "--json").json
    years = told["years"]
    for row in years:
        assert row["with"] - row["without"] == pytest.approx(row["incremental"])
    npv = {(r["scenario"], r["basis"], r["indicator"]): r["value"] for r in told["indicators"]}
    assert sum(r["npv"] for r in told["options"]) == pytest.approx(npv["incremental", "total_capital", "npv"])
    # The tiny case's programme draws on the budget and on the partner's credit line.
    assert told["finance"]["equity"] > 0


def test_one_option_as_the_programme_runs_it(ask: Ask, planned) -> None:
    every = ask("appraise", planned / "case", "--programme", planned, "--json").json
    option = every["options"][0]["option"]
    told = ask("appraise", planned / "case", "--programme", planned, "--option", option, "--paths", 50, "--json")
    assert told.json["options"][0]["finance"]["equity"] > 0
    wrong = ask("appraise", planned / "case", "--programme", planned, "--option", "pasta-none", "--json")
    assert wrong.code == 2


def test_a_programme_of_another_case_is_refused(ask: Ask, planned, tmp_path) -> None:
    other = tmp_path / "other"
    assert ask("generate", other, "--sites", 2).code == 0
    told = ask("appraise", other, "--programme", planned, "--json")
    assert (told.code, [one["code"] for one in told.found()]) == (2, ["cli.programme_of_other_case"])
    assert ask("appraise", other, "--programme", tmp_path / "none.json", "--json").code == 2


def test_workbook_adds_its_options_up_by_formulas(planned, tmp_path) -> None:
    plan = planned_run(read_case(planned / "case"), planned)
    told = programme_statements(plan.case, effects_of(plan.case), plan.run)
    assert told is not None
    for lang in ("en", "ar"):
        path = tmp_path / f"{lang}.xlsx"
        write_programme_workbook(told, plan.case, path, lang)
        book = openpyxl.load_workbook(path)
        assert len(book.sheetnames) >= 13
        sheet = book.worksheets[1]
        formula = sheet.cell(row=4 + len(told.options), column=2).value
        assert formula == f"=SUM(B4:B{3 + len(told.options)})"
        stated = openpyxl.load_workbook(path, data_only=True).worksheets[1]
        sums = [stated.cell(row=4 + len(told.options), column=2 + t).value for t in range(8)]
        own = [one.incremental.lines.filter(statement="total_capital", item="net_cash_flow")["value"].to_list()
               for one in told.options.values()]  # fmt: skip
        assert sums == pytest.approx([sum(each) for each in zip(*own, strict=True)])
        assert not any("programme_statements." in str(c.value) for s in book for row in s.iter_rows() for c in row)
