"""A programme as one JSON file: versioned, its sites as rows, its other tables as objects of equally long lists."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import polars as pl

from tawteen.case.atomic_write import replacing, write_text
from tawteen.case.findings import CaseError, Finding
from tawteen.plan.file_names import FLOWS_FILE
from tawteen.plan.outlook import FIELDS, Outlook, WrongOutlookError, outlook_fields, read_outlook
from tawteen.plan.policy_file import WrongPolicyError, flows_bytes, policy_fields, read_policy
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.programme import VERSION, Programme, Scenario
from tawteen.plan.programme_checks import wrong_figures, wrong_relations, wrong_tables
from tawteen.plan.programme_tables import SCHEMAS, empty
from tawteen.plan.stored_values import fits

__all__ = ["SCHEMAS", "empty", "read_programme", "write_programme"]

Data = dict[str, Any]
SEAL = "seal"
SEALED_SINCE = 4
"""Version of the file from which it carries a seal."""


def write_programme(programme: Programme, path: Path) -> None:
    """Writes `path` whole or not at all, with a seal; numbers come back exactly.

    The flows of the futures of its policy are written beside it, to `FLOWS_FILE`.
    """
    data: Data = {"version": VERSION}
    for field in fields(Programme):
        value = getattr(programme, field.name)
        if isinstance(value, pl.DataFrame):
            value = value.to_dicts() if field.name == "sites" else value.to_dict(as_series=False)
        elif isinstance(value, Scenario):
            value = asdict(value)
        data[field.name] = value
    flows = flows_bytes(programme.policy)
    data |= {**outlook_fields(programme.outlook), "policy": policy_fields(programme.policy, flows)}
    data["version"] = VERSION
    data[SEAL] = seal(data)
    if flows is not None:
        with replacing(path.with_name(FLOWS_FILE)) as beside:
            beside.write_bytes(flows)
    write_text(path, json.dumps(data, ensure_ascii=False, allow_nan=False))


def read_programme(path: Path) -> Programme:
    """The programme in `path`, of this version or an older one.

    Raises CaseError for a file that is missing, is no strict JSON, is of a newer version, or holds fields, cells or
    relations that no programme can have; each with one finding.
    """
    stored = _strict(path)
    data = _upgraded(dict(stored), path)
    names = {field.name for field in fields(Programme)} | set(FIELDS)
    for name in sorted(names - data.keys()):
        raise _refused(path, "programme.field_missing", name=name)
    for name in sorted(data.keys() - names):
        raise _refused(path, "programme.field_unknown", name=name)
    _raise(path, list(wrong_figures(data)))
    tables = {name: _table(path, name, data.pop(name)) for name in SCHEMAS}
    scenario = _scenario(path, data.pop("scenario"))
    parts: Data = {"scenario": scenario, "conflict": tuple(data["conflict"]), "outlook": _outlook(path, data)}
    parts["policy"] = _policy(path, data)
    programme = Programme(**{**{name: data[name] for name in data.keys() - set(FIELDS)}, **tables, **parts})
    _raise(path, list(wrong_tables(programme)))
    _raise(path, list(wrong_relations(programme)))
    if stored["version"] >= SEALED_SINCE and stored.get(SEAL) != seal(stored):
        raise _refused(path, "programme.seal")
    return programme


def seal(data: Mapping[str, Any]) -> str:
    """A hash of all else in the file: it shows a change by hand, also of fields that cannot be computed again."""
    rest = {name: value for name, value in data.items() if name != SEAL}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _strict(path: Path) -> Data:
    """The object in the file, without numbers that JSON does not have and without keys that stand twice."""

    def refuse(text: str) -> float:
        raise ValueError(text)

    def once(pairs: list[tuple[str, Any]]) -> Data:
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError("key stands twice")
        return dict(pairs)

    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text, parse_constant=refuse, object_pairs_hook=once)
    except FileNotFoundError:
        raise _refused(path, "programme.missing") from None
    except (ValueError, OSError, RecursionError):
        raise _refused(path, "programme.unreadable") from None
    version = data.get("version") if isinstance(data, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise _refused(path, "programme.unreadable")
    if not 1 <= version <= VERSION:
        raise _refused(path, "programme.version", found=str(version), known=VERSION)
    return dict(data)


def _from_version_1(data: Data) -> Data:
    """The first version: its oldest files hold sites as lists by column, and no figures or conflict."""
    sites = data.get("sites")
    if isinstance(sites, dict) and all(isinstance(cells, list) for cells in sites.values()):
        data["sites"] = [dict(zip(sites, row, strict=True)) for row in zip(*sites.values(), strict=True)]
    return {"figures": {}, "conflict": [], **data}


def _from_version_2(data: Data) -> Data:
    """The second version has no outlook."""
    return {**outlook_fields(None), **data}


def _from_version_3(data: Data) -> Data:
    """The third version: no prices of the bound."""
    if not {"bound_prices", "bound_by_prices", SEAL}.isdisjoint(data):
        raise ValueError("a field of a later version")
    return {"bound_by_prices": None, "bound_prices": {column: [] for column in SCHEMAS["bound_prices"]}, **data}


def _from_version_4(data: Data) -> Data:
    """The fourth version: no policy."""
    if "policy" in data:
        raise ValueError("a field of a later version")
    return {"policy": None, **data}


def _from_version_5(data: Data) -> Data:
    """The fifth version does not say where a policy's released money and crews go: that follows from the rest."""
    policy = data.get("policy")
    if isinstance(policy, dict):
        if "released_to" in policy:
            raise ValueError("a field of a later version")
        data["policy"] = {**policy, "released_to": None}
    return data


