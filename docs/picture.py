"""Renews the picture of the README. Run it as `make picture` when the page looks different.

It plans the public Libya case, draws the report and takes the top of its page in Debian's Chromium.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tawteen.cli.entry import run

ROOT = Path(__file__).parents[1]
CHROMIUM = Path("/usr/bin/chromium")
SECONDS = "60"
"""Of search, as in `make run`."""


def taken(page: Path, picture: Path) -> None:
    """Writes the top of a page in English as PNG."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": 1280, "height": 1000})
        tab.goto(f"{page.as_uri()}#en")
        tab.screenshot(path=str(picture))
        browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "libya"
        # As `make run` does it, so that the page holds what scenarios and rules come to.
        code = run(["plan", str(ROOT / "cases/libya/case"), "--out", str(out), "--time-limit", SECONDS, "--lang", "en"])
        if code:
            raise SystemExit(code)
        taken(out / "report.html", ROOT / "docs/pictures/report-en.png")
