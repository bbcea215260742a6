"""Import substitution: value of domestic production, local content by a cited rule, paths of technology transfer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from tawteen.appraise.economic.import_substitution import CANNOT_START, as_planned, worth_of_making
from tawteen.appraise.economic.local_content import LocalContentRule, contents, rules_of
from tawteen.appraise.economic.transfer import NONE, STATED, paths_of, transfer_paths
from tawteen.case.codes import codes
from tawteen.case.model import Case
from tawteen.report.bilingual import Both, bilingual, join_sentences
from tawteen.report.direction import FSI, PDI
from tawteen.report.drawing import INK, SOFT_INK, measured, rounded, scale_of, specs, spoken
from tawteen.report.exhibit import (
    SITE,
    ColumnFormat,
    Exhibit,
    code_column,
    money_column,
    number_column,
    share_column,
    text_column,
)
from tawteen.report.labels import in_lines, names_axis, step
from tawteen.report.params import LAYOUT
from tawteen.report.report_data import ReportData
from tawteen.report.vega_lite import channel, chart_of, layered, one_below_another, part
from tawteen.words import LANGS, Lang, Words

GOOD, BAD, PALE = "#12805c", "#b23a48", "#e0a33a"


def home(study: ReportData) -> list[Exhibit]:
    """What the programme imports in its last year; local content of every option; ways of transfer where there are."""
    return [worth(study), content(study), *transfers(study)]


# What making at home is worth


def reason_said(reason: str | None, gate: str | None, lang: Lang) -> str:
    """Sentence that says why a worth cannot be computed."""
    if reason is None:
        return ""
    if reason == CANNOT_START and gate is not None:
        named = Words(lang).pick(codes("gates").get(gate, (gate, gate)))
        return Words(lang).say("home.cannot_start_gate", {"gate": named})
    return Words(lang).say(reason)


def told_worth(case: Case, worths: pl.DataFrame) -> pl.DataFrame:
    """Columns of `worth_of_making` with `kind`, `what`, `unit`, `by` and `why` in both languages."""
    goods = {row["id"]: row for row in case["commodities"].iter_rows(named=True)}
    options = {row["id"]: row for row in case["options"].iter_rows(named=True)}
    sites = {row["id"]: row for row in case["sites"].iter_rows(named=True)}

    def option_name(option: str | None, lang: Lang) -> str:
        if option not in options:
            return option or ""
        row = options[option]
        return f"{sites[row['site']][f'name_{lang}']}: {row[f'name_{lang}']}"

    labelled = worths.with_columns(
        unit=pl.Series([goods[i]["unit"] if i in goods else None for i in worths["item"]], dtype=pl.String)
    )
    for lang in LANGS:
        item_names = [goods[i][f"name_{lang}"] if k != "spares_lump" else option_name(i, lang)
                for k, i in worths.select("kind", "item").iter_rows()]  # fmt: skip
        said_of = {
            "kind": [Words(lang).say(f"home.kind.{kind}") for kind in worths["kind"]],
            "what": item_names,
            "by": [option_name(option, lang) for option in worths["maker"]],
            "why": [reason_said(r, g, lang) for r, g in worths.select("reason", "blocked_by").iter_rows()],
        }
        labelled = labelled.with_columns(
            pl.Series(f"{name}_{lang}", cells, dtype=pl.String) for name, cells in said_of.items()
        )
    return labelled


def worth(study: ReportData) -> Exhibit:
    """Imported inputs, spare parts and wanted goods of the programme's last year, by what making them is worth."""
    chosen = frozenset(study.chosen.filter(~pl.col("kind").is_in(["survey", "close"]))["site"])
    programme = study.programme
    planned = as_planned(programme.throughput, programme.flows, chosen, study.periods)
    table = told_worth(study.case, worth_of_making(study.case, study.effects, planned))
    columns: dict[str, ColumnFormat] = {
        "kind": text_column("column.kind"), "what": text_column("column.item"),
        "quantity": number_column("column.imported_a_year", decimals=1), "unit": code_column("column.unit", "units"),
        "import_price": money_column("column.imported_delivered_a_unit", 2),
        "home_price": money_column("column.made_at_home_delivered_a_unit", 2),
        "made": number_column("column.can_be_made_a_year", decimals=1),
        "worth": money_column("column.worth_of_making_it_a_year"), "by": text_column("column.made_by"),
        "most": money_column("column.import_bill_a_year"), "why": text_column("column.why_not_said"),
    }  # fmt: skip
    return Exhibit(
        "home_worth", "goods", bilingual("exhibit.home_worth"), bilingual("exhibit.home_worth_note"),
        bilingual("exhibit.home_worth_origin"), table, columns,
        specs(lambda k: _worths(study, table, k)) if table.height else {}, limit=40,
        inputs=("recipes", "commodities", "parts", "demands", "options", "routes", "programme.throughput",
                "programme.flows"),
    )  # fmt: skip


