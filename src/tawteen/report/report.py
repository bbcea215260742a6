"""The report: page, brief, workbook and pictures of one programme."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from tawteen.appraise import appraise
from tawteen.appraise.parties import party_results
from tawteen.case.model import Case
from tawteen.plan.explain import Reasons, explain_all
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.outlook import no_rows
from tawteen.plan.programme import Programme
from tawteen.plan.trade import trade_of
from tawteen.progress import ProgressCallback, ProgressEvent, ignore
from tawteen.report.background_workbook import BackgroundWorkbook
from tawteen.report.cells import BilingualCells
from tawteen.report.exhibits import MAKERS, in_order, made_in_turn
from tawteen.report.page import write_brief, write_page
from tawteen.report.pictures import BackgroundDrawing, write_pictures, write_svgs
from tawteen.report.renderer import Renderer
from tawteen.report.report_data import ReportData
from tawteen.report.workbook import exhibit_sheet, index_heads, table_sheets
from tawteen.words import LANGS, Lang

if TYPE_CHECKING:
    from tawteen.plan.robust.front import Front
    from tawteen.plan.robust.model import Robustness


def study(
    case: Case,
    programme: Programme,
    outline: Path | None = None,
    *,
    robustness: Robustness | None = None,
    front: Front | None = None,
    inputs: PlanInputs | None = None,
    reasons: pl.DataFrame | None = None,
) -> ReportData:
    """Everything the exhibits read, worked out anew from case and programme. The case is changed as the scenario says.

    `outline` is a GeoJSON file of borders, drawn under the map where it exists. `inputs` are those of the case under
    the programme's scenario and `reasons` those of `explain_all`, where the caller has them.
    """
    inputs = prepare(case, programme.scenario) if inputs is None else inputs
    borders = json.loads(outline.read_text(encoding="utf-8")) if outline is not None and outline.is_file() else None
    reasons = explain_all(case, programme, Reasons(case, programme, inputs)) if reasons is None else reasons
    trade = trade_of(programme)
    known, outlook = reasons.drop_nulls("worth"), programme.outlook
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
        parties=no_rows("parties")
        if trade is None
        else party_results(inputs.case, inputs.effects, inputs.match, trade),
        rule_costs=no_rows("rule_costs") if outlook is None else outlook.rule_costs,
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
    reasons: pl.DataFrame | None = None,
    png: bool = False,
) -> list[Path]:
    """Writes `report.html`, `brief.html`, `programme.xlsx` and the pictures (SVG, both languages) into `out`.

    `lang` is the language the page opens in; `png` writes every picture as PNG too, which takes about as long as all
    the rest; `progress` gets each stage with the share of all that is done. Returns what was written. Raises
    OSError where the folder cannot be written.
    """
    tell = progress or ignore
    out.mkdir(parents=True, exist_ok=True)
    page, brief, book = (out / name for name in ("report.html", "brief.html", "programme.xlsx"))
    with Renderer() as renderer, BackgroundWorkbook(book, lang) as workbook:
        tell(ProgressEvent("study", 0.0))
        read = study(case, programme, outline, robustness=robustness, front=front, reasons=reasons)
        tables = list(table_sheets(read.case, programme))
        for sheet in tables:
            workbook.add(sheet)
        drawing, speech, drawn_exhibits = (
            BackgroundDrawing(renderer, case.settings.digits),
            BilingualCells(read.case),
            [],
        )
        for n, more in enumerate(made_in_turn(read)):
            tell(ProgressEvent("exhibits", 0.1 + 0.5 * n / len(MAKERS)))
            drawing.begin(more)
            for exhibit in more:
                workbook.add(exhibit_sheet(exhibit, speech))
            drawn_exhibits += more
        all_exhibits = in_order(drawn_exhibits)
        workbook.close(index_heads(), [*(exhibit.key for exhibit in all_exhibits), *(sheet.name for sheet in tables)])
        tell(ProgressEvent("pictures", 0.6))
        drawings = drawing.finished()
        written = write_svgs(drawings, out / "pictures")
        tell(ProgressEvent("page", 0.8))
        write_page(all_exhibits, read, page, lang, drawings)
        write_brief(all_exhibits, read, brief, lang, drawings)
        tell(ProgressEvent("workbook", 0.9))
        workbook.finished()
    if png:
        tell(ProgressEvent("pictures", 0.95))
        for language in LANGS:
            pictures = write_pictures(all_exhibits, out / "pictures", language, case.settings.digits)
            written += [path for path in pictures if path not in written]
    tell(ProgressEvent("pictures", 1.0))
    return [page, brief, book, *written]
