"""What-if and comparison: what sliders become, what is planned, and that neither is taken for the registry."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.db import connections
from tests.tiny import tiny
from tests.web import mission
from tests.web.conftest import fresh_sqlite
from tests.web.programmes.planned import enter, leave_out_drawing, plan, work
from tests.web.test_noninterference import RANDOM

from tawteen.case.changes import change_case
from tawteen.case.model import Case
from tawteen.web.programmes.models import RunProgress, RunRow
from tawteen.web.programmes.run_list import latest_programme
from tawteen.web.programmes.sliders import read_sliders, sliders_of, stored_sliders
from tawteen.web.rights import Person
from tawteen.words import Words

LANG_WORDS = {"en": Words("en"), "ar": Words("ar")}
VIEWER = Person("host-viewer", "", "host", frozenset({"viewer"}))


def dated() -> Case:
    """The tiny case with a day on which a gate opens."""
    rows = tiny()["blockers"].to_dicts()
    rows[0] |= {"opens_by": "date", "open_date": dt.date(2029, 8, 31)}
    return tiny({"blockers": rows})


def test_every_slider_fits_the_case_at_both_ends() -> None:
    case = dated()
    sliders = sliders_of(case)
    assert {slider.group for slider in sliders} == {"funds", "crews", "dates"}
    assert read_sliders(stored_sliders(sliders)) == sliders
    for slider in sliders:
        assert slider.changes(slider.neutral) == []
        for value in (slider.least, slider.most):
            changed = change_case(case, slider.changes(value))
            assert any(not frame.equals(case[name]) for name, frame in changed.tables.items()), slider


def test_a_day_is_moved_by_months() -> None:
    case = dated()
    gates = next(slider for slider in sliders_of(case) if slider.name == "days:gates")
    for months, day in ((12, "2030-08-31"), (6, "2030-02-28"), (-6, "2029-02-28"), (1, "2029-09-30")):
        moved = change_case(case, gates.changes(months))["blockers"]["open_date"].drop_nulls()
        assert [str(one) for one in moved] == [day]


@pytest.fixture(scope="module")
def planned(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A database with a programme of the registry and a what-if that began from it."""
    made = fresh_sqlite(migrated_file, tmp_path_factory.mktemp("runs"))
    mission.begin()
    mission.add_person("host", "analyst")
    mission.add_person("host", "viewer")
    mission.add_person("partner", "analyst")
    enter()
    with pytest.MonkeyPatch.context() as patch:
        leave_out_drawing(patch)
        run = plan()
        other = what_if_of(run)
    connections.close_all()
    return Path(made.settings["NAME"]), run, other


def what_if_of(run: str) -> str:
    """A what-if that was planned with half the money."""
    client = mission.browser_of("host-analyst")
    page = client.get(f"/programmes/{run}/what-if").content.decode()
    fund = next(slider.name for slider in sliders_of(tiny()) if slider.group == "funds")
    assert f'name="{fund}"' in page
    answer = mission.send(
        client, f"/programmes/{run}/what-if", {fund: "٥٠", "seconds": "20", "title": "Half the money"}
    )
    assert answer.status_code == 302
    other = answer["Location"].rsplit("/", 1)[1]
    work(other)
    return other


def test_a_what_if_is_planned_on_the_same_snapshot(planned: tuple[Path, str, str], tmp_path: Path) -> None:
    fresh_sqlite(planned[0], tmp_path)
    _, run, other = planned
    rows = [RunRow.objects.get(run=one) for one in (run, other)]
    assert rows[0].snapshot == rows[1].snapshot
    assert rows[1].state == "planned"
    gains = [RunProgress.objects.get(run=one).summary["gain"] for one in (run, other)]
    assert gains[1] <= gains[0]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_what_if_is_never_taken_for_the_registry(planned: tuple[Path, str, str], tmp_path: Path, lang: str) -> None:
    fresh_sqlite(planned[0], tmp_path)
    _, run, other = planned
    client, say = mission.browser_of("host-viewer", lang), LANG_WORDS[lang].say
    for part in ("", "/exhibits/timeline", "/sites/mill"):
        page = client.get(f"/programmes/{other}{part}").content.decode()
        assert say("web.run.what_if.is") in page
        assert LANG_WORDS[lang].percent(0.5, 0) in page
        assert say("web.run.what_if.is") not in client.get(f"/programmes/{run}{part}").content.decode()
    latest = latest_programme(VIEWER, LANG_WORDS[lang])
    assert latest is not None
    assert latest["run"] == run
    assert other not in client.get("/").content.decode()
    assert other not in client.get("/sites/mill").content.decode()
    assert mission.browser_of("host-analyst").get(f"/programmes/{other}/what-if").status_code == 409


@pytest.mark.parametrize("typed", ["", "x", "-1", "201", "1.5", "99999"])
def test_what_no_slider_gives_is_refused(planned: tuple[Path, str, str], tmp_path: Path, typed: str) -> None:
    fresh_sqlite(planned[0], tmp_path)
    fund = next(slider.name for slider in sliders_of(tiny()) if slider.group == "funds")
    answer = mission.send(
        mission.browser_of("host-analyst"), f"/programmes/{planned[1]}/what-if", {fund: typed, "seconds": "20"}
    )
    assert answer.status_code == 422
    assert RunRow.objects.count() == 2


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_two_programmes_are_compared(planned: tuple[Path, str, str], tmp_path: Path, lang: str) -> None:
    fresh_sqlite(planned[0], tmp_path)
    _, run, other = planned
    client, say = mission.browser_of("host-viewer", lang), LANG_WORDS[lang].say
    path = f"/programmes/compare?before={run}&after={other}"
    page = client.get(path).content.decode()
    assert say("cli.figure.gain") in page
    assert say("web.run.what_if.is") in page
    assert RANDOM.sub(b"", client.get(path).content) == RANDOM.sub(b"", page.encode())
    assert mission.browser_of("partner-analyst").get(path).status_code == 404
    assert client.get(f"/programmes/compare?before={run}&after={'0' * 16}").status_code == 404


def test_the_same_programme_twice_differs_in_nothing(planned: tuple[Path, str, str], tmp_path: Path) -> None:
    fresh_sqlite(planned[0], tmp_path)
    run = planned[1]
    page = mission.browser_of("host-viewer").get(f"/programmes/compare?before={run}&after={run}").content.decode()
    assert LANG_WORDS["en"].say("cli.moves", n=0) in page
