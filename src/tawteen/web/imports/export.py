"""The registry as a party sees it, as a workbook or a folder in a ZIP file, which every command reads."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tawteen.case.atomic_write import folder_beside
from tawteen.case.findings import CaseError
from tawteen.case.folder import write_folder
from tawteen.case.settings_file import TOML
from tawteen.case.workbook import write_workbook
from tawteen.web.access import needs, signed_in
from tawteen.web.findings_list import listed_findings
from tawteen.web.imports.export_mark import MARK_PROPERTY, mark_of_now
from tawteen.web.imports.stated_cells import OUTLINE_FILE
from tawteen.web.language import words_of
from tawteen.web.rate_limit import costly
from tawteen.web.registry.record_tables import OUTLINE_COLUMN, OUTLINE_ROW, OUTLINE_TABLE
from tawteen.web.registry.view_case import view_case
from tawteen.web.rights import may_read
from tawteen.web.visibility import PartyView, value_of

_ZIP_DAY = (2000, 1, 1, 0, 0, 0)
"""The time of all files in a ZIP file: two exports of one state are the same."""


@needs(may_read)
@require_safe
def export_page(request: HttpRequest) -> HttpResponse:
    """What can be exported, and what has an effect on a later import of it."""
    return render(request, "export.html")


@needs(may_read)
@require_safe
@costly
def export_workbook(request: HttpRequest) -> HttpResponse:
    """The registry as a workbook in the reader's language."""
    party = signed_in(request).party
    mark = mark_of_now(party)
    try:
        case, _ = view_case(PartyView(party))
        with folder_beside(settings.DATA_FOLDER.path / "export") as folder:
            path = folder / "case.xlsx"
            write_workbook(case, path, words_of(request).lang, {MARK_PROPERTY: str(mark)})
            content = path.read_bytes()
    except CaseError as error:
        return _refused(request, error)
    response = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = 'attachment; filename="registry.xlsx"'
    return response


@needs(may_read)
@require_safe
@costly
def export_folder(request: HttpRequest) -> HttpResponse:
    """The registry as the files of a folder in a ZIP file."""
    party = signed_in(request).party
    mark, party_view = mark_of_now(party), PartyView(party)
    try:
        case, _ = view_case(party_view)
        with folder_beside(settings.DATA_FOLDER.path / "export") as folder:
            write_folder(case, folder / "case")
            _mark(folder / "case" / TOML, str(mark))
            outline = party_view.rows(OUTLINE_TABLE).get(OUTLINE_ROW, {})
            if isinstance(text := value_of(outline, OUTLINE_COLUMN), str):
                (folder / "case" / OUTLINE_FILE).write_text(text, encoding="utf-8", newline="\n")
            content = _zipped(folder / "case")
    except CaseError as error:
        return _refused(request, error)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="registry.zip"'
    return response


def _mark(path: Path, mark: str) -> None:
    path.write_text(f"# {mark}\n{path.read_text(encoding='utf-8')}", encoding="utf-8", newline="\n")


def _zipped(folder: Path) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.writestr(zipfile.ZipInfo(path.name, _ZIP_DAY), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _refused(request: HttpRequest, error: CaseError) -> HttpResponse:
    """The page with what stands in the way of a case, such as a row that is not released to the party."""
    return render(request, "export.html", listed_findings(error.findings, words_of(request)), status=422)
