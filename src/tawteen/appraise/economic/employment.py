"""Employment of a study by origin and skill."""

from __future__ import annotations

from tawteen.appraise.economic.views import classified_costs, total
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import CountryInputs


def employment(accounts: Accounts, country: CountryInputs) -> dict[str, Array]:
    """Returns persons by period: total, domestic unskilled, domestic skilled, foreign."""
    costs = classified_costs(accounts, country)
    home = {
        skill: total([c.persons for c in costs if c.origin == "local" and c.view.skill == skill], accounts)
        for skill in ("unskilled", "skilled")
    }
    abroad = total([c.persons for c in costs if c.origin == "foreign"], accounts)
    return {
        "persons": home["unskilled"] + home["skilled"] + abroad,
        "persons_unskilled": home["unskilled"],
        "persons_skilled": home["skilled"],
        "persons_abroad": abroad,
    }
