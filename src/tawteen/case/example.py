"""The example case of five factories: small enough to read through, with notes that explain it in one language."""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from tawteen.case.atomic_write import folder_beside
from tawteen.case.settings_file import TOML
from tawteen.case.tables import NOTES
from tawteen.words import LANGS, Lang

README = "README.md"
_HEADING: dict[Lang, str] = {"en": "notes", "ar": next(word for word in NOTES if not word.isascii())}


def write_example(folder: Path, lang: Lang = "en") -> list[Path]:
    """Writes the example as a folder of CSV files with a column of notes, `case.toml` with comments, and a README.

    Comments and notes are in `lang`; names are in both languages. Returns the files. FileExistsError where the folder
    holds anything; a folder that could not be written whole is not left behind.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder_beside(folder) as beside:
        for source in _sources():
            if source.name.endswith(".csv"):
                text, encoding = _with_notes(source.read_text(encoding="utf-8"), lang), "utf-8-sig"
                (beside / source.name).write_text(text, encoding=encoding, newline="\n")
            elif source.name == TOML:
                text = _with_comments(source.read_text(encoding="utf-8"), lang)
                (beside / TOML).write_text(text, encoding="utf-8", newline="\n")
            elif source.name == f"README.{lang}.md":
                (beside / README).write_text(source.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
        if folder.exists():
            folder.rmdir()
        beside.rename(folder)
    return sorted(folder.iterdir())


def _sources() -> list[Traversable]:
    return sorted(files("tawteen.case").joinpath("data", "example").iterdir(), key=lambda source: source.name)


def _with_notes(text: str, lang: Lang) -> str:
    """The table with the notes of one language as its last column."""
    rows = list(csv.reader(io.StringIO(text)))
    others = {rows[0].index(f"notes_{other}") for other in LANGS if other != lang}
    own = rows[0].index(f"notes_{lang}")
    kept = [place for place in range(len(rows[0])) if place not in others | {own}]
    shown = io.StringIO()
    writer = csv.writer(shown, lineterminator="\n")
    writer.writerow([*(rows[0][place] for place in kept), _HEADING[lang]])
    writer.writerows([*(row[place] for place in kept), row[own]] for row in rows[1:])
    return shown.getvalue()


def _with_comments(text: str, lang: Lang) -> str:
    """The settings with the comments of one language; they are marked `#en ` or `#ar ` in the source."""
    lines = [line for line in text.splitlines() if not any(line.startswith(f"#{o} ") for o in LANGS if o != lang)]
    return "\n".join(line.replace(f"#{lang} ", "# ", 1) for line in lines) + "\n"
