"""What each party has with the programme and without it, and the transfers that leave both better off."""

from __future__ import annotations

import polars as pl

from tawteen.appraise.parties import without_margin
from tawteen.report.bilingual import Both, bilingual, join_list, join_sentences
from tawteen.report.exhibit import Exhibit, money_column, text_column
from tawteen.report.report_data import ReportData
from tawteen.words import LANGS, Words

PARTY_ITEMS: dict[str, Both] = {
    "value": bilingual("parties.item.value"),
    "exports": bilingual("parties.item.exports"),
    "works": bilingual("parties.item.works"),
    "training": bilingual("parties.item.training"),
    "goods": bilingual("parties.item.goods"),
    "funds": bilingual("parties.item.funds"),
    "all": bilingual("parties.item.all"),
}


def parties(study: ReportData) -> list[Exhibit]:
    """One row for each item of a party, and its sum with the transfer after which all gain the same."""
    rows: list[tuple[str, str, float | None, float | None, float | None]] = []
    accounts = study.party_accounts
    for party, without, with_it, _, transfer in study.parties.iter_rows():
        own = accounts.filter(pl.col("party") == party).select("item", "without", "with")
        rows += [(party, item, before, after, None) for item, before, after in own.iter_rows()]
        rows.append((party, "all", without, with_it, transfer))
    schema = {"party": pl.String, "item": pl.String, "without": pl.Float64, "with": pl.Float64, "transfer": pl.Float64}
    table = pl.DataFrame(rows, schema=schema, orient="row").with_columns(gain=pl.col("with") - pl.col("without"))
    for k, lang in enumerate(LANGS):
        names = [PARTY_ITEMS[item][k] for item in table["item"]]
        table = table.with_columns(pl.Series(f"item_{lang}", names, dtype=pl.String))
    columns = {
        "party": text_column("column.party"), "item": text_column("column.item"),
        "without": money_column("column.without_programme"), "with": money_column("column.with_programme"),
        "gain": money_column("column.gain"), "transfer": money_column("column.transfer"),
    }  # fmt: skip
    return [
        Exhibit(
            "parties", "money", bilingual("exhibit.parties"),
            join_sentences([bilingual("exhibit.parties_note"), *transfer_sentences(study, accounts)]),
            bilingual("exhibit.parties_origin"),
            study.named(table, party="parties"), columns,
            inputs=("offers", "costs", "supplies", "commodities", "funds", "programme.supply", "programme.flows",
                    "programme.draws"),
        )
    ]  # fmt: skip


def transfer_sentences(study: ReportData, accounts: pl.DataFrame) -> list[Both]:
    """The range of transfers for which both gain, or why there is none, and what is not counted."""
    sentences = []
    unstated = [study.name("parties", party.id) for party in without_margin(study.case, accounts)]
    if unstated:
        sentences.append(bilingual("parties.no_margin", parties=join_list(unstated)))
    elif (pair := _pair(study)) is not None:
        (_, host_gain), (partner, partner_gain) = pair
        code = "parties.range" if host_gain + partner_gain > 0 else "parties.no_transfer"
        low, high = (_money(study, amount) for amount in (-partner_gain, host_gain))
        sentences.append(bilingual(code, party=study.name("parties", partner), low=low, high=high))
    if study.case["commodities"]["partner_share"].null_count() == study.case["commodities"].height:
        sentences.append(bilingual("parties.imports_unknown"))
    funds = study.case["funds"].filter(pl.col("terms") == "equity").select("id", "party")
    hosts = {party.id for party in study.case.settings.parties if party.role == "host"}
    if funds.filter(~pl.col("party").is_in(list(hosts))).height:
        sentences.append(bilingual("parties.equity_unknown"))
    return sentences


def _pair(study: ReportData) -> tuple[tuple[str, float], tuple[str, float]] | None:
    """Host and partner with their gains, where there is one of each."""
    roles = {party.id: party.role for party in study.case.settings.parties}
    gains = {role: [(p, g) for p, g in study.parties.select("party", "gain").iter_rows() if roles[p] == role]
             for role in ("host", "partner")}  # fmt: skip
    if len(gains["host"]) != 1 or len(gains["partner"]) != 1:
        return None
    if gains["host"][0][1] is None or gains["partner"][0][1] is None:
        return None
    return gains["host"][0], gains["partner"][0]


def _money(study: ReportData, amount: float) -> Both:
    english, arabic = (Words(lang, study.case.settings.digits).compact(amount) for lang in LANGS)
    return f"{english} {study.currency}", f"{arabic} {study.currency}"
