"""What can be taken home of a run: its report, its workbook, and all of it as the folder that commands read."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.runs.programme_folder import BRIEF, PAGE, PICTURES_FOLDER, PROGRAMME, WORKBOOK_FILE
from tawteen.web.access import needs, signed_in
from tawteen.web.programmes.models import RunFile, RunRow
from tawteen.web.programmes.visible_runs import file_of, visible_run
from tawteen.web.rate_limit import costly
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_read
from tawteen.words import Words

FOLDER_FILE = "programme.zip"
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOWNLOADS = {
    PAGE: ("text/html", "web.run.file.page"),
    BRIEF: ("text/html", "web.run.file.brief"),
    WORKBOOK_FILE: (_WORKBOOK_TYPE, "web.run.file.workbook"),
    FOLDER_FILE: ("application/zip", "web.run.file.folder"),
}
"""Types and labels of files by name, in the order of a page."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of all files in the folder: the same programme is the same file."""


def downloads_of(row: RunRow, words: Words) -> list[dict[str, Any]]:
    """The files that there are of a run, as a page lists them."""
    names = {*RunFile.objects.filter(run=row.run).values_list("name", flat=True)}
    if PROGRAMME in names:
        names.add(FOLDER_FILE)
    return [{"name": name, "label": words.say(label)} for name, (_, label) in DOWNLOADS.items() if name in names]


@needs(may_read)
@never_cache
@require_safe
@costly
def result_file(request: HttpRequest, run: str, name: str) -> HttpResponse:
    """A file to take home. A report is never shown in the workspace: it brings scripts of its own."""
    row = visible_run(signed_in(request), run)
    if row is None or name not in DOWNLOADS:
        return refusal(request, "page", 404)
    content = _folder(row) if name == FOLDER_FILE else file_of(row, name)
    if content is None:
        return refusal(request, "page", 404)
    response = HttpResponse(content, content_type=DOWNLOADS[name][0])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _folder(row: RunRow) -> bytes | None:
    """Programme, case, report and pictures as one file; None where there is no programme."""
    files = RunFile.objects.filter(run=row.run).exclude(name__startswith="pages/").exclude(name__startswith=".")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in files.order_by("name").iterator():
            entry = zipfile.ZipInfo(f"programme/{one.name}", _EARLIEST)
            archive.writestr(entry, bytes(one.content), zipfile.ZIP_DEFLATED)
    return target.getvalue() if archive.namelist() else None


@needs(may_read)
@never_cache
@require_safe
def result_picture(request: HttpRequest, run: str, name: str) -> HttpResponse:
    """The chart of an exhibit, in the language that its name states: KEY.LANG.svg."""
    row = visible_run(signed_in(request), run)
    content = None if row is None else file_of(row, f"{PICTURES_FOLDER}/{name}")
    if content is None or not name.endswith(".svg"):
        return refusal(request, "page", 404)
    return HttpResponse(content, content_type="image/svg+xml")
