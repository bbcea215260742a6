"""Settings in TOML and in a sheet: every fault named with field, value and place."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tiny import SETTINGS

from tawteen.case.names import INVISIBLE, fold
from tawteen.case.params import READING
from tawteen.case.settings import Settings
from tawteen.case.settings_file import read_rows, read_toml, rows_of, toml_of
from tawteen.words import LANGS, catalog

GOOD = """\
[about]
id = "x"
name_en = "X"
name_ar = "س"

[time]
start = 2027-01-01

[[parties]]
id = "host"
name_en = "Host"
name_ar = "المضيف"
role = "host"
"""


def told(text: str) -> list[tuple[Any, ...]]:
    settings, findings = read_toml(text.encode())
    assert settings is None
    return [(f.code, f.file, f.row, f.column, f.value) for f in findings]


def test_good_settings() -> None:
    settings, findings = read_toml(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert findings == []
    assert settings is not None
    assert settings.about.name_ar == "س"
    assert settings.time.periods == 40


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"host"\nname', '"host\nname', ("settings.syntax", 10, None, 'id = "host')),
        ("start = 2027-01-01", "", ("setting.needed", 6, "time.start", None)),
        ("start = 2027-01-01", 'start = "soon"', ("setting.date", 7, "time.start", "soon")),
        ("[time]", "[time]\nperiods = 0", ("setting.bound", 7, "time.periods", "0")),
        ("[time]", '[time]\nperiods = "many"', ("setting.whole", 7, "time.periods", "many")),
        ("[time]", "[time]\nperiod = 8", ("setting.unknown", 7, "time.period", "8")),
        ("[time]", '[discount]\nfinancial = "high"\n[time]', ("setting.number", 7, "discount.financial", "high")),
        ("[time]", "[value]\nfx_premium = inf\n[time]", ("setting.number", 7, "value.fx_premium", "inf")),
        ("[time]", '[money]\ncurrency = "dollar"\n[time]', ("setting.currency", 7, "money.currency", "dollar")),
        ("[time]", "[money]\nrates = 3\n[time]", ("setting.list", 7, "money.rates", "3")),
        ('role = "host"', 'role = "guest"', ("setting.choice", 13, "parties.1.role", "guest")),
        ('name_en = "X"', "name_en = 5", ("setting.text", 3, "about.name_en", "5")),
        ('name_en = "X"', 'name_en = "X"\ndemonstration = "perhaps"',
         ("setting.flag", 4, "about.demonstration", "perhaps")),
    ],
)  # fmt: skip
def test_a_bad_setting_is_named(old: str, new: str, expected: tuple[Any, ...]) -> None:
    assert old in GOOD
    code, row, column, value = expected
    assert told(GOOD.replace(old, new, 1)) == [(code, "case.toml", row, column, value)]


def test_a_section_that_is_no_section() -> None:
    (finding,) = told("about = 1\n" + GOOD.partition("\n\n")[2])
    assert finding == ("setting.section", "case.toml", 1, "about", "1")


def test_what_may_be_is_said() -> None:
    _, findings = read_toml(GOOD.replace('role = "host"', 'role = "guest"').encode())
    assert findings[0].args["limits"] == "'host', 'partner', 'donor'"
    _, findings = read_toml(GOOD.replace("[time]", "[time]\nperiods = 201").encode())
    assert findings[0].args["limits"] == "≤ 200"
    _, findings = read_toml(GOOD.replace("[time]", "[time]\nperiod = 8").encode())
    assert findings[0].args["guess"] == "periods"


def test_rows_as_people_type_them() -> None:
    rows = [
        (1, "key", "value"),
        (2, "about.id", "x"),
        (3, "about.name_en", "2027"),
        (4, "about.name_ar", "س"),
        (5, "time.start", "٢٠٢٧-٠١-٠١"),
        (6, "time.periods", "٨"),
        (7, "about.demonstration", "نعم"),
        (8, "discount.financial", "0,12"),
        (9, "value.region_weight.far.south", "1٫5"),
        (10, "parties.10.id", "b"),
        (11, "parties.10.name_en", "B"),
        (12, "parties.10.name_ar", "ب"),
        (13, "parties.10.role", "donor"),
        (14, "parties.2.id", "a"),
        (15, "parties.2.name_en", "A"),
        (16, "parties.2.name_ar", "ا"),
        (17, "parties.2.role", "host"),
        (18, "money.currency", None),
        (19, None, None),
    ]
    settings, findings = read_rows(rows, "book.xlsx / settings")
    assert findings == []
    assert settings is not None
    assert settings.time.start == dt.date(2027, 1, 1)
    assert (settings.time.periods, settings.about.demonstration, settings.about.name_en) == (8, True, "2027")
    assert (settings.discount.financial, settings.value.region_weight) == (0.12, {"far.south": 1.5})
    assert [party.id for party in settings.parties] == ["a", "b"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ((9, "time.periods", "many"), "setting.whole"),
        ((9, "time.strat", "x"), "setting.unknown"),
        ((9, "about.id", "y"), "setting.twice"),
        ((9, "money.rates.1.official", "high"), "setting.number"),
        ((9, "about", "y"), "setting.section"),
        ((9, "parties", "y"), "setting.list"),
        ((9, "about.id.more", "y"), "setting.unknown"),
    ],
)
def test_a_bad_row_is_named(row: tuple[int, str, str], code: str) -> None:
    settings = Settings.model_validate(SETTINGS)
    replaced = {"time.periods", "money.rates.1.official"} & {row[1]}
    good = [(-1, key, str(value)) for key, value in rows_of(settings) if key not in replaced]
    read, findings = read_rows([*good, row], "book.xlsx / settings")
    assert read is None
    assert (code, row[1]) in [(f.code, f.column) for f in findings]
    assert {f.file for f in findings} == {"book.xlsx / settings"}


TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\u202d\u202e"), min_size=1, max_size=20
).filter(lambda text: re.search(rf"[^\s{INVISIBLE[1:]}", text))
NUMBER = st.floats(min_value=0, max_value=5).filter(lambda number: not 0 < number < READING.smallest)


REGIONS = st.lists(TEXT, max_size=3, unique_by=fold).flatmap(
    lambda names: st.fixed_dictionaries(dict.fromkeys(names, NUMBER))
)


@given(TEXT, TEXT, REGIONS, NUMBER, st.booleans())
def test_any_settings_read_back(name: str, notice: str, weights: dict[str, float], premium: float, demo: bool) -> None:
    settings = Settings.model_validate(
        {
            **SETTINGS,
            "about": {"id": name, "name_en": name, "name_ar": notice, "notice_ar": notice, "demonstration": demo},
            "value": {"fx_premium": premium, "region_weight": weights},
        }
    )
    assert read_toml(toml_of(settings).encode()) == (settings, [])


def test_every_setting_is_explained() -> None:
    settings = Settings.model_validate(
        {
            **SETTINGS,
            "money": {"rates": [{"currency": "EUR", "official": 1.0, "parallel": 1.0, "taxed": 1.0}]},
            "discount": {"equity": 0.15},
            "value": {"region_weight": {"x": 1.0}},
            "tax": {"brackets": [{"above": 0.0, "rate": 0.2}]},
            "parties": [{**SETTINGS["parties"][0], "margin": 0.1}],
            "committee": [{"date": "2027-06-30"}],
        }
    )
    paths = {".".join(p for p in key.split(".") if not p.isdigit()).removesuffix(".x") for key, _ in rows_of(settings)}
    for lang in LANGS:
        explained = {c.removeprefix("setting_help.") for c in catalog(lang) if c.startswith("setting_help.")}
        assert explained == paths


@pytest.mark.parametrize(
    ("section", "column"),
    [
        ({"money": {"inflation": -1.0}}, "money.inflation"),
        ({"money": {"rates": [{"currency": "LYD", "official": 5.0, "inflation": -1.5}]}}, "money.rates.1.inflation"),
        ({"discount": {"equity": -1.0}}, "discount.equity"),
        ({"tax": {"rate": 1.2}}, "tax.rate"),
        ({"tax": {"brackets": [{"above": -1.0, "rate": 0.2}]}}, "tax.brackets.1.above"),
        ({"dividends": {"payout": 2.0}}, "dividends.payout"),
    ],
)
def test_terms_of_money_outside_their_bounds_are_told_once(section: dict[str, Any], column: str) -> None:
    whole = Settings.model_validate(SETTINGS).model_dump(exclude_none=True)
    stated = [(n, key, str(value)) for n, (key, value) in enumerate(_rows({**whole, **section}), 2)]
    settings, found = read_rows(stated, "case.xlsx")
    assert settings is None
    assert [f.column for f in found] == [column]
    assert found[0].code in {"setting.bound", "setting.share"}


def settings_text(**changes: str) -> str:
    """Good settings with another value for some keys of [discount], [money] and [time]."""
    base = {"financial": "0.12", "economic": "0.08", "periods": "8", "price_year": "2026", "start": "2027-01-01"}
    v = {**base, **changes}
    return (
        f'[about]\nid = "x"\nname_en = "X"\nname_ar = "س"\n[time]\nstart = {v["start"]}\nperiods = {v["periods"]}\n'
        f"[discount]\nfinancial = {v['financial']}\neconomic = {v['economic']}\n"
        f'[money]\ncurrency = "USD"\nprice_year = {v["price_year"]}\n'
    )


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"economic": "8"}, "setting.share", "discount.economic"),
        ({"financial": "12.5"}, "setting.share", "discount.financial"),
        ({"economic": "true"}, "setting.number", "discount.economic"),
        ({"economic": "[0.08]"}, "setting.single", "discount.economic"),
        ({"economic": "{ a = 1 }"}, "setting.single", "discount.economic"),
        ({"economic": "1e10"}, "setting.bound", "discount.economic"),
        ({"periods": "true"}, "setting.whole", "time.periods"),
        ({"periods": "8.5"}, "setting.whole", "time.periods"),
        ({"start": "9999-10-01"}, "setting.bound", "time.start"),
        ({"start": "1448-01-01"}, "setting.bound", "time.start"),
        ({"price_year": "26"}, "setting.bound", "money.price_year"),
        ({"economic": "9" * 5000}, "settings.digits", None),
        ({"economic": "[" * 2000 + "]" * 2000}, "settings.nested", None),
        ({"economic": "0.08\neconomic = 0.09"}, "settings.again", None),
    ],
)
def test_settings_that_broke_a_plan_are_told_once(changes: dict[str, str], code: str, column: str | None) -> None:
    settings, findings = read_toml(settings_text(**changes).encode())
    assert settings is None
    assert [(f.code, f.column) for f in findings] == [(code, column)]


def test_nested_names_of_settings_are_refused_without_a_fault() -> None:
    (finding,) = read_toml((".".join("a" * 3000) + " = 1\n" + settings_text()).encode())[1]
    assert (finding.code, finding.row) == ("settings.nested", 1)


def test_a_rate_meant_as_percent_says_the_share() -> None:
    (finding,) = read_toml(settings_text(economic="8").encode())[1]
    assert (finding.args["percent"], finding.args["share"], finding.args["read"]) == ("8", "0.08", "800")
    assert finding.row == 10


@pytest.mark.parametrize(
    ("more", "code", "path", "first", "row"),
    [
        ('[[money.rates]]\ncurrency = "EUR"\nofficial = 0.92\n[[money.rates]]\ncurrency = "EUR"\nofficial = 0.46\n',
         "setting.repeated", "money.rates.2.currency", "money.rates.1.currency", 19),
        ('[[money.rates]]\ncurrency = "USD"\nofficial = 0.92\n',
         "setting.home_rate", "money.rates.1.currency", "money.currency", 16),
        ('[[parties]]\nid = "a"\nname_en = "A"\nname_ar = "A"\nrole = "host"\n'
         '[[parties]]\nid = "a"\nname_en = "B"\nname_ar = "B"\nrole = "donor"\n',
         "setting.repeated", "parties.2.id", "parties.1.id", 21),
        ("[tax]\nbrackets = [{ above = 1, rate = 0.1 }, { above = 1.0, rate = 0.2 }]\n",
         "setting.repeated", "tax.brackets.2.above", "tax.brackets.1.above", 16),
        ('[value.region_weight]\nWest = 1.2\nwest = 1.3\n',
         "setting.repeated", "value.region_weight.west", "value.region_weight.West", 17),
    ],
)  # fmt: skip
def test_a_list_that_says_a_thing_twice_is_refused_with_both_places(
    more: str, code: str, path: str, first: str, row: int
) -> None:
    settings, (finding,) = read_toml((settings_text() + "\n" + more).encode())
    assert settings is None
    assert (finding.code, finding.column, finding.args["first"], finding.row) == (code, path, first, row)


@pytest.mark.parametrize("currency", ["usd", "<b>", "US", "dollars", "U$D"])
def test_a_currency_is_a_code_of_three_capital_letters(currency: str) -> None:
    (finding,) = read_toml(settings_text().replace('"USD"', f'"{currency}"').encode())[1]
    assert (finding.code, finding.column, finding.args["guess"]) == ("setting.currency", "money.currency", "USD")


def test_control_characters_of_a_setting_are_refused_and_shown_as_codes() -> None:
    (finding,) = read_toml(settings_text().replace('"X"', r'"A\u001b]0;x\u0007B"').encode())[1]
    assert (finding.code, finding.column, finding.value) == (
        "setting.unprintable",
        "about.name_en",
        "AU+001B]0;xU+0007B",
    )


def test_every_number_of_the_settings_has_both_bounds() -> None:
    def numbers(schema: Any, where: str) -> list[str]:
        parts = [schema, *schema.get("anyOf", ()), *schema.get("allOf", ())]
        bare = [
            where
            for part in parts
            if part.get("type") in {"number", "integer"} and not {"minimum", "maximum"} <= part.keys()
        ]
        return bare + [n for key, one in schema.get("properties", {}).items() for n in numbers(one, f"{where}.{key}")]

    whole = Settings.model_json_schema()
    assert [n for name, part in whole["$defs"].items() for n in numbers(part, name)] == []


def _rows(values: Any, key: str = "") -> list[tuple[str, Any]]:
    if isinstance(values, dict):
        return [row for name, one in values.items() for row in _rows(one, f"{key}.{name}" if key else name)]
    if isinstance(values, list | tuple):
        return [row for n, one in enumerate(values, 1) for row in _rows(one, f"{key}.{n}")]
    return [(key, values)]
