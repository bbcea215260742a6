"""Evidence: what observations propose, where they contradict each other, and how much of a case they back."""

from __future__ import annotations

import re

import dataframely as dy
import polars as pl

from tawteen.case.codes import codes
from tawteen.case.column_reader import Reading, read_column
from tawteen.case.days import span_of
from tawteen.case.derived import once_per_case
from tawteen.case.model import Case
from tawteen.case.names import fold
from tawteen.case.raw import headings
from tawteen.case.tables import TABLES

GRADES: tuple[str, ...] = tuple(codes("grades"))
"""From weak to strong; a value that no observation backs has the first."""

CELL_KEY = ("table", "row", "column")

SITE_OF = {
    "sites": "id",
    "lines": "site",
    "blockers": "site",
    "staff": "site",
    "options": "site",
    "supplies": "site",
}
"""Column that names the site a row is about; tables keyed by `option` follow it to its site."""


def key_of(table: str) -> pl.Expr:
    """Key of a row as evidence writes it: the parts joined by /."""
    parts = [pl.col(name).cast(pl.String) for name in TABLES[table].primary_key()]
    return pl.concat_str(parts, separator="/")


def observations(case: Case, *, cells: tuple[str, str] | None = None) -> pl.DataFrame:
    """Every observation beside the cell it is about, strongest then newest first within a cell.

    Columns of the evidence table, `rank` of the grade, `known` (the column exists), `numeric` (it holds numbers),
    `found` (the row exists), `current` (the cell as text), `said` and `stands` (both in a form that can be compared),
    `number` and `standing` (the same as numbers, null for text), `agrees` (says what stands; a range alone: holds it).
    Values are read as cells of the column are, tables, rows and columns named as people spell them; `said` is null
    where a value cannot stand in the cell. A year or month agrees with every day in it. Of a case that is computed with
    (see `Case.computed`) the observations are held against the case as stated. `cells`: those of one table and column.
    """
    if cells is None:
        return _observed(case.stated or case)
    about = (pl.col("table") == cells[0]) & (pl.col("column") == cells[1])
    return _compared_cells(case.stated or case, ranked_evidence(case).filter(about))


@once_per_case
def _observed(case: Case) -> pl.DataFrame:
    evidence = ranked_evidence(case).with_row_index("#order")
    parts = [_compared_cells(case, rows) for rows in evidence.partition_by("table", "column", maintain_order=True)]
    return pl.concat(parts or [_compared_cells(case, evidence)]).sort("#order").drop("#order")


def ranked_evidence(case: Case) -> pl.DataFrame:
    """The table of evidence cell by cell, the strongest then newest first, with the `rank` of the grade.

    Tables, rows and columns stand under their own names. What observations say is not compared with the cells: that is
    left to `observations`, which takes longer. Of a case that is computed with it is that of the case as stated.
    """
    return _ranked(case.stated or case)


@once_per_case
def _ranked(case: Case) -> pl.DataFrame:
    ranks = {grade: place for place, grade in enumerate(GRADES)}
    rank = pl.col("grade").replace_strict(ranks, return_dtype=pl.Int64)
    order = [*CELL_KEY, "rank", "newest", "id"]
    return (
        named_evidence(case)
        .with_columns(rank=rank, newest=pl.col("as_of").fill_null(pl.date(1, 1, 1)))
        .sort(order, descending=[False, False, False, True, True, False])
        .drop("newest")
    )


def named_evidence(case: Case) -> pl.DataFrame:
    """The table of evidence by table, columns and rows under their own names where they are spelled otherwise."""
    evidence = case["evidence"]
    parts = [_renamed(case, rows) for rows in evidence.partition_by("table", maintain_order=True)]
    return pl.concat(parts) if parts else evidence


def _renamed(case: Case, rows: pl.DataFrame) -> pl.DataFrame:
    table = rows["table"][0]
    if table not in TABLES:
        return rows
    heads, columns = headings(table), TABLES[table].columns()
    known = set(case[table].select(key_of(table)).to_series().drop_nulls())
    odd = {text for text in rows["row"].drop_nulls().unique() if text not in known}
    spelled: dict[str, list[str]] = {}
    for key in known if odd else ():
        spelled.setdefault(_spelling(key), []).append(key)

    def column_named(text: str) -> str:
        return text if text in columns else heads.get(fold(text), text)

    def key_named(text: str) -> str:
        near = spelled.get(_spelling(text), ()) if text in odd else ()
        return near[0] if len(near) == 1 else text

    return rows.with_columns(
        pl.col("column").map_elements(column_named, return_dtype=pl.String),
        pl.col("row").map_elements(key_named, return_dtype=pl.String),
    )


def _spelling(key: str) -> str:
    """What spellings of one key share: folded parts, without the .0 that spreadsheets put behind numbers."""
    return "/".join(re.sub(r"^(\d+)\.0+$", r"\1", fold(part)) for part in key.split("/"))


