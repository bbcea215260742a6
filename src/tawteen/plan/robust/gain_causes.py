"""What the gain of a programme changed by: what was learned, what time has taken, and what is decided anew."""

from __future__ import annotations

from dataclasses import dataclass

from tawteen.plan.programme import Programme


@dataclass(frozen=True)
class GainCauses:
    """The gain of the earlier programme and of the new one, and the steps between them (discounted currency).

    `earlier` and `new`: value over doing nothing, the earlier one under the facts that were known then. `learning`:
    the earlier starts under the new facts, as far as these allow them (where they can no longer be carried out
    together, the most valuable of them that were found), less `earlier`; `left_out`: how many of them these do not
    allow. `time`: what is lost or won because sites did not begin as they were planned to. `decision`: what
    planning again adds to that. `surveys`: what surveys that are done cost; it is spent, and no part of `new`.
    learning + time + decision = new − surveys − earlier. None where a value is missing, and where no selection of
    the earlier starts was found that keeps rules and limits.
    """

    earlier: float | None = None
    new: float | None = None
    learning: float | None = None
    time: float | None = None
    decision: float | None = None
    surveys: float | None = None
    left_out: int = 0


def gain_causes(
    earlier: Programme, programme: Programme, *, learned: float | None, timely: float | None, free: float | None,
    left_out: int,
) -> GainCauses:  # fmt: skip
    """The steps between two programmes. Values under the new facts: `learned` of the earlier starts that are possible,
    `timely` of them as they really began, `free` of those without the surveys that are done.
    """
    before, nothing = _gain(earlier), programme.do_nothing
    new = _gain(programme)
    if before is None or nothing is None or new is None or learned is None or timely is None or free is None:
        return GainCauses(before, new)
    return GainCauses(
        before, new, learning=learned - nothing - before, time=timely - learned, decision=new + nothing - free,
        surveys=free - timely, left_out=left_out,
    )  # fmt: skip


def _gain(programme: Programme) -> float | None:
    value, nothing = programme.value, programme.do_nothing
    return None if value is None or nothing is None else value - nothing
