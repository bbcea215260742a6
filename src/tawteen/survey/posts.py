"""Posts of telephones become submissions: what was sent twice, or in parts, is one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tawteen.case.findings import Finding
from tawteen.survey.instance import Instance, SubmissionError, is_name, read_instance


@dataclass(frozen=True)
class Post:
    """One post or one file: the XML of an instance with some of its photos, name → SHA-256.

    `received`: the day on which it arrived, by the clock of the server, if it is known.
    """

    file: str
    content: bytes
    attachments: Mapping[str, str] = field(default_factory=dict)
    received: dt.date | None = None


@dataclass(frozen=True)
class Submission:
    """One instance with everything that came with it. `files`: names of its posts, in order."""

    instance: Instance
    files: tuple[str, ...]
    attachments: Mapping[str, str]
    received: dt.date | None


def join_posts(posts: Iterable[Post]) -> tuple[list[Submission], list[Finding]]:
    """Submissions in order of their instance ids, and what is wrong with posts.

    The result does not depend on the order of the posts, nor on how often one was sent. Two posts of one instance id
    with other answers are refused both: nobody can say which of them was meant.
    """
    findings: list[Finding] = []
    posts_by_instance: dict[str, list[tuple[Instance, Post]]] = {}
    for post in posts:
        try:
            instance = read_instance(post.content, post.file)
        except SubmissionError as error:
            findings += error.findings
        else:
            posts_by_instance.setdefault(instance.id, []).append((instance, post))
    submissions = []
    for name, joined in sorted(posts_by_instance.items()):
        files = tuple(sorted({post.file for _, post in joined}))
        if len({instance for instance, _ in joined}) > 1:
            args = {"files": ", ".join(files)}
            findings.append(Finding("error", "survey.instance_differs", file=files[0], value=name, args=args))
            continue
        attachments = _attachments([post for _, post in joined], files[0], findings)
        received = min((post.received for _, post in joined if post.received), default=None)
        submissions.append(Submission(joined[0][0], files, attachments, received))
    return submissions, distinct(findings)


def _attachments(posts: Iterable[Post], file: str, findings: list[Finding]) -> dict[str, str]:
    """Photos of all posts of an instance by name; one that came with two contents is left out."""
    hashes: dict[str, set[str]] = {}
    for post in posts:
        for name, sha256 in post.attachments.items():
            hashes.setdefault(name, set()).add(sha256)
    attachments = {}
    for name, contents in sorted(hashes.items()):
        if not is_photo_name(name):
            findings.append(Finding("warning", "survey.attachment_name", file=file, value=name))
        elif len(contents) > 1:
            findings.append(Finding("warning", "survey.attachment_differs", file=file, value=name))
        else:
            attachments[name] = min(contents)
    return attachments


def is_photo_name(name: str) -> bool:
    """Whether a name can be that of a photo: of a file beside its submission, and nowhere else."""
    return is_name(name) and not {"/", "\\"} & set(name) and not name.startswith(".")


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Findings without repetition, in an order that does not depend on that of their making."""
    return list({repr(finding): finding for finding in sorted(findings, key=repr)}.values())
