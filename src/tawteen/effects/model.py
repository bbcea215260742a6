"""An option as quarters counted from its start; appraise, plan and report consume it, nobody else spreads time."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tawteen.case.one_line import OneLine


@dataclass(frozen=True, repr=False)
class Effects(OneLine):
    """Profiles of every option of a case (`docs/method.md`, Effects). Money in the case's currency.

    Frames:
    - `options`: option, site, region, authority, field, kind, name_en, name_ar, commodity (main product or null),
      conditional (bool), available (bool), blocked_by (gate or null), chance (gate chance), success, output_reached,
      survival, quarters (whole, until works end, at least 1 unless as_is), operating_from (relative quarter, null when
      it never operates), takeover (relative quarter, null unless the site has an as_is option),
      earliest, latest (first and last period it may start; latest < earliest when it cannot), fixed_cost (per quarter),
      variable_cost (per unit of throughput), foreign_share, process_emission, jobs, new_jobs (beyond idle staff), wage,
      care_cost (of its site), life, closing_cost, severance, working_capital (currency, in full),
      investment (currency, in full, without working capital), capacity (nominal units of throughput per quarter).
    - `outlays`: option, quarter, category, origin, amount (currency, in full), sure (bool), pooled (bool).
    - `needs`: option, quarter, pool_kind, pool, amount (pool units, in full).
    - `profile`: option, quarter (0 … periods − 1), capacity, operating, fee (currency); expected values.
    - `recipe`: option, commodity, quantity (per unit of throughput; + made, − taken).

    `as_is` options have quarters 0 and start in period 0.
    """

    options: pl.DataFrame
    outlays: pl.DataFrame
    needs: pl.DataFrame
    profile: pl.DataFrame
    recipe: pl.DataFrame
