"""Names, dates and money inside the first sentences, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tawteen.report.bilingual import Both, bilingual, join_list
from tawteen.report.params import LAYOUT
from tawteen.report.report_data import ReportData
from tawteen.words import LANGS, Words


def names(study: ReportData, sites: Sequence[str]) -> Both:
    """The first of the sites by name, and how many more there are."""
    listed = join_list([study.name("sites", site) for site in sites[: LAYOUT.sites_named]])
    left = len(sites) - LAYOUT.sites_named
    return listed if left <= 0 else bilingual("headline.more", left, names=listed)


def each(study: ReportData, text: Callable[[Words], str]) -> Both:
    """A text made by the words of each language, with the digits of the case."""
    english, arabic = (text(Words(lang, study.case.settings.digits)) for lang in LANGS)
    return english, arabic


def money(study: ReportData, value: float) -> Both:
    """A rounded amount."""
    return each(study, lambda words: words.compact(value))
