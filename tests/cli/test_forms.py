"""forms, as a person or a machine asks for it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.cli.conftest import Ask


def test_a_folder_of_forms_has_a_manifest_with_the_hash_of_each_file(ask: Ask, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "forms"
    told = ask("forms", folder, "--out", out, "--json")
    assert told.code == 0
    assert [form["id"] for form in told.json["forms"]] == ["tawteen-tiny-factory"]
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["forms"][0]["version"] == told.json["forms"][0]["version"]
    listed = {path.name for path in out.iterdir()} - {"manifest.json", ".tawteen"}
    assert manifest["files"].keys() == listed
    for name, stated in manifest["files"].items():
        content = (out / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == stated["sha256"]
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() == stated["md5"]


def test_forms_are_replaced_and_files_of_others_are_not(ask: Ask, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "forms"
    assert ask("forms", folder, "--out", out).code == 0
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    assert ask("forms", folder, "--out", out).code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine", encoding="utf-8")
    assert ask("forms", folder, "--out", tmp_path / "mine").code == 2
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_the_answer_is_in_the_language_asked_for(ask: Ask, folder: Path, tmp_path: Path) -> None:
    told = ask("forms", folder, "--out", tmp_path / "forms", "--lang", "ar")
    assert "مسح ميداني: مصنع" in told.out


def test_sites_are_printed_by_id_or_name(ask: Ask, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "forms"
    assert ask("forms", folder, "--out", out, "--paper", "mill", "--paper", "مصنع كابلات").code == 0
    papers = {path.name for path in out.glob("*.pdf")}
    assert papers == {f"paper-{name}-{lang}.pdf" for name in ("factory", "site-mill", "site-cables")
                      for lang in ("ar", "en")}  # fmt: skip
    assert ask("forms", folder, "--out", out, "--paper", "forge").code == 2


def test_no_case_no_folder(ask: Ask, tmp_path: Path) -> None:
    assert ask("forms", tmp_path / "none", "--out", tmp_path / "forms").code == 2
    assert not (tmp_path / "forms").exists()
