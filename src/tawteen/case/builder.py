"""A case built in Python, row by row, each checked when it is added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from tawteen.case.checked import checked_case
from tawteen.case.findings import CaseError, Finding
from tawteen.case.frames import raw_table
from tawteen.case.model import Case
from tawteen.case.settings_file import read_values
from tawteen.case.tables import TABLES
from tawteen.case.typed import typed
from tawteen.words import LANGS, Words

Name = str | tuple[str, str] | None
"""A name in both languages, in English for both, or none: then the id is shown."""
Day = str | dt.date


class CaseBuilder:
    """Collects the rows of a case. `Case.build` makes one, `case` ends it.

    Every method checks its row at once: unknown columns, values out of bounds, unknown codes, names of rows that were
    not added before and ids used twice raise CaseError at the call that is wrong. Each takes further columns of its
    table by name (`**more`; all tables and columns: docs/tables.md). Amounts are in the case's currency, quantities
    per quarter.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        held, findings = read_values(settings, "Case.build")
        if held is None:
            raise CaseError(findings)
        self._settings = held
        self._frames: dict[str, list[pl.DataFrame]] = {name: [schema.create_empty()] for name, schema in TABLES.items()}
        self._keys: dict[str, set[tuple[Any, ...]]] = {name: set() for name in TABLES}

    def add(self, table: str, **columns: Any) -> None:
        """One row of any table, by its column names. Raises CaseError for what is wrong with it."""
        if table not in TABLES:
            raise CaseError([Finding("error", "table.no_such", value=table, args={"known": ", ".join(TABLES)})])
        self._add_rows([(table, columns)])

    def _add_rows(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """All of `rows`, which may name one another in their order, or none of them where one is wrong."""
        added: list[tuple[str, tuple[Any, ...]]] = []
        findings: list[Finding] = []
        for table, columns in rows:
            every = dict.fromkeys(TABLES[table].columns())
            frame, _, cell_findings = typed(raw_table(table, [{**every, **columns}]))
            findings += [*cell_findings, *self._unknown_references(table, frame)]
            key = frame.select(TABLES[table].primary_key()).row(0) if frame.height else ()
            if key in self._keys[table]:
                shown, names = "/".join(map(str, key)), ", ".join(TABLES[table].primary_key())
                findings.append(Finding("error", "builder.twice", table, table, None, names, shown))
                continue
            self._keys[table].add(key)
            self._frames[table].append(frame)
            added.append((table, key))
        if findings:
            for table, key in added:
                self._keys[table].remove(key)
                self._frames[table].pop()
            raise CaseError(findings)

    def region(self, id: str, *, name: Name = None, port: bool = False, inland_cost: float = 0.0, **more: Any) -> None:
        """A region. `port`: goods are imported and exported here. `inland_cost`: freight from the port, per tonne."""
        self.add("regions", id=id, **_names(id, name), port=port, inland_cost=inland_cost, **more)

    def route(
        self, from_region: str, to_region: str, *, cost: float, carries: str = "goods", capacity: float | None = None,
        both_ways: bool = True, **more: Any,
    ) -> None:  # fmt: skip
        """A route between two regions at `cost` per tonne (MWh, m³), with a `capacity` per quarter if it has one."""
        ends = [(from_region, to_region), (to_region, from_region)][: 2 if both_ways else 1]
        rows = []
        for start, end in ends:
            id_ = f"{start}-{end}" if carries == "goods" else f"{start}-{end}-{carries}"
            row = {"from_region": start, "to_region": end, "carries": carries, "cost": cost, "capacity": capacity}
            rows.append(("routes", {"id": id_, **row, **more}))
        self._add_rows(rows)

    def commodity(
        self, id: str, *, unit: str, name: Name = None, carries: str | None = "goods", cif: float | None = None,
        fob: float | None = None, port_cost: float = 0.0, **more: Any,
    ) -> None:  # fmt: skip
        """A good, power or water. `cif`, `fob`: prices at the port; without them it is not imported or exported."""
        prices = {"cif": cif, "fob": fob, "port_cost": port_cost}
        self.add("commodities", id=id, **_names(id, name), unit=unit, carries=carries, **prices, **more)

    def demand(
        self, region: str, commodity: str, *, quantity: float, penalty: float, id: str | None = None, **more: Any
    ) -> None:
        """Demand per quarter. `penalty`: what the country would pay for a unit that is not delivered."""
        id_ = id or f"{commodity}-{region}"
        self.add("demands", id=id_, region=region, commodity=commodity, quantity=quantity, penalty=penalty, **more)

    def supply(
        self, id: str, region: str, commodity: str, *, quantity: float, variable_cost: float, name: Name = None,
        **more: Any,
    ) -> None:  # fmt: skip
        """Supply that exists already, per quarter, at a cost per unit: the power grid, a running producer."""
        where = {"region": region, "commodity": commodity, "quantity": quantity, "variable_cost": variable_cost}
        self.add("supplies", id=id, **_names(id, name), **where, **more)

    def site(
        self, id: str, region: str, *, name: Name = None, state: str = "suspended", role: str = "candidate", **more: Any
    ) -> None:
        """A factory or other place that an option can bring to work."""
        self.add("sites", id=id, **_names(id, name), region=region, state=state, role=role, **more)

    def gate(
        self, site: str, gate: str, state: str, *, opens_by: str | None = None, stops: str = "now", cost: float = 0.0,
        weeks: float = 0.0, chance: float | None = None, **more: Any,
    ) -> None:  # fmt: skip
        """A gate of a site (title, machinery, utilities …): open, closed or unknown.

        `opens_by`: works, authority or none; `weeks` and `cost` of opening it; `chance` that it can be opened.
        """
        way = {"opens_by": opens_by, "cost": cost, "weeks": weeks, "chance": chance}
        self.add("blockers", site=site, gate=gate, state=state, stops=stops, **way, **more)

    def option(
        self, id: str, site: str, kind: str, *, capacity: float = 0.0, name: Name = None,
        makes: Mapping[str, float] | str | None = None, takes: Mapping[str, float] | None = None, **more: Any,
    ) -> None:  # fmt: skip
        """A way to bring a site to work: repair, rehabilitate, modernise, build and others.

        `capacity`: units of the main product per quarter. `makes` and `takes`: quantities of goods per unit of
        capacity used; one name alone means one unit. Costs of running: `fixed_cost` (per quarter), `variable_cost`
        (per unit), `jobs`, `wage` (per quarter); `life` in years.
        """
        goods = {"out": {makes: 1.0} if isinstance(makes, str) else makes or {}, "in": takes or {}}
        columns = {"id": id, "site": site, "kind": kind, **_names(id, name), "capacity": capacity, **more}
        recipe = [
            ("recipes", {"option": id, "commodity": good, "direction": direction, "quantity": quantity})
            for direction, quantities in goods.items()
            for good, quantity in quantities.items()
        ]
        self._add_rows([("options", columns), *recipe])

    def work(
        self, option: str, id: str, *, weeks: float, capability: str | None = None, effort: float | None = None,
        after: str | Iterable[str] | None = None, name: Name = None, **more: Any,
    ) -> None:  # fmt: skip
        """A work package of an option: how long it takes, what it needs, and which packages come before it."""
        before = after if after is None or isinstance(after, str) else list(after)
        needs = {"weeks": weeks, "capability": capability, "effort": effort, "after": before}
        self.add("works", option=option, id=id, **_names(id, name), **needs, **more)

    def cost(
        self, option: str, amount: float, *, category: str = "equipment", origin: str = "foreign",
        id: str | None = None, name: Name = None, **more: Any,
    ) -> None:  # fmt: skip
        """An investment item of an option. `origin`: local, foreign or partner."""
        paid = {"category": category, "amount": amount, "origin": origin}
        self.add("costs", option=option, id=id or category, **_names(id or category, name), **paid, **more)

    def fund(
        self, id: str, amounts: Mapping[Day, float], *, name: Name = None, party: str | None = None,
        terms: str = "budget", carry_over: float = 1.0, origin: str | None = None, category: str | None = None,
        **more: Any,
    ) -> None:  # fmt: skip
        """Money per quarter: each amount of `amounts` holds from its day until the next one.

        `carry_over`: share of unspent money that stays. `origin` and `category`: the only costs it may pay for.
        """
        owner = party or (self._settings.parties[0].id if self._settings.parties else None)
        fund = {"id": id, **_names(id, name), "party": owner, "terms": terms, "carry_over": carry_over, **more}
        days = sorted((dt.date.fromisoformat(str(day)), amount) for day, amount in amounts.items())
        ends = [*(day - dt.timedelta(days=1) for day, _ in days[1:]), None]
        limits = [
            ("fund_limits", {"fund": id, "start": day, "end": end, "amount": amount})
            for (day, amount), end in zip(days, ends, strict=True)
        ]
        use = {"id": f"{id}-{len(self._keys['fund_uses']) + 1}", "fund": id, "origin": origin, "category": category}
        self._add_rows([("funds", fund), *limits, ("fund_uses", use)])

    def unit(self, id: str, *, party: str | None = None, name: Name = None, **more: Any) -> None:
        """A unit of the partner that can do works."""
        partners = [one.id for one in self._settings.parties if one.role == "partner"]
        self.add("units", id=id, **_names(id, name), party=party or next(iter(partners), None), **more)

    def capability(
        self, id: str, *, unit: str = "person_week", third_party_price: float | None = None, name: Name = None,
        **more: Any,
    ) -> None:  # fmt: skip
        """A capability that works need. `third_party_price`: what others ask per unit; None: they do not offer it."""
        self.add("capabilities", id=id, **_names(id, name), unit=unit, third_party_price=third_party_price, **more)

    def offer(self, unit: str, capability: str, *, capacity: float, price: float, **more: Any) -> None:
        """Offer of a unit: units of a capability per quarter, at a price each."""
        self.add("offers", unit=unit, capability=capability, capacity=capacity, price=price, **more)

    def rule(self, id: str, kind: str, *, name: Name = None, **more: Any) -> None:
        """A rule that the programme keeps: must, never, one_of, at_least, at_most, after, share."""
        texts = {key.replace("name", "text"): text for key, text in _names(id, name).items()}
        self.add("rules", id=id, kind=kind, **texts, **more)

    def case(self) -> Case:
        """The case, checked as a whole. Raises CaseError with every finding where one is an error."""
        return checked_case(Case(self._settings, {name: pl.concat(parts) for name, parts in self._frames.items()}))

    def _unknown_references(self, table: str, frame: pl.DataFrame) -> list[Finding]:
        """A finding for each name of a row that was not added before."""
        findings = []
        for name, column in TABLES[table].columns().items():
            target, value = (column.metadata or {}).get("ref"), frame[name][0] if frame.height else None
            if target is None or value is None:
                continue
            known = ", ".join(sorted(key[0] for key in self._keys[target])) or "–"
            for part in value.split(";") if (column.metadata or {}).get("many") else [value]:
                if (part,) not in self._keys[target]:
                    args = {"target": target, "known": known}
                    findings.append(Finding("error", "builder.reference", table, table, None, name, part, args))
        return findings


def build_case(
    id: str, *, start: Day, periods: int = 40, name: Name = None, currency: str = "USD", **settings: Any
) -> CaseBuilder:
    """A builder of a case whose horizon has `periods` quarters from `start`.

    `settings` are sections of `case.toml`, such as `discount={"economic": 0.08}`; without `parties` there are a host
    and a partner. Raises CaseError for settings that are out of bounds or unknown.
    """
    about = {"id": id, **_names(id, name), **settings.pop("about", {})}
    parties = [
        {"id": role, "role": role, **{f"name_{lang}": Words(lang).say(f"case.party.{role}") for lang in LANGS}}
        for role in ("host", "partner")
    ]
    given = {
        "about": about,
        "time": {"start": dt.date.fromisoformat(str(start)), "periods": periods},
        "money": {"currency": currency, **settings.pop("money", {})},
        "parties": parties,
    }
    return CaseBuilder({**given, **settings})


def _names(id: str, name: Name) -> dict[str, str]:
    english, arabic = name if isinstance(name, tuple) else (name or id, name or id)
    return {"name_en": english, "name_ar": arabic}
