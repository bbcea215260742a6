"""One verb for all of it, on a real programme."""

from __future__ import annotations

from tawteen.plan.planning import plan
from tawteen.progress import ProgressEvent
from tawteen.report.report import report
from tiny import tiny


def test_report_of_a_solved_programme(tmp_path, drawn_here):
    case = tiny()
    events: list[ProgressEvent] = []
    written = report(case, plan(case, time_limit=30), tmp_path, "ar", progress=events.append)
    assert all(path.stat().st_size > 0 for path in written)
    assert {"report.html", "programme.xlsx"} <= {p.name for p in tmp_path.iterdir()}
    assert not list(tmp_path.rglob("*.part"))
    shares = [event.share or 0.0 for event in events]
    assert shares == sorted(shares)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<html lang="ar" dir="rtl"' in page
    assert "Cable works" in page
    assert "مصنع كابلات" in page
