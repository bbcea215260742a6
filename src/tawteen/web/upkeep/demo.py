"""A demo workspace: filled, without a server, ready for `tawteen serve`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tawteen.case.atomic_write import folder_beside
from tawteen.runs.usage_error import UsageError
from tawteen.web.data_folder import OWNER_ONLY_FOLDER, DataFolder, write_once
from tawteen.web.public_case import public_case
from tawteen.web.server import prepare

if TYPE_CHECKING:
    from tawteen.web.demo.people import DemoPerson


@dataclass(frozen=True)
class DemoWorkspace:
    """The folder of a demo, the file with names and passwords, and its people."""

    folder: Path
    passwords: Path
    people: tuple[DemoPerson, ...]


def demo(folder: str | Path, *, programme: bool = True) -> DemoWorkspace:
    """Makes a filled workspace in a new or empty folder; its file with passwords can be read by its owner alone.

    With a `programme` one is planned for both parties, which takes most of the time. The folder appears when all is in
    it. Raises UsageError where the folder is not empty, the database of DATABASE_URL is in use, or the public case is
    not installed; CaseError where no programme comes of it, OSError where the folder cannot be written.
    """
    target = Path(folder).absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError("web.demo_not_empty", path=str(folder))
    case = public_case()
    if case is None:
        raise UsageError("web.no_public_case")
    target.parent.mkdir(parents=True, exist_ok=True)
    with folder_beside(target) as beside:
        people = _fill(beside, case, programme=programme)
        if target.exists():
            target.rmdir()
        beside.rename(target)
    return DemoWorkspace(Path(folder), Path(folder) / DataFolder(target).demo_people_file.name, people)


def _fill(path: Path, case: Path, *, programme: bool) -> tuple[DemoPerson, ...]:
    """Makes the workspace with a case in a folder that is there. Raises UsageError and CaseError."""
    path.chmod(OWNER_ONLY_FOLDER)
    try:
        key = prepare(path)
    except UsageError as error:
        if error.findings[0].code == "web.other_key":
            raise UsageError("web.demo_database_used") from error
        raise
    from django.db import connection

    from tawteen.web.demo.filling import fill
    from tawteen.web.demo.programme import plan_together
    from tawteen.web.imports.starting import sound_case
    from tawteen.web.log.checkpoints import sign_checkpoint

    try:
        people = fill(sound_case(case)[0])
        if programme:
            plan_together(people)
        sign_checkpoint(key)
    finally:
        connection.close()
    lines = [f"{one.name}\t{one.password}\t{one.full_name}\n" for one in people.values()]
    write_once(DataFolder(path).demo_people_file, "".join(lines))
    write_once(DataFolder(path).demo_mark, "")
    return tuple(people.values())
