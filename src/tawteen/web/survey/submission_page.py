"""One submission: as it was sent, what is wrong with it, what it changed; and how a person settles a faulty one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tawteen.case.findings import Finding, sentence_of
from tawteen.case.tables import TABLES
from tawteen.survey.form import Question, QuestionGroup, SurveyForm
from tawteen.survey.instance import Instance
from tawteen.survey.params import SURVEY
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.refusals import refusal
from tawteen.web.registry.cell_text import CellWords, column_label
from tawteen.web.registry.models import CellVersion, SiteRow
from tawteen.web.registry.site_names import site_names
from tawteen.web.registry.site_search import search
from tawteen.web.rights import may_read, may_settle_submission
from tawteen.web.survey.models import FileRow, SubmissionRow
from tawteen.web.survey.params import POSTS
from tawteen.web.survey.posted import FORM_FILE, KeptFile, PostedForm, file_store
from tawteen.web.survey.site_files import shown_file
from tawteen.web.survey.stored_findings import read_findings
from tawteen.web.survey.submission_list import shown_submission
from tawteen.web.survey.submission_states import FAULTY
from tawteen.web.survey.survey_case import forms_known
from tawteen.web.survey.surveyed_cells import KNOWN
from tawteen.web.survey.take_submission import (
    ByHand,
    ReadPost,
    entries_of,
    read_post,
    set_aside,
    settle_by_hand,
)
from tawteen.web.visibility import PartyView
from tawteen.words import Words

_SETTLE = (FormField("site", required=False), FormField("reason"))
_PUT_ASIDE = (FormField("reason"),)


@needs(may_read)
@never_cache
@require_safe
def submission_page(request: HttpRequest, variant: str) -> HttpResponse:
    """The page of a submission of the own party."""
    row = _own(request, variant)
    return refusal(request, "page", 404) if row is None else _page(request, row)


@needs(may_settle_submission)
@require_POST
def settle_submission(request: HttpRequest, variant: str) -> HttpResponse:
    """Reads a faulty submission as a person says it is meant: its site, and whether an older form is read."""
    form, person = Form(request, _SETTLE), signed_in(request)
    with writing(request, may_settle_submission) as log:
        row = _faulty(request, variant)
        if row is None:
            return refusal(request, "page", 404)
        site = form.values["site"]
        if site and not PartyView(person.party).rows("sites", [site]):
            return _page(request, row, refused="web.submission.no_site")
        if not form.sound:
            return _page(request, row, refused="web.submission.no_reason")
        by_hand = ByHand(form.values["reason"], site or None, any_version=request.POST.get("any_version") == "yes")
        content = settle_by_hand(log, person, row, _read_again(row), by_hand)
        if "fault" in content:
            return _page(request, row, read_findings(content["fault"]))
    return HttpResponseRedirect(reverse("submission", args=[variant]))


@needs(may_settle_submission)
@require_POST
def put_aside(request: HttpRequest, variant: str) -> HttpResponse:
    """Notes that a faulty submission says nothing."""
    form, person = Form(request, _PUT_ASIDE), signed_in(request)
    with writing(request, may_settle_submission) as log:
        row = _faulty(request, variant)
        if row is None:
            return refusal(request, "page", 404)
        if not form.sound:
            return _page(request, row, refused="web.submission.no_reason")
        set_aside(log, person, row, form.values["reason"])
    return HttpResponseRedirect(reverse("submission", args=[variant]))


def _own(request: HttpRequest, variant: str) -> SubmissionRow | None:
    """A submission of the own party, by the hash of its form: a number of an entry would say how many others made."""
    return SubmissionRow.objects.filter(party=signed_in(request).party, variant=variant).first()


def _faulty(request: HttpRequest, variant: str) -> SubmissionRow | None:
    """A submission of the own party that waits for somebody."""
    row = _own(request, variant)
    return row if row is not None and row.state == FAULTY else None


def _files(row: SubmissionRow) -> list[FileRow]:
    """The form and the photos of a submission; of several forms of one instance its own."""
    files = FileRow.objects.filter(party=row.party, instance=row.instance).order_by("pk")
    return [file for file in files if file.name != FORM_FILE or file.sha256 == row.variant]


def _read_again(row: SubmissionRow) -> ReadPost:
    """The form as it was sent. Raises OSError where its file is lost."""
    with file_store().path(row.variant).open("rb") as stream:
        content = stream.read(SURVEY.instance_bytes + 1)
    return read_post(PostedForm(content, (KeptFile(FORM_FILE, row.variant, "text/xml"),)))


def _page(
    request: HttpRequest, row: SubmissionRow, findings: Iterable[Finding] | None = None, refused: str = ""
) -> HttpResponse:
    person, words = signed_in(request), words_of(request)
    try:
        read = _read_again(row)
    except OSError:
        read = None
    instance = None if read is None else read.instance
    faults = read_findings(row.fault) if findings is None else list(findings)
    files = _files(row)
    context = {
        "submission": shown_submission(row, site_names(row.party, [row.site], words), words),
        "faults": [sentence_of(finding, words) for finding in faults],
        "notes": [_note(finding, words) for finding in read_findings(row.notes)],
        "lost": read is None,
        "answers": [] if instance is None else stated_answers(instance, forms_known(row.party), words),
        "files": [{**shown_file(file, words), "sent": reverse("file_as_sent", args=[file.sha256])}
                  for file in files],
        "changes": _changes(row, words),
        "waits": row.state == FAULTY and instance is not None,
        "faulty": row.state == FAULTY,
        "sites": _choices(request, person.party, words),
        "q": request.GET.get("q", ""),
        "refused": words.say(refused) if refused else "",
    }  # fmt: skip
    return render(request, "submission.html", context, status=422 if refused or findings is not None else 200)


def stated_answers(instance: Instance, forms: Mapping[str, SurveyForm], words: Words) -> list[tuple[str, str]]:
    """Questions and answers in the reader's words, in the order of the form; what it does not ask stands at the end."""
    form = forms.get(instance.form)
    questions = {(*group.path, one.name): (group, one) for group, one in form.questions()} if form else {}
    order = {path: place for place, path in enumerate(questions)}
    answers = [one for one in instance.answers if one.path in questions or not one.path[-1].startswith(KNOWN)]
    answers.sort(key=lambda one: (order.get(one.path, len(order)), one.places))
    return [
        _in_words(*questions[one.path], one.text, words)
        if one.path in questions else (" / ".join(one.path), one.text)
        for one in answers
    ]  # fmt: skip


