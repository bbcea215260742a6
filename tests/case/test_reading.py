"""A bad folder gets one finding a fault, with file, row, column, value and what to do; a good one is read as meant."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.tiny import tiny

from tawteen.case.findings import CaseError, Finding
from tawteen.case.folder import write_folder
from tawteen.case.model import Case
from tawteen.case.read import read_case, read_case_with_findings
from tawteen.case.settings import Settings
from tawteen.case.tables import TABLES
from tawteen.words import LANGS, Words

SITE = "id,name_en,name_ar,region,state,role"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_folder(tiny(), tmp_path / "case")
    return tmp_path / "case"


def errors(folder: Path) -> list[Finding]:
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    for finding in caught.value.findings:
        where = {"file": finding.file, "row": finding.row, "column": finding.column, "value": finding.value}
        given = {name: value for name, value in where.items() if value is not None}
        for lang in LANGS:
            said = Words(lang).say(finding.code, {**given, **finding.args})
            assert said != finding.code
            assert not said.startswith(f"{finding.code} {{")
    return [finding for finding in caught.value.findings if finding.severity == "error"]


def places(findings: list[Finding]) -> list[tuple[Any, ...]]:
    return [(f.code, f.file, f.row, f.column, f.value) for f in findings]


def put(folder: Path, table: str, text: str) -> None:
    (folder / f"{table}.csv").write_text(text, encoding="utf-8")


def read_with(folder: Path, table: str, text: str) -> Case:
    put(folder, table, text)
    return read_case(folder)


@pytest.mark.parametrize(
    ("cells", "code", "column", "value"),
    [
        ('east,E,E,"1,234"', "cell.number_ambiguous", "inland_cost", "1,234"),
        ("east,E,E,12 t", "cell.number", "inland_cost", "12 t"),
        ("east,E,E,45%", "cell.percent", "inland_cost", "45%"),
        ("east,E,E,-1", "cell.bound", "inland_cost", "-1"),
        ("east,,E,1", "cell.needed", "name_en", None),
        (",E,E,1", "cell.needed", "id", None),
        ("east,E,E,1,5", "cell.stray", "", "5"),
        ("south,E,E,1", "key.twice", "id", "south"),
        ("so\u200futh,E,E,1", "key.twice", "id", "south"),
    ],
)
def test_a_bad_cell_is_named(folder: Path, cells: str, code: str, column: str, value: str | None) -> None:
    put(folder, "regions", f"id,name_en,name_ar,inland_cost\nsouth,S,S,2\n\n{cells}\n")
    assert places(errors(folder)) == [(code, "regions.csv", 4, column, value)]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("state_as_of", "03/04/2027", "cell.date_ambiguous"),
        ("state_as_of", "spring", "cell.date"),
        ("isic", "99999", "cell.code"),
        ("mandate", "sure", "cell.code"),
    ],
)
def test_bad_days_and_codes_are_named(folder: Path, column: str, cell: str, code: str) -> None:
    put(folder, "sites", f"{SITE},{column}\nx,X,X,east,suspended,candidate,{cell}\n")
    assert places(errors(folder)) == [(code, "sites.csv", 2, column, cell)]


def test_a_code_nearly_right_is_guessed(folder: Path) -> None:
    put(folder, "sites", f"{SITE}\nx,X,X,east,suspnded,candidate\n")
    (finding,) = errors(folder)
    assert finding.args["guess"] == "suspended"
    assert "never_started" in finding.args["known"]


def test_a_second_row_of_a_key_names_the_first(folder: Path) -> None:
    put(folder, "regions", "id,name_en,name_ar\neast,E,E\nsouth,S,S\neast,F,F\neast,G,G\n")
    found = errors(folder)
    assert [(f.code, f.row, f.args["first"]) for f in found] == [("key.twice", 4, 2), ("key.twice", 5, 2)]


def test_flags_and_whole_numbers(folder: Path) -> None:
    put(folder, "demands", "id,region,commodity,quantity,penalty,season\nd,east,flour,1,1,5\ne,east,flour,1,1,1.5\n")
    put(folder, "regions", "id,name_en,name_ar,port\neast,E,E,perhaps\n")
    assert sorted(places(errors(folder)), key=str) == [
        ("cell.bound", "demands.csv", 2, "season", "5"),
        ("cell.flag", "regions.csv", 2, "port", "perhaps"),
        ("cell.whole", "demands.csv", 3, "season", "1.5"),
    ]


def test_columns_unknown_missing_and_twice(folder: Path) -> None:
    put(folder, "regions", "id,name_en,inland_cots,colour,ID\neast,E,1,2,3\n")
    found = errors(folder)
    assert places(found) == [
        ("column.twice", "regions.csv", 1, "id", "ID"),
        ("column.unknown_like", "regions.csv", 1, "inland_cots", "inland_cots"),
        ("column.unknown", "regions.csv", 1, "colour", "colour"),
        ("column.needed", "regions.csv", 1, "name_ar", None),
    ]
    assert found[1].args["guess"] == "inland_cost"


def test_all_faults_of_all_files_at_once(folder: Path) -> None:
    put(folder, "regions", "id,name_en,name_ar,lat\neast,E,E,100\n")
    put(folder, "routes", "nothing,here\n1,2\n")
    put(folder, "units", 'id,name_en,name_ar,party\n"open,E,E,partner\n')
    (folder / "case.toml").write_text("[about]\nid = 'x'\n", encoding="utf-8")
    assert {(f.code, f.file) for f in errors(folder)} == {
        ("setting.needed", "case.toml"),
        ("cell.bound", "regions.csv"),
        ("table.no_header", "routes.csv"),
        ("file.quote", "units.csv"),
    }


def test_many_like_faults_are_counted(folder: Path) -> None:
    put(folder, "regions", "id,name_en,name_ar,lat\n" + "".join(f"r{i},E,E,x\n" for i in range(1000)))
    found = errors(folder)
    assert len(found) == 201
    assert (found[-1].code, found[-1].args["more"]) == ("cell.more", 800)


@pytest.mark.parametrize("name", ["nowhere", "file.txt", "file.xlsx"])
def test_what_is_no_case_is_told(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name != "nowhere":
        path.write_bytes(b"not a workbook")
    (finding,) = errors(path)
    assert finding.code == ("file.missing" if name == "nowhere" else "file.text")
    assert finding.file == name


def test_an_empty_folder_wants_its_settings(tmp_path: Path) -> None:
    assert places(errors(tmp_path)) == [("settings.missing", "case.toml", None, None, None)]


def test_one_table_in_two_files(folder: Path) -> None:
    (folder / "المناطق.csv").write_bytes((folder / "regions.csv").read_bytes())
    (finding,) = errors(folder)
    assert (finding.code, finding.table, finding.args["other"]) == ("table.twice", "regions", "regions.csv")


def test_an_unknown_file_is_only_a_warning(folder: Path) -> None:
    put(folder, "regons", "a,b\n1,2\n")
    put(folder, "settings", "a,b\n1,2\n")
    case, findings = read_case_with_findings(folder)
    assert [(f.severity, f.code, f.value) for f in findings] == [
        ("warning", "table.unknown_like", "regons"),
        ("warning", "table.unknown", "settings"),
    ]
    assert findings[0].args["guess"] == "regions"
    assert case["regions"].height == 2


def test_missing_and_empty_tables_have_no_rows(folder: Path) -> None:
    (folder / "works.csv").unlink()
    put(folder, "costs", "")
    put(folder, "cadres", "option,course,headcount\n")
    case = read_case(folder)
    assert {name: case[name].height for name in ("works", "costs", "cadres")} == {"works": 0, "costs": 0, "cadres": 0}
    assert set(case.tables) == set(TABLES)


def test_headings_and_codes_in_arabic(folder: Path) -> None:
    case = read_with(
        folder,
        "sites",
        "الموقع;الاسم (إنجليزي);الاسم (عربي);المنطقة;الحالة;الدور في الحالة;التصنيف الصناعي;الحراسة والصيانة\n"
        "م١;Mill;مطحنة;east;متوقف;مرشح;١١١;١٬٥٠٠٫٥\n",
    )
    row = case["sites"].row(0, named=True)
    assert (row["id"], row["state"], row["role"]) == ("م١", "suspended", "candidate")
    assert (row["isic"], row["care_cost"], row["name_ar"]) == ("0111", 1500.5, "مطحنة")


def test_headings_as_english_labels_after_other_rows(folder: Path) -> None:
    case = read_with(
        folder, "regions", "Our regions\n\nRegion,Name (English),Name (Arabic),Latitude\neast,E,E,32\n,,,,\n"
    )
    assert case["regions"]["lat"].to_list() == [32.0]
    assert case.origins["regions"].rows == (4,)


def test_invisible_marks_leave_keys_but_not_free_text(folder: Path) -> None:
    case = read_with(folder, "regions", "id,name_en,name_ar\n\u200feas\u0640t \u200e,E\u200f,الـشرق\n")
    assert case["regions"].row(0)[:3] == ("east", "E\u200f", "الـشرق")


def test_lists_in_one_cell(folder: Path) -> None:
    case = read_with(folder, "rules", "id,kind,sites,options\nr,must, mill ؛ cables ;,Repair; إنشاء\n")
    assert case["rules"].select("sites", "options").row(0) == ("mill;cables", "repair;build")
    put(folder, "rules", "id,kind,options\nr,must,repair;paint\n")
    assert places(errors(folder)) == [("cell.code", "rules.csv", 2, "options", "repair;paint")]


def test_percent_in_a_share(folder: Path) -> None:
    case = read_with(folder, "trainers", "id,name_en,name_ar,headcount,attrition\na,A,A,2,12.5%\n")
    assert case["trainers"]["attrition"].to_list() == [0.125]


def test_decimal_commas_throughout(folder: Path) -> None:
    case = read_with(folder, "regions", "id;name_en;name_ar;lat;lon\neast;E;E;32,1;20,15\nwest;W;W;31;-13,2\n")
    assert case["regions"].select("lat", "lon").rows() == [(32.1, 20.15), (31.0, -13.2)]


def test_tables_read_fit_the_schema(folder: Path) -> None:
    case = read_case(folder)
    for name, schema in TABLES.items():
        assert schema.is_valid(case[name])


def test_ten_thousand_rows(folder: Path) -> None:
    lines = "".join(f"o{i},k{i % 7},out,{i}٫5\n" for i in range(10_000))
    case = read_with(folder, "recipes", "option,commodity,direction,quantity\n" + lines)
    assert case["recipes"]["quantity"].sum() == sum(range(10_000)) + 5_000
    assert case.origins["recipes"].rows[-1] == 10_001


@pytest.mark.parametrize("lang", LANGS)
def test_every_sentence_is_there_in_both_languages(lang: str) -> None:
    root = Path(__file__).parents[2] / "src/tawteen"
    prefixes = "file|table|column|cell|key|sheet|settings?|readme|help|generate"
    code_in_room = [path.read_text(encoding="utf-8") for path in root.glob("case/**/*.py")]
    said = {code for text in code_in_room for code in re.findall(rf'"((?:{prefixes})\.[a-z_0-9]+)"', text)}
    text = (root / f"locale/{lang}/case_files.po").read_text(encoding="utf-8")
    told = set(re.findall(r'msgid "([^"]+)"', text))
    sources = [path.read_text(encoding="utf-8") for path in root.glob("**/*.py")]
    anywhere = {code for text in sources for code in re.findall(r'"([a-z_.0-9]+)"', text)}
    said -= {f"settings.{name}" for name in Settings.model_fields}  # what a drawn case leaves alone is named like this
    assert len(said) > 50
    assert said <= told
    assert {code for code in told if not code.startswith(("setting_help.", "case.party.", "annotate."))} <= anywhere
