"""Keeps the tables of submissions and files as the record says."""

from __future__ import annotations

from tawteen.record.entry import Entry
from tawteen.web.log.derived import DerivedTables
from tawteen.web.survey.models import FileRow, SubmissionRow
from tawteen.web.survey.posted import FORM_FILE
from tawteen.web.survey.submission_states import FAULTY, REPLACED, SET_ASIDE, TAKEN

SUBMISSION_ACT, DOCUMENT_ACT = "submission", "document"


def _apply(entry: Entry) -> None:
    if entry.act == SUBMISSION_ACT:
        _apply_submission(entry)
    elif entry.act == DOCUMENT_ACT:
        table, row = entry.subject
        _file(entry, {**entry.content, "table": table, "row": row}, "").save(force_insert=True)


def _apply_submission(entry: Entry) -> None:
    content, (form, instance) = entry.content, entry.subject
    own = SubmissionRow.objects.filter(party=entry.party, instance=instance)
    forms = [file["sha256"] for file in content["files"] if file["name"] == FORM_FILE]
    variant = forms[0] if forms else str(entry.number)
    earlier = (own.filter(variant=variant) if forms else own.filter(number__in=entry.based_on)).first()
    row = SubmissionRow(
        number=entry.number, first=entry.number, party=entry.party, person=entry.person, time=entry.time, form=form,
        instance=instance, variant=variant, site=content.get("site", ""), state=_state(entry),
        replaces=content.get("replaces", ""), device_time=content.get("device_time", ""),
        fault=content.get("fault", ""), notes=content.get("notes", ""), reason=content.get("reason", ""),
    )  # fmt: skip
    if earlier is not None:
        row.first, row.variant, row.person, row.time = earlier.first, earlier.variant, earlier.person, earlier.time
        row.site = row.site or earlier.site
        earlier.delete()
    row.save(force_insert=True)
    if row.state == TAKEN and row.replaces:
        outdated = SubmissionRow.objects.filter(party=entry.party, instance=row.replaces)
        outdated.exclude(number=row.number).filter(state__in=(TAKEN, FAULTY)).update(state=REPLACED)
    for stated in content["files"]:
        _keep_file(entry, stated, instance)


def _state(entry: Entry) -> str:
    if "fault" in entry.content:
        return SET_ASIDE if "reason" in entry.content else FAULTY
    return TAKEN if "site" in entry.content else REPLACED


def _keep_file(entry: Entry, stated: dict[str, str], instance: str) -> None:
    """A file of a submission; one that is known already is kept under the entry that first said which row it shows."""
    row = _file(entry, stated, instance)
    known = FileRow.objects.filter(party=row.party, instance=instance, name=row.name, sha256=row.sha256).first()
    if known is None:
        row.save(force_insert=True)
    elif (known.table, known.row) != (row.table, row.row):
        known.number, known.table, known.row, known.caption = row.number, row.table, row.row, row.caption
        known.save()


def _file(entry: Entry, stated: dict[str, str], instance: str) -> FileRow:
    texts = {name: stated.get(name, "") for name in ("name", "sha256", "media", "table", "row", "caption")}
    return FileRow(
        number=entry.number, party=entry.party, person=entry.person, time=entry.time, instance=instance, **texts
    )


def _clear() -> None:
    for table in (SubmissionRow, FileRow):
        table.objects.all().delete()


DERIVED_SUBMISSIONS = DerivedTables(_clear, _apply)
