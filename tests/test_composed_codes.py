"""Every code of a sentence that is composed of a word and a variable has its sentence for every value it can take."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from functools import cache
from typing import get_args, get_type_hints

import pytest
from tests.test_words import PLACE, SRC
from tests.tiny import tiny

from tawteen.appraise.economic.transfer import NONE, STATED
from tawteen.appraise.params import STUDY_ANALYSIS
from tawteen.appraise.profile import ConventionProfile, ProfileName
from tawteen.appraise.risk.cash_model import DRIVERS
from tawteen.appraise.risk.reference_class import class_means
from tawteen.appraise.statements.schedules import Part
from tawteen.appraise.study import RateKind
from tawteen.appraise.study_scenarios import SCENARIO_DRIVERS
from tawteen.case.checks.findings import Severity
from tawteen.case.codes import LOSS_FACTORS
from tawteen.case.tables import TABLES
from tawteen.cli.robust import FIGURE_COLUMNS
from tawteen.plan.compare import COMPARED_OF_POLICIES
from tawteen.plan.explain.sentences import COUNTED_UNITS, JUST_PAYING, MORE_CODES, OTHER_SOURCES
from tawteen.plan.explain.site_policy import SiteState
from tawteen.plan.programme_tables import LIMIT_KINDS
from tawteen.plan.robust.model import FIGURES_OF_BOTH
from tawteen.plan.robust.reassess import DIRECTIONS, VERDICTS
from tawteen.progress import STAGES
from tawteen.report.appraisal import APPRAISAL_CHARTS
from tawteen.report.appraised import GAIN_ITEMS
from tawteen.report.financing import FINANCE_LINES, LEFT
from tawteen.report.live_workbook import INCREMENTAL, WITH_PROGRAMME, WITHOUT_PROGRAMME
from tawteen.report.robustness import ROBUSTNESS_FIGURE_LABELS
from tawteen.survey.kinds import site_kinds
from tawteen.survey.paper_form import PAPER_WORDS
from tawteen.web.imports.strategies import CONFLICT_REASONS, DIFFERENCE_KINDS, MERGE_STRATEGIES, START, UNDO
from tawteen.web.programmes.foreseen_outcomes import FORESEEN
from tawteen.web.programmes.run_states import ENDED_STATES, OPEN_STATES, RUN_KINDS
from tawteen.web.programmes.sliders import MOVED_DAYS, SLIDER_GROUPS, SLIDER_KINDS
from tawteen.web.refusal_codes import REFUSALS
from tawteen.web.registry.typed_codes import TYPED_CODES
from tawteen.web.role_names import ROLES
from tawteen.web.snapshots.kinds import CHANGE_KINDS
from tawteen.web.survey.submission_states import SUBMISSION_STATES
from tawteen.web.tours.tour_columns import TOUR_COLUMNS
from tawteen.words import LANGS, Lang, catalog

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

# What is read from the source or worked out is so when its test asks for it: every process collects this module.
WALKED: dict[str, Iterable[object] | Callable[[], Iterable[object]]] = {
    "cli.{}": get_args(Severity),
    "cli.count.{}": get_args(Severity),
    "cli.stage.{}": STAGES,
    "web.refused.{}": REFUSALS,
    "web.role.{}": ROLES,
    "web.run.state.{}": (*OPEN_STATES, *ENDED_STATES),
    "web.run.kind.{}": RUN_KINDS,
    "web.import.kind.{}": DIFFERENCE_KINDS,
    "web.import.reason.{}": CONFLICT_REASONS,
    "web.import.strategy.{}": MERGE_STRATEGIES,
    "web.import.strategy.{}.what": MERGE_STRATEGIES,
    "web.import.done.{}": (START, *MERGE_STRATEGIES, UNDO),
    "web.what_if.{}": SLIDER_GROUPS,
    "web.what_if.days.{}": MOVED_DAYS,
    "web.what_if.unit.{}": SLIDER_KINDS,
    "web.measured.{}": {
        unit
        for table in TABLES.values() for column in table.columns().values()
        if (unit := (column.metadata or {}).get("unit")) and unit != "date"
    },
    "web.party.{}": ("host", "partner"),
    "web.tour.column.{}": TOUR_COLUMNS,
    "survey.kind.{}": site_kinds(),
    "web.submission.{}": SUBMISSION_STATES,
    "web.filter.{}": ("region", "field", "state", "gate", "grade"),
    "web.remedy.{}": REFUSALS,
    "web.typed.{}": TYPED_CODES,
    "cli.figure.{}": FIGURES_COMPARED,
    "cli.source.{}": ("academy", "third_party"),
    "case.party.{}": ("host", "partner"),
    "compare.{}": ("in", "out", "changed", "later", "sooner", "currency", "price_year", "view", "horizon"),
    "web.before.{}": FORESEEN,
    "web.change.{}": CHANGE_KINDS,
    "reassess.{}": VERDICTS,
    "reassess.worth.{}": DIRECTIONS,
    "robust.{}": (*ROBUSTNESS_FIGURE_LABELS, *FIGURE_COLUMNS),
    "robust.policy_{}": FIGURES_OF_BOTH,
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
    "site_policy.{}": get_args(SiteState),
    "policy.finding.{}": ("shut", "open", "better", "as_expected", "worse"),
    "verify.{}": lambda: (
        first_words("plan/verify", *CHECK_METHODS) | first_words("plan/verify/policy", *CHECK_METHODS)
    ),
    "report.programme.{}": programme_tables,
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
    "red_flags.short.{}": flag_codes,
    "headline.{}": ("firm", "conditional", "survey", "close", "policy_waits", "policy_known_at_once"),
    "headline.expected_{}": TURNS,
    "headline.few_{}": TURNS,
    "headline.only_{}": TURNS,
    "headline.policy_{}": TURNS,
    "headline.policy_few_{}": TURNS,
    "annotate.{}": ("severity", "cell", "column", "value", "message"),
    "exhibit.{}": APPRAISAL_CHARTS,
    "exhibit.{}_note": APPRAISAL_CHARTS,
    "exhibit.{}_origin": APPRAISAL_CHARTS,
    "live.check.{}": ("balance", "origins", "cash", "costs", "profit", "sized", "reserve_target"),
    "live.scenario.{}": (WITH_PROGRAMME, WITHOUT_PROGRAMME, INCREMENTAL),
    "live.short.{}": (WITHOUT_PROGRAMME,),
    "live.worth_{}": ("llcr", "plcr"),
    "opportunity.part.{}": GAIN_ITEMS,
    "opportunity.{}": ("plain", "discounted"),
    "sheet.fact.{}": ("place", "product", "capacity", "kind", "state", "owner", "authority", "start", "operates",
                      "jobs", "chance", "class"),
    "sheet.market.{}": ("good", "quantity", "price", "demand", "supply", "sales"),
    "sheet.outside.{}": lambda: class_means(tiny()).columns[1:],
    "sheet.section.{}": ("project", "market", "inputs", "investment", "returns", "risk", "offers", "evidence"),
    "survey.paper.{}": PAPER_WORDS,
    "studies.factor.{}": [round(100 * factor) for factor in STUDY_ANALYSIS.factors],
}  # fmt: skip
NOT_WALKED = {
    "web.field.{}": "tests of the pages look at every form in both languages",
    "cli.help.of.{}": "tests of the command line ask for the help of every command",
    "cli.help.{}.examples": "the same",
    "live.input.{}": "tests write the live workbook of studies of every kind, and a code without words is an error",
    "live.time.{}": "the same",
    "option_study.{}": "the same",
    "statements.indicator.{}": "the same",
    "statements.item.{}": "the same",
    "statements.statement.{}": "the same",
}
"""Codes whose values are not listed anywhere, and what tries them."""


def pattern(text: ast.JoinedStr) -> str:
    """A text that is composed, with `{}` in the place of each variable."""
    return "".join(str(piece.value) if isinstance(piece, ast.Constant) else "{}" for piece in text.values)


def composed(nodes: list[ast.AST]) -> set[str]:
    """The codes of a module that are composed, as patterns."""
    found = set()
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in PLACE and len(node.args) > PLACE[name]:
            parts = ast.walk(node.args[PLACE[name]])
            found |= {pattern(part) for part in parts if isinstance(part, ast.JoinedStr)}
    return found


def looped(nodes: list[ast.AST]) -> dict[str, set[str]]:
    """Composed codes of a module whose variable runs over values that are written out beside it, by pattern."""
    found: dict[str, set[str]] = {}
    for node in nodes:
        loops = [node] if isinstance(node, ast.For) else getattr(node, "generators", [])
        for loop in loops:
            written = getattr(loop.iter, "elts", [])
            values = [value.value for value in written if isinstance(value, ast.Constant)]
            if not values or len(values) < len(written):
                continue
            for text in (part for part in ast.walk(node) if isinstance(part, ast.JoinedStr)):
                variables = [part.value for part in text.values if isinstance(part, ast.FormattedValue)]
                if [getattr(one, "id", "") for one in variables] == [getattr(loop.target, "id", None)]:
                    found.setdefault(pattern(text), set()).update(map(str, values))
    return found


@cache
def codes_of_source() -> tuple[set[str], dict[str, set[str]]]:
    """Patterns of all codes that are composed, and those whose values are written out beside them, with the values."""
    every: set[str] = set()
    written: dict[str, set[str]] = {}
    for path in SRC.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        every |= composed(nodes)
        for code, values in looped(nodes).items():
            written.setdefault(code, set()).update(values)
    return every, {code: values for code, values in written.items() if code in every}


@pytest.mark.parametrize("code", WALKED)
def test_every_value_has_its_sentence(code: str) -> None:
    walked = WALKED[code]
    values = list(walked() if callable(walked) else walked)
    assert values
    for lang in LANGS:
        known = catalog(lang).keys()
        assert not [value for value in values if code.format(value) not in known]


def test_what_is_composed_is_walked_and_nothing_else_is() -> None:
    every, written = codes_of_source()
    assert {*WALKED, *NOT_WALKED, *written} == every


@pytest.mark.parametrize("lang", LANGS)
def test_values_that_are_written_out_have_their_sentence(lang: Lang) -> None:
    _, written = codes_of_source()
    assert written
    said = {code.format(value) for code, values in written.items() for value in values}
    assert not said - catalog(lang).keys()


@pytest.mark.parametrize("per", ["class", "exception", "released", "sites", "investment", "jobs", "share"])
def test_a_loosened_rule_has_its_sentence(per: str) -> None:
    for lang in LANGS:
        assert f"looser.{per}" in catalog(lang)
        assert f"looser.less_{per}" in catalog(lang) or per not in ("sites", "investment", "jobs")
