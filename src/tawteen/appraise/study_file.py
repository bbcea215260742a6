"""Reads a study from TOML and reports all its errors at once, field by field."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tawteen.appraise.params import STUDY_CHECK
from tawteen.appraise.study import Study
from tawteen.appraise.study_checks import faults, meant_percent
from tawteen.case.findings import CaseError, Finding
from tawteen.case.toml_file import read_toml_file

__all__ = ["faults", "read_study", "study_of"]

_CODES = {
    "missing": "setting.needed",
    "extra_forbidden": "study.unknown",
    "literal_error": "setting.choice",
    "greater_than": "setting.bound",
    "greater_than_equal": "setting.bound",
    "less_than": "setting.bound",
    "less_than_equal": "setting.bound",
    "int_type": "setting.whole",
    "int_parsing": "setting.whole",
    "float_type": "setting.number",
    "float_parsing": "setting.number",
    "finite_number": "setting.number",
    "string_type": "setting.text",
    "string_too_short": "setting.length",
    "string_too_long": "setting.length",
    "model_type": "setting.section",
    "string_pattern_mismatch": "setting.currency",
    "tuple_type": "setting.list",
}
_TABLE = "dict[str,float]"
_SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}


def read_study(path: Path) -> Study:
    """Returns the study of a TOML file. Raises CaseError with every finding if it is invalid."""
    values, _ = read_toml_file(path)
    return study_of(values, path.name)


def study_of(values: dict[str, Any], file: str = "") -> Study:
    """Returns the study of nested values as read from TOML. Raises CaseError with every finding."""
    try:
        study = Study.model_validate(values)
    except ValidationError as error:
        findings = [_finding(one, file) for one in error.errors(include_url=False) if _meant(one)]
        raise CaseError(findings) from None
    wrong = faults(study, file)
    if any(finding.severity == "error" for finding in wrong):
        raise CaseError(wrong)
    return study


def _meant(error: ErrorDetails) -> bool:
    """Returns whether an error concerns the form that was written: amounts are tried as number and as table."""
    last, table = error["loc"][-1], isinstance(error.get("input"), dict)
    return not (last == "float" and table) and not (last == _TABLE and not table)


def _finding(error: ErrorDetails, file: str) -> Finding:
    """Returns an error of pydantic as a finding."""
    steps = [str(s + 1) if isinstance(s, int) else s for s in error["loc"] if s not in ("float", _TABLE)]
    code, given, context = _CODES.get(error["type"], "setting.wrong"), error.get("input"), error.get("ctx", {})
    bounds = ", ".join(f"{_SIGNS[sign]} {value:g}" for sign, value in context.items() if sign in _SIGNS)
    args = {"limits": bounds or ", ".join(str(v) for v in context.values()).replace(" or ", ", "), "said": error["msg"]}
    if code == "setting.currency":
        args["guess"] = str(given).strip().upper() if re.fullmatch(r"\s*[A-Za-z]{3}\s*", str(given)) else "USD"
    if code == "setting.bound" and isinstance(given, int | float) and context.get("le") == 1.0:
        percent = meant_percent(given)
        code, args = ("setting.share", {**args, **percent}) if percent else (code, args)
    return Finding("error", code, None, file, None, ".".join(steps), _shown(error), args)


def _shown(error: ErrorDetails) -> str | None:
    """Returns what was written in the place of an error, cut where it is long; None for a field that is missing."""
    given = error.get("input")
    if error["type"] == "missing" or isinstance(given, BaseModel):
        return None
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, dict):
        shown = "{ " + ", ".join(f"{name} = {value}" for name, value in given.items()) + " }"
    else:
        shown = str(list(given)) if isinstance(given, tuple) else str(given)
    most = STUDY_CHECK.shown_characters
    return shown if len(shown) <= most else f"{shown[:most]}…"
