"""The picture of a gap: what is kept of its history, and what its lines say."""

from __future__ import annotations

import pytest
from tests.web import mission
from tests.web.conftest import Workspace
from tests.web.programmes.planned import begin, enter

from tawteen.progress import ProgressEvent
from tawteen.web.params import PLANNER_RUNS
from tawteen.web.programmes.gap_chart import Point, extended_history, gap_chart
from tawteen.web.programmes.models import RunProgress
from tawteen.web.programmes.run_heartbeat import RunHeartbeat
from tawteen.words import LANGS, Lang, Words


def test_a_history_keeps_its_ends_and_changes_alone() -> None:
    history: list[Point] = []
    for second in range(10 * PLANNER_RUNS.history_points):
        history = extended_history(history, (float(second), float(second // 2), None))
        assert len(history) <= PLANNER_RUNS.history_points
    assert (history[0][0], history[-1][0]) == (0.0, 10.0 * PLANNER_RUNS.history_points - 2)
    assert extended_history(history, (1e9, *history[-1][1:])) == history


@pytest.mark.parametrize("lang", LANGS)
def test_lines_are_drawn_from_the_first_gain_until_now(lang: Lang) -> None:
    words = Words(lang)
    assert gap_chart([], 5.0, words) is None
    chart = gap_chart([(10.0, 1e6, None), (20.0, 1e6, 5e6), (60.0, 3e6, 4e6)], 110.0, words)
    assert chart is not None
    middle, bottom = PLANNER_RUNS.chart_height / 2, PLANNER_RUNS.chart_height - PLANNER_RUNS.chart_margin
    assert chart["best"] == f"M0.0,{bottom:.1f}H64.0V{bottom:.1f}H320.0V{middle:.1f}H640"
    assert chart["bound"].startswith(f"M64.0,{PLANNER_RUNS.chart_margin:.1f}H320.0V")
    assert (chart["low"], chart["high"]) == (words.compact(1e6), words.compact(5e6))
    assert words.compact(4e6) in chart["said"]
    flat = gap_chart([(10.0, 1e6, None)], 10.0, words)
    assert flat is not None
    assert (flat["bound"], flat["best"]) == ("", f"M0.0,{middle:.1f}H640")
    assert flat["said"] == words.say(
        "web.run.chart.unproved", {"gain": words.compact(1e6), "seconds": words.number(10)}
    )


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_of_a_run_shows_what_its_process_reported(workspace: Workspace, lang: Lang) -> None:
    mission.begin()
    mission.add_person("host", "analyst")
    enter()
    run = begin()
    with RunHeartbeat(run, 1) as heartbeat:
        for value in (2e6, 3e6):
            heartbeat(ProgressEvent("search", value=value, bound=5e6, baseline=1e6))
            heartbeat.write()
    assert [point[1:] for point in RunProgress.objects.get().history] == [[1e6, 4e6], [2e6, 4e6]]
    page = mission.browser_of("host-analyst", lang).get(f"/programmes/{run}/progress").content.decode()
    assert '<path class="bound"' in page
    assert Words(lang).say("web.run.bound") in page
