"""What if: a case changed by short expressions, such as `fund.X*0.8`, and by sites that must or must not start."""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import re
from collections.abc import Iterable
from typing import Any

import dataframely as dy
import polars as pl
from pydantic import ValidationError

from tawteen.case.build import table_of
from tawteen.case.evidence import key_of, named_evidence
from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.case.names import closest_few, fold
from tawteen.case.params import MESSAGE
from tawteen.case.ranges import OWN_RANGES
from tawteen.case.row_names import rows_called
from tawteen.case.settings import Settings
from tawteen.case.settings_file import limits_of, setting_findings
from tawteen.case.tables import TABLES

# What a short form changes when it names no column: table, column, and the columns that its key names.
SHORT: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "fund": ("fund_limits", "amount", ("fund", "start")),
    "credit": ("credit", "amount", ("start",)),
    "demand": ("demands", "quantity", ("id",)),
    "supply": ("supplies", "quantity", ("id",)),
    "commodity": ("commodities", "cif", ("id",)),
    "route": ("routes", "capacity", ("id",)),
    "offer": ("offers", "capacity", ("unit", "capability")),
    "capability": ("capabilities", "third_party_price", ("id",)),
    "course": ("courses", "seats", ("id",)),
    "trainer": ("trainers", "headcount", ("id",)),
    "rule": ("rules", "value", ("id",)),
    "option": ("costs", "amount", ("option", "id")),
    "site": ("costs", "amount", ("site",)),
}
SECTIONS = ("value", "discount")

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclasses.dataclass(frozen=True)
class Change:
    """One parsed expression: the cell it changes, the operator (`*`, `=`, `+`, `-`) and the operand as typed."""

    text: str
    target: str
    operator: str
    operand: str


def change_case(
    case: Case, changes: Iterable[str] = (), *, must: Iterable[str] = (), without: Iterable[str] = ()
) -> Case:
    """The case with every expression of `changes` applied in turn, and with a rule for each site named.

    Expressions are `TABLE.KEY.COLUMN` (parts of a compound key joined by `/`; leading parts alone mean every row that
    has them; a part may be the name of its row in either language), a short form (`fund.X`, `offer.UNIT/CAPABILITY`,
    `site.X` for all its investment items, `credit` …), or a field of the value framework (`value.fx_premium`,
    `discount.economic`), followed by `*factor`, `=value`, `+amount` or `-amount`. The range of a value moves along with
    it; a value that is set (`=`) is certain. Money is in the currency that the cell has. `without` adds a rule of kind
    never, `must` one of kind must. Raises CaseError with one finding for each expression or site that does not fit the
    case.
    """
    findings: list[Finding] = []
    for text in changes:
        try:
            case = _change(case, _parse(text))
        except CaseError as error:
            findings += error.findings
    for kind, listed in (("never", tuple(without)), ("must", tuple(must))):
        try:
            case = _add_rules(case, kind, listed)
        except CaseError as error:
            findings += error.findings
    if findings:
        raise CaseError(findings)
    return case


def _refuse(code: str, text: str, near: str = "", allowed: Iterable[str] = ()) -> CaseError:
    args = {"text": text, "near": near, "allowed": ", ".join(_nearest(near, allowed))}
    return CaseError([Finding("error", code, value=text, args=args)])


def _nearest(text: str, candidates: Iterable[str]) -> list[str]:
    """At most `MESSAGE.guesses` candidates, the one spelled most like `text` first: those that are near, else any."""
    listed = sorted(set(candidates))
    if near := closest_few(text, listed, MESSAGE.guesses):
        return near
    word = fold(text)
    return sorted(listed, key=lambda name: -difflib.SequenceMatcher(None, word, fold(name)).ratio())[: MESSAGE.guesses]


def _keys_like(row_id: str, labels: Iterable[str]) -> set[str]:
    """Keys with as many parts as `row_id` has: of the rows of a fund in many quarters, the fund once."""
    parts = row_id.count("/") + 1
    return {"/".join(label.split("/")[:parts]) for label in labels}


def _parse(text: str) -> Change:
    """Split at the last `*` or `=`, which no id holds, else at the first sign that a number follows."""
    if value_start := max(text.rfind("*"), text.rfind("=")) + 1:
        change = Change(text, text[: value_start - 1].strip(), text[value_start - 1], text[value_start:].strip())
    else:
        signs = (m.start() for m in re.finditer(r"[+-]", text))
        sign_position = next((i for i in signs if _NUMBER.fullmatch(text[i + 1 :].strip())), None)
        if sign_position is None:
            raise _refuse("scenario.syntax", text)
        change = Change(text, text[:sign_position].strip(), text[sign_position], text[sign_position + 1 :].strip())
    if not change.target or (change.operator != "=" and not _NUMBER.fullmatch(change.operand)):
        raise _refuse("scenario.syntax", text)
    return change


