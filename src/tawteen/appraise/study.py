"""Input model of a study, in the order of the UNIDO manual and COMFAR.

Money is in the currency of its item, at the prices of the first period; shares and rates are fractions, not percent.
`Amounts` are one number, or numbers by period label: `1991`, `2027-Q1`, and `"1996+"` for a period and all after it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from tawteen.appraise.profile import ProfileName

Amounts = float | dict[str, float]
Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(gt=-1, le=1)]
"""A rate a year as a fraction; money that loses more than all its value in a year needs constant prices."""
Days = Annotated[float, Field(ge=0, le=3660)]
CurrencyCode = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Origin = Literal["local", "foreign"]
ORIGINS: tuple[Origin, ...] = get_args(Origin)
RateKind = Literal["official", "taxed", "parallel"]
RATE_KINDS: tuple[RateKind, ...] = get_args(RateKind)
CostCategory = Literal[
    "raw_materials",
    "factory_supplies",
    "spare_parts",
    "energy",
    "repair",
    "royalties",
    "labour",
    "factory_overheads",
    "administration",
    "leasing",
    "marketing",
    "care",
]
InvestmentGroup = Literal[
    "land",
    "site_preparation",
    "buildings",
    "machinery",
    "auxiliary_equipment",
    "incorporated_assets",
    "pre_production",
]


class _StudyModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _lists_as_tuples(cls, values: Any) -> Any:
        """Returns the fields with tuples for lists: TOML and JSON know lists only."""
        if not isinstance(values, dict):
            return values
        return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _counted(value: Any) -> Any:
    """Returns a number of payments; `true` is no number, though Python takes it for 1."""
    return str(value).lower() if isinstance(value, bool) else value


class Horizon(_StudyModel):
    """Construction, start-up and production, in periods of one length, from the period `start` on."""

    start: str
    period: Literal["year", "quarter"] = "year"
    construction: int = Field(ge=0, le=400)
    start_up: int = Field(default=0, ge=0, le=400)
    production: int = Field(ge=1, le=400)

    @property
    def periods(self) -> int:
        """Number of periods."""
        return self.construction + self.start_up + self.production

    @property
    def step(self) -> int:
        """Periods of a year."""
        return 1 if self.period == "year" else 4


class Currency(_StudyModel):
    """Units of the study's currency for one unit of `code`, by period; a flow names which of the rates it takes."""

    code: CurrencyCode
    official: Amounts
    taxed: Amounts | None = None
    parallel: Amounts | None = None
    inflation: Amounts = 0.0


class _Named(_StudyModel):
    """An item with an id and optional names in both languages."""

    id: str = Field(min_length=1)
    name_en: str = ""
    name_ar: str = ""


class _Paid(_Named):
    """A flow with its origin, currency (by default that of the study) and kind of exchange rate."""

    origin: Origin = "local"
    currency: str = ""
    rate: RateKind = "official"


class _Priced(_Paid):
    """A flow with a price that grows by `escalation` a year, by default the inflation of its currency."""

    escalation: Amounts | None = None


class Product(_Named):
    """A product: `utilisation` is the share of full capacity that is sold; `capacity` in units a year."""

    unit: str = ""
    capacity: float | None = Field(default=None, ge=0)
    utilisation: Amounts = 1.0


class Buyer(_Named):
    """A buyer: days until payment is due, and days of late payment on top."""

    kind: Literal["private", "state", "export"] = "private"
    days: Days = 0.0
    late_days: Days = 0.0


class Sale(_Priced):
    """A line of the sales programme: `quantity` a year at full utilisation, `price` without sales tax."""

    product: str
    quantity: Amounts
    price: Amounts
    buyer: str = ""
    sales_tax: Share = 0.0
    subsidy: Share = 0.0


