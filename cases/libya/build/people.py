"""Occupations, courses and trainers."""

from __future__ import annotations

from facts import Row, rows, source_of, stated
from figure import Book, Figure
from goods import ranged
from options import SCHOOL, yearly

LEVEL = {"R": ("refresher", "تنشيط"), "N": ("new entrants", "داخلون جدد")}


def add(book: Book) -> None:
    """Courses of the occupations that the options need; weeks from the sector file, seats and prices assumed."""
    needed = {(r["occupation"], r["level"]) for r in rows("assumptions/cadres.csv")}
    people = {r["id"]: stated(r) for r in rows("assumptions/people.csv")}
    named, lengths = set(), dict[str, Figure]()
    book.add(
        "trainers", id="academy", name_en="Trainers of the AOI academy",
        name_ar="مدربو أكاديمية الهيئة العربية للتصنيع", headcount=people["trainers"], attrition=people["attrition"],
    )  # fmt: skip
    for row in rows("facts/sector/occupations.csv"):
        code, level = row["isco08"], row["level"]
        if (code, level) not in needed:
            continue
        if code not in named:
            named.add(code)
            book.add("occupations", id=code, name_en=row["title_en"], name_ar=row["title_ar"])
        weeks = Figure(
            float(row["weeks"]), float(row["weeks_low"]), float(row["weeks_high"]), f"sector file ({row['grade']})",
            source=source_of(row),
        )  # fmt: skip
        en, ar = LEVEL[level]
        book.add(
            "courses", id=f"{code}-{level}", name_en=f"{row['title_en']}: {en}", name_ar=f"{row['title_ar']}: {ar}",
            occupation=code, level=level, weeks=weeks, delivery="mixed", unit="AOI-ACAD", seats=people["seats"],
            trainer_pool="academy", trainer_ratio=people["trainer_ratio"], pass_rate=people["pass_rate"],
            price=weeks * people["week_price"], third_party_price=weeks * people["week_third"],
        )  # fmt: skip
        lengths[f"{code}-{level}"] = weeks
    for option in rows("assumptions/options.csv"):
        if option["process"] == SCHOOL:
            _seats(book, option, lengths)


def _seats(book: Book, option: Row, lengths: dict[str, Figure]) -> None:
    """Seats of a centre: its trainees of a year spread over all courses alike, each for the weeks of the course."""
    reached = ranged(option, "output", "output_low", "output_high")
    each = yearly(option) * reached * (1 / len(lengths))
    for course, weeks in lengths.items():
        seats = (each * weeks * (1 / 52)).noted("trainees of a year over all courses alike: assumed size and mix")
        book.add("added_seats", option=option["id"], course=course, seats=seats)
