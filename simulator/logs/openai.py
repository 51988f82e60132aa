"""Message lists in the form of OpenAI's chat API: `{"role", "content", "tool_calls"}`, alone or with something around them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from simulator.logs.conversation import LANGUAGES, ROLES, Handoffs, Message, Unreadable, speaker_of, transcript
from simulator.logs.moments import moment
from simulator.model.transcript import Transcript

LISTS = ("messages", "conversation", "conversations", "turns", "dialogue", "dialog", "history")
"""Keys under which the messages of a conversation stand."""
IDS = ("id", "conversation_id", "session_id", "thread_id", "chat_id", "ticket_id", "uuid")
_TIMES = ("timestamp", "created_at", "time", "at", "created", "date", "ts")
_TEXT_PARTS = ("text", "input_text", "output_text", "refusal")


def conversation(value: Any, fallback_id: str, handoffs: Handoffs, roles: Mapping[str, str] = ROLES) -> Transcript:
    """One conversation: a list of messages, or an object that holds one. Raises Unreadable."""
    about: Mapping[str, Any] = {}
    if isinstance(value, dict):
        about = value
        value = next((value[key] for key in LISTS if isinstance(value.get(key), list)), None)
        if value is None:
            raise Unreadable(f"no list of messages in it; expected one under {', '.join(LISTS[:2])}")
    if not isinstance(value, list):
        raise Unreadable("neither a list of messages nor an object that holds one")
    messages = [message(one, place, roles) for place, one in enumerate(value, 1)]
    return transcript(
        id_of(about) or fallback_id,
        messages,
        handoffs,
        declared=declared(about),
        language=language_in(about),
    )


def message(value: Any, place: int, roles: Mapping[str, str] = ROLES) -> Message:
    """One message, `place` counted from 1. Raises Unreadable."""
    if not isinstance(value, dict):
        raise Unreadable(f"message {place} is no object")
    try:
        speaker = speaker_of(next((value[key] for key in ("role", "speaker", "from") if key in value), None), roles)
        content = next((value[key] for key in ("content", "text", "value") if key in value), None)
        text, used, only_results = _content(content)
    except Unreadable as wrong:
        raise Unreadable(f"message {place}: {wrong}") from None
    calls = [*_calls(value), *used]
    if only_results and not text:
        speaker = None
    at = next((found for key in _TIMES if (found := moment(value.get(key))) is not None), None)
    return Message(speaker, text, at, calls)


def id_of(about: Mapping[str, Any]) -> str:
    """The id that a conversation states; empty where it states none."""
    found = next((about[key] for key in IDS if isinstance(about.get(key), str | int)), "")
    return str(found)


def declared(about: Mapping[str, Any]) -> Collection[str]:
    """The names of the tools that a conversation lists as at hand."""
    tools = [*_list(about.get("tools")), *_list(about.get("functions"))]
    return {name for tool in tools if (name := tool if isinstance(tool, str) else _name(tool))}


def _content(content: Any) -> tuple[str, list[str], bool]:
    """The text of a content, the tools that its parts use, and whether it holds results of tools."""
    if content is None:
        return "", [], False
    if isinstance(content, str):
        return content, [], False
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        raise Unreadable("content that is neither text nor a list of parts")
    texts: list[str] = []
    used: list[str] = []
    results = False
    for part in content:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict):
            kind = part.get("type", "text")
            if kind in _TEXT_PARTS:
                said = part.get("text", part.get("refusal"))
                # Some clients wrap it once more: {"text": {"value": "..."}}.
                said = said.get("value") if isinstance(said, dict) else said
                texts += [said] if isinstance(said, str) else []
            elif kind == "tool_use":
                used += [part["name"]] if isinstance(part.get("name"), str) else []
            elif kind == "tool_result":
                results = True
        else:
            raise Unreadable("a content part that is neither text nor an object")
    return "\n".join(texts), used, results


def _calls(value: Mapping[str, Any]) -> Iterator[str]:
    """Names of the tools that a message calls; one that another party calls with its own hands is not the bot's."""
    for call in [*_list(value.get("tool_calls")), *_list([value.get("function_call")])]:
        if isinstance(call, dict) and call.get("requestor") != "user" and (name := _name(call)):
            yield name


def _name(tool: Any) -> str:
    if not isinstance(tool, dict):
        return ""
    inner = tool.get("function")
    name = inner.get("name") if isinstance(inner, dict) else tool.get("name")
    return name if isinstance(name, str) else ""


def _list(value: Any) -> Sequence[Any]:
    return [one for one in value if one is not None] if isinstance(value, list) else []


def language_in(about: Mapping[str, Any]) -> str:
    """The language that a conversation states, if it is one with act tables; empty otherwise."""
    stated = next((about[key] for key in ("language", "locale") if isinstance(about.get(key), str)), "")
    return stated[:2].lower() if stated[:2].lower() in LANGUAGES else ""
