"""Where each input of an option's workbook comes from: the cells of the case behind it, their grade and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from tawteen.appraise.option_study import NOW
from tawteen.case.codes import codes
from tawteen.case.evidence import GRADES, observations
from tawteen.report.appraised import Appraised
from tawteen.report.params import LAYOUT
from tawteen.report.workbook_formulas.book import InputSource
from tawteen.words import Lang, Words

Cell = tuple[str, str, str]
"""Table, row and column, as evidence writes them."""


def told_of(one: Appraised, lang: Lang) -> dict[str, InputSource]:
    """Grade and source by input of the workbook: the weakest grade among the cells of the case behind it."""
    seen = _seen(one)
    return {key: _input_source(cells, seen, Words(lang)) for key, cells in cells_of(one).items()}


def cells_of(one: Appraised) -> dict[str, list[Cell]]:
    """The cells of the case behind each input."""
    line = one.effects.options.filter((pl.col("site") == one.site["id"]) & (pl.col("kind") == "as_is"))
    cells_by_input: dict[str, list[Cell]] = {"discount": []}
    _option(one, one.id, "", cells_by_input)
    for running in line["option"]:
        _option(one, str(running), f"{NOW}:", cells_by_input)
    for item in one.study.investments:
        category = item.id.split(":")[0]
        own = one.case["costs"].filter((pl.col("option") == one.id) & (pl.col("category") == category))
        cells: list[Cell] = [("costs", f"{one.id}/{row}", "amount") for row in own["id"]]
        if category == "works":
            efforts = one.case["works"].filter((pl.col("option") == one.id) & pl.col("effort").is_not_null())
            cells += [("works", f"{one.id}/{row}", "effort") for row in efforts["id"]]
        if category == "survey":
            stated = one.case["sites"].row(by_predicate=pl.col("id") == one.site["id"], named=True)
            spent = [column for column in ("survey_cost", "survey_effort") if stated[column] is not None]
            cells += [("sites", one.site["id"], column) for column in spent]
        cells_by_input[f"investments.{item.id}.amount"] = cells
        cells_by_input[f"investments.{item.id}.life"] = [("options", one.id, "life")]
    cells_by_input["costs.care.fixed"] = [("sites", one.site["id"], "care_cost")]
    cells_by_input["costs.idle_wages.fixed"] = [("sites", one.site["id"], "idle_wage")]
    cells_by_input["costs.working_capital.extra_stock"] = [("options", one.id, "working_capital_days")]
    cells_by_input["closing.closing.closing"] = [("options", one.id, "closing_cost")]
    return cells_by_input


def _option(one: Appraised, option: str, prefix: str, cells_by_input: dict[str, list[Cell]]) -> None:
    """Cells behind what an option sells and costs to run."""

    def option_cells(*columns: str) -> list[Cell]:
        return [("options", option, column) for column in columns]

    cells_by_input[f"products.{option}.utilisation"] = option_cells("output_reached", "ramp_quarters", "ramp_start")
    recipe = one.case["recipes"].filter(pl.col("option") == option)
    for commodity, direction in recipe.select("commodity", "direction").iter_rows():
        taken: Cell = ("recipes", f"{option}/{commodity}/{direction}", "quantity")
        price: list[Cell] = [("commodities", commodity, name) for name in ("cif", "fob", "port_cost")]
        price.append(("regions", one.site["region"], "inland_cost"))
        if direction == "out":
            cells_by_input[f"sales.{prefix}{commodity}.quantity"] = [*option_cells("capacity"), taken]
            cells_by_input[f"sales.{prefix}{commodity}.price"] = price
        else:
            cells_by_input[f"costs.{prefix}{commodity}.variable"] = [*option_cells("capacity"), taken, *price]
    for origin in ("local", "foreign"):
        cells_by_input[f"costs.{prefix}supplies:{origin}.variable"] = option_cells("variable_cost", "foreign_share")
        cells_by_input[f"costs.{prefix}fixed:{origin}.fixed"] = option_cells("fixed_cost", "foreign_share")
    cells_by_input[f"costs.{prefix}wages.fixed"] = option_cells("jobs", "wage")


def _seen(one: Appraised) -> Mapping[Cell, tuple[str, str]]:
    """Best grade that agrees with what stands, and its source, by cell that has an observation."""
    backed = observations(one.case).filter(pl.col("agrees"))
    rows = backed.group_by("table", "row", "column", maintain_order=True).agg(pl.col("grade", "source").first())
    titles = dict(one.case["sources"].select("id", "title").iter_rows())
    return {(t, r, c): (g, titles.get(s, s or "")) for t, r, c, g, s in rows.iter_rows()}


def _input_source(cells: Iterable[Cell], seen: Mapping[Cell, tuple[str, str]], words: Words) -> InputSource:
    known = [seen.get(cell, (GRADES[0], "")) for cell in cells]
    if not known:
        return InputSource()
    weakest = min((grade for grade, _ in known), key=GRADES.index)
    sources = list(dict.fromkeys(source for _, source in known if source))[: LAYOUT.cell_sources]
    return InputSource(words.pick(codes("grades")[weakest]), "; ".join(sources))
