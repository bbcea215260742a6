"""Any order, repetition and spreading of the same submissions gives the same visits, conflicts and findings."""

from __future__ import annotations

import datetime as dt
import random

from hypothesis import given
from hypothesis import strategies as st
from tests.survey.instances import PHOTO, TODAY, filled, post, surveyed_case

from tawteen.survey.posts import Post, join_posts
from tawteen.survey.submissions import Survey, read_submissions

CASE = surveyed_case()
SITES = {"mill": ("Mill", "مطحنة"), "cables": ("Cable works", "مصنع كابلات"), "forge": ("Forge", "مسبك")}


def read(posts: list[Post]) -> Survey:
    return read_submissions(posts, CASE, today=TODAY)


@st.composite
def sent(draw: st.DrawFn) -> bytes:
    """A submission, some of them broken, some replacing another, some with an instance id that another has."""
    site = draw(st.sampled_from(sorted(SITES)))
    number = draw(st.integers(1, 5))
    answers = {
        "site": site, "seen_name": SITES[site][0], "seen_name_ar": SITES[site][1],
        "title_state": draw(st.sampled_from(["open", "closed", "unknown", "ajar"])),
        "site_idle_staff": draw(st.sampled_from(["3", "12", "many"])),
        "date": draw(st.sampled_from(["2026-11-18", "2026-11-20", "2099-01-01"])),
    }  # fmt: skip
    replaced = draw(st.none() | st.integers(1, 5))
    return filled(answers, instance=f"uuid:{number}", replaces=replaced and f"uuid:{replaced}",
                  form=draw(st.sampled_from(["tawteen-tiny-factory"] * 5 + ["other"])))  # fmt: skip


@given(st.lists(sent(), max_size=6), st.randoms(use_true_random=False))
def test_order_repetition_and_parts_do_not_matter(contents: list[bytes], random_: random.Random) -> None:
    whole = [Post(f"{k}.xml", content, {"gate.jpg": PHOTO, "letter.jpg": PHOTO}) for k, content in enumerate(contents)]
    expected = read(whole)
    parts = [
        Post(one.file, one.content, {name: PHOTO})
        for one in whole for name in one.attachments for _ in range(random_.randint(1, 2))
    ]  # fmt: skip
    parts += [Post(one.file, one.content) for one in whole if random_.random() < 0.5]
    random_.shuffle(parts)
    assert read(parts) == expected
    assert read(whole[::-1]) == expected


def test_the_same_instance_twice_is_one() -> None:
    submissions, findings = join_posts([post(file="a.xml"), post(file="b.xml"), post(file="a.xml")])
    assert findings == []
    assert [one.files for one in submissions] == [("a.xml", "b.xml")]


def test_photos_that_come_in_several_posts_are_joined() -> None:
    parts = [post(attachments={"gate.jpg": "1"}, received=dt.date(2026, 11, 21)),
             post(attachments={"letter.jpg": "2"}, received=dt.date(2026, 11, 20))]  # fmt: skip
    submissions, _ = join_posts(parts)
    assert submissions[0].attachments == {"gate.jpg": "1", "letter.jpg": "2"}
    assert submissions[0].received == dt.date(2026, 11, 20)
    assert all(photo.arrived for photo in read(parts).visits[0].photos)


def test_one_instance_with_other_answers_is_refused_in_both_forms() -> None:
    survey = read([post(file="a.xml"), post({"title_state": "open"}, file="b.xml")])
    assert survey.visits == ()
    assert [(f.code, f.args["files"]) for f in survey.findings] == [("survey.instance_differs", "a.xml, b.xml")]


def test_photos_of_two_contents_or_odd_names_are_left_out() -> None:
    odd = {"../up.jpg": "1", ".hidden": "1", "C:\\x.jpg": "1", "gate.jpg": "1"}
    submissions, findings = join_posts([post(attachments=odd), post(attachments={"gate.jpg": "2"})])
    assert submissions[0].attachments == {}
    assert [f.code for f in findings] == ["survey.attachment_differs"] + ["survey.attachment_name"] * 3


def test_no_visit_wins_over_another_by_its_time() -> None:
    early = post({"date": "2026-11-18", "title_state": "closed"}, instance="uuid:1", file="a.xml")
    late = post({"date": "2026-11-20", "title_state": "open"}, instance="uuid:2", file="b.xml")
    survey = read([late, early])
    conflict = next(one for one in survey.conflicts if one.column == "state" and one.table == "blockers")
    assert (conflict.row, [(visit.instance, one.text) for visit, one in conflict.stated]) == (
        "mill/title", [("uuid:1", "closed"), ("uuid:2", "open")])  # fmt: skip
    assert len(survey.visits) == 2


def test_who_could_not_find_out_contradicts_nobody() -> None:
    survey = read([post(), post({"title_state": "unknown"}, instance="uuid:2", file="b.xml")])
    assert survey.conflicts == ()


def test_a_corrected_copy_replaces_what_it_corrects_and_a_broken_one_does_not() -> None:
    first, second = post(), post({"title_state": "open"}, instance="uuid:2", replaces="uuid:1", file="b.xml")
    third = post({"title_state": "unknown"}, instance="uuid:3", replaces="uuid:2", file="c.xml")
    survey = read([third, first, second])
    assert [visit.instance for visit in survey.visits] == ["uuid:3"]
    assert survey.replaced == ("uuid:1", "uuid:2")
    assert survey.conflicts == ()
    broken = post(instance="uuid:2", replaces="uuid:1", file="b.xml", form="other")
    assert [visit.instance for visit in read([first, broken]).visits] == ["uuid:1"]


def test_two_copies_that_replace_each_other_both_count() -> None:
    posts = [post(replaces="uuid:2"), post(instance="uuid:2", replaces="uuid:1", file="b.xml")]
    survey = read(posts)
    assert [visit.instance for visit in survey.visits] == ["uuid:1", "uuid:2"]
    assert [f.code for f in survey.findings] == ["survey.circle", "survey.circle"]
