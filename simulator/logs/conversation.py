"""Messages of a foreign log -> one Transcript: turn by turn, so that a score's turns are the places of its messages.

Nothing is made up. Times enter only where every message has one and none runs backwards; how a conversation ended, where the
log does not say, is `limit` (the log ends), which no curve takes for an event. A hand-off is known (T2) only where one could
have been seen: without that, no conversation is booked as contained.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, get_args

from simulator.language.identify import language_of
from simulator.language.personal import names_of_people
from simulator.model.transcript import LOG_ENDS, Act, Ending, Signal, SignalKind, Speaker, Tier, Transcript, Turn

HANDOFF_TOOLS = (
    "transfer_to_human_agents",
    "transfer_to_human",
    "escalate_to_human",
    "handoff_to_human",
    "request_human",
)
"""Names by which tools that call a person commonly go."""
MOST_MESSAGES = 100_000
LANGUAGES = ("en", "es", "de", "pt")
_ACTS: tuple[Act, ...] = get_args(Act)
_TOLD_BY = 4_000  # characters of the customer's words that tell the language

ROLES: Mapping[str, str] = {
    **dict.fromkeys(("customer", "user", "client", "visitor", "caller", "end_user", "end-user", "enduser"), "customer"),
    **dict.fromkeys(("bot", "assistant", "ai", "model", "chatbot", "virtual_agent", "virtual_assistant"), "bot"),
    **dict.fromkeys(("human", "human_agent", "live_agent", "operator", "representative"), "human"),
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("tool", "function"), "tool"),
}
"""What logs call the parties, in lower case. `agent` is not among them: it is a person here and a bot there."""


class Unreadable(Exception):
    """One conversation cannot be read; the message says why and quotes nothing that was said."""


class Message(NamedTuple):
    """One message of a log."""

    speaker: Speaker | None
    """None: the result of a tool, nobody's words."""
    text: str = ""
    at: float | None = None
    calls: Sequence[str] = ()
    """Names of the tools that the bot called with it."""
    events: Sequence[SignalKind] = ()
    """What the log's own status says happened with it."""
    act: Act | None = None
    need: str | None = None
    told: Sequence[str] = ()


class Handoffs(NamedTuple):
    """What is known of the tool that calls a person."""

    names: frozenset[str]
    stated: bool = False
    """Somebody has said that this log shows its calls (`--handoff-tool`)."""
    seen: bool = False
    """A tool of one of these names stands somewhere in the source."""

    def observable(self, messages: Sequence[Message], declared: Collection[str]) -> bool:
        """Whether a hand-off would show in this conversation.

        By word of whoever has the log; or because the conversation itself lists the tool; or because the tool is one of this
        source's and the conversation shows that tool calls were kept.
        """
        if self.stated or not self.names.isdisjoint(declared):
            return True
        return self.seen and any(message.calls or message.speaker is None for message in messages)


def speaker_of(role: Any, roles: Mapping[str, str] = ROLES) -> Speaker | None:
    """The party of a role; None for a tool. Raises Unreadable for a role that is unknown."""
    word = role.strip().lower() if isinstance(role, str) else None
    found = roles.get(word) if word else None
    if found is None:
        shown = shown_word(word) if word else ("no role" if role is None else "a role that is no text")
        raise Unreadable(f"{'unknown role ' if word else ''}{shown}; known are {', '.join(sorted(roles))}")
    return None if found == "tool" else found  # type: ignore[return-value]  # the values of ROLES and of a map are speakers


def shown_word(word: str) -> str:
    """A word of the log for a message to people, unless it may be somebody's name."""
    plain = word.replace("_", "").replace("-", "")
    private = not plain.isalpha() or len(word) > 24 or any(part in names_of_people() for part in plain.lower().split())
    return "(not shown: it may be a name)" if private else repr(word)


def whole(text: str) -> str:
    """The text without halves of surrogate pairs, which no file can hold: they become the replacement character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def transcript(
    id_: str,
    messages: Sequence[Message],
    handoffs: Handoffs,
    *,
    declared: Collection[str] = (),
    observed: bool = False,
    target: str = "",
    scenario: str = "",
    language: str = "",
    ending: Ending = "limit",
    ended_why: str = LOG_ENDS,
) -> Transcript:
    """The conversation as scorers read it. Raises Unreadable where there is nothing to score.

    `declared`: names of the tools that the conversation lists. `observed`: the log's own status shows hand-offs.
    """
    if len(messages) > MOST_MESSAGES:
        raise Unreadable(f"more than {MOST_MESSAGES:,} messages")
    if not any(one.text.strip() and one.speaker in ("customer", "bot", "human") for one in messages):
        raise Unreadable("nobody says a word in it")
    times = _times(messages)
    turns: list[Turn] = []
    asked: float | None = None
    for message, at in zip(messages, times, strict=True):
        turns.append(_turn(message, at, asked, handoffs.names))
        asked = at if message.speaker == "customer" else asked
    tiers: list[Tier] = ["T0"]
    said = [one for one in messages if one.speaker == "customer" and one.text.strip()]
    if said and all(one.act is not None for one in said):
        tiers.append("T1")
    if observed or handoffs.observable(messages, declared):
        tiers.append("T2")
    return Transcript(
        id=whole(id_),
        turns=turns,
        ending=ending,
        ended=times[-1] or 0.0,
        target=whole(target),
        scenario=scenario,
        tiers=tiers,
        ended_why=ended_why,
        language=language or _language(messages),
    )


def _turn(message: Message, at: float | None, asked: float | None, handoff_tools: Collection[str]) -> Turn:
    stamp = at or 0.0
    text = whole(message.text)
    signals = [
        Signal("requested", stamp, {"name": whole(name)})
        if name in handoff_tools
        else Signal("action", stamp, {"name": whole(name)})
        for name in (message.calls if message.speaker == "bot" else ())
    ]
    signals += [Signal(event, stamp) for event in message.events]
    if message.speaker is None or not (text.strip() or signals):
        # Neither the result of a tool nor an empty string is anybody's turn; the place stays, so that turns can be counted.
        return Turn("system", done=at)
    if message.speaker == "customer":
        return Turn(
            "customer",
            text,
            sent=at,
            done=at,
            signals=signals,
            act=message.act,
            need=message.need,
            told=[*message.told],
        )
    if message.speaker == "bot":
        return Turn("bot", text, sent=asked, done=at, signals=signals)
    return Turn(message.speaker, text, first=at, done=at, signals=signals)


def _times(messages: Sequence[Message]) -> list[float | None]:
    """Seconds since the first message; all None unless each has a time and none lies before the one it follows."""
    given = [one.at for one in messages]
    known = [at for at in given if at is not None]
    if len(known) < len(given) or any(b < a for a, b in pairwise(known)):
        return [None] * len(given)
    return [round(at - known[0], 6) for at in known]


def acts_of(value: Any) -> Act | None:
    """An act as a log states it. Raises Unreadable for a word that is none."""
    if value is None:
        return None
    found = next((act for act in _ACTS if act == value), None)
    if found is None:
        raise Unreadable("an act that is none of ours")
    return found


def _language(messages: Sequence[Message]) -> str:
    for speaker in ("customer", "bot"):
        words: list[str] = []
        for one in messages:
            if one.speaker == speaker and sum(map(len, words)) < _TOLD_BY:
                words.append(one.text[:_TOLD_BY])
        found = language_of("\n".join(words))
        if found:
            return found
    return "en"