def _in_words(group: QuestionGroup, question: Question, text: str, words: Words) -> tuple[str, str]:
    """A question, with the gate or the group that it is asked about, and its answer."""
    label = words.pick(question.label)
    if group.gate or group.repeated:
        label = f"{words.pick(group.label)} · {label}"
    return label, _chosen(question, text, words)


def _chosen(question: Question, text: str, words: Words) -> str:
    """An answer; codes by their words."""
    labels = {code: words.pick(pair) for code, pair in question.choices}
    parts = text.split() if question.answer == "codes" else [text]
    return words.say("cli.comma").join(labels.get(part, part) for part in parts)


def _choices(request: HttpRequest, party: str, words: Words) -> list[tuple[str, str]]:
    """Sites that a search finds, among which a person chooses the one that is meant."""
    typed = request.GET.get("q", "")
    if not typed.strip():
        return []
    rows = search(SiteRow.objects.filter(party=party), typed).order_by("site")[: POSTS.sites_offered]
    return [(row.site, words.pick((row.name_en, row.name_ar)) or row.site) for row in rows]


def _note(finding: Finding, words: Words) -> str:
    return f"{finding.column}: {sentence_of(finding, words)}" if finding.column else sentence_of(finding, words)


def _changes(row: SubmissionRow, words: Words) -> list[dict[str, str]]:
    """What the submission changed in the registry: every cell but those of its observations."""
    party_view = PartyView(row.party)
    texts = CellWords(party_view, words)
    numbers = entries_of(row.party, row.instance) if row.state != FAULTY else ()
    changed = CellVersion.objects.filter(number__in=numbers).exclude(table__in=["evidence", "sources"])
    changed = changed.exclude(table="blockers", column__in=TABLES["blockers"].primary_key())
    return [
        {
            "row": one.row,
            "label": column_label(one.table, one.column, words),
            "before": _before(one, texts),
            "after": texts.text(one.table, one.column, one.value),
        }
        for one in changed.order_by("number", "table", "row", "column")
    ]


def _before(one: CellVersion, texts: CellWords) -> str:
    """What stood in the cell that a version replaces."""
    same_cell = CellVersion.objects.filter(table=one.table, row=one.row, column=one.column)
    replaced = same_cell.filter(number__in=list(one.replaces)).first()
    return texts.text(one.table, one.column, None if replaced is None else replaced.value)
