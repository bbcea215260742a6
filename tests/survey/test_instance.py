"""XML of telephones, and of people who are none, is read within limits or refused with one finding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.survey.instances import ANSWERS, filled

from tawteen.survey.instance import Instance, SentAnswer, SubmissionError, read_instance
from tawteen.survey.params import SURVEY

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha">'
    + b"".join(f'<!ENTITY {b} "{f"&{a};" * 10}">'.encode() for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + b']><data id="x"><remarks>&i;</remarks></data>'
)
EXTERNAL = b'<!DOCTYPE d [<!ENTITY f SYSTEM "file:' + b'///etc/passwd">]><data id="x"><remarks>&f;</remarks></data>'
WHOLE = filled()
HOSTILE = {
    "entities that grow": (LAUGHS, "survey.entities"),
    "an external entity": (EXTERNAL, "survey.entities"),
    "a document type": (b'<!DOCTYPE d SYSTEM "http://x.example/d.dtd"><data id="x"/>', "survey.entities"),
    "huge": (WHOLE + b" " * SURVEY.instance_bytes, "survey.too_long"),
    "deep": (filled(extra="<g>" * 400 + "</g>" * 400), "survey.nesting"),
    "many elements": (filled(extra="<x/>" * (SURVEY.elements + 1)), "survey.elements"),
    "a long text": (filled({"remarks": "x" * (SURVEY.text_characters + 1)}), "survey.text_long"),
    "cut off": (WHOLE[:-9], "survey.not_xml"),
    "empty": (b"", "survey.not_xml"),
    "no XML": ("صورة".encode(), "survey.not_xml"),
    "an unknown encoding": (b'<?xml version="1.0" encoding="martian"?><data id="x"/>', "survey.not_xml"),
    "a form": (b'<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head/></h:html>', "survey.is_form"),
    "no form": (b"<data><a>1</a></data>", "survey.no_form"),
    "no instanceID": (filled(instance=None), "survey.no_instance"),
    "an empty instanceID": (filled(instance="  "), "survey.no_instance"),
    "a long instanceID": (filled(instance="x" * 201), "survey.instance_name"),
    "a long deprecatedID": (filled(replaces="x" * 201), "survey.instance_name"),
    "a deprecatedID with a control character": (filled(replaces="a\u0085b"), "survey.instance_name"),
    "an instanceID of two lines": (filled(instance="a\nb"), "survey.instance_name"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_submission_is_refused_with_one_finding(name: str) -> None:
    content, code = HOSTILE[name]
    severity = "note" if code == "survey.is_form" else "error"
    with pytest.raises(SubmissionError) as raised:
        read_instance(content, "x.xml")
    assert [(f.severity, f.code, f.file) for f in raised.value.findings] == [(severity, code, "x.xml")]
    assert str(raised.value)


def test_answers_are_read_with_their_groups() -> None:
    read = read_instance(filled(lines=[{"line": "mill-1"}, {"line": "mill-2", "line_quality": "0.9"}]), "x.xml")
    assert (read.id, read.form, read.replaces) == ("uuid:1", "tawteen-tiny-factory", None)
    assert SentAnswer(("visit", "surveyor"), (0, 0), ANSWERS["surveyor"]) in read.answers
    assert SentAnswer(("lines", "line_quality"), (1, 0), "0.9") in read.answers
    assert not [answer for answer in read.answers if answer.path[0] == "meta"]


def test_a_corrected_copy_names_what_it_replaces() -> None:
    assert read_instance(filled(instance="uuid:2", replaces="uuid:1"), "x.xml").replaces == "uuid:1"


def test_exports_of_servers_are_read_the_same() -> None:
    """ODK Briefcase moves the instanceID to the root, Central puts the root into a namespace; others write UTF-16."""
    plain = read_instance(filled(), "x.xml")
    briefcase = filled(instance=None).replace(b"<data ", b'<data instanceID="uuid:1" submissionDate="2026-11-20" ')
    central = filled().replace(b"<data ", b'<data xmlns="http://opendatakit.org/submissions" ')
    utf16 = (
        filled().decode().replace("<?xml version='1.0' ?>", '<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16")
    )
    spaced = filled().replace(b"><", b">\n  <")
    for other in (briefcase, central, utf16, spaced):
        assert read_instance(other, "x.xml") == plain


def read_or_refused(content: bytes) -> bool:
    """Whether the content gives an instance or exactly one finding; any other exception ends the test."""
    try:
        return isinstance(read_instance(content, "x.xml"), Instance)
    except SubmissionError as error:
        return len(error.findings) == 1


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    for sent in (content, b'<data id="x"><meta><instanceID>i</instanceID></meta><a>' + content + b"</a></data>"):
        assert read_or_refused(sent)


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=4))
def test_a_changed_byte_ends_in_an_instance_or_a_finding(place: int, replacement: bytes) -> None:
    changed = WHOLE[:place] + replacement + WHOLE[place + len(replacement) :]
    assert read_or_refused(changed)