def _compared_cells(case: Case, rows: pl.DataFrame) -> pl.DataFrame:
    """Observations of one column of one table, with the cells they are about."""
    table, column = (rows["table"][0], rows["column"][0]) if rows.height else ("", "")
    schema = TABLES.get(table)
    spec = schema.columns().get(column) if schema is not None else None
    if spec is None:
        rows = rows.with_columns(cell=pl.lit(None, pl.String), found=pl.lit(False))
    else:
        cells = case[table].select(row=key_of(table), cell=pl.col(column), found=pl.lit(True))
        rows = rows.join(cells, on="row", how="left", maintain_order="left")
    kind = rows.schema["cell"]
    numeric, current = kind.is_numeric(), pl.col("cell").cast(pl.String)
    standing = pl.col("cell").cast(pl.Float64) if numeric else pl.lit(None, pl.Float64)
    rows = rows.with_columns(
        known=pl.lit(spec is not None),
        numeric=pl.lit(numeric),
        found=pl.col("found").fill_null(False),
        current=current.str.strip_suffix(".0") if numeric else current,
        standing=standing,
        stands=standing.cast(pl.String) if numeric else current,
    )
    texts = rows["value"].str.strip_chars()
    observed_texts = texts if spec is None else _stated_values(column, spec, texts, rows)
    number = observed_texts.cast(pl.Float64, strict=False) if numeric else pl.Series([None], dtype=pl.Float64)
    number = number if len(number) == rows.height else number.new_from_index(0, rows.height)
    return rows.with_columns(said=observed_texts, number=number).with_columns(agrees=_agrees()).drop("cell")


def _stated_values(column: str, spec: dy.Column, texts: pl.Series, rows: pl.DataFrame) -> pl.Series:
    """The values that observations state, in the form of `stands`; null where the cell could not hold them."""
    values, problems = read_column(column, spec, texts, Reading())
    normalised = values.cast(pl.Float64).cast(pl.String) if values.dtype.is_numeric() else values.cast(pl.String)
    if isinstance(spec, dy.Date):
        spans = {text: span_of(text)[0] for text in texts.drop_nulls().unique()}
        within = [
            bool(text and day and (span := spans[text]) and span[0] <= day <= span[1])
            for text, day in zip(texts, rows["cell"], strict=True)
        ]
        return normalised.zip_with(~pl.Series(within, dtype=pl.Boolean), rows["stands"])
    doubtful = (problems == "cell.number_ambiguous").fill_null(False)
    if not doubtful.any():
        return normalised
    # of two readings the one that stands, else the decimal one
    decimal, thousands = texts.str.replace(",", "."), texts.str.replace("[.,]", "")
    same = (thousands.cast(pl.Float64, strict=False) == rows["standing"]).fill_null(False)
    read = thousands.zip_with(same, decimal).cast(pl.Float64, strict=False).cast(pl.String)
    return read.zip_with(doubtful, normalised)


def _agrees() -> pl.Expr:
    number, standing = pl.col("number"), pl.col("standing")
    close = (number - standing).abs() <= 1e-9 * pl.max_horizontal(number.abs(), standing.abs(), 1.0)
    low, high = pl.col("low"), pl.col("high")
    within = (low.is_not_null() | high.is_not_null()) & (low.is_null() | (standing >= low))
    within &= high.is_null() | (standing <= high)
    same = close.fill_null(False) | (pl.col("said") == pl.col("stands")).fill_null(False)
    return pl.when(pl.col("value").is_null()).then(within.fill_null(False)).otherwise(same)


def proposals(case: Case) -> pl.DataFrame:
    """One row a cell that was observed: what the strongest, then newest observation proposes.

    Columns: table, row, column, current, proposed (text, null where only a range was stated), grade, as_of, source,
    conflict (observations state different values), differs (proposed is not what stands), low, high (range of the
    strongest observation that states one), low and high null where none does.
    """
    ranged = pl.col("low").is_not_null() | pl.col("high").is_not_null()
    valued = pl.col("said").is_not_null()
    best = [pl.col(name).filter(valued).first().alias(f"_{name}") for name in ("grade", "as_of", "source", "agrees")]
    return (
        observations(case)
        .group_by(CELL_KEY, maintain_order=True)
        .agg(
            pl.col("current").first(),
            pl.col("value").filter(valued).first().alias("proposed"),
            *best,
            *(pl.col(name).first() for name in ("grade", "as_of", "source")),
            (pl.col("said").drop_nulls().n_unique() > 1).alias("conflict"),
            *(pl.col(name).filter(ranged).first() for name in ("low", "high")),
        )
        .with_columns(
            *(
                pl.when(pl.col("proposed").is_null()).then(name).otherwise(f"_{name}").alias(name)
                for name in ("grade", "as_of", "source")
            ),
            differs=~pl.col("_agrees").fill_null(True),
        )
        .select(
            *CELL_KEY, "current", "proposed", "grade", "as_of", "source", "conflict", "differs", "low", "high"
        )
    )  # fmt: skip


