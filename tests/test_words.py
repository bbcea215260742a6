"""Every sentence, label and code is there in Arabic and in English, and says the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Literal

import pytest
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from tawteen.case.codes import LISTS, codes
from tawteen.case.tables import TABLES, TITLES
from tawteen.words import LANGS, Lang, Words, catalog, read_catalog

SRC = Path(__file__).parents[1] / "src" / "tawteen"
ARABIC = re.compile(r"[\u0600-\u06ff]")
# Where a code stands among the arguments of what takes one.
PLACE = {
    "Finding": 1, "UsageError": 0, "say": 0, "bilingual": 0, "text_column": 0, "code_column": 0, "number_column": 0,
    "money_column": 0, "share_column": 0, "quarter_column": 0,
}  # fmt: skip
# Tables and code lists carry their own labels; the reader knows words that people type, and a synthetic case has names.
# A template begins with names that the user overwrites, and its workbook has one column a language.
HOLDS_ARABIC = ("case/tables/", "case/codes.py", "case/cells.py", "case/days.py", "case/degrees.py", "case/names.py",
                "case/generate/", "case/template.py",
                "case/workbook.py")  # fmt: skip
VOWEL_MARKS = re.compile(r"[\u064b-\u0652\u0670]")
SENTENCE = re.compile(r"[\u060c\u061b\u061f\u0620-\u064a\u0671-\u06d3]")
SAID_IN_TEMPLATE = re.compile(r'{% say "([^"]+)"')
# What people call the same thing in both languages.
SAME = {"ISIC Rev.4"}


def placeholders(forms: tuple[str, ...]) -> set[str]:
    names = {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}
    return {re.split(r"[.\[]", name)[0] for name in names} - {"n"}


def said() -> Iterator[tuple[str, str]]:
    """(pattern of a code, where it is used) for each code that is written out, in whole or in part."""
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name not in PLACE or len(node.args) <= PLACE[name]:
                continue
            where = f"{path.relative_to(SRC)}:{node.lineno}"
            parts = list(ast.walk(node.args[PLACE[name]]))
            inside = {id(piece) for part in parts if isinstance(part, ast.JoinedStr) for piece in part.values}
            for part in parts:
                if id(part) in inside:
                    continue
                if isinstance(part, ast.JoinedStr):
                    pieces = [str(v.value) if isinstance(v, ast.Constant) else None for v in part.values]
                    yield "".join(".+" if piece is None else re.escape(piece) for piece in pieces), where
                elif isinstance(part, ast.Constant) and isinstance(part.value, str) and "." in part.value[1:-1]:
                    yield re.escape(part.value), where
    for path in SRC.glob("web/templates/**/*.html"):
        for code in SAID_IN_TEMPLATE.findall(path.read_text(encoding="utf-8")):
            yield re.escape(code), str(path.relative_to(SRC))


def test_both_languages_say_the_same_things() -> None:
    assert catalog("en").keys() == catalog("ar").keys()
    assert len(catalog("en")) > 100


def test_placeholders_agree() -> None:
    english, arabic = catalog("en"), catalog("ar")
    differing = {c for c in english if placeholders(english[c]) != placeholders(arabic[c])}
    assert not differing


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_left_unsaid(lang: Lang) -> None:
    assert not [c for c, forms in catalog(lang).items() if not all(form.strip() for form in forms)]


def test_arabic_is_arabic() -> None:
    wordless = {
        c
        for c, forms in catalog("ar").items()
        if not all(ARABIC.search(form) for form in forms)
        and re.search(r"[A-Za-z]{2}", re.sub(r"\{[^}]*\}", "", "".join(catalog("en")[c])))
    }
    assert not wordless


def test_plurals_have_as_many_forms_as_the_language() -> None:
    for lang, wanted in (("en", 2), ("ar", 6)):
        counts = {c: len(forms) for c, forms in catalog(lang).items() if len(forms) > 1}
        assert counts
        assert set(counts.values()) == {wanted}


def test_no_sentence_is_given_twice_in_one_file() -> None:
    for path in SRC.glob("locale/*/*.po"):
        ids = re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE)
        assert sorted(ids) == sorted(set(ids)), path
        with path.open("rb") as stream:
            assert not [m.id for m in read_po(stream) if m.fuzzy], path


def test_catalogues_are_read_as_babel_reads_them() -> None:
    for path in SRC.glob("locale/*/*.po"):
        with path.open("rb") as stream:
            read = [m for m in read_po(stream, locale=path.parent.name) if m.id]
        single = {m.id: (m.string,) for m in read if isinstance(m.id, str)}
        plural = {m.id[0]: tuple(m.string) for m in read if not isinstance(m.id, str)}
        assert read_catalog(path.read_text(encoding="utf-8")) == single | plural, path


def test_every_code_in_use_has_its_sentence() -> None:
    known = catalog("en").keys()
    used = list(said())
    assert len(used) > 50
    assert not [(pattern, at) for pattern, at in used if not any(re.fullmatch(pattern, c) for c in known)]


def arabic_in_code(source: str) -> bool:
    """Whether Arabic letters or punctuation stand in Python code, its comments or its escapes."""
    texts = [n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return any(SENTENCE.search(text) for text in (source, *texts))


def test_arabic_stands_in_the_catalogues_and_not_in_code() -> None:
    paths = {p.relative_to(SRC).as_posix(): p for p in SRC.rglob("*.py")}
    excused = {name for name in paths if name.startswith(HOLDS_ARABIC)}
    assert not [name for name in paths.keys() - excused if arabic_in_code(paths[name].read_text(encoding="utf-8"))]
    assert all(any(name.startswith(place) for name in excused) for place in HOLDS_ARABIC)


def test_arabic_in_code_is_seen() -> None:
    assert arabic_in_code('title = ("Money", "\u0627\u0644\u0645\u0627\u0644")')
    assert arabic_in_code(r'join = "\u060c ".join')
    assert not arabic_in_code('digits = "\u0660\u0661"')


def test_every_sentence_of_the_command_line_is_in_use() -> None:
    source = "\n".join(p.read_text(encoding="utf-8") for room in ("cli", "runs") for p in (SRC / room).glob("*.py"))
    patterns = [re.compile(pattern) for pattern, _ in said()]
    listed = {f"cli.{word}" for word in re.findall(r'"([a-z_]+)"', source)}
    idle = {
        c
        for c in catalog("en")
        if c.startswith("cli.")
        and f'"{c}"' not in source
        and c not in listed
        and not any(p.fullmatch(c) for p in patterns)
        and not c.startswith(("cli.help.", "cli.stage."))
    }
    assert not idle


def test_every_sentence_of_the_workspace_is_in_use() -> None:
    paths = [path for kind in ("py", "html") for path in (SRC / "web").rglob(f"*.{kind}")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    patterns = [re.compile(pattern) for pattern, _ in said() if pattern.startswith("web")]
    sentences = {code for code in catalog("en") if code.startswith("web.")}
    assert sentences
    assert not {c for c in sentences if f'"{c}"' not in source and not any(p.fullmatch(c) for p in patterns)}


def test_templates_say_nothing_of_their_own() -> None:
    """Every word of a page comes from the catalogues, but commands as they are typed."""
    for path in SRC.glob("web/templates/**/*.html"):
        text = re.sub(
            r"(?s){%.*?%}|{{.*?}}|{#.*?#}|<code.*?</code>|<[^>]*>|&\w+;", " ", path.read_text(encoding="utf-8")
        )
        assert not re.findall(r"[^\W\d_]{2,}", text), path


@pytest.mark.parametrize("table", TABLES)
def test_columns_have_words_in_both_languages(table: str) -> None:
    assert all(TITLES[table])
    for name, column in TABLES[table].columns().items():
        words = column.metadata or {}
        for key in ("en", "help_en", "ar", "help_ar"):
            assert words.get(key), f"{table}.{name}: {key}"
        if words["en"] not in SAME:
            assert ARABIC.search(words["ar"]), f"{table}.{name}"
        assert words.get("codes") is None or codes(words["codes"]), f"{table}.{name}"
        assert words.get("ref") is None or words["ref"] in TABLES, f"{table}.{name}"


@pytest.mark.parametrize("name", LISTS)
def test_codes_have_words_in_both_languages(name: str) -> None:
    for value, (english, arabic) in codes(name).items():
        assert english, value
        assert ARABIC.search(arabic), value


def test_arabic_counts_as_arabic_does() -> None:
    words = Words("ar")
    counted = [words.say("cli.count.error", n=n) for n in (0, 1, 2, 5, 15, 100)]
    assert len(set(counted)) >= 5
    assert "15" in counted[4]
    assert Words("ar", digits="arab").say("cli.count.error", n=15).startswith("١٥")
    assert Words("en").say("cli.count.error", n=1) == "1 error"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("digits", ["latn", "arab"])
@given(st.floats(-1e15, 1e15) | st.integers(-(10**9), 10**9), st.sampled_from([None, 0, 1, 2]))
def test_numbers_are_written_as_babel_writes_them(
    lang: Lang, digits: Literal["latn", "arab"], value: float, decimals: int | None
) -> None:
    words = Words(lang, digits)
    in_digits = str.maketrans({} if words.digits == "latn" else {str(n): chr(0x660 + n) for n in range(10)})
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    how = {"locale": lang, "numbering_system": words.digits}
    seen = 0.0 if decimals is not None and round(value, decimals) == 0 else value
    written = format_decimal(seen, format=None if decimals is None else pattern, **how)
    assert words.number(value, decimals) == written.translate(in_digits)
    percent = format_percent(value, format=f"{pattern}%", **how)
    assert words.percent(value, decimals or 0) == percent.translate(in_digits)


def test_nothing_is_never_said_below_zero():
    for lang in ("en", "ar"):
        assert Words(lang).number(-0.0, 0) == "0"
        assert Words(lang).number(-0.004, 2) == "0.00"
        assert "1" in Words(lang).number(-1.0, 0)


def test_a_small_number_is_not_shortened_to_many_digits() -> None:
    assert Words("en").compact(0.004731755703687668) == "0"
    assert Words("ar").compact(-0.01) == "0"
    assert Words("en").compact(12.34) == "12.3"


def test_arabic_is_written_without_vowel_marks() -> None:
    texts = [(code, form) for code, forms in catalog("ar").items() for form in forms]
    texts += [(name, title[1]) for name, title in TITLES.items()]
    texts += [(f"{name}.{key}", labels[1]) for name in LISTS for key, labels in codes(name).items()]
    for name, schema in TABLES.items():
        for column, spec in schema.columns().items():
            texts += [(f"{name}.{column}", (spec.metadata or {})[key]) for key in ("ar", "help_ar")]
    assert len(texts) > 1000
    assert not [place for place, text in texts if VOWEL_MARKS.search(text)]
