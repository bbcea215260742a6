"""Rules about unlikely values: lost letters, what costs nothing, money of another magnitude."""

from __future__ import annotations

import re

import polars as pl

from tawteen.case.checks.findings import Severity, rows_of, tell
from tawteen.case.checks.params import PLAUSIBILITY
from tawteen.case.checks.place import working
from tawteen.case.findings import Finding
from tawteen.case.model import SETTINGS, Case
from tawteen.case.names import UTF8_LEADS
from tawteen.case.settings_file import rows_of as rows_of_settings
from tawteen.case.size_limits import SIZE_LIMITS
from tawteen.case.tables import TABLES

_ARABIC, _BEYOND_ASCII = range(0x600, 0x700), range(0x80, 0x2123)
_GONE = re.compile(r"\?{3,}|\ufffd")
_DOUBTFUL = r"\?{3,}|\x{FFFD}|&[#a-z]|[ØÙÃÂãÕÇ][\x{80}-\x{2122}]|[\x{637}\x{638}][^\x{600}-\x{652} A-Za-z0-9]"
"""What a text may hold that lost its letters."""
_HTML = re.compile(r"&(?:#\d{2,6}|#x[0-9a-fA-F]{2,6}|amp|lt|gt|quot|nbsp);")


def lost_letters(case: Case) -> list[Finding]:
    """No text has lost its letters on the way through another encoding.

    A key without its letters is an error: rows are told apart and found by it, in this case and in every later one.
    """
    findings = []
    for table, schema in TABLES.items():
        texts = {name: spec for name, spec in schema.columns().items() if spec.dtype == pl.String}
        # One query for all columns of a table: hardly any has such a text.
        doubtful = case[table].select(pl.col(name).str.contains(_DOUBTFUL).any() for name in texts)
        for name in (column.name for column in doubtful if column.item()):
            spec = texts[name]
            severity: Severity = "error" if spec.primary_key and not (spec.metadata or {}).get("ref") else "warning"
            suspect = rows_of(case, table).filter(pl.col(name).str.contains(_DOUBTFUL))
            rows = suspect.select("at", value=name).with_columns(
                encoding=pl.col("value").map_elements(lost_encoding, return_dtype=pl.String)
            )
            findings += tell(case, severity, "check.lost_letters", table, rows.filter(pl.col("encoding") != ""), name)
    return findings


def lost_setting_letters(case: Case) -> list[Finding]:
    """Names and notices of the settings that lost letters in a conversion between encodings."""
    texts = [(key, value) for key, value in rows_of_settings(case.settings) if isinstance(value, str)]
    lost = [(key, value, lost_encoding(value)) for key, value in texts]
    return [
        Finding("warning", "check.lost_setting", SETTINGS, column=key, value=value,
                args={"column": key, "value": value, "encoding": encoding})
        for key, value, encoding in lost if encoding
    ]  # fmt: skip


def lost_encoding(text: str) -> str:
    """How a text lost its letters: the encodings written and read, empty where it lost none.

    `HTML` where letters became references such as &amp;, `?` where they are gone.
    """
    for written, read in (("utf-8", "cp1252"), ("utf-8", "cp1256"), ("cp1256", "cp1252")):
        try:
            back = text.encode(read, errors="ignore").decode(written, errors="ignore")
        except (LookupError, UnicodeError):
            continue
        arabic = sum(ord(letter) in _ARABIC for letter in back)
        foreign = sum(ord(letter) in _BEYOND_ASCII and ord(letter) not in _ARABIC for letter in text)
        leads = sum(map(text.count, UTF8_LEADS)) if read == "cp1256" else 0
        if arabic >= 3 and foreign + leads >= arabic:
            return f"{written} → {read}"
    return "?" if _GONE.search(text) else "HTML" if _HTML.search(text) else ""


def free_options(case: Case) -> list[Finding]:
    """An option that works on a site costs something."""
    priced = case["costs"].filter(pl.col("amount") > 0).select(id="option")
    effort = case["works"].filter((pl.col("effort") > 0) & pl.col("capability").is_not_null()).select(id="option")
    rows = working(case).join(pl.concat([priced, effort]).unique(), on="id", how="anti").select("at", value="kind")
    return tell(case, "warning", "check.no_cost", "options", rows, "id")


def unpaid_jobs(case: Case) -> list[Finding]:
    """Jobs have a wage."""
    rows = rows_of(case, "options").filter((pl.col("jobs") > 0) & (pl.col("wage") == 0)).select("at", value="jobs")
    return tell(case, "warning", "check.no_wage", "options", rows, "wage")


def unsold_products(case: Case) -> list[Finding]:
    """Products that no region demands, no recipe uses and that cannot be exported."""
    demanded = case["demands"].filter(pl.col("quantity") > 0).select("commodity")
    taken = case["recipes"].filter(pl.col("direction") == "in").select("commodity")
    exported = case["commodities"].filter(pl.col("fob").is_not_null()).select(commodity="id")
    products = rows_of(case, "recipes").filter((pl.col("direction") == "out") & (pl.col("quantity") > 0))
    lost = products.join(pl.concat([demanded, taken, exported]).unique(), on="commodity", how="anti")
    first = lost.group_by("commodity", maintain_order=True).agg(pl.col("at").first(), options=pl.len())
    return tell(case, "warning", "check.no_buyer", "recipes", first.rename({"commodity": "value"}), "commodity")


def small_funds(case: Case) -> list[Finding]:
    """Funds whose money is of another magnitude than the costs they may pay."""
    amounts = case["costs"].filter(pl.col("amount") > 0)["amount"]
    usual = amounts.median()
    if not isinstance(usual, float):
        return []
    most = rows_of(case, "fund_limits").group_by("fund", maintain_order=True).agg(
        pl.col("at").first(), value=pl.col("amount").max()
    )  # fmt: skip
    rows = most.filter((pl.col("value") > 0) & (pl.col("value") < PLAUSIBILITY.least_fund_share * usual)).with_columns(
        usual=pl.lit(usual)
    )
    return tell(case, "warning", "check.small_fund", "fund_limits", rows, "amount")


def magnitudes(case: Case) -> list[Finding]:
    """Investment items of one category lie within a few orders of magnitude of their median."""
    rows = rows_of(case, "costs").filter(pl.col("amount") > 0)
    usual = pl.col("amount").median().over("category", "currency")
    listed = rows.with_columns(usual=usual, count=pl.len().over("category", "currency")).filter(
        (pl.col("count") >= PLAUSIBILITY.fewest_rows)
        & (
            (pl.col("amount") > PLAUSIBILITY.unit_ratio * pl.col("usual"))
            | (pl.col("amount") * PLAUSIBILITY.unit_ratio < pl.col("usual"))
        )
    )
    return tell(
        case, "warning", "check.magnitude", "costs", listed.select("at", "usual", "category", value="amount"), "amount"
    )


def case_size(case: Case) -> list[Finding]:
    """A plan of the case fits into memory: its regions, and their balances of goods."""
    regions, goods = case["regions"].height, case["commodities"].height
    balances = regions * goods * case.settings.time.periods
    if regions <= SIZE_LIMITS.regions and balances <= SIZE_LIMITS.balances:
        return []
    counted = {"regions": regions, "goods": goods, "periods": case.settings.time.periods, "balances": f"{balances:,}"}
    args = {**counted, "most_regions": SIZE_LIMITS.regions, "most": f"{SIZE_LIMITS.balances:,}"}
    return [Finding("error", "check.case_size", "regions", args=args)]
