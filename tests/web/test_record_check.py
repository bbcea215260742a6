"""The record is checked a bounded part at a time, round after round."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from tests.web.conftest import Workspace
from tests.web.entries import append_cells, cell

from tawteen.record.keys import SigningKey
from tawteen.web.log import record_check
from tawteen.web.log.append import append
from tawteen.web.log.checkpoints import sign_checkpoint, state_workspace_key
from tawteen.web.log.models import RecordRow
from tawteen.web.log.record_check import RecordCheck
from tawteen.web.params import RECORD_CHECK


@pytest.fixture(params=[{"entries_at_once": 4}, {"entries_at_once": 4, "bytes_at_once": 1}])
def short_steps(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setattr(record_check, "RECORD_CHECK", replace(RECORD_CHECK, **request.param))


def test_an_empty_record_is_whole(workspace: Workspace) -> None:
    assert RecordCheck().whole()


def test_large_entries_are_read_on_one_at_a_time(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    append_cells(6)
    size = len(bytes(RecordRow.objects.get(number=1).line))
    monkeypatch.setattr(record_check, "RECORD_CHECK", replace(RECORD_CHECK, bytes_at_once=2 * size))
    assert [record_check._end_of_step(start) for start in (0, 2, 4, 5, 6)] == [
        (2, False), (4, False), (6, True), (6, True), (6, True),
    ]  # fmt: skip
    monkeypatch.setattr(record_check, "RECORD_CHECK", replace(RECORD_CHECK, bytes_at_once=1))
    assert record_check._end_of_step(3) == (4, False)


@pytest.mark.parametrize("short_steps", [{"entries_at_once": 4}], indirect=True)
@pytest.mark.usefixtures("short_steps")
def test_a_change_is_found_within_a_round_and_told_until_a_whole_round_is_sound(
    workspace: Workspace, key: SigningKey
) -> None:
    state_workspace_key(key)
    append_cells(13)
    sign_checkpoint(key)
    check = RecordCheck()
    answers = []
    for step in range(16):
        if step == 4:
            forge(9)
        if step == 8:
            forge(9)  # a second time: as it was
        check.step()
        answers.append(check.holds)
    # Steps 0 to 3 are the first round; the second one meets the forged entry at its end, where the checkpoint is.
    assert answers == [True] * 7 + [False] * 4 + [True] * 5


def forge(number: int) -> None:
    """Turns the first bit of a line around."""
    line = bytes(RecordRow.objects.get(number=number).line)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS record_log_update")
        cursor.execute("UPDATE record_log SET line = %s WHERE number = %s", [bytes([line[0] ^ 1]) + line[1:], number])
        cursor.execute(
            "CREATE TRIGGER record_log_update BEFORE UPDATE ON record_log BEGIN SELECT RAISE(ABORT, 'no'); END"
        )


@pytest.mark.usefixtures("short_steps")
def test_a_record_that_grows_while_it_is_read_is_whole(workspace: Workspace, key: SigningKey) -> None:
    state_workspace_key(key)
    check = RecordCheck()
    for number in range(30):
        append(cell(str(number)))
        if number % 3 == 0:
            sign_checkpoint(key)
        check.step()
        assert check.holds


def test_an_answer_is_given_again_for_a_while(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    check = RecordCheck()
    steps: list[int] = []
    monkeypatch.setattr(RecordCheck, "step", lambda _: steps.append(1))
    monkeypatch.setattr(record_check.time, "monotonic", lambda: 100.0)
    assert check.whole()
    assert check.whole()
    monkeypatch.setattr(record_check.time, "monotonic", lambda: 100.0 + RECORD_CHECK.interval)
    assert check.whole()
    assert len(steps) == 2