def observed_ranges(case: Case) -> pl.DataFrame:
    """Low and high of the strongest, then newest observation of each cell that states a range: the cell, low, high."""
    ranged = ranked_evidence(case).filter(pl.col("low").is_not_null() | pl.col("high").is_not_null())
    return ranged.group_by(CELL_KEY, maintain_order=True).agg(pl.col("low", "high").first())


def conflicts(case: Case) -> pl.DataFrame:
    """Observations of cells on which observations state different values.

    Columns: table, row, column, current, id, value, grade, as_of, source, observer, proposed (it is the one that the
    grade and the date prefer).
    """
    seen = observations(case).filter(pl.col("said").is_not_null())
    return seen.filter(pl.col("said").n_unique().over(CELL_KEY) > 1).select(
        *CELL_KEY, "current", "id", "value", "grade", "as_of", "source", "observer",
        proposed=pl.int_range(pl.len()).over(CELL_KEY) == 0,
    )  # fmt: skip


@once_per_case
def coverage(case: Case) -> pl.DataFrame:
    """How well the numbers of each site, and of the whole case, are known.

    Columns: site (null: the whole case, rows without a site included), values (numbers in its rows of every table),
    and for each grade the share of them whose best agreeing observation has it. A number that no observation
    backs is assumed; an observation that says otherwise backs nothing. Positions on the map do not count.
    """
    counted = pl.concat([_counted(case, table) for table in TABLES if table not in {"evidence", "sources"}])
    backed = _backed(case)
    parts = []
    for site, rows, seen in (
        (pl.col("site"), counted.drop_nulls("site"), backed.drop_nulls("site")),
        (pl.lit(None, pl.String), counted, backed),
    ):
        values = rows.group_by(site.alias("site")).agg(pl.col("values").sum())
        graded = seen.group_by(site.alias("site")).agg(
            *((pl.col("grade") == grade).sum().alias(grade) for grade in GRADES[1:])
        )
        parts.append(values.join(graded, on="site", how="left", nulls_equal=True).sort("site"))
    shares = [(pl.col(grade).fill_null(0) / pl.col("values")).alias(grade) for grade in GRADES[1:]]
    whole = pl.concat(parts).filter(pl.col("values") > 0).with_columns(shares)
    assumed = 1.0 - pl.sum_horizontal(GRADES[1:])
    return whole.select("site", "values", assumed.alias(GRADES[0]), *GRADES[1:])


def site_grades(case: Case) -> pl.DataFrame:
    """Share of each site's numbers that are only assumed. Columns: site, assumed."""
    return coverage(case).drop_nulls("site").select("site", "assumed")


def _numbers(table: str) -> list[str]:
    columns = TABLES[table].columns().items()
    return [
        name
        for name, spec in columns
        if spec.dtype.is_numeric() and (spec.metadata or {}).get("unit") not in {"deg", "1-5"} and not spec.primary_key
    ]


def _sited(case: Case, table: str) -> pl.DataFrame:
    """The table with column `_site`, null where a row is about no site."""
    frame, columns = case[table], TABLES[table].columns()
    if table in SITE_OF:
        return frame.with_columns(_site=pl.col(SITE_OF[table]))
    if "option" in columns:
        owner = case["options"].select(option="id", _site="site").unique("option", keep="first")
        return frame.join(owner, on="option", how="left", maintain_order="left")
    return frame.with_columns(_site=pl.lit(None, pl.String))


def _counted(case: Case, table: str) -> pl.DataFrame:
    numbers = _numbers(table)
    held = pl.sum_horizontal(pl.col(n).is_not_null() for n in numbers) if numbers else pl.lit(0)
    return _sited(case, table).select(site="_site", values=held.cast(pl.Int64))


def _backed(case: Case) -> pl.DataFrame:
    """Numbers that an observation backs: site, grade of the best that agrees (never the weakest grade)."""
    seen = observations(case).filter(pl.col("agrees") & (pl.col("rank") > 0) & pl.col("standing").is_not_null())
    best = seen.group_by(CELL_KEY, maintain_order=True).agg(pl.col("grade").first())
    parts = []
    for rows in best.partition_by("table", maintain_order=True):
        table = rows["table"][0]
        owner = _sited(case, table).select("_site", row=key_of(table))
        counted = rows.filter(pl.col("column").is_in(_numbers(table)))
        parts.append(counted.join(owner, on="row", how="left").select("grade", site="_site"))
    empty = pl.DataFrame(schema={"grade": pl.String, "site": pl.String})
    return pl.concat([empty, *parts])
