"""One verb for all of it, on a real programme."""

from __future__ import annotations

from tawteen.plan.planning import plan
from tawteen.report import report
from tiny import tiny


def test_report_of_a_solved_programme(tmp_path):
    case = tiny()
    heard: list[tuple[str, float]] = []
    written = report(
        case, plan(case, time_limit=30), tmp_path, "ar", progress=lambda stage, share: heard.append((stage, share))
    )
    assert all(path.stat().st_size > 0 for path in written)
    assert {"report.html", "programme.xlsx"} <= {p.name for p in tmp_path.iterdir()}
    assert not list(tmp_path.rglob("*.part"))
    assert [share for _, share in heard] == sorted(share for _, share in heard)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<html lang="ar" dir="rtl"' in page
    assert "Cable works" in page
    assert "مصنع كابلات" in page
