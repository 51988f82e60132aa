"""What it was like: how long the first answer took, how fast each turn was, what failed, what trust was left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate

import msgspec

from simulator.dialogue.settle import settle, visible
from simulator.model.scenario import Scenario
from simulator.model.score import Score
from simulator.model.transcript import LOG_ENDS, Transcript, Turn
from simulator.scorers.observable import ratio, unknown


class Experience(msgspec.Struct, frozen=True):
    """Times and failures (tier T0) and the customer's last state, which is model output.

    Latency is that of the reply: words that the bot adds later, unasked, are measured by nothing.
    """

    name: str = "experience"
    version: str = "1"

    def __call__(self, transcript: Transcript, scenario: Scenario | None) -> Iterable[Score]:
        """All scores of this question; `turn_latency`, `first_token` and `due_latency` once for each reply."""
        settled = settle(transcript, scenario)
        if settled.answers:
            first = settled.answers[0]
            asked = next(turn for _, turn in settled.customer_turns())
            seconds = visible(transcript.turns[first.turn]) - visible(asked)
            yield Score("first_answer_time", seconds, turns=[first.turn], version=self.version)
        else:
            yield from unknown(("first_answer_time",), "the bot never answered", self.version)
        yield from self._latencies(transcript)

        failed = [answer.turn for answer in settled.answers if _failed(settled.turns[answer.turn])]
        among = len(settled.answers)
        gave_up = transcript.ending == "target_failed"
        spoken = [turn.speaker for turn in settled.turns if turn.speaker != "system"]
        if gave_up and spoken[-1:] == ["customer"]:
            # The turn that never came is a bot turn too.
            failed, among = [*failed, len(settled.turns) - 1], among + 1
        yield ratio("availability_errors", failed, among, "no bot turn", self.version)
        cause = transcript.error.cause if gave_up and transcript.error else ""
        if transcript.ended_why == LOG_ENDS:
            yield from unknown(("target_failed",), "the log does not tell how it ended", self.version)
        else:
            yield Score("target_failed", int(gave_up), reason=cause, version=self.version)

        if not transcript.feelings:
            yield from unknown(("end_trust", "end_frustration"), "no feelings were recorded", self.version)
            return
        last = transcript.feelings[-1]
        proof = [last.turn] if 0 <= last.turn < len(settled.turns) else []
        for name, value in (("end_trust", last.trust), ("end_frustration", last.frustration)):
            yield Score(name, value, event=transcript.ending, turns=proof, version=self.version)

    def _latencies(self, transcript: Transcript) -> Iterator[Score]:
        measured = on_schedule = False
        voice = [turn.voice for turn in transcript.turns if turn.speaker == "customer"]
        said = list(accumulate((turn.speaker == "customer" for turn in transcript.turns), initial=0))
        """By turn: customer turns before it."""
        for index in replies(transcript.turns):
            turn = transcript.turns[index]
            if turn.sent is None or turn.done is None:
                continue
            measured = True
            yield Score("turn_latency", turn.done - turn.sent, turns=[index], version=self.version)
            if turn.first is not None and (turn.text or turn.signals):
                yield Score("first_token", turn.first - turn.sent, turns=[index], version=self.version)
            asked = said[index]
            if asked and voice[asked - 1]:
                continue  # a model was looking for these words: what that took is our lateness, never the bot's
            on_schedule = True
            due = turn.due if turn.due is not None else turn.sent
            yield Score("due_latency", turn.done - due, turns=[index], version=self.version)
        if measured and not on_schedule:
            yield from unknown(("due_latency",), "a model worded every turn, and its time is ours", self.version)
        if not measured:
            yield from unknown(("turn_latency", "first_token", "due_latency"), "no reply has stamps", self.version)


def replies(turns: list[Turn]) -> Iterator[int]:
    """Indices of the bot turns that answer a customer turn: no greeting, no afterthought."""
    before = ""
    for index, turn in enumerate(turns):
        if turn.speaker == "system":
            continue
        if turn.speaker == "bot" and before == "customer":
            yield index
        before = turn.speaker


def _failed(turn: Turn) -> bool:
    """No reply at all, or an error of the wire shown as words."""
    if any(signal.kind == "error" for signal in turn.signals):
        return True
    return not (turn.text or turn.signals or turn.ids)