class Depreciation(_StudyModel):
    """Depreciation of an asset, from the period after it is paid, but not before production.

    `straight_line` takes 1/life of the cost above salvage; `straight_line_to_salvage` takes 1/life of the full cost and
    stops at salvage (UNIDO); `declining_balance` takes factor/life of the book value down to salvage and, with
    `switch`, changes to straight line once that is larger; `sum_of_years`; `depletion` in proportion to sales.
    `first_part` of the first period counts: each year of the asset's life straddles two periods.
    """

    method: Literal[
        "straight_line", "straight_line_to_salvage", "declining_balance", "sum_of_years", "depletion", "none"
    ] = "straight_line"
    life: float = Field(default=10.0, gt=0)
    salvage: Share = 0.0
    factor: float = Field(default=2.0, gt=0)
    switch: bool = False
    first_part: float = Field(default=1.0, gt=0, le=1)
    begins: str | None = None


class Investment(_Priced):
    """A fixed investment or pre-production item; a replacement is one with a later period.

    `residual`: residual value as a share of its cost, by default its book value. `sunk` cost was spent before the
    decision and is in no cash flow. `input_tax`: value-added tax on top, see `Cost`.
    """

    group: InvestmentGroup
    amount: Amounts
    depreciation: Depreciation = Depreciation(method="none")
    residual: float | None = Field(default=None, ge=-1, le=1)
    input_tax: Share = 0.0
    sunk: bool = False


class Disposal(_StudyModel):
    """An investment item sold inside the horizon, for proceeds in the study's currency."""

    item: str
    period: str
    proceeds: float = Field(ge=0)


class Cost(_Priced):
    """A production cost a year: `variable` at full utilisation of its product, `fixed` at any output.

    A single number of `fixed` is paid in start-up and production. `stock_days` and `payable_days` are covered by
    stock and by suppliers; `extra_stock` is held beyond that at the end of a period. A letter of credit ties up
    `credit_cover` of the cost of its `credit_days` of lead time in cash. `persons` work for it. `input_tax` is paid on
    top and set against the tax on sales of this and later periods: what is left is a claim on the state.
    """

    category: CostCategory
    product: str = ""
    variable: Amounts = 0.0
    fixed: Amounts = 0.0
    stock_days: Days = 0.0
    payable_days: Days = 0.0
    extra_stock: Amounts = 0.0
    credit_cover: Share = 0.0
    credit_days: Days = 0.0
    persons: Amounts = 0.0
    input_tax: Share = 0.0


class WorkingCapital(_StudyModel):
    """Days covered by work in progress, finished products and cash in hand."""

    work_in_progress_days: Days = 0.0
    finished_days: Days = 0.0
    cash_days: Days = 0.0


class Equity(_Paid):
    """A class of shares: paid in and refunded by period, its preferred dividend a year on what is paid in.

    `share` is its part of the dividends of ordinary shares. Classes without one divide what the others leave by the
    capital that each has paid in.
    """

    amount: Amounts
    refund: Amounts = 0.0
    preferred: Share = 0.0
    share: Share | None = None


class Grant(_Paid):
    """A grant by period."""

    amount: Amounts


class ReserveAccount(_StudyModel):
    """A debt service reserve account: it holds the debt service of the next `months`, and pays where cash falls short.

    It is filled in the last period of construction (`drawdown`), or out of the cash that debt service leaves (`cash`),
    and earns `interest` a year on what it held at the start of a period.
    """

    months: float = Field(gt=0, le=120)
    funded: Literal["drawdown", "cash"] = "drawdown"
    interest: Rate = 0.0


