"""What running lines lose: availability × performance × quality."""

from __future__ import annotations

import polars as pl

from tawteen.case.codes import LOSS_FACTORS
from tawteen.case.derived import once_per_tables
from tawteen.case.fused import fused
from tawteen.case.model import Case


@once_per_tables(lambda: ("lines", "losses"))
def factors_of(case: Case) -> pl.DataFrame:
    """line, site, commodity, nominal, availability, performance, quality: as stated, else what the losses leave.

    Null where neither the factor nor a loss of it is stated.
    """
    lost = case["losses"].group_by("line").agg(
        pl.col("share").filter(pl.col("factor") == factor).sum().alias(f"{factor}_lost") for factor in LOSS_FACTORS
    )  # fmt: skip
    stated = case["losses"].group_by("line").agg(
        (pl.col("factor") == factor).any().alias(f"{factor}_stated") for factor in LOSS_FACTORS
    )  # fmt: skip
    left = {
        factor: pl.when(pl.col(f"{factor}_stated")).then((1.0 - pl.col(f"{factor}_lost")).clip(lower_bound=0.0))
        for factor in LOSS_FACTORS
    }
    return (
        case["lines"]
        .join(lost, left_on="id", right_on="line", how="left", maintain_order="left")
        .join(stated, left_on="id", right_on="line", how="left", maintain_order="left")
        .select(
            "site", "commodity", "nominal", *(pl.coalesce(f, left[f]).alias(f) for f in LOSS_FACTORS), line="id",
        )
    )  # fmt: skip


@once_per_tables(lambda: ("lines", "losses"))
def losses_of(case: Case) -> pl.DataFrame:
    """Overall equipment effectiveness and lost output of every line (ISO 22400-2); columns of `Diagnosis.losses`."""
    nominal = pl.col("nominal")
    availability, performance, quality = (pl.col(factor) for factor in LOSS_FACTORS)
    oee = availability * performance * quality
    return factors_of(case).select(
        "line",
        "site",
        "commodity",
        "nominal",
        oee=oee,
        lost_availability=nominal * (1 - availability),
        lost_performance=nominal * availability * (1 - performance),
        lost_quality=nominal * availability * performance * (1 - quality),
        output=nominal * oee,
    )


def oee_with(case: Case) -> pl.DataFrame:
    """option, line, site, commodity, nominal, oee: of every line of the site of an option.

    The losses that the option closes are closed; a factor does not exceed 1. For options that run a line as it is and
    for those that close a loss.
    """
    options = case["options"].lazy().select("site", "kind", option="id")
    losses = case["losses"].lazy().select("line", "factor", "share", loss="id")
    closed = case.filled("closed_losses").lazy().join(losses, on=["line", "loss"], how="inner")
    gained = closed.group_by("option", "line").agg(
        (pl.col("share") * pl.col("closes")).filter(pl.col("factor") == factor).sum().alias(f"{factor}_gained")
        for factor in LOSS_FACTORS
    )
    changes = options.filter(
        (pl.col("kind") == "as_is") | pl.col("option").is_in(case["closed_losses"]["option"].unique().implode())
    )
    now = {f: (pl.col(f) + pl.col(f"{f}_gained").fill_null(0.0)).clip(upper_bound=1.0) for f in LOSS_FACTORS}
    return fused(
        changes.join(factors_of(case).lazy(), on="site", maintain_order="left")
        .join(gained, on=["option", "line"], how="left", maintain_order="left")
        .select(
            "option", "line", "site", "commodity", "nominal",
            oee=now["availability"] * now["performance"] * now["quality"],
        )
    )  # fmt: skip


def line_capacity(case: Case) -> pl.DataFrame:
    """option, line_capacity: throughput that the lines of its site allow, nominal × OEE over what one unit makes.

    Lines of one product add up; of several products of the option, the one whose lines allow least decides. Lines of
    goods that it does not make count only where no line makes what it does. Only where the effectiveness of every line
    that counts is known.
    """
    output_per_unit = (
        case["recipes"]
        .lazy()
        .filter((pl.col("direction") == "out") & (pl.col("quantity") > 0))
        .group_by("option", "commodity")
        .agg(per_unit=pl.col("quantity").sum())
    )
    of_product = pl.col("per_unit").is_not_null()
    lines = oee_with(case).lazy().join(output_per_unit, on=["option", "commodity"], how="left", maintain_order="left")
    throughput = pl.col("nominal") * pl.col("oee") / pl.col("per_unit").fill_null(1.0)
    return fused(
        lines.filter(of_product | ~of_product.any().over("option"))
        .group_by("option", product=pl.when(of_product).then("commodity"))
        .agg(allowed=throughput.sum(), known=pl.col("oee").is_not_null().all())
        .group_by("option")
        .agg(line_capacity=pl.col("allowed").min(), known=pl.col("known").all())
        .filter("known")
        .select("option", "line_capacity")
    )
