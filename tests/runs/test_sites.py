"""Sites are called by id or name, however they are spelt."""

from __future__ import annotations

import pytest
from tests.tiny import tiny

from tawteen.runs.sites import SITE_LISTS, listed, site_id
from tawteen.runs.usage_error import UsageError


def code(asked: str) -> tuple[str, str]:
    with pytest.raises(UsageError) as told:
        site_id(tiny(), asked)
    finding = told.value.findings[0]
    return finding.code, str(finding.args.get("guess", ""))


def test_id_and_names_of_both_languages_mean_the_site() -> None:
    case = tiny()
    for row in case["sites"].iter_rows(named=True):
        assert {site_id(case, row[name]) for name in ("id", "name_en", "name_ar")} == {row["id"]}
        assert site_id(case, row["name_en"].upper()) == row["id"]


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    assert code("mil")[0] == "cli.no_site_like"
    assert code("mil")[1].startswith("mill")
    case = tiny()
    english = dict(case["sites"].select("id", "name_en").iter_rows())
    assert f"mill ({english['mill']})" in code("mil")[1]
    assert code("zzzzqqq")[0] == "cli.no_site"


def test_many_names_are_cut() -> None:
    assert listed(["b", "a"]) == "a, b"
    assert listed(f"site-{n:03}" for n in range(500)).count(",") == SITE_LISTS.named
