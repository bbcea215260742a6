"""A noun that depends on a number has its plural forms."""

from __future__ import annotations

import re

from tawteen.words import catalog

NOUNS = (
    "rows|columns|cells|sites|options|scenarios|precedents|tables|quarters|years|days|units|draws|periods|trainers|"
    "findings|limits|rules|funds|crews|seats|trainees|jobs|packages"
)
COUNTED = re.compile(rf"\{{(\w+)\}} (?:more |other )?(?:{NOUNS})\b")
ALWAYS_MANY = {"most", "most_regions", "all", "days", "paths", "shown"}
"""Arguments that are limits or totals, and never one."""


def without_forms() -> set[str]:
    """Codes of English sentences that name a number beside a noun, without plural forms."""
    return {
        code
        for code, forms in catalog("en").items()
        if len(forms) == 1 and any(name not in ALWAYS_MANY for form in forms for name in COUNTED.findall(form))
    }


def test_a_number_beside_a_noun_has_plural_forms() -> None:
    assert not without_forms()


def test_the_rule_sees_a_noun_without_forms() -> None:
    assert COUNTED.findall("a case of {sites} sites") == ["sites"]
    assert COUNTED.findall("{n} more rows; {most} rows are read") == ["n", "most"]
    assert not COUNTED.findall("{site} stays with {option}")
