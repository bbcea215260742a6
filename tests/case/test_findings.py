"""Findings and the errors that carry them say place, value and remedy in the reader's language."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

from tawteen.case.findings import CaseError, Finding, sentence_of
from tawteen.words import Lang, Words, language, locale_language, set_language

UNKNOWN = Finding("error", "cell.number", "sites", "sites.csv", 7, "lat", "north")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language(None)


def test_an_error_says_where_what_and_what_to_do() -> None:
    note = Finding("note", "file.windows1256", file="sites.csv")
    said = str(CaseError([note, UNKNOWN]))
    first, second, counts = said.splitlines()
    assert first.startswith("Error  sites.csv · row 7 · column lat · “north”: ")
    assert "number" in first
    assert second.startswith("Note  sites.csv: ")
    assert counts == "1 error, 1 note"


def test_the_language_of_the_reader_is_kept() -> None:
    set_language("ar")
    assert str(UNKNOWN).startswith("خطأ  sites.csv")
    with pytest.raises(ValueError, match="use one of en, ar"):
        set_language("fr")  # type: ignore[arg-type]


def test_without_a_choice_the_locale_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    set_language(None)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert language() == "en"
    monkeypatch.setenv("LANG", "ar_LY.UTF-8")
    assert language() == "ar"
    assert locale_language({"LC_ALL": "C", "LANG": "ar_LY.UTF-8"}) == "en"


def test_an_error_with_its_findings_passes_between_processes() -> None:
    error = pickle.loads(pickle.dumps(CaseError([UNKNOWN])))
    assert error.findings == [UNKNOWN]
    assert "row 7" in str(error)


def test_of_many_findings_the_first_are_shown_and_all_counted() -> None:
    said = str(CaseError([UNKNOWN] * 50)).splitlines()
    assert len(said) == 21
    assert said[-1] == "50 errors"


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_what_is_empty_is_called_none_and_one_is_not_said_as_many(lang: Lang) -> None:
    args = {
        "table": "costs",
        "key": "k",
        "region": "west",
        "authority": "",
        "field": None,
        "origin": "home",
        "options": 1,
    }
    said = sentence_of(Finding("warning", "check.unpayable", "costs", value="parts", args=args), Words(lang))
    none = Words(lang).say("cli.none")
    assert said.count(none) == 2
    assert "None" not in said
    assert "1 options" not in said
