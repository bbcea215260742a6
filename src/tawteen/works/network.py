"""From a diagnosed case to its network of works."""

from __future__ import annotations

import polars as pl

from tawteen.case.model import Case
from tawteen.diagnose.model import Diagnosis
from tawteen.diagnose.options import options_of
from tawteen.works.corrections import corrections
from tawteen.works.lead_times import lead_times
from tawteen.works.line_stops import line_stops
from tawteen.works.model import WorksNetwork
from tawteen.works.needs import needs_by_step, pool_loads
from tawteen.works.periods import WEEKS_PER_QUARTER
from tawteen.works.schedule import schedule_works


def works_network(case: Case, diagnosis: Diagnosis) -> WorksNetwork:
    """Schedule, lead times and loads of all options of a case (`docs/method.md`, Gates and Needs).

    Raises CaseError where work packages wait for each other in a circle or for one that the option does not have.
    """
    options = options_of(case)
    corrected = corrections(case, options)
    schedule = schedule_works(case, corrected)
    lead = lead_times(case, options, diagnosis.sites, schedule)
    # A line that runs today needs no pool, even where rows of works or cadres name it.
    startable = lead.join(options.filter(pl.col("kind") != "as_is"), left_on="option", right_on="id", how="semi")
    unsure = options["site"].is_in(diagnosis.sites.filter("conditional")["site"].implode())
    surveyed = options.select("id", "site", surveyed=(pl.col("kind") == "survey") | (pl.col("works") & unsure))
    loads = pool_loads(case, surveyed, schedule, startable, corrected)
    stops = line_stops(case, options, schedule, lead)
    return WorksNetwork(schedule, lead, loads, needs_by_step(loads, "quarter", WEEKS_PER_QUARTER), stops)
