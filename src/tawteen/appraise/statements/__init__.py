"""Statements of a study: schedules, income, cash, balance, discounted cash flow, ratios, with and without."""

from __future__ import annotations

from tawteen.appraise.profile import PROFILES, ConventionProfile
from tawteen.appraise.statements.engine import accounts_of
from tawteen.appraise.statements.model import DIFFERENT, IncrementalStatements, Statements
from tawteen.appraise.study import Study

__all__ = ["DIFFERENT", "IncrementalStatements", "Statements", "statements"]


def statements(study: Study, profile: ConventionProfile | None = None) -> Statements:
    """Returns all statements of a study under `profile` (by default its own), and of its do-nothing alternative.

    The study must have passed `tawteen.appraise.study_file.faults`. Accounts are settled at once; lines, indicators and
    findings are worked out when they are asked for.
    """
    profile = profile or PROFILES[study.profile]
    nothing = study.doing_nothing()
    return Statements(accounts_of(study, profile), None if nothing is None else statements(nothing, profile))
