"""Writes the generated pages of `docs/reference/`: tables from the schema. `make docs` runs it and builds the site."""

from __future__ import annotations

import ast
import inspect
import tomllib
import types
import typing
from importlib.resources import files
from pathlib import Path
from typing import Any

import dataframely as dy
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import tawteen
from tawteen.appraise.model import Appraisal
from tawteen.appraise.study import Study
from tawteen.case.codes import LISTS, codes
from tawteen.case.columns import HIGHEST
from tawteen.case.settings import Bracket, ExchangeRate, Party, Settings
from tawteen.case.size_limits import SIZE_LIMITS
from tawteen.case.tables import TABLES, TITLES
from tawteen.case.workbook_file import LIMITS
from tawteen.cli.app import command
from tawteen.diagnose.model import Diagnosis
from tawteen.effects.model import Effects
from tawteen.match.model import Match
from tawteen.plan.file_names import FLOWS_FILE
from tawteen.plan.outlook import OUTLOOK_TABLES
from tawteen.plan.params import profile_text
from tawteen.plan.policy_plan import POLICY_TABLES
from tawteen.plan.programme import VERSION
from tawteen.plan.programme_tables import PROGRAMME_TABLES
from tawteen.record.limits import RECORD_LIMITS
from tawteen.words import LANGS, Words
from tawteen.works.model import WorksNetwork

COMMANDS_TITLE = "# Commands"
PAGES = {"en": "reference/tables.md", "ar": "reference/tables.ar.md"}
TYPES = {
    "String": ("text", "نص"),
    "Float64": ("number", "عدد"),
    "Int64": ("whole number", "عدد صحيح"),
    "Date": ("day", "يوم"),
    "Bool": ("yes or no", "نعم أو لا"),
}
SAID = {
    "title": ("The tables of a case", "جداول الحالة"),
    "intro": (
        "Made from the schema by `docs/build.py`; do not edit it here. A case is a folder with `case.toml` and one "
        "CSV file per table, or a workbook with one sheet per table. A table that is not there is empty. Columns in "
        "**bold** are needed; 🔑 marks the key. An empty cell means the default, where there is one, else *unknown*. "
        "*several*: a list with `;` between.",
        "مولدة من المخطط بواسطة `docs/build.py`؛ لا تعدل هنا. الحالة مجلد فيه `case.toml` وملف CSV لكل جدول، "
        "أو مصنف فيه ورقة لكل جدول. الجدول الغائب فارغ. الأعمدة **الغامقة** لازمة؛ و🔑 تدل على المفتاح. "
        "الخلية الفارغة تعني القيمة الافتراضية إن وجدت وإلا فهي *مجهولة*. *عدة*: قائمة تفصلها `;`.",
    ),
    "head": (
        "| column | name | type | unit | allowed | default | meaning |",
        "| العمود | الاسم | النوع | الوحدة | المسموح | الافتراضي | المعنى |",
    ),
    "from": ("from", "من"),
    "to": ("to", "إلى"),
    "at_least": ("at least", "لا يقل عن"),
    "several": ("several", "عدة"),
    "codes": ("Code lists", "قوائم الرموز"),
    "settings": ("What `case.toml` holds", "ما يحتويه `case.toml`"),
    "field": ("| section | field | type | allowed | default |", "| القسم | الحقل | النوع | المسموح | الافتراضي |"),
    "list": ("list", "قائمة"),
    "isic": (
        "`isic`: the {n} codes of ISIC Rev.4 (UNSD), in `src/tawteen/case/data/isic4.csv`.",
        "`isic`: رموز التصنيف الصناعي الدولي الموحد، التنقيح 4، وعددها {n}، في `src/tawteen/case/data/isic4.csv`.",
    ),
}


def page(lang: str) -> str:
    """The reference in one language, as Markdown."""
    k = int(lang == "ar")
    parts = [f"# {SAID['title'][k]}", SAID["intro"][k], *_settings(k)]
    for name, schema in TABLES.items():
        parts += [f"## {TITLES[name][k]} · `{name}`", _table(schema, k)]
    parts += [f"## {SAID['codes'][k]}", "### codes-isic", SAID["isic"][k].format(n=len(codes("isic")))]
    for name, words in LISTS.items():
        said = "; ".join(f"`{code}` {word[k]}" for code, word in words.items())
        parts += [f"### codes-{name}", said]
    text = "\n\n".join(parts) + "\n"
    return f'<div dir="rtl">\n\n{text}\n</div>\n' if k else text


