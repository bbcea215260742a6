"""Fills an empty workspace with the demo, in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from tawteen.case.model import Case
from tawteen.web.demo.acts import change_privately, contradict, enter_case, observe
from tawteen.web.demo.people import DemoPeople, add_people, invented_people
from tawteen.web.log.append import LogWriter, locked_log

STEPS: tuple[Callable[[LogWriter, DemoPeople], object], ...] = (change_privately, observe, contradict)
"""What happens in the demo once people and case are there, in its order. Later parts of the workspace add theirs."""


def fill(case: Case) -> DemoPeople:
    """Makes the people, enters the case and does all steps; returns the people with their passwords."""
    people = invented_people()
    with locked_log() as log:
        add_people(log, people)
        enter_case(log, people, case)
        for step in STEPS:
            step(log, people)
    return people
