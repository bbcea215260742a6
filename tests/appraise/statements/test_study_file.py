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
        ({"currency": "LY"}, "setting.length", "currency"),
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
        ({"opening": {"cash": 5}}, "study.opening", "opening"),
        ({"inflation": -1.0}, "study.inflation", "inflation"),
        ({"country": {"discount": 0.1, "items": [{"item": "gold"}]}}, "study.reference", "country.items"),
    ],
)
def test_faults(more: dict[str, Any], code: str, column: str) -> None:
    found = wrong(**more)
    assert [(f.code, f.column, f.file) for f in found] == [(code, column, "study.toml")]
    for lang in LANGS:
        sentence = Words(lang).say(code, {"file": "", "column": column, "value": found[0].value, **found[0].args})
        assert sentence
        assert not sentence.startswith(code)


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
    assert [f.code for f in told.value.findings] == ["study.not_text"]


def test_every_textbook_study_can_be_read() -> None:
    found = sorted(CASES.glob("*/*.toml"))
    assert len(found) >= 4
    assert all(read_study(path).id for path in found)