def _from_version_6(data: Data) -> Data:
    """The sixth version: the bound of a policy is always a proven one."""
    policy = data.get("policy")
    if not isinstance(policy, dict):
        return data
    if not {"proven_bound", "sampled_bounds", "bound_half_width"}.isdisjoint(policy) or "bound" not in policy:
        raise ValueError("a field of a later version")
    bound = policy["bound"]
    width = None if bound is None else 0.0
    return {**data, "policy": {**policy, "proven_bound": bound, "sampled_bounds": [], "bound_half_width": width}}


def _from_version_7(data: Data) -> Data:
    """The seventh version has no prices of the bound of a policy."""
    policy = data.get("policy")
    if not isinstance(policy, dict):
        return data
    if not {"bound_prices", "bound_by_prices"}.isdisjoint(policy):
        raise ValueError("a field of a later version")
    return {**data, "policy": {**policy, "bound_prices": [], "bound_by_prices": None}}


UPGRADES: Mapping[int, Callable[[Data], Data]] = {
    1: _from_version_1, 2: _from_version_2, 3: _from_version_3, 4: _from_version_4, 5: _from_version_5,
    6: _from_version_6, 7: _from_version_7,
}  # fmt: skip
"""By version: how the data of a file become those of the next version."""


def _upgraded(data: Data, path: Path) -> Data:
    try:
        for version in range(data["version"], VERSION):
            data = UPGRADES[version](data)
    except (ValueError, TypeError):
        raise _refused(path, "programme.unreadable") from None
    data.pop(SEAL, None)
    return {**data, "version": VERSION}


def _table(path: Path, name: str, data: Any) -> pl.DataFrame:
    """One table. Raises CaseError where its columns or the types of its cells are not those of its schema."""
    schema = SCHEMAS[name]
    rows = name == "sites"
    shaped = isinstance(data, list) if rows else isinstance(data, dict) and data.keys() == schema.keys()
    if rows and shaped:
        shaped = all(isinstance(row, dict) and row.keys() == schema.keys() for row in data)
    if not rows and shaped:
        shaped = all(isinstance(cells, list) for cells in data.values())
        shaped = shaped and len({len(cells) for cells in data.values()}) <= 1
    if not shaped:
        raise _refused(path, "programme.shape", table=name)
    for column, kind in schema.items():
        cells = [row[column] for row in data] if rows else data[column]
        wrong_types = {one for one in set(map(type, cells)) if not fits(one, kind)}
        for wrong in (cell for cell in cells if type(cell) in wrong_types):
            raise _refused(path, "programme.cell", table=name, column=column, value=str(wrong)[:60])
    try:
        return pl.DataFrame(data, schema=schema)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        raise _refused(path, "programme.shape", table=name) from None


def _scenario(path: Path, data: Any) -> Scenario:
    names = {field.name for field in fields(Scenario)}
    if not isinstance(data, dict) or data.keys() != names:
        raise _refused(path, "programme.field", name="scenario")
    for parts in data.values():
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            raise _refused(path, "programme.field", name="scenario")
    return Scenario(**{name: tuple(parts) for name, parts in data.items()})


def _outlook(path: Path, data: Data) -> Outlook | None:
    try:
        return read_outlook(data)
    except WrongOutlookError as wrong:
        raise _refused(path, "programme.field", name=str(wrong)) from None


def _policy(path: Path, data: Data) -> PolicyPlan | None:
    beside = path.with_name(FLOWS_FILE)
    stated = data["policy"]
    flows = None
    if isinstance(stated, dict) and stated.get("flows_hash") is not None and beside.is_file():
        flows = beside.read_bytes()
    try:
        return read_policy(stated, flows)
    except WrongPolicyError as wrong:
        raise _refused(path, "programme.field", name=f"policy: {wrong}") from None


def _raise(path: Path, findings: list[Finding]) -> None:
    """Raises CaseError with the first finding: what follows from it is no message of its own."""
    if findings:
        first = findings[0]
        raise _refused(path, first.code, **{**first.args, **({} if first.value is None else {"value": first.value})})


def _refused(path: Path, code: str, **args: Any) -> CaseError:
    value = args.pop("value", None)
    return CaseError([Finding("error", code, file=str(path), column=args.get("column"), value=value, args=args)])
