"""The command that plans a single path of a case, without policies: for tests of what comes after it."""

from __future__ import annotations

from pathlib import Path


def plan_command(case: Path, out: Path, *more: str, seconds: int = 20, scenarios: int = 0) -> list[str]:
    """Words of the command `plan`, with `more` options at the end."""
    return [
        "plan", str(case), "--out", str(out), "--time-limit", str(seconds), "--scenarios", str(scenarios), "--fixed",
        *more,
    ]  # fmt: skip
