"""Sentences on the limits that delay the start of a site."""

from __future__ import annotations

from tawteen.case.codes import codes
from tawteen.plan.explain.lever import Lever
from tawteen.plan.explain.params import REASON_PARAMS
from tawteen.plan.explain.sentences import SentenceWriter
from tawteen.plan.explain.start_delay import DelayingLimit, StartDelay


def delay_sentences(delay: StartDelay, writer: SentenceWriter, *, scope: bool = True) -> list[str]:
    """Which limit delays the start, how much more of it brings the start forward, and what that is worth.

    With `scope`, also under which condition this was computed. Empty where no earlier start exists.
    """
    say, label = writer.words.say, writer.case.calendar.label
    planned = label(delay.planned)
    match delay.code:
        case "first":
            return []
        case "none":
            return [say("delay.none", {"planned": planned})]
        case "improvable":
            args = {
                "planned": planned, "start": label(delay.start or 0), "option": writer.option(delay.option),
                "worth": writer.money(delay.worth),
            }  # fmt: skip
            return [say("delay.improvable", args)]
    first, *others = delay.limits
    if delay.code == "limits":
        listed = say("limit.and").join(_named(limit, writer) for limit in delay.limits)
        sentences = [say("delay.together", {"planned": planned, "limits": listed})]
        sentences.append(_earlier_start(first, delay.limits, writer))
    else:
        sentences = [
            say("delay.by", {"planned": planned, "limit": _named(first, writer)}),
            _earlier_start(first, (first,), writer),
        ]
        small = first.least_lever
        sooner = first.least_start != first.start or first.lever is None
        least, amount = first.least, first.amount or 0.0
        if small is not None and sooner and least is not None and least < REASON_PARAMS.separate_amount * amount:
            sentences.append(_smaller_increase(first, small, least / small.amount, writer))
        if others:
            listed = say("limit.and").join(_named(limit, writer) for limit in others)
            sentences.append(say("delay.instead", {"limits": listed}, len(others)))
    shared = any(limit.lever is not None for limit in delay.limits)
    return [*sentences, say("delay.scope_shared" if shared else "delay.scope")] if scope else sentences


def _named(limit: DelayingLimit, writer: SentenceWriter) -> str:
    """The limit, date or rule by its name."""
    match limit.kind:
        case "gate":
            return writer.words.say("delay.gate", {"gate": writer.words.pick(codes("gates")[limit.id])})
        case "date":
            return writer.words.say("delay.date")
        case "class":
            return writer.words.say("delay.class", {"course": writer.name("courses", limit.id)})
        case "seats":
            return writer.limit("course", limit.id)
        case "supply":
            return writer.limit("balance", limit.id)
    return writer.limit(limit.kind, limit.id)


def _earlier_start(first: DelayingLimit, limits: tuple[DelayingLimit, ...], writer: SentenceWriter) -> str:
    """The start with more of the limits, and the rise in value. A fund or credit alone is not named a second time."""
    if len(limits) == 1 and first.lever is not None and first.amount is not None and first.kind in ("fund", "credit"):
        amount = writer.increase(first.lever, first.amount / first.lever.amount)
        args = {"amount": amount or "", "from": writer.case.calendar.label(first.lever.start)}
        return writer.words.say("delay.would_amount", {**args, **_start_args(first, writer)})
    more = writer.joined([_widening(limit, writer) for limit in limits])
    return writer.words.say("delay.would", {"more": more, **_start_args(first, writer)})


def _start_args(limit: DelayingLimit, writer: SentenceWriter) -> dict[str, str]:
    start = writer.case.calendar.label(limit.start)
    return {"start": start, "option": writer.option(limit.option), "worth": writer.money(limit.worth)}


def _smaller_increase(limit: DelayingLimit, lever: Lever, share: float, writer: SentenceWriter) -> str:
    """The least increase of a limit that brings the start forward at all."""
    start = writer.case.calendar.label(limit.least_start)
    if (amount := writer.increase(lever, share)) is not None:
        return writer.words.say("delay.least_amount", {"amount": amount, "start": start})
    return writer.words.say("delay.least", {"more": writer.more(lever, share), "start": start})


def _widening(limit: DelayingLimit, writer: SentenceWriter) -> str:
    """How much more of a limit: an amount, a number of quarters, or an exception from a rule."""
    if limit.kind == "rule":
        rule, site = writer.name("rules", limit.id), writer.name("sites", limit.site)
        return writer.words.say("looser.exception", {"rule": rule, "site": site})
    if limit.kind == "class":
        return writer.words.say("looser.class", {"course": writer.name("courses", limit.id)})
    if limit.lever is None or limit.amount is None:
        return writer.words.say("delay.sooner", {"date": _named(limit, writer)}, round(limit.amount or 0.0))
    return writer.more(limit.lever, limit.amount / limit.lever.amount)