def _worths(study: ReportData, table: pl.DataFrame, k: int) -> Any:
    """Bars of positive worth, and below them expenditure on goods that no option can make."""
    known, rest = table.filter(pl.col("worth").is_not_null()), table.filter(pl.col("worth").is_null())
    most = LAYOUT.chains_shown // 2 if known.height and rest.height else LAYOUT.chains_shown
    parts = []
    for frame, column, title in ((known.head(most), "worth", "home.chart.worth"),
                                 (rest.head(most), "most", "home.chart.bill")):  # fmt: skip
        if frame.height:
            rows = [
                (r[f"what_{LANGS[k]}"], r[f"kind_{LANGS[k]}"], r[column], _colour(column, r[column]))
                for r in frame.iter_rows(named=True)
            ]
            parts.append(bars(rows, study.currency, bilingual(title), k))
    return one_below_another(*parts, spacing=18)


def _colour(column: str, value: float) -> str:
    return PALE if column == "most" else GOOD if value > 0 else BAD


def bars(rows: Sequence[tuple[str, str, float, str]], currency: str, title: Both, k: int) -> Any:
    """Horizontal bars: name, kind, amount, colour."""
    size, word = scale_of(max(abs(value) for _, _, value, _ in rows))
    shown: list[dict[str, Any]] = [
        {
            "what": in_lines((f"{kind}: {name}",) * 2, k, LAYOUT.chain_names_width, lines=3),
            "v": rounded(value / size),
            "c": colour,
            "o": n,
        }
        for n, (name, kind, value, colour) in enumerate(rows)
    ]
    order = [row["what"] for row in shown]
    head = part(text=spoken(title, k), anchor="start", fontSize=13, color=INK)
    x = channel("v:Q", axis=part(title=spoken(measured((currency, currency), word), k), tickCount=6))
    y = channel("what:N", sort=order, axis=names_axis())
    drawn = chart_of(shown).mark("bar").encode(x=x, y=y, color=channel("c:N", scale=None))
    zero = chart_of([{"v": 0.0}]).mark("rule", color=SOFT_INK, strokeWidth=0.8).encode(x=channel("v:Q"))
    return layered(drawn, zero).properties(
        width=LAYOUT.width - 390, height=step(order, 22, 31) * len(shown), title=head
    )


# Local content


def rule_said(rule: LocalContentRule, lang: Lang) -> str:
    """A rule with its formula and citation."""
    words_of = Words(lang)
    pick = words_of.pick
    citation = rule.citation if lang == "en" else rule.citation_ar or f"{FSI}{rule.citation}{PDI}"
    sentences = [words_of.say("home.rule", {
        "name": pick((rule.name_en, rule.name_ar)), "formula": pick(codes("content_formulas")[rule.formula]),
        "unknown": pick(codes("content_unknown")[rule.unknown]), "citation": citation,
    })]  # fmt: skip
    if rule.least is not None:
        sentences.append(words_of.say("home.rule_least", {"least": words_of.percent(rule.least, 0)}))
    if rule.cited != "case":
        sentences.append(words_of.say("home.rule_example"))
    return " ".join(sentences)


def content(study: ReportData) -> Exhibit:
    """Local content of every option that makes something, by each rule."""
    rules = rules_of(study.case)
    shares = pl.concat(
        [
            contents(study.case, study.effects, rule).with_columns(
                rule=pl.lit(rule.id), rule_en=pl.lit(rule.name_en), rule_ar=pl.lit(rule.name_ar),
                least=pl.lit(rule.least, dtype=pl.Float64),
                citation_en=pl.lit(rule.citation), citation_ar=pl.lit(rule.citation_ar or rule.citation),
            )
            for rule in rules
        ]
    )  # fmt: skip
    status = study.chosen.select("option", "status")
    yes = {None: ("", ""), True: bilingual("home.meets"), False: bilingual("home.meets_not")}
    table = study.named(shares, site="sites", option="options").join(status, on="option", how="left",
                                                                     maintain_order="left")  # fmt: skip
    for k, lang in enumerate(LANGS):
        cells = {"why": [reason_said(reason, None, lang) for reason in table["reason"]],
                 "meets": [yes[one][k] for one in table["meets"]]}  # fmt: skip
        table = table.with_columns(
            pl.Series(f"{name}_{lang}", column, dtype=pl.String) for name, column in cells.items()
        )
    table = table.drop("meets")
    columns: dict[str, ColumnFormat] = {
        "rule": text_column("column.rule"), "site": SITE, "option": text_column("column.option"),
        "status": code_column("column.in_the_programme", "status"),
        "first": share_column("column.local_content_first_year"),
        "last": share_column("column.after_the_last_step_of_its"),
        "least": share_column("column.asked_for", 0), "meets": text_column("column.reached"),
        "why": text_column("column.why_not_said"), "citation": text_column("column.citation"),
    }  # fmt: skip
    notes = [
        bilingual("exhibit.local_content_note"),
        *((rule_said(rule, "en"), rule_said(rule, "ar")) for rule in rules),
    ]
    shown = table.filter(pl.col("last").is_not_null() & (pl.col("option") != ""))
    return Exhibit(
        "local_content", "goods", bilingual("exhibit.local_content"),
        join_sentences(notes),
        bilingual("exhibit.local_content_origin"), table, columns,
        specs(lambda k: _shares(rules, shown, k)) if shown.height else {}, limit=60,
        inputs=("recipes", "commodities", "supplies", "transfers", "content_rules", "programme.sites"),
    )  # fmt: skip


