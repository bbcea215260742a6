"""The report: page, workbook and pictures of one programme."""

from __future__ import annotations

import json
from pathlib import Path

from tawteen.appraise import appraise
from tawteen.case.model import Case
from tawteen.plan.explain import Reasons, explain_all
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.programme import Programme
from tawteen.plan.robust.front import Front
from tawteen.plan.robust.model import Robustness
from tawteen.progress import ProgressCallback, ProgressEvent, ignore
from tawteen.report.exhibits import exhibits
from tawteen.report.page import write_page
from tawteen.report.pictures import draw_all, write_pictures, write_svgs
from tawteen.report.report_data import ReportData
from tawteen.report.workbook import write_workbook
from tawteen.words import LANGS, Lang

REPORT_STAGES = ("study", "exhibits", "pictures", "page", "workbook")


def study(
    case: Case,
    programme: Programme,
    outline: Path | None = None,
    *,
    robustness: Robustness | None = None,
    front: Front | None = None,
    inputs: PlanInputs | None = None,
) -> ReportData:
    """Everything the exhibits read, worked out anew from case and programme. The case is changed as the scenario says.

    `outline` is a GeoJSON file of borders, drawn under the map where it exists. `inputs` are those of the case under
    the programme's scenario, where the caller has prepared them.
    """
    inputs = prepare(case, programme.scenario) if inputs is None else inputs
    borders = json.loads(outline.read_text(encoding="utf-8")) if outline is not None and outline.is_file() else None
    reasons = explain_all(case, programme, Reasons(case, programme, inputs))
    known = reasons.drop_nulls("worth")
    return ReportData(
        case=inputs.case,
        programme=programme,
        diagnosis=inputs.diagnosis,
        works=inputs.works,
        match=inputs.match,
        effects=inputs.effects,
        appraisal=appraise(inputs.case, inputs.effects),
        outline=borders,
        reasons=reasons,
        worth=dict(zip(known["site"], known["worth"], strict=True)),
        robustness=robustness,
        front=front,
    )


def report(
    case: Case,
    programme: Programme,
    out: Path,
    lang: Lang = "en",
    *,
    progress: ProgressCallback | None = None,
    outline: Path | None = None,
    robustness: Robustness | None = None,
    front: Front | None = None,
    png: bool = False,
) -> list[Path]:
    """Writes `report.html`, `programme.xlsx` and the pictures (SVG, both languages) into the folder `out`.

    `lang` is the language the page opens in; `png` writes every picture as PNG too, which takes about as long as all
    the rest; `progress` gets each stage with the share of all that is done. Returns what was written. Raises
    OSError where the folder cannot be written.
    """
    tell = progress or ignore
    out.mkdir(parents=True, exist_ok=True)
    tell(ProgressEvent("study", 0.0))
    read = study(case, programme, outline, robustness=robustness, front=front)
    tell(ProgressEvent("exhibits", 0.1))
    all_exhibits = exhibits(read)
    tell(ProgressEvent("pictures", 0.45))
    drawings = draw_all(all_exhibits, case.settings.digits)
    written = write_svgs(drawings, out / "pictures")
    tell(ProgressEvent("page", 0.8))
    page, book = out / "report.html", out / "programme.xlsx"
    write_page(all_exhibits, read, page, lang, drawings)
    tell(ProgressEvent("workbook", 0.9))
    write_workbook(all_exhibits, read.case, programme, book, lang)
    if png:
        tell(ProgressEvent("pictures", 0.95))
        for language in LANGS:
            pictures = write_pictures(all_exhibits, out / "pictures", language, case.settings.digits)
            written += [path for path in pictures if path not in written]
    tell(ProgressEvent("pictures", 1.0))
    return [page, book, *written]
