"""Results as small pages for notebooks: no scripts, no network, right to left where the language is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import polars as pl

from tawteen.report.lists import OUTCOMES, STATUS_LABELS
from tawteen.report.overview import figures
from tawteen.words import Words, language

if TYPE_CHECKING:
    from tawteen.api.results import PlanComparison, PlanResult, SiteExplanation

WORKS_STATUSES = ("firm", "conditional", "survey", "close")


@dataclass(frozen=True)
class HtmlParams:
    """Extent of the pages in notebooks."""

    rows: int = 40
    """Rows of a table on the page; the rest are counted below it."""


HTML_PARAMS = HtmlParams()


def plan_html(result: PlanResult, words: Words) -> str:
    """The chair's page: name, figures and the sites that start, in the order of their starts."""
    case = result.case
    about = case.settings.about
    title = words.say("report.title", {"name": words.pick((about.name_en, about.name_ar))})
    if result.value is None:
        return _page(words, title, [f"<p>{escape(words.pick(OUTCOMES[result.status]))}</p>"])
    cards = [
        (words.pick(figure.label), _figure(words, figure.value, figure.unit, words.pick(figure.explanation)))
        for figure in figures(result.report_data)
        if figure.card
    ]
    sites, options = result.report_data.names["sites"], result.report_data.names["options"]
    rows = [
        (
            words.pick(sites[row["id"]]),
            words.pick(options.get(row["option"], (row["option"], row["option"]))),
            row["start"] or "–",
            row["operates"] or "–",
            words.pick(STATUS_LABELS[row["status"]]),
        )
        for row in result.sites.filter(result.sites["status"].is_in(WORKS_STATUSES))
        .sort("period", "id")
        .iter_rows(named=True)
    ]
    heads = ["cli.site", "cli.option", "api.start", "api.operates", "api.status"]
    currency = words.say("api.currency", {"currency": case.settings.money.currency})
    return _page(words, title, [_cards(cards), f"<p>{escape(currency)}</p>", _table(words, heads, rows)])


def comparison_html(comparison: PlanComparison, words: Words) -> str:
    """Figures of both programmes, and a sentence for each site that moves."""
    rows = [
        (
            words.say(f"cli.figure.{row['figure']}"),
            *("–" if row[c] is None else words.number(row[c], 0) for c in ("before", "after", "difference")),
        )
        for row in comparison.figures.iter_rows(named=True)
    ]
    heads = ["cli.figure", "cli.before", "cli.after", "cli.difference"]
    moves = comparison.sentences(words.lang)
    listed = "".join(f"<li>{escape(move)}</li>" for move in moves)
    title = words.say("cli.moves", n=len(moves))
    return _page(words, title, [_table(words, heads, rows), f"<ul>{listed}</ul>"])


def explanation_html(explanation: SiteExplanation) -> str:
    """The sentences of an explanation as a list."""
    words = Words(language(), explanation.result.case.settings.digits)
    row = explanation.result.case["sites"].row(by_predicate=pl.col("id") == explanation.site, named=True)
    name = words.pick((row["name_en"], row["name_ar"]))
    return _page(words, name, [f"<p>{escape(sentence)}</p>" for sentence in explanation.sentences(words.lang)])


def _figure(words: Words, value: float | None, unit: str, text: str) -> str:
    if value is None:
        return text or "–"
    match unit:
        case "share":
            return words.percent(value, 2)
        case "currency":
            return words.compact(value)
    return words.number(value, 0)


def _page(words: Words, title: str, parts: Iterable[str]) -> str:
    direction = "rtl" if words.lang == "ar" else "ltr"
    return f'<div dir="{direction}" lang="{words.lang}"><h3>{escape(title)}</h3>{"".join(parts)}</div>'


def _cards(cards: Sequence[tuple[str, str]]) -> str:
    style = "display:inline-block;margin-inline-end:1.5em;margin-block-end:.7em;vertical-align:top;max-width:16em"
    boxes = [
        f'<div style="{style}"><small>{escape(label)}</small><br/><b><bdi>{escape(text)}</bdi></b></div>'
        for label, text in cards
    ]
    return f"<div>{''.join(boxes)}</div>"


def _table(words: Words, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th style="text-align:start">{escape(words.say(one))}</th>' for one in heads)
    cell = '<td style="text-align:start"><bdi>{}</bdi></td>'
    shown = rows[: HTML_PARAMS.rows]
    body = "".join("<tr>" + "".join(cell.format(escape(text)) for text in row) + "</tr>" for row in shown)
    more = len(rows) - len(shown)
    rest = f"<p>{escape(words.say('cli.more_rows', {'n': words.number(more)}))}</p>" if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"
