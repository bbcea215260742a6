"""A submission becomes a visit: each answer is held against its question, and each fault becomes a finding."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.params import MESSAGE
from tawteen.survey.answer_values import AnswerError, day_of, position_of, text_of, value_of
from tawteen.survey.form import Question, QuestionGroup, SurveyForm
from tawteen.survey.params import SURVEY
from tawteen.survey.posts import Submission, is_photo_name
from tawteen.survey.site_named import SiteFinder, StatedSite
from tawteen.survey.visit import Observation, Position, SiteVisit, SurveyPhoto

CALCULATED = re.compile(r"start|end|seen_name(?:_ar)?|known_\w+|\w+_day")
"""Fields that the telephone fills in itself; what is needed of them is read by name."""

Found = tuple[SiteVisit | None, list[Finding]]


@dataclass(frozen=True)
class VisitReader:
    """Reads submissions for one case.

    `today`: the last day on which a submission can have arrived that does not state its own. `accepted`: versions of
    forms that are read although they are not the present ones.
    """

    case: Case
    forms: Mapping[str, SurveyForm]
    today: dt.date
    sites: SiteFinder
    accepted: Collection[str] = ()

    def read(self, submission: Submission) -> Found:
        """The visit, None where it cannot be read, and what is wrong with it or worth knowing."""
        instance, file = submission.instance, submission.files[0]
        form = self.forms.get(instance.form)
        if form is None:
            args = {"known": ", ".join(self.forms)}
            return None, [Finding("error", "survey.other_form", file=file, value=instance.form, args=args)]
        if instance.version.partition(".")[0] != form.meaning and instance.version not in self.accepted:
            args = {"form": form.id, "current": form.version}
            return None, [Finding("error", "survey.other_version", file=file, value=instance.version, args=args)]
        reading = _Reading(self.case, form, submission, submission.received or self.today)
        reading.sort_answers()
        site, findings = self.sites.find(reading.stated_site(), file)
        if site is None:
            return None, [*findings, *reading.findings]
        visit = reading.visit(site)
        return visit, [*findings, *reading.findings]


@dataclass
class _Reading:
    """One submission while it is read. `answers`: texts by question and by place in a repeated group (else 0)."""

    case: Case
    form: SurveyForm
    submission: Submission
    arrived: dt.date
    answers: dict[tuple[str, int], str] = field(default_factory=dict)
    calculated: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def file(self) -> str:
        return self.submission.files[0]

    def note(self, code: str, column: str | None, value: str | None = None, **args: Any) -> None:
        """Keeps a warning about a field."""
        self.findings.append(Finding("warning", code, None, self.file, None, column, value, args))

    def sort_answers(self) -> None:
        """Puts each answer to its question; fields that the form does not have are told and left out."""
        known = {(*group.path, question.name): group for group, question in self.form.questions()}
        strangers, twice = [], set()
        for answer in self.submission.instance.answers:
            name, group = answer.path[-1], known.get(answer.path)
            if group is None:
                if CALCULATED.fullmatch(name):
                    self.calculated.setdefault(name, answer.text)
                else:
                    strangers.append("/".join(answer.path))
                continue
            key = (name, answer.places[0] if group.repeated else 0)
            if self.answers.setdefault(key, answer.text) != answer.text:
                twice.add(key)
        for key in sorted(twice):
            self.note("survey.answered_twice", key[0], self.answers.pop(key))
        if strangers:
            fields = ", ".join(strangers[: MESSAGE.columns])
            self.note("survey.unknown_fields", strangers[0], fields=fields, count=len(strangers))

    def stated_site(self) -> StatedSite:
        """What the submission says of its site."""
        texts = {name: self._text(name) for name in ("site", "site_name", "site_place")}
        names = (self.calculated.get(name, "") for name in ("seen_name", "seen_name_ar"))
        if self.answers.get(("listed", 0)) == "no" or (texts["site_name"] and not texts["site"]):
            return StatedSite(typed=texts["site_name"], place=texts["site_place"])
        return StatedSite(texts["site"], tuple(dict.fromkeys(name for name in names if name)))

    def visit(self, site: str) -> SiteVisit:
        """The visit to a site of the case."""
        instance = self.submission.instance
        day, photos = self._day(), tuple(self._photos())
        observations = [*self._facts(site, day), *self._lines(site, day), *self._gates(site, day)]
        missing = [photo.name for photo in photos if not photo.arrived]
        if missing:
            args = {"names": ", ".join(missing[: MESSAGE.columns]), "count": len(missing)}
            self.findings.append(Finding("note", "survey.photos_missing", file=self.file, args=args))
        return SiteVisit(
            instance.id, instance.replaces, instance.form, instance.version, self.file, site, self._text("surveyor"),
            day, self._moment("start"), self._moment("end"), self._position(), photos,
            self._text("remarks"), tuple(observations),
        )  # fmt: skip

    def _text(self, name: str, place: int = 0) -> str:
        """The answer to a question of free text; empty where it was not answered, or with a finding."""
        text = self.answers.get((name, place), "")
        try:
            return text_of(text) if text else ""
        except AnswerError as error:
            self.note(error.code, name, text, **error.arguments)
            return ""

    def _day(self) -> dt.date | None:
        """The day of the visit: the one stated, else that on which the form was begun; None where it cannot be."""
        clocks = {name: self.calculated.get(name, "") for name in ("start", "end")}
        wrong = {name: text for name, text in clocks.items() if text and self._believed(text) is None}
        stated = self.answers.get(("date", 0))
        if stated is None:
            if not clocks["start"]:
                self.note("survey.no_day", "date")
            elif "start" in wrong:
                self.note("survey.clock", "start", wrong["start"], arrived=self.arrived.isoformat())
            return self._believed(clocks["start"])
        day = self._believed(stated)
        if day is None:
            self.note("survey.clock", "date", stated, arrived=self.arrived.isoformat())
        elif wrong:
            name, text = next(iter(wrong.items()))
            self.note("survey.clock_of_form", name, text, day=day.isoformat())
        return day

    def _believed(self, text: str) -> dt.date | None:
        """The day of a text, None where it is none, or lies after the arrival or too long before it."""
        try:
            day = day_of(text)
        except AnswerError:
            return None
        latest = self.arrived + dt.timedelta(days=SURVEY.clock_days)
        return day if latest - dt.timedelta(days=SURVEY.oldest_days) <= day <= latest else None

    def _position(self) -> Position | None:
        text = self.answers.get(("position", 0))
        try:
            return None if text is None else position_of(text)
        except AnswerError as error:
            self.note(error.code, "position", text)
            return None

    def _moment(self, name: str) -> str | None:
        """A moment as the telephone stated it; None where it is none."""
        text = self.calculated.get(name, "")
        try:
            day_of(text)
        except AnswerError:
            return None
        return text

    def _photos(self) -> Iterator[SurveyPhoto]:
        """Photos in order of the questions and repeated groups that they answer."""
        for _, question in self.form.questions():
            if question.answer != "photo":
                continue
            for name, place in sorted(key for key in self.answers if key[0] == question.name):
                file = self._photo(name, place)
                if file is None:
                    self.note("survey.attachment_name", name, self.answers[name, place])
                    continue
                caption = self._text("caption", place) if name == "photo" else ""
                yield SurveyPhoto(file, name, caption, file in self.submission.attachments)

    def _photo(self, name: str, place: int = 0) -> str | None:
        """The file that answers a question for a photo; None where there is none, or where it can be no file."""
        file = self.answers.get((name, place))
        return file if file is not None and is_photo_name(file) else None

    def _value(self, question: Question, place: int = 0) -> Any:
        """The value of an answer; None where there is none, or with a finding where it cannot be one."""
        text = self.answers.get((question.name, place))
        try:
            return None if text is None else value_of(question, text)
        except AnswerError as error:
            self.note(error.code, question.name, text, **error.arguments)
            return None

    def _observations(
        self, group: QuestionGroup, row: str, day: dt.date | None, place: int = 0
    ) -> Iterator[Observation]:
        for question in group.questions:
            if question.table is None or question.column is None:
                continue
            value = self._value(question, place)
            if value is not None:
                yield Observation(question.table, row, question.column, value, question.unit, day)

    def _facts(self, site: str, day: dt.date | None) -> Iterator[Observation]:
        for group in self.form.groups:
            if group.path == ("facts",):
                yield from self._observations(group, site, day)

    def _lines(self, site: str, day: dt.date | None) -> Iterator[Observation]:
        """Observations of production lines; of a line that was answered twice otherwise, what both say."""
        group = next((group for group in self.form.groups if group.path == ("lines",)), None)
        if group is None:
            return
        named = {place for name, place in self.answers if name == "line"}
        for name, place in sorted(self.answers):
            if name.startswith("line_") and place not in named:
                self.note("survey.no_line", name, self.answers[name, place])
        owners = dict(self.case["lines"].select("id", "site").iter_rows())
        seen: dict[tuple[str, str], Observation | None] = {}
        for place in sorted(named):
            line = self.answers["line", place]
            if owners.get(line) != site:
                self.note("survey.line_unknown", "line", line, site=site)
                continue
            photo = self._photo("line_photo", place)
            for one in self._observations(group, line, day, place):
                observation = replace(one, photos=(photo,) if photo else ())
                earlier = seen.setdefault((line, one.column), observation)
                if earlier is not None and earlier.value != observation.value:
                    self.note("survey.line_twice", f"line_{one.column}", observation.text, line=line)
                    seen[line, one.column] = None
        yield from (one for one in seen.values() if one is not None)

    def _gates(self, site: str, day: dt.date | None) -> Iterator[Observation]:
        """Observations of gates that state whether they are open, with what shows it, its day and its photo."""
        for group in self.form.groups:
            if group.gate is None or not any(name.startswith(f"{group.gate}_") for name, _ in self.answers):
                continue
            seen = {one.column: one for one in self._observations(group, f"{site}/{group.gate}", day)}
            if "state" not in seen:
                if not self._faulty(f"{group.gate}_state"):
                    self.note("survey.no_state", f"{group.gate}_state", gate=group.gate)
                continue
            if seen["state"].value == "open":
                # What opens it, and when, is not asked of an open gate.
                seen = {"state": seen["state"]}
            known_of = self._gate_day(group.gate, day)
            photo = self._photo(f"{group.gate}_photo")
            basis = self._text(f"{group.gate}_basis")
            for one in seen.values():
                yield replace(one, as_of=known_of, basis=basis, photos=(photo,) if photo else ())

    def _faulty(self, name: str) -> bool:
        return any(finding.column == name for finding in self.findings)

    def _gate_day(self, gate: str, day: dt.date | None) -> dt.date | None:
        """The day of what shows the state of a gate: as stated, else that of the visit; None where it cannot be."""
        text = self.answers.get((f"{gate}_as_of", 0))
        if text is None:
            return day
        try:
            stated = day_of(text)
        except AnswerError as error:
            self.note(error.code, f"{gate}_as_of", text)
            return None
        if stated > self.arrived + dt.timedelta(days=SURVEY.clock_days):
            self.note("survey.clock", f"{gate}_as_of", text, arrived=self.arrived.isoformat())
            return None
        return stated
