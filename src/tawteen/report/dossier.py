"""All about one site: why, its options, works, money, who helps, gates and evidence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import polars as pl

from tawteen.report.bilingual import Both
from tawteen.report.exhibit import (
    ColumnFormat,
    code_column,
    money_column,
    number_column,
    quarter_column,
    share_column,
    text_column,
)
from tawteen.report.report_data import ReportData
from tawteen.works.periods import WEEKS_PER_QUARTER

Part = tuple[str, pl.DataFrame, Mapping[str, ColumnFormat]]

OPTION_COLUMNS: dict[str, ColumnFormat] = {
    "option": text_column("column.option"), "kind": code_column("column.kind", "option_kinds"),
    "picked": text_column("column.chosen"),
    "investment": money_column("column.investment"),
    "npv_economic": money_column("column.npv_economic"),
    "npv_financial": money_column("column.npv_financial"), "new_jobs": number_column("column.new_jobs", "persons"),
    "quarters": number_column("column.until_works_end", "quarters"),
}  # fmt: skip
WORK_COLUMNS: dict[str, ColumnFormat] = {
    "work": text_column("column.work_package"), "capability": text_column("column.capability"),
    "effort": number_column("column.effort", decimals=1), "unit": code_column("column.unit", "units"),
    "start": quarter_column("column.from"), "finish": quarter_column("column.until"),
    "critical": text_column("column.on_the_critical_path"),
}  # fmt: skip
MONEY_COLUMNS: dict[str, ColumnFormat] = {
    "category": code_column("column.pays_for", "cost_categories"),
    "origin": code_column("column.supplier", "origins"),
    "first": quarter_column("column.from"),
    "last": quarter_column("column.until"),
    "amount": money_column("column.amount.dossier"),
}
HOST_UNIT_COLUMNS: dict[str, ColumnFormat] = {
    "unit": text_column("column.unit"), "capability": text_column("column.capability_or_course"),
    "amount": number_column("column.amount.dossier_2", decimals=1),
}  # fmt: skip
GATES: dict[str, ColumnFormat] = {
    "gate": code_column("column.gate", "gates"), "state": code_column("column.state.dossier", "gate_states"),
    "stops": code_column("column.stops_it", "gate_timing"),
    "opens_by": code_column("column.opens_by", "gate_openers"), "open_date": text_column("column.opens_on"),
    "weeks": number_column("column.weeks", decimals=1), "cost": money_column("column.cost"),
    "chance": share_column("column.chance", 0),
    "task": text_column("column.task"),
}  # fmt: skip
EVIDENCE: dict[str, ColumnFormat] = {
    "table": code_column("column.table", "tables"),
    "row": text_column("column.row"),
    "column": text_column("column.column"),
    "value": text_column("column.observed"),
    "grade": code_column("column.grade", "grades"),
    "as_of": text_column("column.as_of"),
    "source": text_column("column.source", link="row-sources-"),
}


class Dossiers:
    """Parts of every site's dossier, cut out of frames worked out once."""

    def __init__(self, study: ReportData) -> None:
        self.study = study

    def parts(self, site: str) -> list[Part]:
        """(sentence code, rows, columns) of each part that has rows."""
        parts: list[Part] = [
            ("report.options", self.options, OPTION_COLUMNS), ("report.works", self.works, WORK_COLUMNS),
            ("report.money", self.money, MONEY_COLUMNS),
            ("report.units", self.units, HOST_UNIT_COLUMNS), ("report.gates", self.gates, GATES),
            ("report.evidence", self.evidence, EVIDENCE),
        ]  # fmt: skip
        cut = [(code, frame.filter(pl.col("site") == site), columns) for code, frame, columns in parts]
        return [part for part in cut if part[1].height]

    @cached_property
    def options(self) -> pl.DataFrame:
        """Every option of the site with its value alone."""
        study, indicators = self.study, self.study.appraisal.indicators
        npv = {
            f"npv_{view}": indicators.filter(pl.col("view") == view).select(
                "option", pl.col("npv").alias(f"npv_{view}")
            )
            for view in ("economic", "financial")
        }
        people = indicators.filter(pl.col("view") == "financial").select("option", "new_jobs")
        frame = study.effects.options.select("site", "option", "kind", "investment", "quarters")
        for part in (*npv.values(), people):
            frame = frame.join(part, on="option", how="left")
        frame = frame.with_columns(picked=pl.col("option").is_in(study.chosen["option"].to_list()))
        return study.named(frame, option="options")

    @cached_property
    def works(self) -> pl.DataFrame:
        """Work packages of the chosen option, in periods of the programme."""
        study = self.study
        lead = study.works.lead.select(
            "option", before=pl.col("survey_weeks").fill_null(0) + pl.col("gate_weeks").fill_null(0)
        )
        packs = study.case["works"].select(
            "option", "capability", "effort", work="id", work_en="name_en", work_ar="name_ar"
        )
        last = study.periods - 1

        def quarter_of(weeks: str) -> pl.Expr:
            quarters = pl.col("period") + (pl.col("before") + pl.col(weeks)) / WEEKS_PER_QUARTER
            return pl.min_horizontal(quarters.floor().cast(pl.Int64), pl.lit(last))

        frame = (
            study.works.schedule.join(packs, on=["option", "work"]).join(lead, on="option")
            .join(study.chosen.select("site", "option", "period"), on="option")
            .join(study.case["capabilities"].select(capability="id", unit="unit"), on="capability", how="left")
            .with_columns(start=quarter_of("start"), finish=quarter_of("finish"))
        )  # fmt: skip
        return study.named(frame, capability="capabilities")

    @cached_property
    def money(self) -> pl.DataFrame:
        """Outlays of the chosen option."""
        return self.study.spent.group_by("site", "category", "origin", maintain_order=True).agg(
            pl.col("amount").sum(), first=pl.col("period").min(), last=pl.col("period").max()
        )  # fmt: skip

    @cached_property
    def units(self) -> pl.DataFrame:
        """Units that carry out the works in the programme."""
        rows = [
            {"site": row["id"], **unit}
            for row in self.study.programme.sites.iter_rows(named=True)
            for unit in row["units"] or ()
        ]
        schema = {"site": pl.String, "unit": pl.String, "capability": pl.String, "amount": pl.Float64}
        return self.study.named(pl.DataFrame(rows, schema=schema), unit="sources", capability="pools")

    @cached_property
    def gates(self) -> pl.DataFrame:
        """Gates with their state and task."""
        return self.study.diagnosis.gates

    @cached_property
    def evidence(self) -> pl.DataFrame:
        """Observations of rows of the site, its lines and its options."""
        case = self.study.case
        owner = {s: s for s in case["sites"]["id"]}
        for table in ("lines", "options"):
            owner |= dict(zip(case[table]["id"], case[table]["site"], strict=True))
        about = {"sites", "lines", "blockers", "staff", "options", "recipes", "works", "costs", "transfers", "cadres"}
        rows = case["evidence"].filter(pl.col("table").is_in(list(about)))
        sites = [owner.get(row.split("/")[0]) for row in rows["row"]]
        return rows.with_columns(pl.Series("site", sites, dtype=pl.String)).sort("table", "row", "column")

    def reasons(self, site: str) -> list[Both]:
        """Sentences why the site is in or out."""
        reasons = self.study.reasons
        if reasons is None:
            return []
        return [(r["reason_en"], r["reason_ar"]) for r in reasons.filter(pl.col("site") == site).iter_rows(named=True)]
