"""Names in the spellings that people use: which are the same, and which is meant."""

import pytest

from tawteen.case.names import closest, closest_few, closest_key, consonants, fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("مصنع الإسمنت", "مصنع الاسمنت"),
        ("مصراتة", "مصراته"),
        ("مستشفى", "مستشفي"),
        ("مصنع  محولات\u200f", "مصنع محولات"),
        ("مُحَوِّلات", "محولات"),
        ("site_1", "Site-1"),
        ("خط ٣", "خط 3"),
    ],
)
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_different_words_do_not_fold_alike() -> None:
    assert len({fold(word) for word in ("مصنع", "مصانع", "site 1", "site 2", "")}) == 5


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("usd", "USD"),
        ("Misratah", "misrata-steel"),
        ("suspnded", "suspended"),
        ("1.0", "1"),
        ("zzzzzz", None),
        ("", None),
    ],
)
def test_the_closest_name_is_found_and_a_distant_one_is_not(text: str, meant: str | None) -> None:
    candidates = {"USD": ["US dollar"], "misrata-steel": ["Misrata", "مصراتة"], "suspended": ["متوقف"], "1": []}
    assert closest_key(text, candidates) == meant


def test_transcriptions_of_an_arabic_name_have_the_same_consonants() -> None:
    assert len({consonants(name) for name in ("Misrata", "Musratah", "Misurata", "مصراتة")}) == 1
    assert len({consonants(name) for name in ("Khoms", "Al-Khums", "الخمس")}) == 1
    assert consonants("Unit 1") != consonants("Unit 2")


def test_an_arabic_spelling_finds_the_latin_name() -> None:
    assert closest("مصراتة", ["Tripoli", "Misrata"]) == "Misrata"


def test_a_part_of_a_name_finds_it_after_the_names_that_are_alike() -> None:
    names = ["Benghazi", "Pipe line at Benghazi", "مصنع مصراتة للسيراميك", "Tripoli Mill", "Mill of Tripoli East"]
    assert closest_few("pipe LINE", names) == ["Pipe line at Benghazi"]
    assert closest_few("Bengazi", names) == ["Benghazi", "Pipe line at Benghazi"]
    assert closest_few("مصراته", names) == ["مصنع مصراتة للسيراميك"]
    assert closest_few("Musratah", names) == ["مصنع مصراتة للسيراميك"]
    assert closest_few("east tripoli", names) == ["Mill of Tripoli East"]
    assert closest_few("of", names) == []
    assert closest_few("flor", [*names, "Flour mill of the coast"]) == ["Flour mill of the coast"]


def test_no_more_are_named_than_asked_for() -> None:
    near = closest_few("line 1", ["line 1", "line 2", "line 3", "mill"], 2)
    assert len(near) == 2
    assert near[0] == "line 1"