def _shares(rules: Sequence[LocalContentRule], table: pl.DataFrame, k: int) -> Any:
    """First and last share of the chosen options (else of all), a panel a rule, with the line it asks for."""
    chosen = table.filter(pl.col("status").is_not_null())
    picked = chosen if chosen.height else table
    names = picked.unique("option", maintain_order=True).head(LAYOUT.chains_shown)["option"]
    panels = []
    for rule in rules:
        own = table.filter((pl.col("rule") == rule.id) & pl.col("option").is_in(names.to_list()))
        rows = [
            {
                "what": in_lines((_named(r, "en"), _named(r, "ar")), k, LAYOUT.chain_names_width),
                "first": r["first"],
                "last": r["last"],
            }
            for r in own.iter_rows(named=True)
        ]
        order = [row["what"] for row in rows]
        y = channel("what:N", sort=order, axis=names_axis())
        scale, axis = part(domain=[0, 1]), part(format="%", title=None, tickCount=5)
        base = chart_of(rows)
        layers = [
            base.mark("bar", color=GOOD, opacity=0.35).encode(y=y, x=channel("last:Q", axis=axis, scale=scale)),
            base.mark("bar", color=GOOD, height=7).encode(y=y, x=channel("first:Q", axis=axis, scale=scale)),
        ]  # fmt: skip
        if rule.least is not None:
            line = chart_of([{"v": rule.least}]).mark("rule", color=BAD, strokeDash=[5, 3], strokeWidth=1.6)
            layers.append(line.encode(x=channel("v:Q")))
        head = part(text=spoken((rule.name_en, rule.name_ar), k), anchor="start", fontSize=13, color=INK)
        panels.append(layered(*layers).properties(
            width=LAYOUT.width - 390, height=step(order, 22, 31) * max(len(rows), 1), title=head
        ))  # fmt: skip
    return one_below_another(*panels, spacing=18)


def _named(row: Mapping[str, Any], lang: Lang) -> str:
    return f"{row[f'site_{lang}']}: {row[f'option_{lang}']}"


# Ways of technology transfer


def path_said(path: str, lang: Lang) -> str:
    """Name of a path of technology transfer."""
    return Words(lang).say(f"home.path.{path}") if path in (NONE, STATED) else path


def told_paths(paths: pl.DataFrame) -> pl.DataFrame:
    """Columns of `transfer_paths` with the path in both languages."""
    return paths.with_columns(
        pl.Series(f"path_{lang}", [path_said(path, lang) for path in paths["path"]], dtype=pl.String) for lang in LANGS
    )


def transfers(study: ReportData) -> list[Exhibit]:
    """Each way of technology transfer as an option of its own, in the country's view; none where no option has any."""
    paths = paths_of(study.case)
    if not paths:
        return []
    rule = rules_of(study.case)[0]
    paths_table = told_paths(transfer_paths(study.case, paths, rule, "economic"))
    table = study.named(paths_table, option="options")
    columns: dict[str, ColumnFormat] = {
        "option": text_column("column.option"), "path": text_column("column.way_of_transfer"),
        "npv": money_column("column.present_value"), "fees": money_column("column.of_it_fees_and_royalties"),
        "parts": money_column("column.premium_saved_by_local_parts"),
        "worth": money_column("column.worth_with_local_parts"),
        "irr": share_column("column.internal_rate_of_return"),
        "local_from": share_column("column.local_parts_first", 0),
        "local_to": share_column("column.local_parts_last", 0),
        "content": share_column("column.local_content_by_the_rule"),
    }  # fmt: skip
    notes = bilingual("exhibit.transfer_paths_note")
    return [
        Exhibit(
            "transfer_paths", "goods", bilingual("exhibit.transfer_paths"),
            (f"{notes[0]} {rule_said(rule, 'en')}", f"{notes[1]} {rule_said(rule, 'ar')}"),
            bilingual("exhibit.transfer_paths_origin"), table, columns,
            specs(lambda k: _paths(study, table, k)) if table.height else {}, limit=40,
            inputs=("transfers", "transfer_paths", "options", "recipes", "content_rules"),
        )
    ]  # fmt: skip


def _paths(study: ReportData, table: pl.DataFrame, k: int) -> Any:
    """Worth of the transfer paths of each option, side by side."""
    lang = LANGS[k]
    options = table["option"].unique(maintain_order=True).to_list()[: LAYOUT.chains_shown]
    rows = [
        (r[f"option_{lang}"], r[f"path_{lang}"], r["worth"], GOOD if r["worth"] > 0 else BAD)
        for r in table.filter(pl.col("option").is_in(options)).iter_rows(named=True)
    ]
    return bars(rows, study.currency, bilingual("home.chart.paths"), k)
