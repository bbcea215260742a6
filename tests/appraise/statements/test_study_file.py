"""Studies that cannot be used are refused with one clear finding for each fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.appraise.statements.test_statements import PLANT
from tests.appraise.statements.textbook import CASES

from tawteen.appraise.study_file import read_study, study_of
from tawteen.case.findings import CaseError, Finding
from tawteen.words import LANGS, Words

LOAN = {"id": "bank", "kind": "annuity", "interest": 0.1, "draw": 100, "instalments": 3}


def wrong(**more: Any) -> list[Finding]:
    with pytest.raises(CaseError) as told:
        study_of({**PLANT, **more}, "study.toml")
    return told.value.findings


@pytest.mark.parametrize(
    ("more", "code", "column"),
    [
        ({"colour": "red"}, "study.unknown", "colour"),
        ({"discount": -1.0}, "setting.bound", "discount"),
        ({"discount": "much"}, "setting.number", "discount"),
        ({"profile": "banker"}, "setting.choice", "profile"),
        ({"currency": "LY"}, "setting.currency", "currency"),
        ({"horizon": {"start": "2027", "production": 3}}, "setting.needed", "horizon.construction"),
        ({"horizon": {"start": "soon", "construction": 1, "production": 3}}, "study.start", "horizon.start"),
        ({"products": [{"id": "p", "capacity": -5}]}, "setting.bound", "products.1.capacity"),
        ({"products": [{"id": "p", "capacity": 99}]}, "study.beyond_capacity", "products.p.capacity"),
        ({"without": {"loans": [{**LOAN, "first": "2040"}]}}, "study.period", "without.loans.bank.first"),
        (
            {"without": {"costs": [{"id": "c", "category": "care", "product": "x"}]}},
            "study.reference",
            "without.costs.c.product",
        ),
        ({"products": [{"id": "p", "utilisation": {"2028": -0.1}}]}, "study.negative", "products.p.utilisation"),
        ({"products": [{"id": "p", "utilisation": {"2028": "all"}}]}, "setting.number", "products.1.utilisation.2028"),
        ({"products": [{"id": "p"}, {"id": "p"}]}, "study.twice", "products"),
        ({"products": []}, "study.reference", "sales.s.product"),
        ({"equity": [{"id": "e", "amount": {"2031": 1}}]}, "study.period", "equity.1.amount"),
        ({"costs": [{"id": "c", "category": "energy", "currency": "USD"}]}, "study.no_rate", "costs.c"),
        ({"currencies": [{"code": "USD", "official": {"2028+": 5}}]}, "study.rate_missing", "currencies.official"),
        ({"loans": [{**LOAN, "instalments": 4}]}, "study.loan_long", "loans.bank"),
        ({"loans": [{**LOAN, "instalments": 0}]}, "study.no_instalments", "loans.bank"),
        ({"loans": [{**LOAN, "interest": -1.0}]}, "setting.bound", "loans.1.interest"),
        ({"loans": [{**LOAN, "first": "2040"}]}, "study.period", "loans.bank.first"),
        ({"disposals": [{"item": "moon", "period": "2028", "proceeds": 1}]}, "study.reference", "disposals.item"),
        ({"disposals": [{"item": "line", "period": "", "proceeds": 1}]}, "study.period", "disposals.line"),
        ({"opening": {"cash": 5}}, "study.opening", "opening"),
        ({"inflation": -1.0}, "study.inflation", "inflation"),
        ({"country": {"discount": 0.1, "items": [{"item": "gold"}]}}, "study.reference", "country.items"),
        ({"currencies": [{"code": "LYD", "official": 5}]}, "study.own_currency", "currencies"),
        (
            {"currencies": [{"code": "USD", "official": 5}, {"code": "USD", "official": 6}]},
            "study.currency_twice",
            "currencies",
        ),
        ({"currencies": [{"code": "usd", "official": 5}]}, "setting.currency", "currencies.1.code"),
        (
            {
                "disposals": [
                    {"item": "line", "period": "2028", "proceeds": 1},
                    {"item": "line", "period": "2029", "proceeds": 1},
                ]
            },
            "study.disposal_twice",
            "disposals",
        ),
        ({"discount": 10}, "setting.share", "discount"),
        ({"loans": [{**LOAN, "interest": 8}]}, "setting.share", "loans.1.interest"),
        ({"inflation": 8}, "setting.share", "inflation"),
        ({"products": [{"id": "p", "utilisation": 1.5}]}, "setting.share", "products.p.utilisation"),
        ({"products": [{"id": "p", "utilisation": {"2028": 150}}]}, "setting.bound", "products.p.utilisation"),
        (
            {"equity": [{"id": "e", "amount": 10}], "distribution": {"payout": 50}},
            "setting.share",
            "distribution.payout",
        ),
        ({"grants": [{"id": "g", "amount": -10}]}, "study.negative", "grants.g.amount"),
        ({"tax": {"allowance": -10}}, "study.negative", "tax.allowance"),
        (
            {"equity": [{"id": "a", "amount": 1, "share": 0.8}, {"id": "b", "amount": 1, "share": 0.8}]},
            "study.shares_above",
            "equity.share",
        ),
        (
            {"equity": [{"id": "a", "amount": 1, "share": 0.8}], "distribution": {"payout": 1}},
            "study.shares_below",
            "equity.share",
        ),
        (
            {"equity": [{"id": "a", "amount": 0}], "distribution": {"payout": 1}},
            "study.no_owners",
            "distribution.payout",
        ),
        ({"equity": [], "distribution": {"fixed": 5}}, "study.no_owners", "distribution.fixed"),
        (
            {"tax": {"brackets": [{"above": 10, "rate": 0.1}, {"above": 10, "rate": 0.2}]}},
            "study.bracket_twice",
            "tax.brackets",
        ),
        ({"loans": [{**LOAN, "kind": "sculpted"}]}, "study.no_effect", "loans.bank.instalments"),
        ({"loans": [{**LOAN, "repay": 5}]}, "study.no_effect", "loans.bank.repay"),
        ({"loans": [{**LOAN, "per_year": True}]}, "setting.choice", "loans.1.per_year"),
        ({"loans": [{**LOAN, "instalments": True}]}, "setting.whole", "loans.1.instalments"),
        ({"costs": [{"id": "c", "category": "energy", "credit_days": 30}]}, "study.no_effect", "costs.c.credit_days"),
        ({"discount": True}, "setting.number", "discount"),
        ({"discount": {"2027": 0.1}}, "setting.number", "discount"),
        ({"discount": [0.1, 0.2]}, "setting.number", "discount"),
        ({"inflation": [0.1, 0.2]}, "setting.number", "inflation"),
        ({"inflation": True}, "setting.number", "inflation"),
        ({"grants": [{"id": "g", "amount": 1e308}]}, "study.too_large", "grants.1.amount"),
    ],
)
def test_faults(more: dict[str, Any], code: str, column: str) -> None:
    found = wrong(**more)
    assert [(f.code, f.column, f.file) for f in found] == [(code, column, "study.toml")]
    for lang in LANGS:
        sentence = Words(lang).say(code, {"file": "", "column": column, "value": found[0].value, **found[0].args})
        assert sentence
        assert not sentence.startswith(code)


def test_a_percentage_is_recognised() -> None:
    (found,) = wrong(loans=[{**LOAN, "interest": 8}])
    text = Words("en").say(found.code, {"column": found.column, "value": found.value, **found.args})
    assert "Did you mean 8 %? Then write 0.08" in text


def test_what_was_written_is_shown() -> None:
    (found,) = wrong(discount=[0.1, 0.2])
    assert found.value == "[0.1, 0.2]"


def test_what_is_sold_was_bought_before() -> None:
    item = {"id": "later", "group": "machinery", "amount": {"2029": 10}}
    found = wrong(investments=[*PLANT["investments"], item],
                  disposals=[{"item": "later", "period": "2028", "proceeds": 1}])  # fmt: skip
    assert [(f.code, f.column, f.value) for f in found] == [("study.sold_before", "disposals.later", "2028")]


def test_every_fault_is_told_at_once() -> None:
    found = wrong(discount="much", colour="red", currency="LY")
    assert {f.column for f in found} == {"discount", "colour", "currency"}


def test_a_file_that_is_missing_or_broken(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as told:
        read_study(tmp_path / "no.toml")
    assert [f.code for f in told.value.findings] == ["file.missing"]
    broken = tmp_path / "broken.toml"
    broken.write_text('id = "x"\ncurrency = \n', encoding="utf-8")
    with pytest.raises(CaseError) as told:
        read_study(broken)
    assert [(f.code, f.row) for f in told.value.findings] == [("settings.syntax", 2)]
    broken.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CaseError) as told:
        read_study(broken)
    assert [f.code for f in told.value.findings] == ["settings.not_text"]


def test_every_textbook_study_can_be_read() -> None:
    found = sorted(CASES.glob("*/*.toml"))
    assert len(found) >= 4
    assert all(read_study(path).id for path in found)
