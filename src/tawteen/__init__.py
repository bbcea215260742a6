"""Tawteen: plans, decides and follows the restart of suspended factories with an industrial partner.

    import tawteen as tw

    case = tw.read_case("cases/libya/case")
    base = tw.plan(case, time_limit=30)
    more = tw.plan(case.with_changes("fund.window-east*1.5"), start=base)
    tw.compare(base, more)
    base.report("out/libya")

Everything listed in `__all__` is loaded when it is first used, so that importing the package is quick.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

if TYPE_CHECKING:
    from tawteen.api.cases import (
        CaseWarning,
        annotate,
        check,
        convert,
        generate,
        import_case,
        init,
        read_case,
        short_forms,
        tables,
        template,
    )
    from tawteen.api.policies import plan_policy
    from tawteen.api.results import PlanComparison, PlanResult, SiteExplanation
    from tawteen.api.stages import Localisation, appraise, diagnose, localise, match, write_papers
    from tawteen.api.studies import (
        ReplanResult,
        compare,
        explain,
        limit_worths,
        pareto,
        plan,
        read_result,
        reasons,
        reassess,
        replan,
        report,
        robust,
        verify,
        write_model,
    )
    from tawteen.api.surveys import forms, submissions
    from tawteen.case.builder import CaseBuilder
    from tawteen.case.findings import CaseError, Finding
    from tawteen.case.model import Case
    from tawteen.case.settings import Settings
    from tawteen.plan.model_file import ModelSize
    from tawteen.plan.params import SearchParams, read_params
    from tawteen.plan.policy_plan import PolicyPlan
    from tawteen.plan.programme import Programme, Scenario
    from tawteen.progress import ProgressEvent
    from tawteen.record.cosigning import cosign
    from tawteen.record.keys import new_key
    from tawteen.record.verification import verify_record
    from tawteen.runs.usage_error import UsageError
    from tawteen.web.upkeep.backup import backup, restore
    from tawteen.web.upkeep.demo import demo
    from tawteen.web.upkeep.export_record import export_record
    from tawteen.web.upkeep.rebuild import rebuild
    from tawteen.web.upkeep.reset_sign_in import reset_sign_in
    from tawteen.words import set_language

__all__ = [
    "Case",
    "CaseBuilder",
    "CaseError",
    "CaseWarning",
    "Finding",
    "Localisation",
    "ModelSize",
    "PlanComparison",
    "PlanResult",
    "PolicyPlan",
    "Programme",
    "ProgressEvent",
    "ReplanResult",
    "Scenario",
    "SearchParams",
    "Settings",
    "SiteExplanation",
    "UsageError",
    "__version__",
    "annotate",
    "appraise",
    "backup",
    "check",
    "compare",
    "convert",
    "cosign",
    "demo",
    "diagnose",
    "explain",
    "export_record",
    "forms",
    "generate",
    "import_case",
    "init",
    "limit_worths",
    "localise",
    "match",
    "new_key",
    "pareto",
    "plan",
    "plan_policy",
    "read_case",
    "read_params",
    "read_result",
    "reasons",
    "reassess",
    "rebuild",
    "replan",
    "report",
    "reset_sign_in",
    "restore",
    "robust",
    "set_language",
    "short_forms",
    "submissions",
    "tables",
    "template",
    "verify",
    "verify_record",
    "write_model",
    "write_papers",
]

_MODULE_OF = {
    "Case": "tawteen.case.model",
    "CaseBuilder": "tawteen.case.builder",
    "CaseError": "tawteen.case.findings",
    "CaseWarning": "tawteen.api.cases",
    "Finding": "tawteen.case.findings",
    "Localisation": "tawteen.api.stages",
    "ModelSize": "tawteen.plan.model_file",
    "PlanComparison": "tawteen.api.results",
    "PlanResult": "tawteen.api.results",
    "PolicyPlan": "tawteen.plan.policy_plan",
    "Programme": "tawteen.plan.programme",
    "ProgressEvent": "tawteen.progress",
    "ReplanResult": "tawteen.api.studies",
    "Scenario": "tawteen.plan.programme",
    "SearchParams": "tawteen.plan.params",
    "Settings": "tawteen.case.settings",
    "SiteExplanation": "tawteen.api.results",
    "UsageError": "tawteen.runs.usage_error",
    "annotate": "tawteen.api.cases",
    "appraise": "tawteen.api.stages",
    "backup": "tawteen.web.upkeep.backup",
    "check": "tawteen.api.cases",
    "compare": "tawteen.api.studies",
    "convert": "tawteen.api.cases",
    "cosign": "tawteen.record.cosigning",
    "demo": "tawteen.web.upkeep.demo",
    "diagnose": "tawteen.api.stages",
    "explain": "tawteen.api.studies",
    "export_record": "tawteen.web.upkeep.export_record",
    "forms": "tawteen.api.surveys",
    "generate": "tawteen.api.cases",
    "import_case": "tawteen.api.cases",
    "init": "tawteen.api.cases",
    "limit_worths": "tawteen.api.studies",
    "localise": "tawteen.api.stages",
    "match": "tawteen.api.stages",
    "new_key": "tawteen.record.keys",
    "pareto": "tawteen.api.studies",
    "plan": "tawteen.api.studies",
    "plan_policy": "tawteen.api.policies",
    "read_case": "tawteen.api.cases",
    "read_params": "tawteen.plan.params",
    "read_result": "tawteen.api.studies",
    "reasons": "tawteen.api.studies",
    "reassess": "tawteen.api.studies",
    "rebuild": "tawteen.web.upkeep.rebuild",
    "replan": "tawteen.api.studies",
    "report": "tawteen.api.studies",
    "reset_sign_in": "tawteen.web.upkeep.reset_sign_in",
    "restore": "tawteen.web.upkeep.backup",
    "robust": "tawteen.api.studies",
    "set_language": "tawteen.words",
    "short_forms": "tawteen.api.cases",
    "submissions": "tawteen.api.surveys",
    "tables": "tawteen.api.cases",
    "template": "tawteen.api.cases",
    "verify": "tawteen.api.studies",
    "verify_record": "tawteen.record.verification",
    "write_model": "tawteen.api.studies",
    "write_papers": "tawteen.api.stages",
}
"""Where each name is defined."""


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'tawteen' has no attribute {name!r}")
    value = getattr(importlib.import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})


class _Package(ModuleType):
    """The package; `tawteen.plan` is the function, although a package has the same name.

    Python sets a package's attribute to each submodule that is imported. Where a function of this face has that name
    (plan, report, match …), the function stays; the submodule is reached by `from tawteen.plan import …`.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _MODULE_OF and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
