"""Latitudes and longitudes as people write them: degrees, minutes and seconds, with the letter of the hemisphere."""

from __future__ import annotations

import re

from tawteen.case.names import DIGITS, INVISIBLE, fold

_SIDES = {
    "lat": {"n": 1, "north": 1, "s": -1, "south": -1, **{fold(w): 1 for w in ("شمال", "شمالا", "شمالي", "ش")},
            **{fold(w): -1 for w in ("جنوب", "جنوبا", "جنوبي", "ج")}},
    "lon": {"e": 1, "east": 1, "w": -1, "west": -1, **{fold(w): 1 for w in ("شرق", "شرقا", "شرقي", "ق")},
            **{fold(w): -1 for w in ("غرب", "غربا", "غربي", "غ")}},
}  # fmt: skip
"""Folded words and letters of the hemispheres of each axis: the sign that they give."""

_MARKS = re.compile("[°º˚′’‘'″”“\"]")
_PARTS = re.compile(r"(\d{1,3}(?:\.\d+)?)(?: (\d{1,2}(?:\.\d+)?))?(?: (\d{1,2}(?:\.\d+)?))?")


def degrees_of(text: str, axis: str) -> float | None:
    """Decimal degrees of a text with marks or a hemisphere, such as 32°22'30"N; None where it is not one.

    `axis` is lat or lon: a letter of the other axis, a minus beside a letter, a fraction before a smaller part, and
    minutes or seconds of 60 and more make no sense.
    """
    visible = re.sub(INVISIBLE, "", text.replace("٫", ".")).translate(DIGITS)
    plain = fold(_MARKS.sub(" ", visible))
    minus = re.match(r"\s*[-−]", visible) is not None
    words = re.findall(r"[^\W\d_]+", plain)
    if len(words) > 1 or (words and words[0] not in _SIDES[axis]) or not (words or _MARKS.search(text)):
        return None
    if words and not (plain.strip().startswith(words[0]) or plain.strip().endswith(words[0])):
        return None
    side = _SIDES[axis][words[0]] if words else 1
    numbers = " ".join(re.sub(r"[^\W\d_]+|[+−]", " ", plain).split()).replace(",", ".")
    match = _PARTS.fullmatch(numbers)
    if match is None or (minus and words):
        return None
    parts = [part for part in match.groups() if part]
    if any("." in part for part in parts[:-1]) or any(float(part) >= 60 for part in parts[1:]):
        return None
    return (-1.0 if minus else 1.0) * side * sum(float(part) / 60.0**power for power, part in enumerate(parts))