class Loan(_Paid):
    """A loan in its own currency; interest accrues by month and is paid by period.

    `draw_at` and `repay_at` place a payment inside its period: 0 at its start, 0.5 in its middle, 1 at its end. `first`
    is the period of the first of `instalments` payments, `per_year` of them a year. `profile` states repayments by
    period; `sculpted` repays out of the cash of the project from `first` to `last` at a DSCR of `target_dscr`. The
    share `capitalised` of interest is added to the loan up to the period `capitalise_until`. `upfront_fee` is on the
    whole loan with its first draw, `fee` on each draw, `commitment_fee` a year on the undrawn amount. Interest a year
    is `interest`, as a margin over the base rate `base` where there is one. `opening`: debt of an existing company at
    the start.

    A loan that is `sized` is the largest that keeps `target_dscr` and, where there is one, the limit of `gearing`: debt
    as a share of the uses of money until it is drawn. Its `draw` states only how it is divided over the periods. The
    share `sweep` of the cash above `sweep_above` a period that is left after debt service and reserve repays it early.
    """

    kind: Literal["constant_principal", "annuity", "profile", "sculpted"]
    interest: Rate
    base: Amounts = 0.0
    draw: Amounts = 0.0
    draw_at: Share = 0.0
    first: str = ""
    repay_at: Share = 1.0
    instalments: int = Field(default=0, ge=0)
    per_year: Annotated[Literal[1, 2, 4, 12], BeforeValidator(_counted)] = 1
    repay: Amounts = 0.0
    target_dscr: float = Field(default=1.3, gt=0)
    capitalised: Share = 0.0
    capitalise_until: str = ""
    fee: Share = 0.0
    commitment_fee: Share = 0.0
    opening: float = Field(default=0.0, ge=0)
    upfront_fee: Share = 0.0
    last: str = ""
    sized: bool = False
    gearing: float | None = Field(default=None, gt=0, le=1)
    reserve: ReserveAccount | None = None
    sweep: Share = 0.0
    sweep_above: Amounts = 0.0


class DividendPolicy(_StudyModel):
    """Dividends: a share of the net profit of a period (if positive) and fixed amounts."""

    payout: Amounts = 0.0
    fixed: Amounts = 0.0


class IncomeTaxBracket(_StudyModel):
    """Profit of a year above `above` (and below the next bracket) is taxed at `rate`."""

    above: float = Field(ge=0)
    rate: Share


class IncomeTax(_StudyModel):
    """Tax on the profit of each year of the study, paid in its last period.

    `holiday` years from the first of start-up or production are free of tax. A loss is set against the profits of
    the next `carry_forward` years, the oldest first; years of the holiday use it up too. `allowance` is deducted
    from profit by period; `investment_allowance` is that share of fixed investment, deducted when it is paid.
    """

    brackets: tuple[IncomeTaxBracket, ...] = ()
    holiday: int = Field(default=0, ge=0)
    carry_forward: int = Field(default=0, ge=0)
    allowance: Amounts = 0.0
    investment_allowance: Share = 0.0


class OpeningAsset(_Named):
    """A fixed asset of the existing company: its book value, written off over the life that is left."""

    value: float = Field(ge=0)
    depreciation: Depreciation = Depreciation(method="none")


class OpeningBalance(_StudyModel):
    """Balance of the existing company before the first period; loans owed are among the loans.

    Equity, retained profit, payables and loans must equal the assets.
    """

    fixed_assets: tuple[OpeningAsset, ...] = ()
    stocks: float = Field(default=0.0, ge=0)
    receivables: float = Field(default=0.0, ge=0)
    payables: float = Field(default=0.0, ge=0)
    cash: float = Field(default=0.0, ge=0)
    equity: float = 0.0
    retained: float = 0.0


class ClosingCost(_Priced):
    """Cost of closing and clean-up after the last period."""

    amount: float = Field(ge=0)


class WithoutProject(_StudyModel):
    """The company without the project: idle wages, care and maintenance, remaining sales and investments."""

    products: tuple[Product, ...] = ()
    sales: tuple[Sale, ...] = ()
    investments: tuple[Investment, ...] = ()
    costs: tuple[Cost, ...] = ()
    working_capital: WorkingCapital = WorkingCapital()
    loans: tuple[Loan, ...] = ()
    closing: tuple[ClosingCost, ...] = ()


class ItemView(_StudyModel):
    """Classification of a cost or an investment in the economic view.

    `taxes`: share of tax in it (negative: subsidy on top); `value_added`: shares of domestic value added in the
    remainder, round by round. `nature` and `skill` override those of the category.
    """

    item: str
    taxes: float = Field(default=0.0, ge=-1, le=1)
    value_added: tuple[Share, ...] = ()
    nature: Literal["materials", "wages", "other"] | None = None
    skill: Literal["skilled", "unskilled"] = "skilled"


