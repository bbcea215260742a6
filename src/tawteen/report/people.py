"""People: cadres in training against seats, and jobs in restarted sites."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.effects.additions import additions
from tawteen.plan.held_classes import held_classes
from tawteen.report.bilingual import bilingual
from tawteen.report.drawing import STATUS_COLOURS, specs
from tawteen.report.exhibit import (
    PERIOD,
    ColumnFormat,
    Exhibit,
    code_column,
    money_column,
    number_column,
    share_column,
    text_column,
)
from tawteen.report.lists import SOURCES, STATUS_LABELS
from tawteen.report.params import LAYOUT, THRESHOLDS
from tawteen.report.partner import capacity
from tawteen.report.report_data import PLANNED_STATUSES, ReportData
from tawteen.report.stacked import stacked
from tawteen.works.training import places

EXISTING_COLOUR = "#c3cdd4"


def people(study: ReportData) -> list[Exhibit]:
    """Training and jobs."""
    classes = held(study)
    return [training(study), *([] if classes is None else [classes]), cohorts(study), jobs(study)]


def training(study: ReportData) -> Exhibit:
    """Trainees in the room per course and quarter, against seats."""
    keys = ["pool", "period"]
    given = study.bought.filter(pl.col("pool_kind") == "course").with_columns(pl.col("period").cast(pl.Int64))
    side = given.with_columns(
        where=pl.when(pl.col("source") == "third_party").then(pl.lit("third_party")).otherwise(pl.lit("academy"))
    )
    seats = _seats(study)
    table = (
        side.group_by(*keys).agg(
            own=pl.col("amount").filter(pl.col("where") == "academy").sum(),
            third=pl.col("amount").filter(pl.col("where") == "third_party").sum(),
            paid=pl.col("paid").sum(),
        )
        .join(seats, on=keys, how="left")
        .filter(pl.col("own") + pl.col("third") > THRESHOLDS.least_amount)
        .with_columns(load=pl.when(pl.col("seats") > 0).then(pl.col("own") / pl.col("seats")))
        .sort(keys)
    )  # fmt: skip
    columns: dict[str, ColumnFormat] = {
        "pool": text_column("column.course"), "period": PERIOD,
        "own": number_column("column.in_the_academy_or_with_the", "seats", 1),
        "third": number_column("column.with_third_parties", "seats", 1),
        "seats": number_column("column.seats", "seats", 1),
        "added": number_column("column.seats_added", "seats", 1),
        "load": share_column("column.seats_used"), "paid": money_column("column.price"),
    }  # fmt: skip
    largest = (
        side.group_by("pool")
        .agg(pl.col("amount").sum())
        .sort("amount", descending=True)["pool"]
        .to_list()[: LAYOUT.craft_panels]
    )
    # Seats limit the academy and the units alone: trainees of third parties do not lie under the line of seats.
    shown = side.filter(pl.col("pool").is_in(largest) & (pl.col("where") == "academy"))

    def chart(k: int) -> Any:
        return stacked(
            shown, "where", "amount", study, labels=SOURCES, unit=bilingual("report.unit.trainees_at_once"), k=k,
            facet="pool",
            facets=study.names["courses"], columns=3, height=130,
            line=seats.filter(pl.col("pool").is_in(shown["pool"].implode())).select(*keys, amount="seats"),
        )  # fmt: skip

    return Exhibit(
        "training", "cadres", bilingual("exhibit.training"),
        bilingual("exhibit.training_note"),
        bilingual("exhibit.training_origin"),
        study.named(table, pool="courses"), columns, specs(chart) if shown["amount"].sum() > 0 else {},
        limit=80, inputs=("courses", "added_seats", "trainers", "cadres", "programme.supply"),
    )  # fmt: skip


def _seats(study: ReportData) -> pl.DataFrame:
    """Seats of each course by quarter, with those that chosen options add: pool, period, seats, added."""
    own = (
        capacity(study).filter(pl.col("pool_kind") == "course").select("pool", "period", "capacity", added=pl.lit(0.0))
    )
    more = study.shifted(additions(study.case, study.effects).filter(pl.col("pool_kind") == "course"))
    added = more.select("pool", "period", capacity="amount", added="amount")
    seats = pl.concat([own, added.cast({"period": pl.Int64})]).group_by("pool", "period")
    return seats.agg(seats=pl.col("capacity").sum(), added=pl.col("added").sum())


def held(study: ReportData) -> Exhibit | None:
    """Whole classes by course and quarter, of what size and how full; None where no course of the case has classes."""
    if study.case["courses"]["cohort"].is_null().all():
        return None
    taught = held_classes(study.case, study.effects, study.programme)
    places = pl.col("classes") * pl.col("size")
    table = taught.with_columns(
        taken=places - pl.col("empty"), full=pl.when(places > 0).then(1 - pl.col("empty") / places)
    ).sort("period", "course")
    columns: dict[str, ColumnFormat] = {
        "course": text_column("column.course"), "period": PERIOD,
        "classes": number_column("column.classes"),
        "size": number_column("column.class_size", "persons"),
        "taken": number_column("column.places_taken", "persons", 1),
        "empty": number_column("column.places_empty", "persons", 1),
        "full": share_column("column.places_filled"),
        "elsewhere": number_column("column.persons_with_third_parties", "persons", 1),
    }  # fmt: skip
    return Exhibit(
        "classes", "cadres", bilingual("exhibit.classes"),
        bilingual("exhibit.classes_note"),
        bilingual("exhibit.classes_origin"),
        study.named(table, course="courses"), columns, limit=80,
        inputs=("courses", "cadres", "programme.supply", "programme.sites"),
    )  # fmt: skip


def cohorts(study: ReportData) -> Exhibit:
    """People to certify per chosen option and course."""
    courses = study.case["courses"].select("occupation", "level", course="id")
    table = (
        places(study.case)
        .rename({"people": "headcount"})
        .join(study.chosen.select("option", "site", "status", "period", "quarters"), on="option")
        .join(courses, on="course", how="left")
        .with_columns(
            ready=pl.min_horizontal(pl.col("period") + pl.col("quarters"), pl.lit(study.periods - 1)),
        )
        .sort("ready", "site", "course")
    )  # fmt: skip
    occupations = {r["id"]: (r["name_en"], r["name_ar"]) for r in study.case["occupations"].iter_rows(named=True)}
    for suffix, k in (("_en", 0), ("_ar", 1)):
        cells = [occupations.get(o, (o, o))[k] for o in table["occupation"]]
        table = table.with_columns(pl.Series("occupation" + suffix, cells, dtype=pl.String))
    columns: dict[str, ColumnFormat] = {
        "site": text_column("column.site", link="site-"),
        "course": text_column("column.course"),
        "occupation": text_column("column.occupation"),
        "level": code_column("column.level", "levels"),
        "headcount": number_column("column.to_certify", "persons", 1),
        "trainees": number_column("column.to_train", "persons", 1),
        "weeks": number_column("column.weeks", decimals=1),
        "ready": ColumnFormat(bilingual("column.ready_in"), "period"),
    }
    return Exhibit(
        "cohorts", "cadres", bilingual("exhibit.cohorts"),
        bilingual("exhibit.cohorts_note"),
        bilingual("exhibit.cohorts_origin"),
        study.named(table, site="sites", course="courses"), columns, limit=100,
        inputs=("cadres", "courses", "occupations", "programme.sites"),
    )  # fmt: skip


def jobs(study: ReportData) -> Exhibit:
    """Expected persons at work in chosen sites per quarter: new ones by status, and existing ones."""
    frame = study.jobs.filter(pl.col("status").is_in(PLANNED_STATUSES))
    table = frame.group_by("period").agg(
        firm=pl.col("new_jobs").filter(pl.col("status") == "firm").sum(),
        conditional=pl.col("new_jobs").filter(pl.col("status") == "conditional").sum(),
        existing=(pl.col("jobs") - pl.col("new_jobs")).sum(),
        jobs=pl.col("jobs").sum(),
    ).sort("period")  # fmt: skip
    columns: dict[str, ColumnFormat] = {
        "period": PERIOD, "firm": number_column("column.firm_sites", "persons"),
        "conditional": number_column("column.conditional_sites_expected", "persons"),
        "existing": number_column("column.existing_jobs", "persons"),
        "jobs": number_column("column.jobs_with_those_that_exist", "persons"),
    }  # fmt: skip
    unit = bilingual("report.unit.persons")
    shown = pl.col("new_jobs").clip(lower_bound=0.0)
    drawn = pl.concat([
        frame.select("period", "status", jobs=shown),
        frame.select("period", pl.lit("existing").alias("status"), jobs=(pl.col("jobs") - shown).clip(lower_bound=0.0)),
    ])  # fmt: skip
    labels = {**STATUS_LABELS, "existing": bilingual("column.existing_jobs")}
    palette = {**STATUS_COLOURS, "existing": EXISTING_COLOUR}

    def chart(k: int) -> Any:
        return stacked(drawn, "status", "jobs", study, labels=labels, unit=unit, k=k, palette=palette, height=220)

    return Exhibit(
        "jobs", "cadres", bilingual("exhibit.jobs"),
        bilingual("exhibit.jobs_note"),
        bilingual("exhibit.jobs_origin"),
        table, columns,
        specs(chart) if frame["jobs"].sum() > 0 else {},
        inputs=("options", "sites", "programme.sites"),
    )  # fmt: skip
