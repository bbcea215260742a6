"""Lists of sites and lines say what the registry holds, in words of both languages."""

from __future__ import annotations

import csv
import io

from tests.tiny import names, tables, tiny

from tawteen.survey.entity_lists import lines_list, sites_list
from tawteen.survey.form import survey_forms
from tawteen.survey.xlsform import sheets_of

LINE = {"id": "mill-1", "site": "mill", **names("Line 1", "الخط 1"), "commodity": "flour", "nominal": 3_000.5,
        "quality": 0.95}  # fmt: skip


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_sites_have_names_kind_and_what_is_known() -> None:
    mill = rows(sites_list(tiny()))[0]
    assert mill["name"] == "mill"
    assert mill["label"] == "Mill · مطحنة"
    assert mill["kind"] == "factory"
    assert mill["site_state"] == "Suspended · متوقف"
    assert mill["site_idle_staff"] == "10"
    assert mill["site_owner"] == "–"
    assert mill["machinery_state"] == "Closed · مغلقة"
    assert mill["litigation_state"] == "–"


def test_lines_know_their_site_and_the_unit_of_their_product() -> None:
    line = rows(lines_list(tiny({"lines": [LINE]})))[0]
    assert (line["name"], line["site"]) == ("mill-1", "mill")
    assert line["line_nominal"] == "3000.5 t · طن"
    assert line["line_quality"] == "0.95"


def test_every_field_that_a_form_looks_up_is_in_a_list() -> None:
    lists = {"sites": rows(sites_list(tiny()))[0], "lines": rows(lines_list(tiny({"lines": [LINE]})))[0]}
    looked_up = 0
    for form in survey_forms("tiny", "USD").values():
        for row in sheets_of(form)["survey"]:
            if "instance(" in row.get("calculation", ""):
                name = row["calculation"].split("'")[1]
                assert row["calculation"].rsplit("/", 1)[1] in lists[name]
                looked_up += 1
    assert looked_up > 200


def test_names_with_commas_and_quotes_stay_whole() -> None:
    odd = {**tables()["sites"][0], "name_en": 'The "old" mill, south\nwing'}
    assert rows(sites_list(tiny({"sites": [odd]})))[0]["name_en"] == odd["name_en"]
