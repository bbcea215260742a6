"""Economic appraisal of a study: value added, foreign exchange, cost-benefit at shadow prices, carbon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from tawteen.appraise.economic.cost_benefit import cost_benefit, emissions
from tawteen.appraise.economic.employment import employment
from tawteen.appraise.economic.exchange import foreign_exchange
from tawteen.appraise.economic.value_added import value_added
from tawteen.appraise.params import CASH_ROUNDING
from tawteen.appraise.profile import PROFILES, ProfileName
from tawteen.appraise.statements import Statements
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.discounted import Indicator, indicators, present_value
from tawteen.appraise.statements.model import figures, table
from tawteen.appraise.statements.schedules import StatementLine, cash_rows
from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import CountryInputs

__all__ = ["CountryView", "country_view"]

NO_COUNTRY = "country.not_stated"
NO_PERSONS = "country.no_persons"
NO_WAGES = "country.no_wages"
NO_INVESTMENT = "country.no_investment"
EARNS_EXCHANGE = "country.earns_exchange"


@dataclass(frozen=True)
class CountryView:
    """Schedules and indicators of the economic view under a named profile, in the frames of `Statements`.

    `reason`: code of the reason why the frames are empty, for a study without inputs of the country.
    """

    profile: ProfileName
    lines: pl.DataFrame
    indicators: pl.DataFrame
    reason: str | None = None


def country_view(statements: Statements) -> CountryView:
    """Returns value added, foreign exchange, employment, cost-benefit and carbon of the study of `statements`.

    All of them are those beyond the company without the project, if the study has one.
    """
    accounts, name = statements.accounts, statements.profile
    country, labels = accounts.study.country, accounts.time.labels
    if country is None:
        return CountryView(name, table([], labels), figures([]), NO_COUNTRY)
    added, exchange, working = (
        _incremental_lines(statements, country, f) for f in (value_added, foreign_exchange, employment)
    )
    rows = [StatementLine("value_added", item, values) for item, values in added.items()]
    rows += [StatementLine("foreign_exchange", item, values) for item, values in exchange.items()]
    rows += [StatementLine("employment", item, values) for item, values in working.items()]
    if country.carbon is not None:
        rows.append(StatementLine("carbon", "emission", emissions(accounts, country.carbon)))
    country_indicators = [*_efficiency(statements, country, added, exchange), _per_job(statements, working)]
    without = None if statements.without is None else statements.without.accounts
    for level in cost_benefit(accounts, country, without):
        rows += list(cash_rows(level))
        country_indicators += indicators(level, PROFILES[name], accounts.time.step)
    return CountryView(name, table(rows, labels), figures(country_indicators))


def _incremental_lines(
    statements: Statements, country: CountryInputs, schedule: Callable[[Accounts, CountryInputs], dict[str, Array]]
) -> dict[str, Array]:
    """Returns the lines of a schedule less those of the company without the project."""
    lines = schedule(statements.accounts, country)
    if statements.without is None:
        return lines
    without = schedule(statements.without.accounts, country)
    return {item: values - without[item] for item, values in lines.items()}


def _efficiency(
    statements: Statements, country: CountryInputs, added: dict[str, Array], exchange: dict[str, Array]
) -> list[Indicator]:
    """Returns present value added per unit of wages, investment and foreign exchange spent."""
    profile, step = PROFILES[statements.profile], statements.accounts.time.step

    def worth(values: Array) -> float:
        return float(present_value(values, country.discount, step, profile.ahead))

    national = worth(added["net_national_value_added"])
    ratios = [Indicator("value_added", "present_value", national)]
    denominators = {
        "per_wages": (worth(added["domestic_wages"]), NO_WAGES),
        "per_skilled_wages": (worth(added["skilled_labour"]), NO_WAGES),
        "per_investment": (worth(added["investment_adjusted"]), NO_INVESTMENT),
        "per_foreign_exchange": (-worth(exchange["net_flow"]), EARNS_EXCHANGE),
    }
    for name, (base, reason) in denominators.items():
        positive = base > CASH_ROUNDING.zero
        ratios.append(
            Indicator("value_added", name, national / base if positive else None, None if positive else reason)
        )
    ratios.append(Indicator("foreign_exchange", "present_value", worth(exchange["net_flow"])))
    return ratios


def _per_job(statements: Statements, working: dict[str, Array]) -> Indicator:
    """Returns total investment over the largest number of domestic workers in any period."""
    home = float((working["persons_unskilled"] + working["persons_skilled"]).max())
    spent = float(statements.accounts.invested().sum())
    if statements.without is not None:
        spent -= float(statements.without.accounts.invested().sum())
    return Indicator(
        "employment", "investment_per_job", spent / home if home > 0 else None, None if home > 0 else NO_PERSONS
    )
