"""Folders of ODK Collect, Briefcase and people become posts; links, hidden and other files do not."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.survey.instances import filled

from tawteen.case.findings import CaseError
from tawteen.survey.collected import collected_posts
from tawteen.survey.params import SURVEY
from tawteen.survey.posts import join_posts


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_each_layout_of_an_export_is_read(tmp_path: Path) -> None:
    write(tmp_path / "instances/uuid1/submission.xml", filled())
    write(tmp_path / "instances/uuid1/gate.jpg", b"gate")
    write(tmp_path / "instances/uuid1/other.jpg", b"other")
    write(tmp_path / "bare.XML", filled(instance="uuid:2"))
    write(tmp_path / "media/letter.jpg", b"letter")
    write(tmp_path / "notes.txt", b"mine")
    posts, findings = collected_posts(tmp_path)
    assert findings == []
    assert {post.file: dict(post.attachments) for post in posts} == {
        "bare.XML": {"letter.jpg": hashlib.sha256(b"letter").hexdigest()},
        "instances/uuid1/submission.xml": {"gate.jpg": hashlib.sha256(b"gate").hexdigest()},
    }


def test_links_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside/secret.xml", filled())
    folder = tmp_path / "folder"
    write(folder / ".hidden/a.xml", filled())
    write(folder / "._a.xml", b"\x00\x05\x16\x07")
    (folder / "link.xml").symlink_to(outside)
    (folder / "linked").symlink_to(outside.parent)
    assert collected_posts(folder) == ([], [])


def test_a_file_that_is_too_long_is_not_read_to_its_end(tmp_path: Path) -> None:
    write(tmp_path / "long.xml", b"<" * (SURVEY.instance_bytes + 99))
    posts, _ = collected_posts(tmp_path)
    assert len(posts[0].content) == SURVEY.instance_bytes + 1
    assert [finding.code for finding in join_posts(posts)[1]] == ["survey.too_long"]


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tawteen.survey.collected.SURVEY", type(SURVEY)(files=3))
    for number in range(4):
        write(tmp_path / f"{number}.xml", filled(instance=f"uuid:{number}"))
    with pytest.raises(CaseError) as raised:
        collected_posts(tmp_path)
    assert [finding.code for finding in raised.value.findings] == ["survey.many_files"]