def _settings(k: int) -> list[str]:
    lines = [SAID["field"][k], "|---|---|---|---|---|"]
    for section, field in Settings.model_fields.items():
        inner = getattr(field.annotation, "model_fields", None)
        lines += [_field(section, n, f, k) for n, f in inner.items()] if inner else [_field("", section, field, k)]
    for name, model in (("money.rates", ExchangeRate), ("tax.brackets", Bracket), ("parties", Party)):
        lines += [_field(f"{name}[]", n, f, k) for n, f in model.model_fields.items()]
    return [f"## {SAID['settings'][k]}", "\n".join(lines)]


def _field(section: str, name: str, field: FieldInfo, k: int) -> str:
    empty = field.default_factory() if field.default_factory else field.default
    default = "" if field.is_required() or empty in ("", (), {}, None) else f"`{empty}`"
    shown = f"**`{name}`**" if field.is_required() else f"`{name}`"
    cells = [f"`{section}`" if section else "", shown, _kind(field.annotation, k), _range(field, k), default]
    return "| " + " | ".join(cells) + " |"


def _kind(annotation: Any, k: int) -> str:
    """The type of a setting in words: text, number, whole number, day, yes or no, one of some words, a list."""
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _kind(parts[0], k)
    if origin is typing.Literal:
        return ", ".join(f"`{word}`" for word in parts)
    if origin in (typing.Union, types.UnionType):
        return _kind(next(part for part in parts if part is not type(None)), k)
    if origin in (tuple, dict):
        return SAID["list"][k]
    return TYPES.get(
        {"str": "String", "float": "Float64", "int": "Int64", "date": "Date", "bool": "Bool"}.get(
            getattr(annotation, "__name__", ""), ""
        ),
        SAID["list"],
    )[k]


def _range(field: FieldInfo, k: int) -> str:
    """The least and greatest value that a setting may have."""
    limits = [*field.metadata, *_limits(field.annotation)]
    low = next((getattr(m, name) for m in limits for name in ("ge", "gt") if getattr(m, name, None) is not None), None)
    high = next((getattr(m, name) for m in limits for name in ("le", "lt") if getattr(m, name, None) is not None), None)
    words = [(SAID["from"][k], low), (SAID["to"][k], high)]
    return " ".join(
        f"{word} {edge:g}" if isinstance(edge, float) else f"{word} {edge}" for word, edge in words if edge is not None
    )


def _limits(annotation: Any) -> list[Any]:
    """Bounds that stand inside an annotation, such as in an optional number."""
    found: list[Any] = []
    for part in typing.get_args(annotation):
        found += [
            *getattr(part, "metadata", ()),
            *(part.metadata if isinstance(part, FieldInfo) else ()),
            *_limits(part),
        ]
    return found


def _table(schema: type[dy.Schema], k: int) -> str:
    lines = [SAID["head"][k], "|---|---|---|---|---|---|---|"]
    lines += [_row(name, column, k) for name, column in schema.columns().items()]
    return "\n".join(lines)


