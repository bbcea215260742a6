"""What a party requires of how its people sign in: an act on the record."""

from __future__ import annotations

from tawteen.record.entry import Entry
from tawteen.web.accounts.models import Account, PartyRule
from tawteen.web.accounts.second_factors import has_second_factor
from tawteen.web.log.derived import DerivedTables

REQUIRE_ACT = "require"


def requires_second_factor(party: str) -> bool:
    """Whether people of a party need a second factor."""
    return PartyRule.objects.filter(party=party, second_factor=True).exists()


def lacks_second_factor(account: Account) -> bool:
    """Whether an account has no second factor although its party requires one."""
    return requires_second_factor(account.party) and not has_second_factor(account)


def _apply_rule(entry: Entry) -> None:
    if entry.act == REQUIRE_ACT and entry.subject[0] == entry.party:
        defaults = {"second_factor": entry.content["second_factor"]}
        PartyRule.objects.update_or_create(party=entry.party, defaults=defaults)


def _clear_rules() -> None:
    PartyRule.objects.all().delete()


DERIVED_RULES = DerivedTables(_clear_rules, _apply_rule)
