"""A bot that is a Python function in this process, or a class of one's own for a wire that YAML cannot describe."""

from __future__ import annotations

import difflib
import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from msgspec.structs import replace

from simulator.model.contracts import Clock, Reply, Say, Target
from simulator.model.errors import InputError, Problem, TargetFailed
from simulator.model.plan import Case
from simulator.model.transcript import Part
from simulator.targets.answer import one_line
from simulator.targets.jsontext import scrub

Answering = Callable[[str, dict[str, Any]], str | list[str] | Reply]
"""`reply(text, session)`: `session` is a dict that lives as long as the conversation and starts with `session_id`."""

_FORMS = (
    "expected `reply(text, session) -> str | list[str] | Reply`, or a class or function that makes a target with `open`"
)


class CallableTarget:
    """A bot as a function. What it raises is the bot's failure (`raised`), never ours."""

    def __init__(self, function: Answering, clock: Clock) -> None:
        self._function = function
        self._clock = clock

    def open(self, case: Case) -> CallableSession:
        """Open a session. The function learns nothing of the case: what the bot knows it must have from the customer."""
        return CallableSession(self._function, self._clock)


class CallableSession:
    """One conversation with a function."""

    greeting: Reply | None = None

    def __init__(self, function: Answering, clock: Clock) -> None:
        self._function = function
        self._clock = clock
        self._session: dict[str, Any] = {"session_id": str(uuid4())}

    def send(self, say: Say) -> Reply:
        """One customer turn. Raises TargetFailed: `raised`, or `empty` for an answer without words."""
        text = say.button if say.button is not None else "\n".join(say.parts)
        sent = self._clock.now()
        try:
            answer: object = self._function(text, self._session)
        except TargetFailed:
            raise
        except (Exception, SystemExit) as error:  # a bot that calls exit() has failed, nobody has stopped the run
            raise TargetFailed("raised", one_line(f"{type(error).__name__}: {error}")) from error
        return _reply(answer, sent, self._clock.now())

    def wait(self, seconds: float) -> Reply | None:
        """A function speaks only when it is called: the time passes."""
        self._clock.sleep(seconds)
        return None

    def close(self) -> None:
        """Nothing is held: the function may keep the dict, e.g. as its own record."""


def load_callable(name: str) -> Any:
    """The object that `module:attr` names, with the current folder importable.

    Raises InputError, in one plain sentence, if it cannot be imported or found.
    """
    module_name, _, attribute = name.partition(":")
    if not module_name or not attribute:
        raise InputError([Problem(f"`{name}` names no Python object", hint="write `module:attribute`")])
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module_name)
    except Exception as error:  # importing runs the user's own code, which may raise anything
        if isinstance(error, ModuleNotFoundError) and error.name and f"{module_name}.".startswith(f"{error.name}."):
            problem = Problem(f"there is no Python module `{error.name}` here ({here})", field=name)
        else:
            problem = Problem(f"importing it failed: {one_line(f'{type(error).__name__}: {error}')}", field=name)
        raise InputError([problem]) from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            near = difflib.get_close_matches(part, dir(found), 1)
            hint = f"did you mean `{near[0]}`?" if near else ""
            raise InputError([Problem(f"`{module_name}` has no `{part}`", field=name, hint=hint)])
        found = getattr(found, part)
    return found


def load_target(name: str, clock: Clock) -> Target:
    """The target that `module:attr` names: a reply function, an object with `open`, or what makes one.

    A class or function that makes a target is called without arguments, or with `clock=` if it has that parameter.
    Raises InputError if it is none of these.
    """
    found = load_callable(name)
    if not inspect.isclass(found) and callable(getattr(found, "open", None)):
        return found  # type: ignore[no-any-return]
    if not callable(found):
        raise InputError([Problem(f"found a {type(found).__name__}; {_FORMS}", field=name)])
    if not inspect.isclass(found) and _takes(found, "", {}):
        return CallableTarget(_blocking(found, name), clock)
    made = _make(found, name, clock)
    if callable(getattr(made, "open", None)):
        return made  # type: ignore[no-any-return]
    if callable(made) and _takes(made, "", {}):
        return CallableTarget(_blocking(made, name), clock)
    raise InputError([Problem(f"it makes a {type(made).__name__}; {_FORMS}", field=name)])


def answers_alone(found: Any) -> bool:
    """Whether an object is itself the function that answers, to which nothing is told but the customer's words."""
    return not inspect.isclass(found) and not hasattr(found, "open") and callable(found) and _takes(found, "", {})


def _make(factory: Any, name: str, clock: Clock) -> Any:
    clocked = {"clock": clock} if "clock" in _parameters(factory) else {}
    if not _takes(factory, **clocked):
        raise InputError([Problem(f"its parameters are {', '.join(_parameters(factory))}; {_FORMS}", field=name)])
    try:
        return factory(**clocked)
    except Exception as error:  # the user's own code: whatever it raises is bad input, said in one sentence
        message = f"making the target failed: {one_line(f'{type(error).__name__}: {error}')}"
        raise InputError([Problem(message, field=name)]) from error


def _blocking(function: Any, name: str) -> Answering:
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None)):  # noqa: B004
        hint = "wrap it, e.g. with a thread that runs an event loop"
        raise InputError([Problem("it is async, and customers need an answer that blocks", field=name, hint=hint)])
    return function  # type: ignore[no-any-return]


def _parameters(function: Any) -> list[str]:
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def _takes(function: Any, *arguments: object, **named: object) -> bool:
    try:
        inspect.signature(function).bind(*arguments, **named)
    except TypeError:
        return False
    except ValueError:
        return True  # a built-in without a signature: calling it will tell
    return True


def _reply(answer: object, sent: float, now: float) -> Reply:
    if isinstance(answer, Reply):
        return _stamped(answer, sent, now)
    if isinstance(answer, str):
        answer = [answer]
    if not isinstance(answer, list) or not all(isinstance(text, str) for text in answer):
        kind = "a list that holds other things than str" if isinstance(answer, list) else type(answer).__name__
        raise TargetFailed("raised", f"TypeError: the reply is {kind}, expected str, list[str] or Reply")
    parts = tuple(Part(scrub(text), now) for text in answer if text.strip())
    if not parts:
        raise TargetFailed("empty", "the reply holds no text")
    return Reply(parts, now, now)


def _stamped(reply: Reply, sent: float, now: float) -> Reply:
    """The same reply with times of our clock: the function may not know it, and 0.0 would end up before the session."""

    def within(stamp: float) -> float:
        return stamp if sent <= stamp <= now else now

    return replace(
        reply,
        parts=tuple(replace(part, text=scrub(part.text), at=within(part.at)) for part in reply.parts),
        signals=tuple(replace(signal, at=within(signal.at), detail=scrub(signal.detail)) for signal in reply.signals),
        first=within(reply.first),
        done=within(reply.done),
    )
