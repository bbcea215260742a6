"""Labels of bars and panels: their width in pixels, and line breaks that avoid cutting them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

from tawteen.report.bilingual import Both
from tawteen.report.drawing import PDF, RLE
from tawteen.report.params import LAYOUT
from tawteen.report.vega_lite import Spec, part


def width_of(text: str, k: int, size: float = LAYOUT.letter_size, *, bold: bool = False) -> float:
    """Approximate width of a line in pixels."""
    return len(_bare(text)) * LAYOUT.letter_width[k] * size * (LAYOUT.bold_letter_width if bold else 1.0)


def _bare(text: str) -> str:
    """A text without the marks that embed it."""
    return text.replace(RLE, "").replace(PDF, "")


def in_lines(both: Both, k: int, most: float, *, lines: int = 2, bold: bool = False) -> str:
    """The word of a language in as few lines of at most `most` pixels as hold it, evenly filled.

    Each Arabic line is embedded right to left by itself, because a picture reads left to right. What does not fit
    into `lines` lines is shortened.
    """
    text = both[k] or both[0]
    words = text.split()
    for n in range(1, lines + 1):
        filled = _filled(words, n)
        if n == lines or all(width_of(line, k, bold=bold) <= most for line in filled):
            break
    filled = [shortened(line, k, most * LAYOUT.longest_line, bold=bold) for line in filled]
    return "\n".join(f"{RLE}{line}{PDF}" if k and both[1] else line for line in filled)


def shortened(line: str, k: int, most: float, *, bold: bool = False) -> str:
    """A line of at most `most` pixels, with an ellipsis where it lost its end.

    A chart could do it, but would measure every label several times, which takes half of the time of drawing.
    """
    wide = width_of(line, k, bold=bold)
    return line if wide <= most else line[: max(1, int(len(line) * most / wide) - 1)].rstrip() + "…"


def _filled(words: list[str], lines: int) -> list[str]:
    """Words in at most so many lines whose longest is shortest: the least number of letters in which they fit."""
    letters = [len(_bare(word)) for word in words]
    lengths = sorted({sum(letters[a:b], b - a - 1) for a in range(len(words)) for b in range(a + 1, len(words) + 1)})
    fits = bisect_left(lengths, True, key=lambda most: len(_broken(words, letters, most)) <= lines)
    return _broken(words, letters, lengths[fits]) if lengths else [""]


def _broken(words: list[str], letters: list[int], most: int) -> list[str]:
    """Words in lines of at most `most` letters; a longer word has a line of its own."""
    lines: list[str] = []
    left = -1
    for word, own in zip(words, letters, strict=True):
        left -= own + 1
        if left >= 0:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
            left = most - own
    return lines


def name_lines() -> dict[str, Any]:
    """Properties of an axis whose names of two or three lines stand as high as those of one."""
    conditions = [
        {"test": f"length(split(datum.label, '\\n')) == {lines}", "value": -LAYOUT.line_height * (lines - 1) / 2}
        for lines in (2, 3)
    ]
    return {
        "labelLimit": 0,
        "labelLineHeight": LAYOUT.line_height,
        "labelOffset": {"condition": conditions, "value": 0},
    }


def names_axis(**look: Any) -> Spec:
    """Axis of names of bars."""
    properties: Any = name_lines()
    return part(title=None, **properties, **look)


def bar_names_axis(names: Iterable[str], k: int, most: float, **look: Any) -> tuple[Spec, int]:
    """Axis of names of bars, and the width that is left for the bars."""
    widest = max((width_of(line, k) for name in names for line in name.split("\n")), default=0.0)
    return names_axis(ticks=False, domain=False, **look), int(LAYOUT.width - 20 - min(widest, most))


def step(names: Iterable[str], one: int, two: int) -> int:
    """Height of a row: `one` if every name has one line, `two` for at most two lines, and a line more for three."""
    lines = max((name.count("\n") for name in names), default=0)
    return one if lines == 0 else two + LAYOUT.line_height * (lines - 1)
