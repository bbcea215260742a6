"""What an appraisal is given wrongly, or cannot calculate, is said: one clear sentence in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Ask
from tests.cli.test_bad_input import ARABIC, cell
from tests.tiny import SETTINGS, tables, tiny

from tawteen.case.folder import write_folder

ONE = ("--option", "mill-repair", "--paths", 50)
LONG_LOAN = {
    "funds": [tables()["funds"][0], {**tables()["funds"][1], "terms": "loan", "rate": 0.05, "years": 50.0}],
    "finance": [{"id": "1", "fund": "line", "option": "mill-repair", "share": 0.5}],
}
AGAINST = [("price", "inputs", 0.9), ("price", "energy", 0.9), ("inputs", "energy", -0.9)]
NEVER: dict[str, Any] = {
    "commodities": [
        {**row, "cif": 10.0, "fob": None} if row["id"] == "flour" else row for row in tables()["commodities"]
    ]
}


def nothing(_folder: Path) -> None:
    pass


def rate_of_nothing(folder: Path) -> None:
    path = folder / "case.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"financial = {SETTINGS['discount']['financial']}", "financial = -1.0"), "utf-8")


REFUSED: dict[str, tuple[dict[str, Any], Callable[[Path], None], str, str]] = {
    "negative capacity": ({}, cell("options", "mill-repair", "capacity", "-5"), "options.csv", "-5"),
    "rate of -100 %": ({}, rate_of_nothing, "case.toml", "discount.financial"),
    "currency without a rate": ({}, cell("costs", "mill-repair", "currency", "CHF"), "costs.csv", "CHF"),
    "low above high": ({"costs": [{**tables()["costs"][0], "low": 2e5, "high": 1e5}, *tables()["costs"][1:]]}, nothing,
                       "costs.csv", "200000"),
    "correlation that cannot be": ({"correlations": [dict(zip(("one", "other", "rank"), row, strict=True))
                                                     for row in AGAINST]}, nothing, "correlations.csv", "0.9"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_with_its_place(ask: Ask, tmp_path: Path, name: str) -> None:
    changes, change, file, value = REFUSED[name]
    write_folder(tiny(changes), tmp_path / "tiny")
    change(tmp_path / "tiny")
    for lang in ("en", "ar"):
        told = ask("appraise", tmp_path / "tiny", *ONE, "--lang", lang)
        assert told.code == 1
        assert file in told.all
        assert value in told.all
        assert bool(ARABIC.search(told.all)) == (lang == "ar")


SAID: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "never positive": (NEVER, {"en": "No internal rate: it never brings in more than it costs.",
                               "ar": "لا معدل عائد داخلي"}),
    "no payback": (NEVER, {"en": "Payback: not reached within the horizon.", "ar": "الاسترداد: لا يبلغ ضمن الأفق."}),
    "zero sales": ({"options": [{**row, "capacity": 0.0} for row in tables()["options"]]},
                   {"en": "mill-repair sells nothing.", "ar": "mill-repair لا يبيع شيئا."}),
    "nothing to count content of": ({"options": [{**row, "capacity": 0.0} for row in tables()["options"]]},
                                    {"en": "not calculable because nothing is sold", "ar": "لأنه لا يباع شيء"}),
    "loan beyond the horizon": (LONG_LOAN, {"en": "horizon", "ar": "الأفق"}),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_what_is_not_calculable_says_why(ask: Ask, tmp_path: Path, name: str, lang: str) -> None:
    changes, sentences = SAID[name]
    write_folder(tiny(changes), tmp_path / "tiny")
    told = ask("appraise", tmp_path / "tiny", *ONE, "--lang", lang)
    assert told.code in (0, 1)
    assert sentences[lang] in " ".join(told.all.split())
    assert "nan" not in told.out.lower().split()


def test_what_moves_together_changes_what_may_happen(ask: Ask, tmp_path: Path) -> None:
    """Dear works hurt, dear foreign money makes the flour dearer: against each other they swing it most."""
    spread = {}
    for rank in (-0.9, 0.9):
        folder = tmp_path / f"tiny{rank}"
        write_folder(tiny({"correlations": [{"one": "cost", "other": "exchange", "rank": rank}]}), folder)
        (one,) = ask("appraise", folder, "--option", "mill-repair", "--paths", 2000, "--json").json["options"]
        risk = {row["measure"]: row["value"] for row in one["risk"]}
        spread[rank] = risk["npv_p90"] - risk["npv_p10"]
    assert spread[-0.9] > 1.05 * spread[0.9]