def _row(name: str, column: dy.Column, k: int) -> str:
    meta = column.metadata or {}
    shown = f"`{name}`" if column.nullable else f"**`{name}`**"
    label, meaning = (meta["en"], meta["help_en"]) if k == 0 else (meta["ar"], meta["help_ar"])
    default = meta.get("default")
    cells = [
        ("🔑 " if column.primary_key else "") + shown,
        label,
        TYPES[type(column).__name__][k],
        meta.get("unit") or "",
        _allowed(column, meta, k),
        "" if default is None else f"`{default}`",
        "" if meaning == label else meaning,
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _allowed(column: dy.Column, meta: dict[str, Any], k: int) -> str:
    several = f", *{SAID['several'][k]}*" if meta.get("many") else ""
    if meta.get("ref"):
        return f"`{meta['ref']}`{several}"
    if meta.get("codes"):
        return f"[`{meta['codes']}`](#codes-{meta['codes']}){several}"
    low, high = getattr(column, "min", None), getattr(column, "max", None)
    if low is not None and high is not None:
        return f"{SAID['from'][k]} {low:g} {SAID['to'][k]} {high:g}"
    if low is not None and not isinstance(column, dy.Date):
        return f"{SAID['at_least'][k]} {low:g}"
    return several.lstrip(", ")


def python_page() -> str:
    """The reference of the Python functions and classes, which Sphinx fills from their docstrings."""
    parts = [
        "# Python",
        "Made by `docs/build.py` from `tawteen.__all__`; do not edit it here. `import tawteen as tw` gives all.",
    ]
    names = [name for name in tawteen.__all__ if not name.startswith("_")]
    for title, wanted in (("Functions", False), ("Classes and exceptions", True)):
        parts.append(f"## {title}")
        for name in names:
            thing = getattr(tawteen, name)
            if isinstance(thing, type) == wanted:
                kind, members = ("autoclass", "\n   :members:") if wanted else ("autofunction", "")
                place = f"{thing.__module__}.{thing.__qualname__}"
                parts.append(f"### {name}\n\n```{{eval-rst}}\n.. {kind}:: {place}{members}\n```")
    return "\n\n".join(parts) + "\n"


def frames_page() -> str:
    """The reference of the frames that stages return, from their schemas."""
    parts = [
        "# Frames",
        "Made by `docs/build.py` from the schemas; do not edit it here. Each stage returns a frozen object of polars "
        "frames; the same columns stand in `--json`. A column in **bold** is never empty.",
    ]
    for result in (Diagnosis, WorksNetwork, Match, Effects, Appraisal):
        parts.append(f"## {result.__name__}")
        for name, schema in result.SCHEMAS.items():
            parts += [f"### {result.__name__}.{name}", str(schema.__doc__).strip(), _columns(schema)]
    return "\n\n".join(parts) + "\n"


def programme_page() -> str:
    """The reference of `programme.json`, from the schemas of its tables."""
    parts = [
        "# The programme file",
        f"Made by `docs/build.py` from the schemas; do not edit it here. `programme.json` is one strict JSON object of "
        f"version {VERSION}; older versions are read and upgraded. `sites` is a list of rows, every other table an "
        "object of equally long lists. A column in **bold** is never null. The fields beside the tables are those of "
        "[Programme](python.md#programme).",
    ]
    for name, schema in PROGRAMME_TABLES.items():
        parts += [f"## {name}", str(schema.__doc__).strip(), _columns(schema)]
    parts += [
        "# The outlook",
        "`expected`, `p10`, `p50`, `p90` and `chance_of_loss` follow from `outlook.gains`, the value over doing "
        "nothing in each scenario; they are null where the programme was not simulated. The tables below are lists of "
        "rows.",
    ]
    for name, schema in OUTLOOK_TABLES.items():
        parts += [f"## {name}", str(schema.__doc__).strip(), _columns(schema)]
    parts += [
        "# The policy",
        "`policy` is null or an object with the fields of [PolicyPlan](python.md#policyplan); these figures follow "
        "from `gains`, the value over doing nothing in each future: `expected`, `p10`, `p50`, `p90`, "
        "`chance_of_loss`, `half_width` (of the interval of the mean), `bound` and `bound_half_width` (the mean "
        "of `sampled_bounds` where the upper end of its interval is below `proven_bound`; else that one, null where "
        "none was proved in time, with half width 0; the expected gain is part of `sampled_bounds`, and its error of "
        "the half width), `gap` and `gap_interval` (with the bound), "
        "`value_of_information` (with `gains_without`). The tables below are lists of rows. What is made, moved, "
        f"worked and paid in each course of the futures stands in `{FLOWS_FILE}` beside the "
        "file, whose SHA-256 is `flows_hash`: the tables throughput, flows, supply and draws of above with the columns "
        "`table`, `solution` and, beside an option, `finding`.",
    ]
    for name, schema in POLICY_TABLES.items():
        parts += [f"## policy.{name}", str(schema.__doc__).strip(), _columns(schema)]
    return "\n\n".join(parts) + "\n"


def _columns(schema: type[dy.Schema]) -> str:
    lines = ["| column | type | unit | meaning |", "|---|---|---|---|"]
    for column, spec in schema.columns().items():
        meta = spec.metadata or {}
        shown = f"`{column}`" if spec.nullable else f"**`{column}`**"
        kind = TYPES.get(type(spec).__name__, SAID["list"])[0]
        lines.append(f"| {shown} | {kind} | {meta['unit']} | {meta['en']} |")
    return "\n".join(lines)


def commands_page() -> str:
    """The reference of the command line, from the help of every command."""
    parts = [COMMANDS_TITLE, "Made by `docs/build.py` from the help; do not edit it here."]
    group = command(Words("en"))
    for name, one in group.commands.items():
        parts += [f"## tawteen {name}", one.help or "", "| argument or option | meaning |\n|---|---|\n" + _options(one)]
        examples = [line.strip() for line in (one.epilog or "").splitlines() if line.strip().startswith("tawteen ")]
        if examples:
            parts.append("```text\n" + "\n".join(examples) + "\n```")
    return "\n\n".join(parts) + "\n"


def _options(one: Any) -> str:
    """A line for each argument and option of a command."""
    lines = []
    for param in one.params:
        argument = param.param_type_name == "argument"
        name = (param.metavar or param.name.upper()) if argument else ", ".join(param.opts)
        value = param.metavar or ("|".join(LANGS) if param.name == "lang" else "VALUE")
        shown = f"`{name}`" if argument or param.is_flag else f"`{name}` `{value}`"
        stated = param.default not in (None, False, (), "") and not argument and param.name != "lang"
        default = f" Default: {param.default}." if stated else ""
        cells = [shown, (param.help or "") + default]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Writes every generated page."""
    for name, make in MADE.items():
        (Path(__file__).parent / name).write_text(make(), encoding="utf-8")
    for lang, name in PAGES.items():
        (Path(__file__).parent / name).write_text(page(lang), encoding="utf-8")


def limits_page() -> str:
    """How large a case may be, from the limits that the readers keep, and what planning takes."""
    parts = [
        "# Limits of size",
        "Made by `docs/build.py` from `case/size_limits.py`, `case/workbook_file.py` and `record/limits.py`; do not "
        "edit it here. Sizes are measured before a file is read; a larger one is refused in one message that names the "
        "limit.",
        "## Folders, settings, outlines and files of an import\n\n" + _limits_table(SIZE_LIMITS),
        "## Workbooks\n\n" + _limits_table(LIMITS),
        "## Records, checkpoints and keys\n\n" + _limits_table(RECORD_LIMITS),
        "## Memory and time at the limits\n\n`tawteen check` of a case of four sites, as measured: "
        "seconds of the processor and the largest memory.\n\n"
        "| case | seconds | memory |\n|---|---|---|\n"
        "| a folder with 1,000,000 rows of `evidence` (13 columns, 74 MB) | 25 | 1.2 GB |\n"
        "| a folder with 1,000,000 rows of `demands` (10 columns, 42 MB) | 13 | 0.6 GB |\n"
        "| a workbook with 900,000 rows of `evidence` (11,700,000 cells, 33 MB, 443 MB unpacked) | 81 | 2.3 GB |\n"
        "| a folder with more rows than are read: refused | 2 | 0.3 GB |",
        "## Numbers\n\nThe highest number that a column of each unit takes, where the column states no lower one "
        "([tables of a case](tables.md)).\n\n| unit | highest |\n|---|---|\n"
        + "\n".join(f"| {unit} | {most:,.15g} |" for unit, most in HIGHEST.items()),
        "## Planning\n\nMemory and time of planning by number of sites, as measured: "
        "[Plan a thousand sites](../howto/thousand-sites.md).",
    ]
    return "\n\n".join(parts) + "\n"


def acts_page() -> str:
    """The acts of the record, from `acts.toml`."""
    parts = [
        "# The acts of the record",
        "Made by `docs/build.py` from `record/acts.toml`; do not edit it here. What an entry states beside these is in "
        "[The record](record.md). A field in **bold** is needed. Kinds: `name`, text of 1 to "
        f"{RECORD_LIMITS.name_characters} characters without control characters; `text`; `value`, what a cell holds "
        "(text, number, true, false or null); `number`; `flag`, true or false; `count`, a whole number from 0; "
        "`entry`, the number of an earlier entry; `hash`, SHA-256 in 64 hexadecimal digits; `time`; `key`, a verifier "
        "key; a list of a kind in brackets, an object in braces.",
    ]
    for name, stated in tomllib.loads(files("tawteen.record").joinpath("acts.toml").read_text("utf-8")).items():
        least, greatest = stated["based_on"]
        basis = f"{least}" if least == greatest else f"{least} to {greatest}"
        lines = ["| field of the content | kind |", "|---|---|"]
        for field, kind in stated["content"].items():
            shown = f"`{field[:-1]}`" if field.endswith("?") else f"**`{field}`**"
            lines.append(f"| {shown} | `{_act_kind(kind)}` |")
        subject = ", ".join(f"`{part}`" for part in stated["subject"])
        about = f"Subject: {subject}. Based on {basis} earlier {'entry' if greatest == 1 else 'entries'}."
        parts += [f"## {name}", stated["meaning"], about, "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _act_kind(kind: Any) -> str:
    """A kind of `acts.toml` in one line."""
    if isinstance(kind, list):
        return f"[{_act_kind(kind[0])}]"
    if isinstance(kind, dict):
        return "{" + ", ".join(f"{name}: {_act_kind(inner)}" for name, inner in kind.items()) + "}"
    return str(kind)


def study_page() -> str:
    """The reference of a study file, from its models in the order in which a study names them."""
    parts = [
        "# The study file",
        "Made by `docs/build.py` from `tawteen.appraise.study`; do not edit it here. A field in **bold** is needed. "
        '*by period*: one number, or a table such as `{ 2027 = 1, "2028+" = 2 }`. How they are used: '
        "[Appraise a study of your own](../howto/study.md).",
    ]
    sections: dict[type[BaseModel], str] = {}
    _sections(Study, "", sections)
    for model, name in sections.items():
        lines = ["| field | type | allowed | default |", "|---|---|---|---|"]
        lines += [_study_field(field, info) for field, info in model.model_fields.items()]
        heading = f"## `{name}`" if name else "## The study itself"
        parts += [heading, inspect.cleandoc(model.__doc__ or ""), "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _study_field(name: str, field: FieldInfo) -> str:
    part, many = _part(field)
    if part is not None:
        shown = f"**`{name}`**" if field.is_required() else f"`{name}`"
        return f"| {shown} | {'list of tables' if many else 'table'} |  |  |"
    line = _field("", name, field, 0).removeprefix("|  ").replace("`False`", "`false`")
    by_period = dict[str, float] in typing.get_args(field.annotation)
    return line.replace("| number |", "| number *by period* |") if by_period else line


def _sections(model: type[BaseModel], name: str, sections: dict[type[BaseModel], str]) -> None:
    """Adds the model and those of its fields to `sections`, with the heading of their first table in TOML."""
    sections[model] = name
    for field, info in model.model_fields.items():
        part, many = _part(info)
        if part is not None and part not in sections:
            place = f"{name.strip('[]')}.{field}".strip(".")
            _sections(part, f"[[{place}]]" if many else f"[{place}]", sections)


def _part(field: FieldInfo) -> tuple[type[BaseModel] | None, bool]:
    """The model of the tables that a field holds, if any, and whether it holds a list of them."""
    inner = field.annotation
    if typing.get_origin(inner) in (typing.Union, types.UnionType):
        inner = next(part for part in typing.get_args(inner) if part is not type(None))
    many = typing.get_origin(inner) is tuple
    part = typing.get_args(inner)[0] if many else inner
    return (part if isinstance(part, type) and issubclass(part, BaseModel) else None), many


def _limits_table(limits: Any) -> str:
    """A line for each field of a class of limits: its docstring and its value."""
    lines, name = ["| what | most |", "|---|---|"], ""
    for one in ast.parse(inspect.getsource(type(limits))).body[0].body:  # type: ignore[attr-defined]
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            name = one.target.id
        elif name and isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
            lines.append(f"| {str(one.value.value).rstrip('.')} | {getattr(limits, name):,} |")
    return "\n".join(lines)


MADE = {
    "reference/limits.md": limits_page,
    "reference/python.md": python_page,
    "reference/frames.md": frames_page,
    "reference/programme.md": programme_page,
    "reference/commands.md": commands_page,
    "reference/study.md": study_page,
    "reference/acts.md": acts_page,
    "reference/search.toml": profile_text,
}
"""Generated pages that have one language."""


if __name__ == "__main__":
    main()
