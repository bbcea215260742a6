"""A noun that depends on a number has its plural forms."""

from __future__ import annotations

import re

from tests.test_words import code, forms, messages

NOUNS = (
    "rows|columns|cells|sites|options|scenarios|precedents|tables|quarters|years|days|units|draws|periods|trainers|"
    "findings|limits|rules|funds|crews|seats|trainees|jobs|packages"
)
COUNTED = re.compile(rf"\{{(\w+)\}} (?:more |other )?(?:{NOUNS})\b")
ALWAYS_MANY = {"most", "all", "days", "paths", "shown"}
"""Arguments that are limits or totals, and never one."""
NOT_YET = {
    "check.loan_long", "check.trainer_pool",
    "file.many_columns", "file.many_rows", "risk.from_precedents", "sheet.offer.transfer",
    "sheet.outside.class", "sheet.stored", "sheet.too_many_cells", "study.beyond_capacity",
}  # fmt: skip
"""Sentences that still name a number beside a noun of one form. The set may only shrink."""


def without_forms() -> set[str]:
    """Codes of English sentences that name a number beside a noun, without plural forms."""
    return {
        code(message)
        for message in messages("en").values()
        if isinstance(message.id, str)
        and any(name not in ALWAYS_MANY for form in forms(message) for name in COUNTED.findall(form))
    }


def test_a_number_beside_a_noun_has_plural_forms() -> None:
    found = without_forms()
    assert found <= NOT_YET, f"plural forms are missing: {sorted(found - NOT_YET)}"


def test_the_rule_sees_a_noun_without_forms() -> None:
    assert COUNTED.findall("a case of {sites} sites") == ["sites"]
    assert COUNTED.findall("{n} more rows; {most} rows are read") == ["n", "most"]
    assert not COUNTED.findall("{site} stays with {option}")
