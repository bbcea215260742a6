"""Every code of a sentence that is composed of a word and a variable has its sentence for every value it can take."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from tests.test_words import PLACE, SRC

from tawteen.appraise.economic.transfer import NONE, STATED
from tawteen.appraise.profile import ConventionProfile, ProfileName
from tawteen.appraise.risk.cash_model import DRIVERS
from tawteen.appraise.statements.schedules import Part
from tawteen.appraise.study import RateKind
from tawteen.appraise.study_scenarios import SCENARIO_DRIVERS
from tawteen.case.checks.findings import Severity
from tawteen.case.codes import LOSS_FACTORS
from tawteen.plan.compare import COMPARED_OF_POLICIES
from tawteen.plan.explain.sentences import COUNTED_UNITS, JUST_PAYING, MORE_CODES, OTHER_SOURCES
from tawteen.plan.programme_tables import LIMIT_KINDS
from tawteen.progress import STAGES
from tawteen.report.financing import FINANCE_LINES, LEFT
from tawteen.report.robustness import ROBUSTNESS_FIGURE_LABELS
from tawteen.words import LANGS, catalog

CONVENTIONS = get_type_hints(ConventionProfile)


def first_words(folder: str, *methods: str) -> set[str]:
    """Words that stand first in the calls of these methods of `checks` in a folder of the source."""
    return {
        node.args[0].value
        for path in (SRC / folder).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in methods
        and getattr(getattr(node.func, "value", None), "id", "") == "checks"
        and isinstance(node.args[0], ast.Constant)
    }


def programme_tables() -> set[str]:
    """Tables of a programme that exhibits name as their origin."""
    return {
        node.value.partition(".")[2]
        for path in (SRC / "report").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("programme.")
        if node.value.count(".") == 1 and not node.value.endswith((".json", ".xlsx"))
    }


def flag_codes() -> set[str]:
    """Codes of red flags: those that stand first in a call, and those of a flag that one of two codes names."""
    stated = {
        node.args[0].value
        for path in (SRC / "report").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "RedFlag"
        and isinstance(node.args[0], ast.Constant)
    }
    return {*stated, *FLAGS_OF_PARTIES, *FLAGS_OF_RULES}


CHECK_METHODS = ("report", "at_most", "equal", "none_of")
TURNS = ("gain", "loss", "same")
FLAGS_OF_PARTIES = ("party_loses", "party_sells_less")
FLAGS_OF_RULES = ("dear_rule", "rule_without_gain")
LEVERS = {*LIMIT_KINDS, "capability", "course", "seats", "supply"} - {"source", "rule"}
"""Limits that a lever raises; a rule has sentences of its own."""
FIGURES_COMPARED = (
    "value", "bound", "do_nothing", "gain", "sites", "investment", "jobs", "new_jobs", *COMPARED_OF_POLICIES,
)  # fmt: skip

WALKED: dict[str, Iterable[str]] = {
    "cli.{}": get_args(Severity),
    "cli.count.{}": get_args(Severity),
    "cli.stage.{}": STAGES,
    "cli.figure.{}": FIGURES_COMPARED,
    "cli.source.{}": ("academy", "third_party"),
    "case.party.{}": ("host", "partner"),
    "compare.{}": ("in", "out", "changed", "later", "sooner", "currency", "price_year", "view", "horizon"),
    "robust.{}": ROBUSTNESS_FIGURE_LABELS,
    "robust.policy_{}": ("expected", "p10", "p50", "p90", "chance_of_loss"),
    "limit.{}": ({*LIMIT_KINDS, "capability", "course"}),
    "more.{}": ({MORE_CODES.get(kind, kind) for kind in LEVERS} | {"once", "demand"}),
    "amount.{}": ("once", "money"),
    "way.{}": ("more", "cheaper"),
    "why.{}": ("more", "cheaper", "relief"),
    "{}_even": JUST_PAYING,
    "why.source_{}": OTHER_SOURCES,
    "quantity.{}": COUNTED_UNITS,
    "forced.gains_{}": ("with", "without", "exception"),
    "forced.none_{}": ("with", "without"),
    "forced.none_at_least_{}": ("with", "without"),
    "forced.impossible_{}": ("with", "without"),
    "site_policy.{}": ("known", "unsurveyed", "untouched"),
    "policy.finding.{}": ("shut", "open", "better", "as_expected", "worse"),
    "verify.{}": {*first_words("plan/verify", *CHECK_METHODS), *first_words("plan/verify/policy", *CHECK_METHODS)},
    "report.programme.{}": programme_tables(),
    "column.{}": LOSS_FACTORS,
    "financing.{}": ({*FINANCE_LINES, *LEFT}),
    "financing.basis.{}": ("total_capital", "equity"),
    "home.path.{}": (NONE, STATED),
    "home.kind.{}": ("input", "spares", "spares_lump", "demand"),
    "statements.part.{}": get_args(Part),
    "statements.profile.{}": get_args(ProfileName),
    "live.convention.reference.{}": get_args(CONVENTIONS["reference"]),
    "live.convention.residual.{}": get_args(CONVENTIONS["residual"]),
    "live.convention.receivables.{}": get_args(CONVENTIONS["receivables"]),
    "live.input.rate_{}": get_args(RateKind),
    "studies.driver.{}": SCENARIO_DRIVERS,
    "opportunity.driver.{}": DRIVERS,
    "red_flags.{}": FLAGS_OF_PARTIES,
    "red_flags.{}_why": (*FLAGS_OF_PARTIES, *FLAGS_OF_RULES),
    "red_flags.short.{}": flag_codes(),
    "headline.{}": ("firm", "conditional", "survey", "close"),
    "headline.expected_{}": TURNS,
    "headline.few_{}": TURNS,
    "headline.only_{}": TURNS,
    "headline.policy_{}": TURNS,
    "headline.policy_few_{}": TURNS,
}


def composed(path: Path) -> set[str]:
    """The codes of a module that hold one variable, with `{}` in its place."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in PLACE and len(node.args) > PLACE[name]:
            for part in ast.walk(node.args[PLACE[name]]):
                if isinstance(part, ast.JoinedStr):
                    pieces = [str(piece.value) if isinstance(piece, ast.Constant) else "{}" for piece in part.values]
                    found.add("".join(pieces))
    return found


@pytest.mark.parametrize("code", WALKED)
def test_every_value_has_its_sentence(code: str) -> None:
    values = list(WALKED[code])
    assert values
    for lang in LANGS:
        known = catalog(lang).keys()
        assert not [value for value in values if code.format(value) not in known]


def test_what_is_walked_is_composed_somewhere() -> None:
    used = set().union(*(composed(path) for path in SRC.rglob("*.py")))
    assert WALKED.keys() <= used
