"""What a programme is expected to come to, simulated, kept with it and shown before its report is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tawteen.case.findings import Finding
from tawteen.cli.interrupts import stoppable
from tawteen.cli.progress import ProgressBar
from tawteen.cli.summary import figures, headline_of, lines

if TYPE_CHECKING:
    import polars as pl

    from tawteen.case.model import Case
    from tawteen.plan.inputs import PlanInputs
    from tawteen.plan.params import SearchParams
    from tawteen.plan.programme import Programme
    from tawteen.plan.robust.model import Robustness
    from tawteen.runs.delivery import Delivery


def outlook_shown(
    results: Delivery,
    case: Case,
    programme: Programme,
    bar: ProgressBar,
    *,
    inputs: PlanInputs | None,
    params: SearchParams,
) -> tuple[dict[str, Any], pl.DataFrame | None, list[Finding]]:
    """Data for machines of outlook and summary, the reasons by site, a warning for each part that is missing.

    The programme is in `results` already: whatever happens here, it stays.
    """
    from tawteen.plan.outlook import outlook_fields
    from tawteen.runs.outlook import keep_outlook, with_outlook

    result, findings = _simulated(case, programme, bar, params)
    try:
        data = with_outlook(case, programme, result, inputs, bar, params=params)
        rows, sentences = lines(bar.console, data), headline_of(bar.console, data)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:200]
        findings.append(Finding("warning", "cli.no_summary", args={"reason": reason}))
        return {"summary": {}, **outlook_fields(None)}, None, findings
    if result is not None:
        keep_outlook(results, data)
    bar.pause()
    bar.console.show([*sentences, bar.console.pairs(rows), ""])
    summary = {key: value for key, _, value, *_ in figures(data)}
    return {"summary": summary, **outlook_fields(data.programme.outlook)}, data.reasons, findings


def _simulated(
    case: Case, programme: Programme, bar: ProgressBar, params: SearchParams
) -> tuple[Robustness | None, list[Finding]]:
    from tawteen.plan.robust.robustness import Stopped
    from tawteen.runs.outlook import simulated

    try:
        with stoppable(bar.console, "cli.stopping_scenarios") as stop:
            return simulated(case, programme, params.outlook, params.robust, progress=bar, stop=stop), []
    except Stopped:
        return None, [Finding("warning", "cli.outlook_stopped")]
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:200]
        return None, [Finding("warning", "cli.no_outlook", args={"reason": reason})]
