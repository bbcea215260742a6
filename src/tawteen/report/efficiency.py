"""Lines that run: what they lose, what the chosen options close of it, and how long works stop them."""

from __future__ import annotations

import polars as pl

from tawteen.case.codes import LOSS_FACTORS
from tawteen.diagnose.losses import factors_of, oee_with
from tawteen.report.bilingual import bilingual
from tawteen.report.exhibit import SITE, ColumnFormat, Exhibit, number_column, share_column, text_column
from tawteen.report.report_data import ReportData
from tawteen.works.periods import WEEKS_PER_QUARTER


def efficiency(study: ReportData) -> list[Exhibit]:
    """Effectiveness of lines; none where the case states that of no line."""
    table = _lines(study)
    if table.is_empty():
        return []
    columns: dict[str, ColumnFormat] = {
        "site": SITE, "line": text_column("column.line"),
        **{factor: share_column(f"column.{factor}") for factor in LOSS_FACTORS},
        "oee": share_column("column.oee"), "option": text_column("column.option"),
        "oee_with": share_column("column.oee_with"), "stopped": number_column("column.weeks_stopped", decimals=1),
        "relapse": share_column("column.relapse"),
    }  # fmt: skip
    return [
        Exhibit(
            "oee", "goods", bilingual("exhibit.oee"), bilingual("exhibit.oee_note"), bilingual("exhibit.oee_origin"),
            study.named(table, site="sites", line="lines", option="options"), columns, {},
            inputs=("lines", "losses", "closed_losses", "options", "works"),
        )
    ]  # fmt: skip


def _lines(study: ReportData) -> pl.DataFrame:
    """One row a line with known effectiveness: as it is, and with the chosen option."""
    oee = pl.col("availability") * pl.col("performance") * pl.col("quality")
    now = factors_of(study.case).with_columns(oee=oee).drop_nulls("oee")
    chosen = study.chosen.select("site", "option")
    after = oee_with(study.case).select("option", "line", oee_with="oee")
    stopped = study.works.stops.group_by("option").agg(stopped=pl.col("old_line").sum() * WEEKS_PER_QUARTER)
    lasting = study.case["options"].select(
        option="id", relapse=pl.when(~pl.col("maintained").fill_null(False)).then("relapse")
    )
    return (
        now.join(chosen, on="site", how="left", maintain_order="left")
        .join(after, on=["option", "line"], how="left", maintain_order="left")
        .join(stopped, on="option", how="left", maintain_order="left")
        .join(lasting, on="option", how="left", maintain_order="left")
        .select("site", "line", *LOSS_FACTORS, "oee", "option", "oee_with", "stopped", "relapse")
    )
