"""How runs begin and end: who may, once or again, and what is kept of them."""

from __future__ import annotations

import io
import zipfile

import pytest
from tests.web import mission
from tests.web.at_once import at_once
from tests.web.conftest import Workspace
from tests.web.programmes.planned import ANALYST, begin, enter

from tawteen.web import access
from tawteen.web.accounts.models import RoleRow
from tawteen.web.log.append import locked_log, log_size
from tawteen.web.programmes.cancelling import cancel_run
from tawteen.web.programmes.models import RunFile, RunProgress, RunRow
from tawteen.web.programmes.run_log import RunEnd, end_run, keep_files


def begun() -> str:
    mission.begin()
    mission.add_person("host", "analyst")
    enter()
    return begin()


def test_the_same_asked_again_is_the_run_that_goes_on(either: Workspace) -> None:
    run = begun()
    assert begin() == run
    RunProgress.objects.filter(run=run).update(kept=[["cables-rehab", 1]])
    with locked_log() as log:
        cancel_run(log, RunRow.objects.get(run=run), ANALYST)
    other = begin()
    assert other != run
    RunProgress.objects.filter(run=other).update(given_up=True)
    assert begin() not in (run, other)


def test_rights_are_asked_again_where_nobody_else_can_write(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begun()
    size, browser = log_size(), mission.browser_of("host-analyst")
    mission.end_roles_on_the_way(monkeypatch, access, "host-analyst")
    asked = {"view": "host", "seconds": "20", "gap": "0.1", "kind": "path", "scenarios": "0", "title": "late"}
    for path, form in (("/programmes/new", asked), (f"/programmes/{run}/cancel", {}), ("/snapshots/take", asked)):
        assert browser.post(path, form).status_code == 403, path
        RoleRow.objects.update(ended=None)
    assert (log_size(), RunProgress.objects.get().cancelled) == (size, False)


def test_two_may_keep_the_same_file_at_once(either: Workspace) -> None:
    """As two who open the same comparison: the later one replaces the file, and neither fails."""
    keep_files("run", {"a": b"first", "b": b"b"})
    keep_files("run", {"a": b"second"})
    assert {one.name: bytes(one.content) for one in RunFile.objects.all()} == {"a": b"second", "b": b"b"}

    def keep() -> None:
        for number in range(10):
            keep_files("run", {f"c{number}": b"c", "d": b"d"})

    at_once(keep, keep)
    assert RunFile.objects.count() == 13


def test_the_folder_to_take_home_is_packed(workspace: Workspace) -> None:
    run = begun()
    end_run(run, 1, RunEnd("planned", "0" * 64, files={"programme.json": b"{}" * 5000}))
    content = mission.browser_of("host-analyst").get(f"/programmes/{run}/files/programme.zip").content
    (entry,) = zipfile.ZipFile(io.BytesIO(content)).infolist()
    assert (entry.filename, entry.compress_type) == ("programme/programme.json", zipfile.ZIP_DEFLATED)
    assert len(content) < 1000