def _change(case: Case, change: Change) -> Case:
    head, _, rest = change.target.partition(".")
    if head in SECTIONS:
        return _change_setting(case, change, head, rest)
    if head in SHORT:
        table, column, keys = SHORT[head]
    elif head in TABLES:
        table, column, keys = head, "", tuple(TABLES[head].primary_key())
    else:
        raise _refuse("scenario.table", change.text, head, [*SHORT, *TABLES, *SECTIONS])
    frame = case[table]
    if table == "costs" and keys == ("site",):
        frame = frame.join(
            case["options"].select(option="id", site="site"), on="option", how="left", maintain_order="left"
        )
    labels = frame.select(pl.concat_str([pl.col(k).cast(pl.String) for k in keys], separator="/")).to_series()
    row_id, column = _row_and_column(change, rest, column, labels, table)
    mask = _rows_of_key(labels, row_id)
    if not mask.any():
        mask = _rows_of_key(labels, _key_named(case, table, keys, row_id))
    if not mask.any():
        raise _refuse("scenario.key", change.text, row_id, _keys_like(row_id, labels.drop_nulls()))
    meant = case.filled(table)[column].filter(mask)
    new = _new_cells(meant, change, TABLES[table].columns()[column])
    changed = case[table][column].clone().scatter(mask.arg_true(), new)
    moved = {table: case[table].with_columns(changed), "evidence": case["evidence"]}
    moved[table] = _with_own_range(moved[table], table, column, mask, change)
    if (evidence := _with_observed_range(case, table, column, mask, change)) is not None:
        moved["evidence"] = evidence
    return dataclasses.replace(case, tables={**case.tables, **moved})


def _moved(end: pl.Expr, change: Change) -> pl.Expr:
    """The end of a range after a change of its value: one that is set is certain, else the range moves along."""
    match change.operator:
        case "*":
            return end * float(change.operand)
        case "+":
            return end + float(change.operand)
        case "-":
            return end - float(change.operand)
        case _:
            return pl.lit(None, pl.Float64)


def _with_own_range(frame: pl.DataFrame, table: str, column: str, mask: pl.Series, change: Change) -> pl.DataFrame:
    """The table with the ranges that changed cells state in their own rows moved along; of cells that are set, closed.

    A closed range also keeps the range of an estimate class away.
    """
    for name, value, low, high in OWN_RANGES:
        if (name, value) == (table, column):
            ends = [
                pl.when(mask).then(pl.col(value) if change.operator == "=" else _moved(pl.col(end), change))
                .otherwise(pl.col(end)).clip(lower_bound=0.0).alias(end)
                for end in (low, high)
            ]  # fmt: skip
            return frame.with_columns(ends)
    return frame


def _with_observed_range(case: Case, table: str, column: str, mask: pl.Series, change: Change) -> pl.DataFrame | None:
    """The evidence with the ranges of changed cells moved along, of cells that are set, without; None if no number."""
    if not isinstance(TABLES[table].columns()[column], dy.Float64) or case["evidence"].is_empty():
        return None
    keys = case[table].select(key_of(table)).to_series().filter(mask)
    about = (pl.col("table") == table) & (pl.col("column") == column) & pl.col("row").is_in(keys.implode())
    mine = pl.col("id").is_in(named_evidence(case).filter(about)["id"].implode())
    return case["evidence"].with_columns(
        pl.when(mine).then(_moved(pl.col(end), change)).otherwise(pl.col(end)).alias(end) for end in ("low", "high")
    )


def _rows_of_key(labels: pl.Series, key: str) -> pl.Series:
    """Which labels are `key` or begin with its parts; all of them for an empty key."""
    return pl.Series([not key or label == key or label.startswith(key + "/") for label in labels], dtype=pl.Boolean)


def _key_named(case: Case, table: str, keys: tuple[str, ...], text: str) -> str:
    """The key that `text` means where its parts are names, in either language, of the rows that they refer to.

    `text` itself where a part is the name of no row or of several, or where it has more parts than the key.
    """
    named_parts = text.split("/") if len(keys) > 1 else [text]
    if len(named_parts) > len(keys):
        return text
    parts = []
    for part, key in zip(named_parts, keys, strict=False):
        meta = {} if key == "site" else TABLES[table].columns()[key].metadata or {}
        owner = "sites" if key == "site" else meta.get("ref") or (table if key == "id" else None)
        called = [part] if owner is None or "id" not in case[owner].columns else rows_called(case, owner, part.strip())
        if len(called) != 1:
            return text
        parts += called
    return "/".join(parts)


