"""The outlook of a programme, from what its report reads."""

from __future__ import annotations

from tawteen.plan.outlook import Outlook
from tawteen.report.red_flags import flag_rows
from tawteen.report.report_data import ReportData


def outlook_of(study: ReportData) -> Outlook:
    """The outlook by the scenarios of `study.robustness`. Raises ValueError where none were simulated."""
    result = study.robustness
    if result is None:
        raise ValueError("an outlook needs scenarios")
    gains = tuple(result.runs["gain"].to_list())
    return Outlook(result.seed, gains, flag_rows(study), study.parties, study.rule_costs)
