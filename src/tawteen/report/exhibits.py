"""All exhibits of a programme, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tawteen.report.appraisal import appraisal
from tawteen.report.decisions import decisions
from tawteen.report.efficiency import efficiency
from tawteen.report.exhibit import EXHIBIT_GROUPS, Exhibit
from tawteen.report.funds import funds
from tawteen.report.goods import goods
from tawteen.report.import_substitution import home
from tawteen.report.knowledge import knowledge
from tawteen.report.map import sites_map
from tawteen.report.next_steps import next_steps
from tawteen.report.overview import overview
from tawteen.report.parties import parties
from tawteen.report.partner import partner
from tawteen.report.people import people
from tawteen.report.policy import policy
from tawteen.report.red_flags import red_flags
from tawteen.report.report_data import ReportData
from tawteen.report.returns import returns
from tawteen.report.robustness import robustness
from tawteen.report.rule_costs import rule_costs
from tawteen.report.survey_tour import survey_tour
from tawteen.report.timeline import timeline

MAKERS: tuple[Callable[[ReportData], list[Exhibit]], ...] = (
    sites_map, timeline, decisions, next_steps, policy, survey_tour, funds, parties, partner, people, goods, efficiency,
    home, red_flags, robustness, knowledge, overview, returns, rule_costs, appraisal,
)  # fmt: skip


def exhibits(study: ReportData) -> list[Exhibit]:
    """Every exhibit, by group; the same list makes page, workbook and pictures."""
    return in_order([exhibit for batch in made_in_turn(study) for exhibit in batch])


def made_in_turn(study: ReportData) -> Iterator[list[Exhibit]]:
    """Yields the exhibits of one maker after the other, so that their charts can be drawn meanwhile."""
    for make in MAKERS:
        yield make(study)


def in_order(all_exhibits: list[Exhibit]) -> list[Exhibit]:
    """Exhibits by group, as they are read."""
    order = list(EXHIBIT_GROUPS)
    return sorted(all_exhibits, key=lambda e: order.index(e.group))
