"""What a rule is called in a sentence: the first sentence of its text."""

from __future__ import annotations

from tawteen.case.model import Case


def rule_titles(case: Case) -> dict[str, tuple[str, str]]:
    """English and Arabic title of each rule: the first sentence of its text without the full stop, else its id."""
    titles: dict[str, tuple[str, str]] = {}
    for id_, en, ar in case["rules"].select("id", "text_en", "text_ar").iter_rows():
        english, arabic = (_first_sentence(text) for text in (en, ar))
        titles[id_] = (english or arabic or id_, arabic or english or id_)
    return titles


def _first_sentence(text: str | None) -> str:
    return (text or "").partition(". ")[0].strip().rstrip(".")
