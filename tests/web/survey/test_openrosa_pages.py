"""A telephone gets the forms of what its party sees, each with the lists and hashes that were announced."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from tests.survey.instances import LINES, surveyed_case
from tests.web.conftest import Workspace
from tests.web.mission import add_person
from tests.web.survey.registered import SURVEYOR, register
from tests.web.survey.telephone import Telephone, telephone_of

from tawteen.survey.openrosa import published_forms
from tawteen.survey.xlsform import xform_of
from tawteen.web.log.append import NewEntry, append
from tawteen.web.role_names import ROLES
from tawteen.web.survey.phone_sign_in import add_phone

FORM = "tawteen-tiny-factory"


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    register()
    return workspace


def lists(phone: Telephone) -> dict[str, str]:
    return {name: content.decode() for name, content in phone.files(phone.forms()[FORM]).items()}


def test_the_form_and_its_lists_are_those_of_the_case(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    assert list(phone.forms()) == [FORM]
    files = phone.files(phone.forms()[FORM])
    (made,) = published_forms(surveyed_case()).values()
    assert files["form.xml"] == xform_of(made.form).encode()
    assert {name: sorted(content.splitlines()) for name, content in made.lists.items()} == {
        name: sorted(files[name].splitlines()) for name in ("sites.csv", "lines.csv")}  # fmt: skip
    assert ET.fromstring(files["form.xml"]) is not None


def test_one_form_can_be_asked_for(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    assert phone.ask("get", f"/collect/formList?formID={FORM}").content.count(b"<xform>") == 1
    assert phone.ask("get", "/collect/formList?formID=other").content.count(b"<xform>") == 0


@pytest.mark.parametrize(
    "path", ["forms/other.xml", "forms/other/manifest", f"forms/{FORM}/other.csv", "forms/x/sites.csv"]
)
def test_what_is_not_there_says_so(mission: Workspace, path: str) -> None:
    assert telephone_of(SURVEYOR).ask("get", f"/collect/{path}").status_code == 404


def test_a_party_that_sees_nothing_gets_no_form(mission: Workspace) -> None:
    assert telephone_of("partner-surveyor").forms() == {}
    assert telephone_of("partner-surveyor").ask("get", f"/collect/forms/{FORM}.xml").status_code == 404


def test_a_party_gets_the_sites_that_are_released_to_it(mission: Workspace) -> None:
    for subject in (
        ("settings", "*", "*"),
        ("sites", "mill", "*"),
        ("lines", "mill-1", "*"),
        ("blockers", "mill/title", "*"),
    ):
        append(NewEntry("host-analyst", "host", "release", subject, {"to": ["partner"], "later": False}))
    seen = lists(telephone_of("partner-surveyor"))
    assert "mill" in seen["sites.csv"]
    assert "cables" not in seen["sites.csv"]
    assert [line.split(",")[0] for line in seen["lines.csv"].splitlines()[1:]] == ["mill-1"]
    assert len(LINES) > 1


def test_a_row_that_is_released_in_part_is_left_out(mission: Workspace) -> None:
    for subject in (("settings", "*", "*"), ("sites", "*", "name_en"), ("sites", "mill", "*")):
        append(NewEntry("host-analyst", "host", "release", subject, {"to": ["partner"], "later": False}))
    seen = lists(telephone_of("partner-surveyor"))
    assert [line.split(",")[0] for line in seen["sites.csv"].splitlines()[1:]] == ["mill"]


def test_a_change_of_the_registry_changes_the_list_and_its_hash(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    before = lists(phone)["sites.csv"]
    append(NewEntry("host-analyst", "host", "cell", ("sites", "mill", "owner"), {"value": "Somebody new"}))
    after = lists(phone)
    assert "Somebody new" in after["sites.csv"]
    assert "Somebody new" not in before


@pytest.mark.parametrize("party", ["host", "partner"])
def test_every_role_of_both_parties(mission: Workspace, party: str) -> None:
    """The matrix of telephones: who holds a role that surveys is answered, others are refused."""
    for role in ROLES:
        name = f"{party}-{role}"
        if role not in ("administrator", "surveyor", "analyst", "viewer"):
            add_person(party, role)
        phone, code = add_phone(name, "")
        asking = Telephone(phone.name, code)
        surveys = role in ("administrator", "analyst", "surveyor")
        form = 200 if party == "host" else 404
        expected = {
            ("get", "/collect/formList"): 200, ("get", f"/collect/forms/{FORM}.xml"): form,
            ("get", f"/collect/forms/{FORM}/manifest"): form, ("get", f"/collect/forms/{FORM}/sites.csv"): form,
            ("head", "/collect/submission"): 204,
        }  # fmt: skip
        for (method, path), status in expected.items():
            assert asking.ask(method, path).status_code == (status if surveys else 403), (name, path)
