"""Tables of plants, projects and answers that others keep become a case, and again when a new version comes."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from tawteen.case.checks import check
from tawteen.case.findings import CaseError
from tawteen.case.mapping import Import, read_mapping
from tawteen.case.read import read_case
from tawteen.runs.importing import import_into

WRI = Path(__file__).parent / "sources" / "wri-libya.csv"
TODAY = dt.date(2026, 11, 28)


def imported(source: Path, folder: Path, **options: Path) -> Import:
    return import_into(source, folder, today=TODAY, **options)


def sheet_file(path: Path, **sheets: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
    return path


def codes(error: CaseError) -> set[str]:
    return {finding.code for finding in error.findings}


# The table of the World Resources Institute: 58 units of 23 plants, states and years in its own words.


def test_power_plants_of_wri(tmp_path: Path) -> None:
    done = imported(WRI, tmp_path / "case")
    case = read_case(tmp_path / "case")
    assert (case["sites"].height, case["lines"].height) == (23, 53)
    left = next(f for f in done.findings if f.code == "mapping.left_out")
    assert left.args["count"] == 5
    assert case["lines"].height + left.args["count"] == 58
    states = dict(case["sites"].select("id", "state").iter_rows())
    # Plants of which every unit is under development are planned; one running unit makes a plant run.
    assert Counter(states.values()) == {"running": 22, "planned": 1}
    assert states["site-1023834"] == "planned"
    assert states["site-1023833"] == "running"


def test_capacity_is_converted_with_its_origin(tmp_path: Path) -> None:
    imported(WRI, tmp_path / "case")
    case = read_case(tmp_path / "case")
    khums = case["lines"].filter(pl.col("site") == "site-1023832")
    # 4 × 130 MW and 4 × 120 MW of the source, 2,190 hours a quarter.
    assert khums["nominal"].sum() == pytest.approx((4 * 130 + 4 * 120) * 2190)
    told = case["evidence"].filter(pl.col("row") == khums["id"][0], pl.col("column") == "nominal").row(0, named=True)
    assert told["note"] == "wri-libya.csv, row 36: 130 MW × 2190"
    assert (told["grade"], told["source"]) == ("reported", "wri-libya")


def test_coordinates_of_three_decimals_are_degrees(tmp_path: Path) -> None:
    done = imported(WRI, tmp_path / "case")
    assert not [f for f in done.findings if f.severity == "warning"]
    points = {site: (lat, lon) for site, lat, lon in read_case(tmp_path / "case")["sites"]["id", "lat", "lon"].rows()}
    assert points["site-1023829"] == (32.781, 22.5874)
    assert points["site-1023821"] == (32.2027, 20.133)


def test_units_of_one_name_are_numbered(tmp_path: Path) -> None:
    imported(WRI, tmp_path / "case")
    case = read_case(tmp_path / "case")
    names = case["lines"].filter(pl.col("site") == "site-1023828").select("name_en", "name_ar").rows()
    assert names == [("West Tripoli", "محطة غرب طرابلس"), ("West Tripoli 2", "محطة غرب طرابلس 2")]
    told = case["evidence"].filter(pl.col("row") == "line-1023828-2", pl.col("column") == "name_en")
    assert told["note"].to_list() == ["wri-libya.csv, row 19: West Tripoli"]
    assert "check.same_name" not in {finding.code for finding in check(case)}


def test_numbers_are_read_as_the_cells_of_a_case_are(tmp_path: Path) -> None:
    path = tmp_path / "plants.csv"
    rows = ["Plant name,Status,Latitude,Longitude,Capacity (t/day)", "A,closed,32°46'30\"N,13.125,1.250",
            "B,closed,31.5,14.250,62.5"]  # fmt: skip
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    done = imported(path, tmp_path / "case")
    assert not [f for f in done.findings if f.severity == "warning"]
    case = read_case(tmp_path / "case")
    assert case["sites"].select("lat", "lon").rows() == [(pytest.approx(32.775), 13.125), (31.5, 14.25)]
    # 62.5 proves that dots separate decimals: 1.250 t a day is 114.0625 t a quarter.
    assert case["lines"]["nominal"].to_list() == [pytest.approx(114.0625), pytest.approx(62.5 * 91.25)]


def test_a_number_of_two_readings_is_told_and_refused(tmp_path: Path) -> None:
    path = tmp_path / "plants.csv"
    path.write_text("Plant name,Status,Capacity (t/day)\nA,closed,1.250\n", encoding="utf-8")
    with pytest.raises(CaseError) as refused:
        imported(path, tmp_path / "case")
    assert codes(refused.value) == {"mapping.not_number", "cell.needed"}


def test_each_value_has_its_observation(tmp_path: Path) -> None:
    imported(WRI, tmp_path / "case")
    case = read_case(tmp_path / "case")
    observed = case["evidence"].filter(pl.col("table") == "sites")
    for column in ("name_en", "name_ar", "lat", "lon", "owner", "town", "state"):
        filled = set(case["sites"].filter(pl.col(column).is_not_null())["id"])
        assert filled == set(observed.filter(pl.col("column") == column)["row"]), column
    assert not [f for f in check(case) if f.severity == "error"]


def test_names_of_units_become_the_name_of_the_plant(tmp_path: Path) -> None:
    imported(WRI, tmp_path / "case")
    names = dict(read_case(tmp_path / "case")["sites"].select("id", "name_en").iter_rows())
    assert names["site-1023821"] == "North Benghazi Station"
    assert names["site-1023832"] == "Al Khums"


def test_same_version_again_changes_nothing(tmp_path: Path) -> None:
    imported(WRI, tmp_path / "case")
    before = {path.name: path.read_bytes() for path in (tmp_path / "case").iterdir()}
    again = imported(WRI, tmp_path / "case")
    assert (again.added, again.filled, again.differing, again.gone, again.observations) == ({}, 0, 0, 0, 0)
    assert not again.proposed
    assert {path.name: path.read_bytes() for path in (tmp_path / "case").iterdir()} == before


def test_new_version_proposes_and_the_case_wins(tmp_path: Path) -> None:
    imported(WRI, tmp_path / "case")
    text = WRI.read_text(encoding="utf-8")
    newer = tmp_path / "wri-libya.csv"
    lines = [line for line in text.splitlines() if not line.startswith("1023842")]
    lines = [line.replace("Zliten,Light Fuel Oil,,,,15", "Zliten,Light Fuel Oil,,,,12") for line in lines]
    lines.append("2000000,New Plant,Natural Gas,,,,100,2025,Somebody,Operational" + "," * 27 + "Libya,محطة جديدة,")
    newer.write_text("\n".join(lines) + "\n", encoding="utf-8")
    place = tmp_path / "case" / "mapping.toml"
    place.write_text(place.read_text(encoding="utf-8").replace("2026-11-28", "2027-05-01"), encoding="utf-8")
    done = imported(newer, tmp_path / "case")
    assert done.added == {"sites": 1, "lines": 1}
    assert done.gone == 2  # the plant and its line
    assert done.differing == 1  # the capacity of Zliten
    case = read_case(tmp_path / "case")
    assert case["lines"].filter(pl.col("id") == "line-1023839-1")["nominal"][0] == 15 * 2190
    said = case["evidence"].filter(pl.col("row") == "line-1023839-1", pl.col("column") == "nominal").sort("as_of")
    assert said["value"].to_list() == ["32850", "26280"]
    assert said["as_of"].to_list() == [TODAY, dt.date(2027, 5, 1)]
    assert case["evidence"]["id"].is_unique().all()


# Tables that people keep, in Arabic and with other units.


def test_arabic_table_with_total_and_titles(tmp_path: Path) -> None:
    path = sheet_file(
        tmp_path / "مصانع.xlsx",
        مصانع=[
            ["كشف المصانع المتوقفة"], [],
            ["اسم المصنع", "المدينة", "المحافظة", "الحالة", "سنة التوقف", "المنتج", "الطاقة الإنتاجية (طن/سنة)"],
            ["مصنع الأعلاف", "سرت", "الوسطى", "متوقف", 2014, "أعلاف", 40000],
            ["مطحن سبها", "سبها", "الجنوب", "مدمر", 2019, "دقيق", "٣٦٬٠٠٠"],
        ],
    )  # fmt: skip
    imported(path, tmp_path / "case")
    case = read_case(tmp_path / "case")
    assert case["sites"].select("id", "town", "region", "state").rows() == [
        ("مصنع الأعلاف", "سرت", "الوسطى", "suspended"), ("مطحن سبها", "سبها", "الجنوب", "destroyed"),
    ]  # fmt: skip
    assert case["sites"]["stopped_since"].to_list() == [dt.date(2014, 1, 1), dt.date(2019, 1, 1)]
    assert case["lines"].select("commodity", "nominal").rows() == [("أعلاف", 10000.0)]
    assert set(case["regions"]["id"]) == {"الوسطى", "الجنوب"}


@pytest.mark.parametrize(
    ("unit", "factor"), [("t/day", 91.25), ("tonnes per year", 0.25), ("Mt/yr", 250_000.0), ("kW", 2.19)]
)
def test_units_of_capacity(unit: str, factor: float, tmp_path: Path) -> None:
    path = tmp_path / "plants.csv"
    path.write_text(f"Plant name,Status,Capacity ({unit})\nMill,closed,8\n", encoding="utf-8")
    imported(path, tmp_path / "case")
    assert read_case(tmp_path / "case")["lines"]["nominal"][0] == pytest.approx(8 * factor)


def test_what_cannot_be_read_is_told_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "plants.csv"
    path.write_text("Plant name;Status;Latitude\nMill;weird;32,5\nDairy;closed;north\n", encoding="utf-8")
    done = imported(path, tmp_path / "case")
    assert [(f.code, f.row, f.column, f.value) for f in done.findings] == [("mapping.not_number", 3, "lat", "north")]
    case = read_case(tmp_path / "case")
    assert case["sites"]["state"].to_list() == ["unknown", "suspended"]
    assert case["sites"]["lat"].to_list() == [32.5, None]


def test_rows_without_a_key_are_told(tmp_path: Path) -> None:
    path = tmp_path / "plants.csv"
    path.write_text("Plant ID,Plant name,Status\n7,Mill,closed\n,Dairy,closed\n", encoding="utf-8")
    done = imported(path, tmp_path / "case")
    assert [(f.code, f.row) for f in done.findings] == [("mapping.no_key", 3)]
    assert done.case["sites"].height == 1


def test_values_that_differ_stay_visible(tmp_path: Path) -> None:
    path = tmp_path / "plants.csv"
    path.write_text("Plant ID,Plant name,Status,Owner\n7,Mill,closed,State\n7,Mill,closed,City\n", encoding="utf-8")
    imported(path, tmp_path / "case")
    case = read_case(tmp_path / "case")
    assert case["sites"]["owner"].to_list() == ["State"]
    assert case["evidence"].filter(pl.col("column") == "owner")["value"].to_list() == ["State", "City"]


# Projects in public standards.


def oc4ids(path: Path) -> Path:
    projects = [
        {"id": "oc4ids-x-1", "title": "Road to the mill", "sector": ["transport", "transport.road"],
         "period": {"startDate": "2027-01-01T00:00:00Z", "endDate": "2029-12-31T00:00:00Z"},
         "locations": [{"address": {"region": "Centre"}, "geometry": {"type": "Point", "coordinates": [32.1, 16.5]}}]},
        {"id": "oc4ids-x-2", "title": "School", "sector": ["education"],
         "implementationPeriod": {"startDate": "2028-03-01"}, "locations": [{"address": {"locality": "Sirte"}}]},
    ]  # fmt: skip
    package = {"version": "0.9", "publishedDate": "2026-05-04T10:00:00Z", "publisher": {"name": "Ministry"},
               "license": "CC0", "projects": projects}  # fmt: skip
    path.write_text(json.dumps(package), encoding="utf-8")
    return path


def test_oc4ids_projects(tmp_path: Path) -> None:
    imported(oc4ids(tmp_path / "projects.json"), tmp_path / "case")
    case = read_case(tmp_path / "case")
    assert case["projects"].select("id", "region", "start", "end", "field").rows() == [
        ("oc4ids-x-1", "Centre", dt.date(2027, 1, 1), dt.date(2029, 12, 31), "transportation"),
        ("oc4ids-x-2", "Sirte", dt.date(2028, 3, 1), None, "training"),
    ]
    source = case["sources"].row(0, named=True)
    assert (source["title"], source["as_of"], source["licence"]) == ("Ministry", "2026-05-04", "CC0")
    assert not [f for f in check(case) if f.severity == "error"]


def test_iati_activities(tmp_path: Path) -> None:
    path = tmp_path / "activities.xml"
    path.write_text(
        '<iati-activities version="2.03" generated-datetime="2026-02-03T00:00:00Z">'
        '<iati-activity last-updated-datetime="2026-01-01T00:00:00Z">'
        "<iati-identifier>XM-1</iati-identifier><reporting-org><narrative>Donor</narrative></reporting-org>"
        '<title><narrative>Water works</narrative><narrative xml:lang="ar">محطة مياه</narrative></title>'
        '<activity-date type="1" iso-date="2026-01-01"/><activity-date type="2" iso-date="2026-04-01"/>'
        '<activity-date type="3" iso-date="2028-12-31"/><recipient-country code="LY"/>'
        "</iati-activity></iati-activities>",
        encoding="utf-8",
    )
    imported(path, tmp_path / "case")
    case = read_case(tmp_path / "case")
    assert case["projects"].select("id", "name_en", "name_ar", "region", "start", "end").rows() == [
        ("XM-1", "Water works", "محطة مياه", "LY", dt.date(2026, 4, 1), dt.date(2028, 12, 31))
    ]
    assert case["sources"]["as_of"].to_list() == ["2026-02-03"]


def test_answers_to_an_xlsform(tmp_path: Path) -> None:
    form = sheet_file(
        tmp_path / "form.xlsx",
        survey=[["type", "name", "label::English (en)"], ["text", "plant", "Plant name"],
                ["select_one cond", "q7", "Condition"], ["geopoint", "gps", "Position"]],
        choices=[["list_name", "name", "label::English (en)"], ["cond", "a", "Operating"], ["cond", "b", "Stopped"]],
    )  # fmt: skip
    answers = tmp_path / "answers.csv"
    answers.write_text(
        "plant,group/q7,gps,_submission_time\nMill,b,32.10 16.50 0 5,2026-09-01T10:00:00\n"
        "Dairy,a,32.20 15.10 0 5,2026-09-02T10:00:00\n",
        encoding="utf-8",
    )
    imported(answers, tmp_path / "case", form=form)
    case = read_case(tmp_path / "case")
    assert case["sites"].select("name_en", "state", "lat", "lon").rows() == [
        ("Mill", "suspended", 32.1, 16.5), ("Dairy", "running", 32.2, 15.1),
    ]  # fmt: skip
    assert set(case["evidence"]["grade"]) == {"inspected"}
    assert set(case["evidence"]["as_of"]) == {dt.date(2026, 9, 2)}


# What is wrong is said once, and nothing is written.


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("x.csv", "", "mapping.no_rows"),
        ("x.csv", "only a heading\n", "mapping.no_rows"),
        ("x.json", "{", "mapping.not_json"),
        ("x.json", "[1, 2]", "mapping.no_projects"),
        ("x.json", '{"projects": [3]}', "mapping.no_projects"),
        ("x.json", "[" * 100_000, "mapping.not_json"),
        ("x.xml", "<a>", "mapping.not_xml"),
        ("x.xml", "<a/>", "mapping.no_activities"),
        ("x.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "mapping.doctype"),
        ("x.xlsx", "no workbook", "mapping.not_table"),
    ],
)
def test_sources_that_are_none(name: str, text: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as refused:
        imported(path, tmp_path / "case")
    assert codes(refused.value) == {code}
    assert not (tmp_path / "case").exists()


def test_a_workbook_that_unpacks_to_gigabytes_is_told_its_unpacked_size(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"{number}.xml", bytes(100_000_000))
    with pytest.raises(CaseError) as refused:
        imported(path, tmp_path / "case")
    (finding,) = refused.value.findings
    assert (finding.code, finding.args["size"], finding.args["most"]) == ("file.unpacks_to", 600, 500)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('from = ["Owner"]', 'from = ["Ownr"]', "mapping.no_source_column"),
        ('table = "sites"', 'table = "plants"', "mapping.no_table"),
        ("[tables.columns.owner]", "[tables.columns.ownr]", "mapping.no_column"),
        ('merge = "priority"', 'merge = "last"', "mapping.field"),
        ("factor = 2190.0", "factor = -1", "mapping.field"),
        ("version = 1", "version = ", "settings.syntax"),
        ('kind = "table"', 'kind = "table"\nextra = 1', "mapping.field"),
    ],
)
def test_mappings_that_are_wrong(old: str, new: str, code: str, tmp_path: Path) -> None:
    imported(WRI, tmp_path / "case")
    place = tmp_path / "case" / "mapping.toml"
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CaseError) as refused:
        imported(WRI, tmp_path / "case")
    assert codes(refused.value) == {code}
    assert str(refused.value)


def test_a_mapping_is_read_as_it_was_written(tmp_path: Path) -> None:
    done = imported(WRI, tmp_path / "case")
    mapping = read_mapping(done.mapping)
    assert [target.table for target in mapping.tables] == ["regions", "sites", "commodities", "lines"]
    # A corrected mapping is used as it is.
    text = done.mapping.read_text(encoding="utf-8").replace('Operational = "running"', 'Operational = "under_used"')
    done.mapping.write_text(text, encoding="utf-8")
    other = tmp_path / "other"
    imported(WRI, other, mapping=done.mapping)
    assert "under_used" in set(read_case(other)["sites"]["state"])
