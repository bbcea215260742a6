"""A later file is compared before anything is written, entered as it was decided, and taken back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.tiny import tiny
from tests.web.conftest import Workspace
from tests.web.imports.later_imports import (
    apply,
    begin_with_tiny,
    cells_of,
    changed,
    compared,
    edit,
    files_of,
    send_case,
    undo,
    values_seen,
    with_value,
    without,
)
from tests.web.mission import add_person, begin, browser_of

from tawteen.case.folder import write_folder
from tawteen.web.access import RightEndedError
from tawteen.web.accounts.models import RoleRow
from tawteen.web.imports.applying import Applying, decide
from tawteen.web.imports.models import ImportRow, PendingImport
from tawteen.web.log.append import NewEntry, append, log_size
from tawteen.web.log.derived import rebuild
from tawteen.web.registry.version_tokens import version_token
from tawteen.web.rights import Person
from tawteen.words import Words

SITE = tiny()["sites"]["id"][0]
OTHER_SITE = tiny()["sites"]["id"][1]


@pytest.fixture
def mission(either: Workspace) -> Workspace:
    begin()
    return either


def changed_case() -> object:
    return changed(tiny(), sites=lambda sites: without(OTHER_SITE)(with_value(SITE, "name_en", "Another name")(sites)))


def test_a_file_that_says_the_same_has_nothing_to_enter(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny()
    size = log_size()
    pending = compared(send_case(client, tiny(), tmp_path / "again"))
    assert set(pending.counts.values()) == {0}
    page = client.get(f"/imports/compared/{pending.token}").content.decode()
    assert "same as the registry" in page
    assert log_size() == size


def test_each_difference_is_listed_with_its_row(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny()
    size, seen = log_size(), values_seen("host")
    pending = compared(send_case(client, changed_case(), tmp_path / "later"))  # type: ignore[arg-type]
    assert cells_of(pending, "changed") == {("sites", SITE, "name_en"): '"Another name"'}
    removed = {key for key in seen if key[:2] == ("sites", OTHER_SITE)}
    assert cells_of(pending, "removed").keys() == removed
    assert pending.counts == {"added": 0, "changed": 1, "removed": len(removed), "conflict": 0, "refused": 0}
    assert (log_size(), values_seen("host")) == (size, seen)
    page = client.get(f"/imports/compared/{pending.token}").content.decode()
    assert "Another name" in page
    assert "sites.csv" in page
    assert "row 2" in page
    assert "1 cell is entered" in page
    assert f"{1 + len(removed)} cells are entered" in page
    # What has consequences comes first.
    kinds = re.findall('<span class="kind ([a-z]+)">', page)
    assert kinds == ["removed"] * len(removed) + ["changed"]
    only = client.get(f"/imports/compared/{pending.token}?kind=removed&table=sites").content.decode()
    assert "Another name" not in only
    assert f"{len(removed)} cells" in only


def test_the_whole_case_is_checked_before_anything_is_entered(mission: Workspace, tmp_path: Path) -> None:
    client, size, words = begin_with_tiny(), log_size(), Words("en")
    pending = compared(send_case(client, changed_case(), tmp_path / "later", "sites"))  # type: ignore[arg-type]
    pages = {}
    for strategy in ("take", "replace"):
        answer = apply(client, pending, strategy, foresee="yes")
        assert answer.status_code == 200
        pages[strategy] = answer.content.decode()
        assert f'value="{strategy}" required checked' in pages[strategy]
    # A site is away that others name.
    _, _, foreseen = pages["replace"].partition(words.say("web.before.faulty"))
    assert OTHER_SITE in foreseen.partition("</section>")[0]
    assert words.say("web.before.faulty") not in pages["take"]
    assert words.say("web.before.no_programme") in pages["take"]
    pending.refresh_from_db()
    assert (log_size(), pending.strategy) == (size, "")


@pytest.mark.parametrize(("strategy", "name", "kept"), [
    ("fill", "Before", True), ("take", "Another name", True), ("replace", "Another name", False),
])  # fmt: skip
def test_three_ways_to_merge(mission: Workspace, tmp_path: Path, strategy: str, name: str, kept: bool) -> None:
    client = begin_with_tiny()
    edit(SITE, "name_en", "Before")
    edit(SITE, "town", None, based=False)
    before = values_seen("host")
    case = changed(changed_case(), sites=with_value(SITE, "town", "Road 1"))  # type: ignore[arg-type]
    pending = compared(send_case(client, case, tmp_path / "later"))
    assert apply(client, pending, strategy)["Location"] == "/imports"
    after = values_seen("host")
    assert after["sites", SITE, "name_en"] == [name]
    assert after["sites", SITE, "town"] == ["Road 1"]
    assert (("sites", OTHER_SITE, "name_en") in after) is kept
    touched = {("sites", SITE, "name_en"), ("sites", SITE, "town")}
    elsewhere = {key: value for key, value in before.items() if key not in touched and key[1] != OTHER_SITE}
    assert elsewhere.items() <= after.items()
    row = ImportRow.objects.order_by("-number")[0]
    assert (row.strategy, row.person, row.party) == (strategy, "host-administrator", "host")
    kept_rows = list(ImportRow.objects.order_by("number").values())
    rebuild()
    assert list(ImportRow.objects.order_by("number").values()) == kept_rows


def test_undo_is_one_act_and_leaves_what_somebody_changed_since(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny()
    before = values_seen("host")
    pending = compared(send_case(client, changed_case(), tmp_path / "later"))  # type: ignore[arg-type]
    apply(client, pending, "replace")
    edit(SITE, "name_en", "By hand")
    number = ImportRow.objects.order_by("-number")[0].number
    back = undo(client, number)
    assert cells_of(back, "conflict").keys() == {("sites", SITE, "name_en")}
    page = client.get(f"/imports/compared/{back.token}").content.decode()
    assert "1 cell stays: somebody changed it since." in page
    size = log_size()
    apply(client, back, "")
    assert log_size() == size + 1
    assert values_seen("host") == {**before, ("sites", SITE, "name_en"): ["By hand"]}
    row = ImportRow.objects.order_by("-number")[0]
    assert (row.strategy, row.undoes) == ("undo", number)
    page = client.get("/imports").content.decode()
    assert "Undone by host-administrator" in page
    assert "Nothing was entered" not in page
    decided = compared(send_case(client, changed(tiny(), sites=with_value(SITE, "town", "x")), tmp_path / "last"))
    decided = decide(Person("host-administrator", "", "host", frozenset()), decided.token, 0, "fill", beside=False)
    edit(SITE, "town", "By hand")  # after the decision: all is left
    assert Applying(decided).run()
    page = client.get("/imports").content.decode()
    assert "Nothing was entered" in page
    assert "1 cell was left" in page


def test_undoing_an_undo_brings_the_import_back(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny()
    apply(client, compared(send_case(client, changed_case(), tmp_path / "later")), "replace")  # type: ignore[arg-type]
    after = values_seen("host")
    for count, left in ((1, 2), (2, 2), (3, 2)):
        apply(client, undo(client), "")
        assert (values_seen("host") == after) is (count == 2)
        page = client.get("/imports").content.decode()
        assert page.count('class="line"') == left, "the newest one and the first import can be undone"
        assert page.count("Undone by") == (2 if count == 3 else 1)
        assert page.count("put back in effect by") == count - 1 - (count == 3)


def test_the_first_import_can_be_undone(mission: Workspace) -> None:
    client = begin_with_tiny()
    number = ImportRow.objects.get().number
    apply(client, undo(client, number), "")
    assert values_seen("host") == {}


def test_what_changed_since_the_comparison_is_compared_again(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny()
    pending = compared(send_case(client, changed_case(), tmp_path / "later"))  # type: ignore[arg-type]
    edit(SITE, "name_en", "By hand")
    size = log_size()
    answer = apply(client, pending, "take")
    assert answer.status_code == 409
    assert "It was compared again" in answer.content.decode()
    assert log_size() == size
    pending.refresh_from_db()
    assert cells_of(pending, "conflict") == {("sites", SITE, "name_en"): '"Another name"'}
    assert apply(client, pending, "replace").status_code == 302
    assert values_seen("host")["sites", SITE, "name_en"] == ["By hand"]


def test_a_change_elsewhere_and_one_that_is_not_seen_stop_nothing(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny()
    pending = compared(send_case(client, changed_case(), tmp_path / "later"))  # type: ignore[arg-type]
    edit(SITE, "town", "Elsewhere")
    edit(SITE, "name_en", "Of the partner", party="partner")
    assert apply(client, pending, "take").status_code == 302
    assert values_seen("host")["sites", SITE, "name_en"] == ["Another name"]


def test_values_in_conflict_stay_unless_they_are_entered_beside(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny()
    edit(SITE, "town", "One", based=False)
    edit(SITE, "town", "Two", based=False)
    town = ("sites", SITE, "town")
    stand = values_seen("host")[town]
    assert len(stand) > 1
    case = changed(tiny(), sites=with_value(SITE, "town", "Three"))
    pending = compared(send_case(client, case, tmp_path / "later"))
    assert cells_of(pending) == {town: '"Three"'}
    apply(client, pending, "replace")
    assert values_seen("host")[town] == stand
    pending = compared(send_case(client, case, tmp_path / "later"))
    apply(client, pending, "take", beside="yes")
    assert values_seen("host")[town] == [*stand, "Three"]
    number = ImportRow.objects.order_by("-number")[0].number
    apply(client, undo(client, number), "")
    assert values_seen("host")[town] == [stand[0]]


def test_of_another_party_s_values_a_file_without_mark_asks_first(mission: Workspace, tmp_path: Path) -> None:
    begin_with_tiny(shared=True)
    partner = browser_of("partner-administrator")
    host = values_seen("host")
    pending = compared(send_case(partner, changed_case(), tmp_path / "later"))  # type: ignore[arg-type]
    assert cells_of(pending) == {("sites", SITE, "name_en"): '"Another name"'}
    assert pending.counts["conflict"] == 1
    assert pending.kept > 10
    apply(partner, pending, "take", beside="yes")
    assert values_seen("partner")["sites", SITE, "name_en"] == [host["sites", SITE, "name_en"][0], "Another name"]
    assert values_seen("host") == host


def test_the_same_form_sent_twice_enters_once(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny()
    pending = compared(send_case(client, changed_case(), tmp_path / "later"))  # type: ignore[arg-type]
    for _ in range(3):
        assert apply(client, pending, "take")["Location"] == "/imports"
    assert ImportRow.objects.count() == 2


@pytest.mark.parametrize(("form", "status"), [
    ({"strategy": "destroy"}, 422), ({"strategy": ""}, 422), ({"revision": "x"}, 400), ({"revision": "7"}, 409),
])  # fmt: skip
def test_a_form_that_fits_nothing_changes_nothing(
    mission: Workspace, tmp_path: Path, form: dict[str, str], status: int
) -> None:
    client = begin_with_tiny()
    pending = compared(send_case(client, changed_case(), tmp_path / "later"))  # type: ignore[arg-type]
    size = log_size()
    assert apply(client, pending, **form).status_code == status  # type: ignore[arg-type]
    assert log_size() == size


def test_who_lost_the_role_meanwhile_enters_nothing(mission: Workspace, tmp_path: Path) -> None:
    begin_with_tiny()
    add_person("host", "analyst")
    analyst = browser_of("host-analyst")
    pending = compared(send_case(analyst, changed_case(), tmp_path / "later"))  # type: ignore[arg-type]
    number = RoleRow.objects.get(person="host-analyst").number
    append(NewEntry("host-administrator", "host", "end", ("host-analyst",), {"reason": "left"}, (number,)))
    size = log_size()
    assert apply(analyst, pending, "take").status_code == 403
    decider = Person("host-analyst", "", "host", frozenset(("analyst",)))  # as the page was asked for before
    with pytest.raises(RightEndedError):
        decide(decider, pending.token, pending.revision, "take", beside=False)
    assert log_size() == size
    pending.refresh_from_db()
    assert pending.strategy == ""


def test_a_compared_file_is_of_one_party_alone(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny()
    pending = compared(send_case(client, changed_case(), tmp_path / "later"))  # type: ignore[arg-type]
    number = ImportRow.objects.get().number
    partner = browser_of("partner-administrator")
    path = f"/imports/compared/{pending.token}"
    assert partner.get(path).status_code == 404
    for what in ("apply", "discard", "continue"):
        assert partner.post(f"{path}/{what}", {"strategy": "take", "revision": "0"}).status_code == 404
    assert partner.post(f"/imports/{version_token(number)}/undo").status_code == 404
    assert pending.token not in partner.get("/imports").content.decode()
    assert client.post(f"{path}/discard")["Location"] == "/imports"
    assert not PendingImport.objects.filter(token=pending.token).exists()


def test_a_part_of_a_case_is_enough(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny()
    pending = compared(send_case(client, changed_case(), tmp_path / "later", "sites"))  # type: ignore[arg-type]
    assert {table for table, _, _ in cells_of(pending)} == {"sites"}
    assert pending.file == "sites.csv"


def test_what_cannot_be_read_is_refused_with_its_place_and_stays(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny()
    write_folder(changed(tiny(), sites=with_value(SITE, "name_en", "Another name")), tmp_path / "later")
    sites = tmp_path / "later" / "sites.csv"
    state = tiny()["sites"].filter(tiny()["sites"]["id"] == OTHER_SITE)["state"][0]
    lines = sites.read_text(encoding="utf-8-sig").split("\n")
    line = next(i for i, text in enumerate(lines) if text.startswith(f"{OTHER_SITE},"))
    lines[line] = lines[line].replace(f",{state},", ",<i>burned</i>,", 1)
    sites.write_text("\n".join(lines), encoding="utf-8-sig")
    pending = compared(client.post("/import", {"files": files_of(tmp_path / "later")}))  # type: ignore[arg-type]
    assert pending.counts == {"added": 0, "changed": 1, "removed": 0, "conflict": 0, "refused": 1}
    page = client.get(f"/imports/compared/{pending.token}?kind=refused").content.decode()
    assert "&lt;i&gt;burned&lt;/i&gt;" in page
    assert f"row {line + 1}" in page
    before = values_seen("host")
    apply(client, pending, "replace")
    assert values_seen("host") == {**before, ("sites", SITE, "name_en"): ["Another name"]}
