"""Documents of a server for telephones: forms, their files, answers."""

from __future__ import annotations

import hashlib
from xml.etree import ElementTree as ET

from tests.survey.instances import surveyed_case
from tests.tiny import tables, tiny

from tawteen.survey.entity_lists import sites_list
from tawteen.survey.openrosa import form_list, form_manifest, published_forms, submission_answer
from tawteen.survey.xlsform import xform_of

FORMS = published_forms(surveyed_case())
LIST, MANIFEST = "{http://openrosa.org/xforms/xformsList}", "{http://openrosa.org/xforms/xformsManifest}"


def fields(element: ET.Element) -> dict[str, str | None]:
    return {child.tag.rpartition("}")[2]: child.text for child in element}


def test_forms_are_listed_with_version_hash_and_addresses() -> None:
    root = ET.fromstring(form_list(FORMS.values(), "https://x.example/forms/{}?a=1&b=2".format, "/m/{}".format))
    assert root.tag == f"{LIST}xforms"
    (form,) = FORMS.values()
    assert [fields(one) for one in root] == [{
        "formID": "tawteen-tiny-factory", "name": "Field survey: Factory · مسح ميداني: مصنع",
        "version": form.form.version, "hash": f"md5:{hashlib.md5(form.xform, usedforsecurity=False).hexdigest()}",
        "downloadUrl": "https://x.example/forms/tawteen-tiny-factory?a=1&b=2", "manifestUrl": "/m/tawteen-tiny-factory",
    }]  # fmt: skip
    assert form.xform.decode() == xform_of(form.form)


def test_the_manifest_lists_what_the_form_loads() -> None:
    (form,) = FORMS.values()
    root = ET.fromstring(form_manifest(form, "/media/{}".format))
    files = [fields(one) for one in root.iter(f"{MANIFEST}mediaFile")]
    assert [(one["filename"], one["downloadUrl"]) for one in files] == [
        ("sites.csv", "/media/sites.csv"), ("lines.csv", "/media/lines.csv")]  # fmt: skip
    digest = hashlib.md5(sites_list(surveyed_case()), usedforsecurity=False).hexdigest()
    assert files[0]["hash"] == f"md5:{digest}"


def test_lists_hold_nothing_that_the_case_does_not_hold() -> None:
    """A value that one party may not see changes no byte of the forms made from what that party sees."""
    visible = tiny({"sites": tables()["sites"][:1], "lines": [], "blockers": []})
    (form,) = published_forms(visible).values()
    content = form.xform + b"".join(form.lists.values())
    assert b"mill" in content
    assert not [name for name in ("cables", "Cable works", "مصنع كابلات") if name.encode() in content]


def test_a_message_is_escaped() -> None:
    root = ET.fromstring(submission_answer("عدد < 3 & نص"))
    assert [child.text for child in root] == ["عدد < 3 & نص"]