def _row_and_column(change: Change, rest: str, short: str, labels: pl.Series, table: str) -> tuple[str, str]:
    """The key asked for and the column: named after the last dot, else the short form's own."""
    columns = [name for name, spec in TABLES[table].columns().items() if not spec.primary_key]
    key, _, last = rest.rpartition(".")
    if last in columns and rest not in labels:
        return key, last
    if short:
        return rest, short
    raise _refuse("scenario.column", change.text, last or rest, columns)


def _new_cells(cells: pl.Series, change: Change, spec: Any) -> pl.Series:
    """The cells changed, held against the column's type and bounds."""
    if change.operator == "=" and not isinstance(spec, dy.Float64 | dy.Int64):
        return pl.repeat(_plain(change, spec), len(cells), dtype=cells.dtype, eager=True)
    if not isinstance(spec, dy.Float64 | dy.Int64) or not _NUMBER.fullmatch(change.operand):
        raise _refuse("scenario.number", change.text, change.operand)
    number = float(change.operand)
    if change.operator != "=" and cells.is_null().any():
        raise _refuse("scenario.empty", change.text, cells.name)
    new = {"*": cells * number, "+": cells + number, "-": cells - number, "=": cells.fill_null(0) * 0 + number}[
        change.operator
    ].cast(cells.dtype)
    low, high = spec.min, spec.max
    if (low is not None and (new < low).any()) or (high is not None and (new > high).any()):
        if (
            str((spec.metadata or {}).get("unit")).startswith("share")
            and high is not None
            and 1 <= number <= 100 * high
        ):
            raise _refuse("scenario.share", change.text, f"{number:g}", [f"{number / 100:g}"])
        bounds = f"{'' if low is None else f'{low:g}'} … {'' if high is None else f'{high:g}'}".strip()
        raise _refuse("scenario.bounds", change.text, cells.name, [bounds])
    return new


def _plain(change: Change, spec: Any) -> Any:
    """The operand as a day, yes or no, or text, as the column wants it."""
    if isinstance(spec, dy.Date):
        try:
            return dt.date.fromisoformat(change.operand)
        except ValueError:
            raise _refuse("scenario.number", change.text, change.operand) from None
    if isinstance(spec, dy.Bool):
        if change.operand not in ("true", "false"):
            raise _refuse("scenario.number", change.text, change.operand, ["true", "false"])
        return change.operand == "true"
    return change.operand or None


def _change_setting(case: Case, change: Change, section: str, name: str) -> Case:
    held = case.settings.model_dump()
    numbers = [key for key, value in held[section].items() if isinstance(value, float)]
    if name not in held[section]:
        raise _refuse("scenario.column", change.text, name, held[section])
    if name in numbers:
        if not _NUMBER.fullmatch(change.operand):
            raise _refuse("scenario.number", change.text, change.operand)
        was, number = held[section][name], float(change.operand)
        held[section][name] = {"*": was * number, "=": number, "+": was + number, "-": was - number}[change.operator]
    elif change.operator == "=":
        held[section][name] = change.operand
    else:
        raise _refuse("scenario.number", change.text, change.operand, numbers)
    try:
        return dataclasses.replace(case, settings=Settings.model_validate(held))
    except ValidationError as error:
        finding = setting_findings(error, None, {})[0]
        if finding.code == "setting.share":
            raise _refuse("scenario.share", change.text, finding.args["percent"], [finding.args["share"]]) from None
        limits = limits_of(error.errors(include_url=False)[0])
        raise _refuse("scenario.bounds", change.text, name, [limits.replace("'", "")]) from None


def _add_rules(case: Case, kind: str, listed: tuple[str, ...]) -> Case:
    if not listed:
        return case
    known = case["sites"]["id"].to_list()
    called = {site: rows_called(case, "sites", site) for site in listed}
    if unknown := [site for site, ids in called.items() if len(ids) != 1]:
        raise CaseError([f for s in unknown for f in _refuse("scenario.site", s, s, called[s] or known).findings])
    listed = tuple(ids[0] for ids in called.values())
    kind_of_rule = "must" if kind == "must" else "without"
    rows = [
        {"id": f"scenario:{kind}:{site}", "kind": kind, "sites": site, "text_en": f"--{kind_of_rule} {site}",
         "text_ar": f"\u2066--{kind_of_rule} {site}\u2069"}
        for site in dict.fromkeys(listed)
    ]  # fmt: skip
    rules = pl.concat([case["rules"], table_of("rules", rows)])
    return dataclasses.replace(case, tables={**case.tables, "rules": rules})
