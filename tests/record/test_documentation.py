"""The example of the documentation, with which others try their checkers, is right."""

from __future__ import annotations

import re
from pathlib import Path

from tawteen.record.keys import read_verifier_keys
from tawteen.record.record_file import read_entries
from tawteen.record.tree import StoredTree
from tawteen.record.verification import verify_record

DOCS = Path(__file__).parents[2] / "docs"
FILE = re.compile(r"^```\{code-block\} text\n:caption: (\S+)\n\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_example_of_the_documentation_holds(tmp_path: Path) -> None:
    for name, text in FILE.findall((DOCS / "howto" / "checkpoints.md").read_text(encoding="utf-8")):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="\n")
    record = tmp_path / "record.jsonl"
    verification = verify_record(record, [tmp_path / "checkpoint.txt"], keys=read_verifier_keys(tmp_path / "keys.txt"))
    assert verification.whole
    assert {holder: one.size for holder, one in verification.last_signed.items()} == {"workspace": 4, "partner": 4}
    tree = StoredTree(line.leaf for line in read_entries(record))
    stated = re.findall(r"\| `([0-9a-f]{64})` \|", (DOCS / "reference" / "record.md").read_text(encoding="utf-8"))
    assert stated == [tree.range_root(*leaves).hex() for leaves in ((0, 1), (0, 2), (3, 4), (0, 4))]
