"""What a target lets us see. What it does not show cannot be measured, and is said before the run, never imputed."""

from __future__ import annotations

import re

import msgspec

from simulator.model.target import TargetSpec
from simulator.model.transcript import Tier

_TRUTH = re.compile(r"\{\{\s*truth(\.([\w-]+))?\??\s*\}\}")


def tiers(spec: TargetSpec) -> list[Tier]:
    """The tiers of evidence: T0 words and T1 our customers' own acts always; T2 where the wire tells of hand-offs,
    tickets or callbacks; T3 where, on top of that, our own desk plays the human.
    """
    seen: list[Tier] = ["T0", "T1"]
    if _wired(spec):
        seen.append("T2")
        if _own_desk(spec):
            seen.append("T3")
    return seen


def told_truths(spec: TargetSpec) -> frozenset[str] | None:
    """The truths that the requests before and in a conversation tell the bot, by name; None: all of them."""
    requests = [spec.turn.request, *(part.request for part in (spec.setup, spec.session.open) if part)]
    asked = msgspec.json.encode(requests).decode() + spec.session.id
    names = {name for _, name in _TRUTH.findall(asked)}
    return None if "" in names else frozenset(names)


def measurable(spec: TargetSpec) -> list[tuple[str, bool, str]]:
    """(what, whether it can be measured, the field of the target file to add where it cannot), for the preflight."""
    wired, desk, joined = _wired(spec), _own_desk(spec), any(rule.state == "accepted" for rule in spec.handoff)
    rules = [rule for rule in spec.handoff if rule.when]
    packet = any(rule.context for rule in rules)
    missing_desk = "handoff_reaches: desk"
    by = f" ({spec.human_access.by})" if spec.human_access.by else ""

    rows = [
        ("loops, repeated answers and entrapment", True, ""),
        ("asks for a person and what they met", True, ""),
        ("latency and errors", True, ""),
        ("endings and trust of the customers", True, ""),
        ("resolution of needs for information", True, ""),
        ("time to a person", (bool(rules) and (desk or joined)) or _references(spec), "handoff[].when"),
        ("false promises of a person", wired, "handoff[].when"),
        ("containment", wired, "handoff[].when"),
        ("right team", any(rule.to for rule in rules), "handoff[].to"),
        ("hand-off context", packet and desk, missing_desk if packet else "handoff[].context"),
        ("actions, and resolution of needs for an action", bool(spec.reply.actions), "reply.actions"),
        ("tickets", bool(spec.reply.ticket), "reply.ticket"),
        ("callbacks", bool(spec.reply.callback), "reply.callback"),
        ("claimed and false resolution", spec.resolution is not None, "resolution.when"),
        (f"standing way to a person{by}", spec.human_access.persistent, "human_access.persistent"),
        ("repeats by content id, beside those by words", bool(spec.reply.ids), "reply.ids"),
    ]
    return [(what, able, "" if able else field) for what, able, field in rows]


def _references(spec: TargetSpec) -> bool:
    return bool(spec.reply.ticket or spec.reply.callback)


def _wired(spec: TargetSpec) -> bool:
    return any(rule.when for rule in spec.handoff) or _references(spec)


def _own_desk(spec: TargetSpec) -> bool:
    return spec.handoff_reaches in ("", "desk")