class ShadowPrice(_StudyModel):
    """Shadow price of a sale, cost or investment: its border price over its market price, and the share in currency."""

    item: str
    factor: float = Field(default=1.0, ge=0)
    exposure: Share = 0.0


class IndirectEffect(_StudyModel):
    """A benefit or (negative) a cost of the project to others, by period, in a currency."""

    id: str
    amount: Amounts
    currency: str = ""


class CostBenefit(_StudyModel):
    """Shadow prices: standard conversion factor, adjustment by item, foreign loans that count, effects on others."""

    numeraire: Literal["domestic", "border"] = "domestic"
    conversion: float = Field(default=1.0, gt=0)
    shadows: tuple[ShadowPrice, ...] = ()
    loans: tuple[str, ...] = ()
    indirect: tuple[IndirectEffect, ...] = ()


class Carbon(_StudyModel):
    """Tonnes of CO2 a year that the project adds at full utilisation (negative: saved), and the price of a tonne."""

    emission: Amounts = 0.0
    price: Amounts = 0.0


class CountryInputs(_StudyModel):
    """Inputs of the economic view of a study."""

    discount: Rate
    items: tuple[ItemView, ...] = ()
    dividend_tax_home: Share = 0.0
    dividend_tax_abroad: Share = 0.0
    cost_benefit: CostBenefit | None = None
    carbon: Carbon | None = None


class StudyScenario(_Named):
    """A case that may come: each field multiplies what it names in every period, 1.1 for a tenth more."""

    price: float = Field(default=1.0, ge=0)
    quantity: float = Field(default=1.0, ge=0)
    investment: float = Field(default=1.0, ge=0)
    variable_costs: float = Field(default=1.0, ge=0)
    fixed_costs: float = Field(default=1.0, ge=0)
    exchange: float = Field(default=1.0, gt=0)


class Study(_StudyModel):
    """All inputs of the statements; unknown fields are refused.

    `discount` and `discount_equity` are per year. Amounts are in `unit` of the currency: 1000 for thousands. Interest
    of the construction phase is written off under `construction_interest`; without it, it is a cost of its period.
    """

    id: str = Field(min_length=1)
    name_en: str = ""
    name_ar: str = ""
    notice_en: str = ""
    notice_ar: str = ""
    currency: CurrencyCode
    unit: float = Field(default=1.0, gt=0)
    profile: ProfileName = "comfar_iii"
    inflation: Amounts = 0.0
    discount: Rate
    discount_equity: Rate | None = None
    horizon: Horizon
    currencies: tuple[Currency, ...] = ()
    buyers: tuple[Buyer, ...] = ()
    products: tuple[Product, ...] = ()
    sales: tuple[Sale, ...] = ()
    investments: tuple[Investment, ...] = ()
    disposals: tuple[Disposal, ...] = ()
    costs: tuple[Cost, ...] = ()
    working_capital: WorkingCapital = WorkingCapital()
    equity: tuple[Equity, ...] = ()
    grants: tuple[Grant, ...] = ()
    loans: tuple[Loan, ...] = ()
    construction_interest: Depreciation | None = None
    distribution: DividendPolicy = DividendPolicy()
    tax: IncomeTax = IncomeTax()
    opening: OpeningBalance = OpeningBalance()
    closing: tuple[ClosingCost, ...] = ()
    without: WithoutProject | None = None
    scenarios: tuple[StudyScenario, ...] = ()
    country: CountryInputs | None = None

    def doing_nothing(self) -> Study | None:
        """Returns the study of the company without the project; None if the study states none."""
        if self.without is None:
            return None
        remaining = {name: getattr(self.without, name) for name in WithoutProject.model_fields}
        removed = dict.fromkeys(("equity", "grants", "disposals"), ())
        nobody = {"distribution": DividendPolicy(), "without": None, "country": None}
        return self.model_copy(update={**remaining, **removed, **nobody})
