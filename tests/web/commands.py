"""Commands in processes of their own, as operators start them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.web.test_serve import environment


def command(*args: str | Path, code: int = 0, **variables: str) -> dict[str, Any]:
    """What a command answers to a program."""
    line = [sys.executable, "-m", "tawteen", *map(str, args), "--json"]
    done = subprocess.run(line, env=environment(**variables), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == code, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def refused(*args: str | Path, code: int = 2, **variables: str) -> str:
    """The code of the one finding with which a command ends."""
    (finding,) = command(*args, code=code, **variables)["findings"]
    return str(finding["code"])
