"""A programme in a few lines: the figures of its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tawteen.cli.console import Console
from tawteen.words import Words

if TYPE_CHECKING:
    from tawteen.report.overview import Figure
    from tawteen.report.report_data import ReportData


def figures(study: ReportData) -> list[Figure]:
    """The summary figures of a programme."""
    from tawteen.report.overview import figures as figures_of

    return figures_of(study)


def lines(console: Console, study: ReportData) -> list[tuple[str, str]]:
    """Label and figure of each line, in the reader's language; values of the whole economy are in the report alone."""
    from tawteen.report.overview import WHOLE_ECONOMY_FIGURES

    words = Words(console.words.lang, study.case.settings.digits)
    shown = [figure for figure in figures(study) if figure.key not in WHOLE_ECONOMY_FIGURES]
    return [(words.pick(figure.label), _figure_text(words, figure, study.currency)) for figure in shown]


def _figure_text(words: Words, figure: Figure, currency: str) -> str:
    _, _, value, unit, text, _ = figure
    if value is None:
        return words.pick(text) or "–"
    match unit:
        case "share":
            return words.percent(value, 2)
        case "currency":
            return f"{words.number(value, 0)} {currency}"
        case "s":
            return words.number(value, 1)
    return words.number(value, 0)


def headline_of(console: Console, study: ReportData) -> list[str]:
    """What a chair reads first, in the reader's language: one paragraph for each question, and a line between."""
    from tawteen.report.headline import headline

    words = Words(console.words.lang, study.case.settings.digits)
    return [line for paragraph in headline(study) for line in (words.pick(paragraph), "")]
