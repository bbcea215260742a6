"""The programme that a run found, as commands read it."""

from __future__ import annotations

from django.conf import settings

from tawteen.case.atomic_write import folder_beside, write_text
from tawteen.plan.programme import Programme
from tawteen.runs.load import load_programme
from tawteen.runs.programme_folder import PROGRAMME
from tawteen.web.programmes.models import RunRow
from tawteen.web.programmes.visible_runs import file_of


def programme_of(run: RunRow) -> Programme | None:
    """The programme of a run; None where it found none."""
    content = file_of(run, PROGRAMME)
    if content is None:
        return None
    with folder_beside(settings.DATA_FOLDER.path / "programme") as folder:
        write_text(folder / PROGRAMME, content.decode())
        programme = load_programme(folder)
    return None if programme.value is None else programme
