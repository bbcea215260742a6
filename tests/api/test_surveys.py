"""Forms and submissions from Python, as the commands give them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tiny import tiny

import tawteen as tw


def test_forms_are_written_with_their_manifest(tmp_path: Path) -> None:
    folder = tw.forms(tiny(), tmp_path / "forms")
    assert (folder / "manifest.json").is_file()
    assert len(list(folder.glob("*.xml"))) > 0


def test_a_folder_without_submissions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(tw.CaseError) as refused:
        tw.submissions(tmp_path, tiny())
    assert [finding.code for finding in refused.value.findings][-1] == "cli.nothing_surveyed"
