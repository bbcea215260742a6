"""The example of five factories: it checks clean, reads the same in both languages, and its plan has to choose."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

import tawteen as tw
from tawteen.case.example import write_example
from tawteen.case.hash import case_hash
from tawteen.words import LANGS, Lang


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tw.PlanResult:
    return tw.plan(tw.init(tmp_path_factory.mktemp("example") / "case", "en"), time_limit=60, gap=0.04, fixed=True)


@pytest.mark.parametrize("lang", LANGS)
def test_it_checks_clean_in_both_languages(tmp_path: Path, lang: Lang) -> None:
    files = write_example(tmp_path / "case", lang)
    assert {"README.md", "case.toml", "sites.csv"} <= {path.name for path in files}
    assert tw.check(tmp_path / "case") == ()


def test_comments_and_notes_are_in_one_language_and_the_case_is_the_same(tmp_path: Path) -> None:
    for lang in LANGS:
        write_example(tmp_path / lang, lang)
    cases = [tw.read_case(tmp_path / lang) for lang in LANGS]
    assert case_hash(cases[0]) == case_hash(cases[1])
    english, arabic = ((tmp_path / lang / "sites.csv").read_text(encoding="utf-8-sig") for lang in LANGS)
    assert "while the site stands still" in english
    assert "while the site stands still" not in arabic
    assert "ملاحظات" in arabic.splitlines()[0]
    toml = (tmp_path / "en" / "case.toml").read_text(encoding="utf-8")
    assert re.search(r"^# Currency", toml, re.MULTILINE)
    assert "#ar" not in toml


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        write_example(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    assert write_example(tmp_path / "empty")


def test_the_plan_is_proven_and_has_to_choose(planned: tw.PlanResult) -> None:
    assert planned.gap is not None
    assert planned.gap <= 0.05
    sites = planned.sites
    assert sites.filter(id="cement-works")["status"].item() == "out"
    assert sites.filter(id="feed-mill")["status"].item() == "conditional"
    works = sites.filter(pl.col("status").is_in(["firm", "conditional"]))
    assert works.height == 4
    assert works["start"].n_unique() > 2
    brick, flour = (sites.filter(id=site)["period"].item() for site in ("brick-works", "flour-mill"))
    assert brick >= flour
    # A gate that an authority opens on 2028-07-01 keeps the brick works shut until then.
    assert sites.filter(id="brick-works")["start"].item() >= "2028-Q1"


def test_money_is_the_tight_limit(planned: tw.PlanResult) -> None:
    more = tw.plan(planned.case.with_changes("fund.budget*3"), start=planned, time_limit=60, gap=0.04, fixed=True)
    assert more.value > planned.value  # type: ignore[operator]
    assert tw.compare(planned, more).sites.height
