"""Is it really solved, who solved it, and what does the operator book?

Resolution is judged on what was said and done and on how things stand, never on the bot's claim. Containment is the
vendors' number: no person, ticket or callback, abandonment included. The gap between the two is what this product exists
to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from simulator.dialogue.settle import GRANTS, Settled, settle
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import Transcript
from simulator.scorers.escalation import effective
from simulator.scorers.loops import loop_level
from simulator.scorers.observable import TIERS, unobservable
from simulator.scorers.truth import basis_in_words, basis_of, findings


class Judged(msgspec.Struct, frozen=True):
    """Resolution by the bot: whole, by share, or unknown with a reason."""

    whole: int | None
    share: float | None
    reason: str
    """Why nobody can say; else what it rests on."""
    turns: list[int]
    basis: str = ""
    """What it rests on, of all needs together: words, action, probe, judge, or several joined by +; empty where nobody
    can say."""


def resolution(transcript: Transcript, scenario: Scenario | None, settled: Settled) -> Judged:
    """R of a conversation: 1 iff every need's predicate held before a human joined."""
    reason = unobservable(transcript, scenario, "T1")
    if reason or scenario is None:
        return Judged(None, None, reason, [])
    found = findings(transcript, scenario, settled)
    for one in found:
        # Also where another need is known to be open: else only what failed would ever be counted.
        if one.met is None:
            return Judged(None, None, one.reason, [])
    met = [one for one in found if one.met]
    turns = sorted({turn for one in met for turn in one.turns})
    basis = basis_of(found)
    reason = "R(T1)" if basis == "words" else f"by {basis_in_words(basis)}"
    return Judged(int(len(met) == len(found)), len(met) / len(found), reason, turns, basis)


def claimed(transcript: Transcript, settled: Settled) -> list[int] | None:
    """Turns in which the bot or its status claimed a solution; None = it never did."""
    turns = [answer.turn for answer in settled.answers if "claim_resolved" in answer.heard.signature]
    turns += [i for i, turn in enumerate(settled.turns) if any(s.kind == "claim_resolved" for s in turn.signals)]
    closing = [answer.turn for answer in settled.answers if "closing" in answer.heard.signature]
    courtesy = len(closing) == len(settled.answers) > 1  # who closes every turn so claims nothing by it
    if closing and closing[-1] == settled.answers[-1].turn and not courtesy:
        turns.append(closing[-1])
    return sorted(set(turns)) or None


def contained(transcript: Transcript, settled: Settled) -> tuple[int | None, str, list[int]]:
    """Q of a conversation, the reason where it is unknown, and the turns that let a person in."""
    if "T2" not in transcript.tiers:
        return None, TIERS["T2"], []
    if transcript.ending == "target_failed":
        return None, "the target failed", []
    people = [
        index
        for index, turn in enumerate(settled.turns)
        if turn.speaker == "human" or any(signal.kind in GRANTS for signal in turn.signals)
    ]
    return int(not people), "", people


class Outcomes(msgspec.Struct, frozen=True):
    """Resolution (T1, with what its needs rest on), claims (T0), containment (T2), exits (T1)."""

    name: str = "resolution"
    version: str = "2"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """All scores of this question."""
        settled = settle(transcript, scenario)
        judged = resolution(transcript, scenario, settled)
        yield from self._resolved(judged, claimed(transcript, settled))
        yield from self._contained(transcript, scenario, settled, judged)
        yield from self._exits(transcript, scenario, settled, judged)
        yield from self._shares(transcript, scenario, settled, judged)

    def _score(self, name: str, value: float | None, reason: str = "", turns: list[int] | None = None) -> Score:
        return Score(name, value, reason=reason, turns=turns or [], version=self.version)

    def _share(self, name: str, value: bool, among: bool | None, empty: str, turns: list[int]) -> Score:
        if not among:
            return Score(name, None, reason=empty, version=self.version, weight=0)
        return Score(name, int(value), turns=turns, version=self.version)

    def _resolved(self, judged: Judged, claims: list[int] | None) -> Iterator[Score]:
        yield self._score("resolved", judged.whole, judged.reason, judged.turns)
        yield self._score("resolved_share", judged.share, judged.reason, judged.turns)
        yield Score(
            "resolution_basis", judged.basis or None, reason="" if judged.basis else judged.reason, version=self.version
        )
        yield self._score("claimed", int(claims is not None), turns=claims)
        known = judged.whole is not None
        if known:
            yield self._share(
                "false_resolution", judged.whole == 0, claims is not None, "nothing was claimed", claims or []
            )
        else:
            yield self._score("false_resolution", None, judged.reason)
        silent = int(judged.whole == 1 and claims is None) if known else None
        yield self._score("silent_success", silent, "" if known else judged.reason, judged.turns)

    def _contained(
        self, transcript: Transcript, scenario: Scenario | None, settled: Settled, judged: Judged
    ) -> Iterator[Score]:
        q, why, people = contained(transcript, settled)
        yield self._score("contained", q, why, people)
        level = loop_level(transcript, scenario)
        unknown = why or ("" if judged.whole is not None else judged.reason)
        if unknown or q is None or judged.whole is None or level is None:
            unknown = unknown or unobservable(transcript, scenario, "T1")
            for name in ("toxic_containment", "deflected_away", "good_containment", "trust_gap"):
                yield self._score(name, None, unknown)
            return
        toxic = q == 1 and judged.whole == 0
        yield self._share("toxic_containment", toxic, q == 1, "not contained", [])
        asks = [ask.turn for ask in settled.asks]
        yield self._score("deflected_away", int(toxic and bool(asks)), turns=asks if toxic else [])
        good = int(q == 1 and judged.whole == 1 and level <= 1)
        yield self._score("good_containment", good, turns=judged.turns if good else [])
        yield self._score("trust_gap", q - good)

    def _exits(
        self, transcript: Transcript, scenario: Scenario | None, settled: Settled, judged: Judged
    ) -> Iterator[Score]:
        silent = transcript.ending == "left_silent"
        reason = unobservable(transcript, scenario, "T1") or ("" if judged.whole is not None else judged.reason)
        if reason:
            yield self._score("silent_exit", None, reason)
        else:
            said = [turn for _, turn in settled.customer_turns() if turn.act != "LEAVE_SILENT"]
            voiced = any(turn.act == "EXEC" for turn in said) or (bool(said) and said[-1].act == "ASK_HUMAN")
            last = [index for index, _ in settled.customer_turns()][-1:]
            exited = silent and judged.whole != 1 and not voiced
            yield self._score("silent_exit", int(exited), turns=last if exited else [])
        left = silent or transcript.ending == "left_voiced"
        yield self._share("silent_share", silent, left, "did not leave", [])

    def _shares(
        self, transcript: Transcript, scenario: Scenario | None, settled: Settled, judged: Judged
    ) -> Iterator[Score]:
        """With `resolved`, three shares that sum to 1."""
        reason = unobservable(transcript, scenario, "T1", "T2") or ("" if judged.whole is not None else judged.reason)
        if reason or scenario is None:
            for name in ("effectively_escalated", "ended_neither"):
                yield self._score(name, None, reason)
            return
        done = effective(settled, transcript, scenario)
        escalated = done is not None and judged.whole == 0
        yield self._score("effectively_escalated", int(escalated), turns=[done.turn] if done and escalated else [])
        yield self._score("ended_neither", int(judged.whole == 0 and not escalated))
