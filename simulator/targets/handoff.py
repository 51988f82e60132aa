"""Recognising a hand-off: rules from top to bottom, over the wire's JSON or over the bot's words.

Wire beats text: what the wire states in a turn is the truth of that turn, and words beside it add nothing. `denied` and
`failed` beat `claimed`: bots say "you want to be transferred" and "I cannot transfer you" in one breath.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from simulator.model.errors import InputError, Problem
from simulator.model.target import HandoffRule
from simulator.model.transcript import Signal
from simulator.targets.paths import Path, compile_path, holds

Recogniser = Callable[[Any, str, float], tuple[Signal, ...]]
"""(the answer's JSON, the bot's words, the time) -> signals"""

_SENTENCE = re.compile(r"[^.!?。！？\n]*[.!?。！？\n]*")
_AFTER_A_QUESTION = frozenset(" \t\r\n\"'”)]*_")
_QUOTES = str.maketrans("’‘ʼ", "'''")


class _Rule(NamedTuple):
    state: Any
    when: Path | None
    words: re.Pattern[str] | None
    context: Path | None
    queue: Path | None


def compile_handoff(rules: Sequence[HandoffRule]) -> Recogniser:
    """The function that reads the hand-off signals of a bot turn. Raises InputError for a rule that cannot be meant."""
    compiled = [_compile(rule, f"handoff[{at}]") for at, rule in enumerate(rules)]
    wired = [rule for rule in compiled if rule.when is not None]
    worded = [rule for rule in compiled if rule.words is not None]

    def recognise(document: Any, text: str, at: float) -> tuple[Signal, ...]:
        found = {rule.state: rule for rule in reversed(wired) if rule.when is not None and holds(rule.when(document))}
        if not found and worded and text:
            words = text.translate(_QUOTES)
            found = {rule.state: rule for rule in reversed(worded) if rule.words and _states(rule.words, words)}
        if not found:
            return ()
        if "claimed" in found and ("denied" in found or "failed" in found):
            del found["claimed"]
        order = sorted(found.values(), key=compiled.index)
        return tuple(Signal(rule.state, at, _detail(rule, document)) for rule in order)

    return recognise


def _states(pattern: re.Pattern[str], text: str) -> bool:
    """A bot that asks whether it should transfer has not said that it will: questions are no statement."""
    return pattern.search(text) is not None and pattern.search(_without_questions(text)) is not None


def _without_questions(text: str) -> str:
    """The sentences that do not end in a question mark. One inside an address (`/chat?id=7`) ends no sentence."""
    if "?" not in text and "？" not in text:
        return text
    kept = ""
    for sentence in _SENTENCE.finditer(text):
        words = sentence[0]
        ended = sentence.end() == len(text) or text[sentence.end()] in _AFTER_A_QUESTION or words[-1:] in "\n？"
        marks = words[len(words.rstrip(".!?。！？\n")) :]
        kept += " " if ended and ("?" in marks or "？" in marks) else words
    return kept


def _compile(rule: HandoffRule, field: str) -> _Rule:
    if bool(rule.when) == bool(rule.text):
        raise InputError([Problem("a hand-off rule needs exactly one of `when` and `text`", field=field)])
    words = None
    if rule.text:
        if rule.state not in ("claimed", "denied"):
            hint = "use `claimed` or `denied`, or recognise it on the wire with `when`"
            raise InputError([Problem(f"words alone cannot mean `{rule.state}`", field=f"{field}.state", hint=hint)])
        try:
            words = re.compile(rule.text.translate(_QUOTES))
        except re.error as error:
            raise InputError([Problem(f"not a regular expression: {error}", field=f"{field}.text")]) from None
    return _Rule(
        rule.state,
        compile_path(rule.when, f"{field}.when") if rule.when else None,
        words,
        compile_path(rule.context, f"{field}.context") if rule.context else None,
        compile_path(rule.to, f"{field}.to") if rule.to else None,
    )


def _detail(rule: _Rule, document: Any) -> dict[str, Any]:
    detail: dict[str, Any] = {}
    if rule.context is not None and (packet := rule.context(document)) is not None:
        detail["packet"] = packet
    if rule.queue is not None and holds(queue := rule.queue(document)):
        detail["queue"] = str(queue[0] if isinstance(queue, list) else queue)
    return detail
