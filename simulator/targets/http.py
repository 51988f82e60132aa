"""A bot behind HTTP and JSON, as its target file describes it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from simulator.model.contracts import Clock, Reply, Say
from simulator.model.errors import InputError, Problem, TargetFailed
from simulator.model.plan import Case
from simulator.model.target import TargetSpec
from simulator.model.transcript import Probed
from simulator.targets import jsontext
from simulator.targets.address import SHORTEST_SECRET, common_headers, key_parts, parted
from simulator.targets.answer import Reader, one_line
from simulator.targets.paths import Path, compile_path
from simulator.targets.state import StateReader
from simulator.targets.template import (
    CAPTURABLE,
    FRESH,
    OF_THE_CASE,
    SET,
    Names,
    RequestTemplate,
    UnsetError,
    compile_text,
    of_the_case,
)

if TYPE_CHECKING:
    from simulator.targets.wire import Wire

T = TypeVar("T")

Observe = Callable[[str, str, float, int, Exception | None], None]
"""(method, name, milliseconds, bytes of the body, failure): called once for each request to the bot.

Of the requests to the company's test system only those that failed are told; the failure's cause is `setup` or `reset`.
"""

CLOSE_LIMIT_S = 5.0
"""A close request is a courtesy: a seat does not wait for it longer than this."""
_COMMON_HEADERS = frozenset({"accept", "content-type", "user-agent", "accept-language"})
_SINGULAR = {"facts": "fact", "truth": "truth"}


class HttpTarget:
    """Opens sessions; everything that a turn can need is compiled here, once.

    `hidden`: values that no failure may show, beside the key and the headers, which are known from the spec. `state` reads
    what the test system shows, where scenarios ask for it.
    Raises InputError for an unknown variable, a path that is not JMESPath, a rule that cannot be meant.
    """

    def __init__(
        self,
        spec: TargetSpec,
        clock: Clock,
        observe: Observe | None = None,
        hidden: Collection[str] = (),
        state: StateReader | None = None,
    ) -> None:
        self.spec = spec
        self.state = state
        self.clock = clock
        self._observe = observe
        base, _ = parted(spec.base_url)
        opening, closing = spec.session.open, spec.session.close
        captures = {**(opening.capture if opening else {}), **spec.turn.capture}
        for name in captures:
            if name.partition(".")[0] in (SET | FRESH.keys()) - CAPTURABLE:
                problem = Problem(
                    f"`{name}` is a built-in variable", field="capture", hint="capture it under another name"
                )
                raise InputError([problem])
        before_id = Names(never=SET - OF_THE_CASE)
        before_turn = Names(never={"text", "button", "turn"})
        names = Names(captures)
        compiled: dict[str, Any] = {"prefix": base.path.rstrip("/"), "common": common_headers(base, spec.auth)}
        self.session_id = compile_text(spec.session.id, before_id, "session.id")
        self.turn = RequestTemplate(spec.turn.request, names, "turn.request", **compiled)
        self.opening = self.closing = self.setup = self.reset = None
        if opening:
            self.opening = RequestTemplate(opening.request, before_turn, "session.open.request", **compiled)
        if closing:
            self.closing = RequestTemplate(closing.request, names, "session.close.request", **compiled)
        if spec.setup:
            self.setup = RequestTemplate(spec.setup.request, before_turn, "setup.request", **compiled)
        if spec.reset:
            self.reset = RequestTemplate(spec.reset.request, before_turn, "reset.request", **compiled)
        self.reader = Reader(spec)
        self.open_captures = _captures(opening.capture if opening else {}, "session.open.capture")
        self.turn_captures = _captures(spec.turn.capture, "turn.capture")
        self.uses_message_id = "message_id" in names.used | before_turn.used
        required = names.required | before_turn.required | before_id.required
        self._needed = sorted(name.split(".", 1) for name in required if name.startswith(("facts.", "truth.")))
        self._secrets = sorted({*_secrets(spec), *hidden}, key=len, reverse=True)

    @cached_property
    def _wire(self) -> Wire:
        """The connections; made at the first request, since it imports gevent, which whoever only checks a file must not get."""
        from simulator.targets.wire import Wire

        base, port = parted(self.spec.base_url)
        timeouts = self.spec.timeouts
        tls = base.scheme == "https"
        return Wire(base.hostname or "", port, tls, timeouts.connect_s, timeouts.first_byte_s, self.clock.now)

    def open(self, case: Case) -> HttpSession:
        """Open a session. Raises TargetFailed; InputError if the requests need a fact that the scenario lacks."""
        for root, name in self._needed:
            if name not in getattr(case, root):
                problem = Problem(
                    f"the requests need `{{{{{root}.{name}}}}}`, and scenario {case.scenario} has no such {_SINGULAR[root]}",
                    file=self.spec.name,
                    hint=f"write `{{{{{root}.{name}?}}}}` if it may be absent",
                )
                raise InputError([problem])
        return HttpSession(self, case)

    def shut(self) -> None:
        """Close the idle connections."""
        if "_wire" in vars(self):
            self._wire.close()
        if self.state is not None:
            self.state.shut()

    def ask(
        self, request: RequestTemplate, scope: dict[str, Any], turn_s: float, read: Callable[[Any, float, float], T]
    ) -> tuple[Any, T]:
        """Send a filled request; the answer's JSON and what `read` makes of it. Raises TargetFailed.

        Reading is inside, so that an answer which is no use counts as a failed request where requests are counted.
        """
        began, size = self.clock.now(), 0
        failed: TargetFailed | None = None
        try:
            answer = self._wire.exchange(request.fill(scope), turn_s, self.spec.max_reply_bytes)
            size = len(answer.body)
            if not 200 <= answer.status < 300:
                raise TargetFailed("status", self._refusal(answer.status, answer.reason, answer.body))
            document = _document(answer.body)
            return document, read(document, answer.first, answer.done)
        except UnsetError as unset:
            detail = (
                f"the bot gave no value for `{unset.name}` (or write `{{{{{unset.name}?}}}}` where it may be absent)"
            )
            failed = TargetFailed("error", detail)
            raise failed from None
        except TargetFailed as error:
            failed = TargetFailed(error.cause, self._without_secrets(error.detail))
            raise failed from None
        finally:
            if self._observe is not None:
                self._observe(request.method, request.name, (self.clock.now() - began) * 1000, size, failed)
            failed = None  # an exception that its own frame holds would wait for the garbage collector

    def arrange(self, request: RequestTemplate, scope: dict[str, Any], cause: str) -> None:
        """A request to the company's test system; what it answers beside its status is nobody's concern.

        Raises TargetFailed with that cause: its failures are not the bot's.
        """
        began = self.clock.now()
        try:
            answer = self._wire.exchange(request.fill(scope), self.spec.timeouts.turn_s, self.spec.max_reply_bytes)
            if 200 <= answer.status < 300:
                return
            why = self._refusal(answer.status, answer.reason, answer.body)
        except UnsetError as unset:
            why = f"`{unset.name}` has no value (write `{{{{{unset.name}?}}}}` where it may be absent)"
        except TargetFailed as error:
            why = f"{error.cause}: {error.detail}"
        failed = TargetFailed(cause, self._without_secrets(f"{request.method} {request.name}: {why}"))
        if self._observe is not None:
            self._observe(request.method, request.name, (self.clock.now() - began) * 1000, 0, failed)
        raise failed

    def _refusal(self, status: int, reason: str, body: bytes) -> str:
        detail = one_line(f"{status} {reason}").strip()
        try:
            words = self.reader.error_words(jsontext.parse(body))
        except ValueError:
            words = ""
        return f"{detail}: {words}" if words else detail

    def _without_secrets(self, detail: str) -> str:
        for secret in self._secrets:
            detail = detail.replace(secret, "***")
        return detail


class HttpSession:
    """One conversation: its variables, and its history where the wire keeps none."""

    def __init__(self, target: HttpTarget, case: Case) -> None:
        self._target = target
        self._turn = 0
        self._history: list[dict[str, str]] = []
        self._remembers = target.spec.session.memory == "client"
        self._case = case
        self._scope: dict[str, Any] = {**of_the_case(case), "history": self._history}
        self._scope["session_id"] = target.session_id(self._scope)
        self._open = True
        self.greeting: Reply | None = None
        self.began = target.clock.now()
        """When the conversation itself began: after the set-up, and after the test system was asked how things stand."""
        self._before: list[Probed] = []
        if target.uses_message_id and (target.setup or target.opening):
            self._scope["message_id"] = FRESH["uuid"]()
        try:
            if target.setup is not None:
                target.arrange(target.setup, self._scope, "setup")
            if target.state is not None:
                self._before = target.state.read(case, "before")
            self.began = target.clock.now()
            if target.opening is not None:
                self._greet(target.opening)
        except BaseException:  # nobody gets a session to close, and what was set up must not stay
            self._reset()
            raise

    def send(self, say: Say) -> Reply:
        """One customer turn and the whole answer to it. Raises TargetFailed."""
        target, scope = self._target, self._scope
        self._turn += 1
        text = say.button if say.button is not None else "\n".join(say.parts)
        scope["text"], scope["button"], scope["turn"] = text, say.button, self._turn
        if target.uses_message_id:
            scope["message_id"] = FRESH["uuid"]()
        self._remember("user", text)
        document, reply = target.ask(target.turn, scope, target.spec.timeouts.turn_s, target.reader.read)
        self._capture(target.turn_captures, document)
        self._remember("assistant", reply.text)
        return reply

    def wait(self, seconds: float) -> Reply | None:
        """Nothing arrives unasked on a wire of request and answer: the time passes."""
        self._target.clock.sleep(seconds)
        return None

    def probed(self) -> list[Probed]:
        """What the test system showed before the conversation, and what it shows now."""
        state = self._target.state
        return [] if state is None else [*self._before, *state.read(self._case, "after")]

    def close(self) -> None:
        """Send the close request and the reset, if there are any. The conversation is over: no failure can change it."""
        target = self._target
        if not self._open:
            return
        self._open = False
        try:
            if target.closing is not None:
                limit = min(target.spec.timeouts.turn_s, CLOSE_LIMIT_S)
                target.ask(target.closing, self._scope, limit, lambda *answer: None)
        except TargetFailed:
            pass
        finally:
            self._reset()

    def _reset(self) -> None:
        if self._target.reset is not None:
            try:
                self._target.arrange(self._target.reset, self._scope, "reset")
            except TargetFailed:  # counted by whoever observes; the conversation is what it is
                pass

    def _greet(self, opening: RequestTemplate) -> None:
        target = self._target

        def read(document: Any, first: float, done: float) -> Reply | None:
            target.reader.check(document)
            return target.reader.greeting(document, first, done)

        document, self.greeting = target.ask(opening, self._scope, target.spec.timeouts.turn_s, read)
        self._capture(target.open_captures, document)
        if self.greeting is not None:
            self._remember("assistant", self.greeting.text)

    def _capture(self, captures: list[tuple[str, Path]], document: Any) -> None:
        for name, path in captures:
            self._scope[name] = path(document)  # null unsets: a task that has ended must not be named again

    def _remember(self, role: str, text: str) -> None:
        if self._remembers and text:
            self._history.append({"role": role, "content": text})


def _document(body: bytes) -> Any:
    if not body or body.isspace():
        return None
    try:
        return jsontext.parse(body)
    except UnicodeDecodeError:
        raise TargetFailed("not_json", "the answer is not UTF-8") from None
    except ValueError as error:
        what = "HTML" if body.lstrip()[:1] == b"<" else one_line(error)
        raise TargetFailed("not_json", f"the answer is not JSON: {what}") from None


def _captures(captures: dict[str, str], field: str) -> list[tuple[str, Path]]:
    return [(name, compile_path(expression, f"{field}.{name}")) for name, expression in captures.items()]


def _secrets(spec: TargetSpec) -> set[str]:
    """What no message may show: the key, with and without its scheme, and headers that may hold one."""
    requests = [spec.turn.request]
    requests += [part.request for part in (spec.session.open, spec.session.close, spec.setup, spec.reset) if part]
    values = [
        value
        for request in requests
        for name, value in request.headers.items()
        if name.lower() not in _COMMON_HEADERS and "{{" not in value
    ]
    found = {part for value in values for part in (value, value.rpartition(" ")[2]) if len(part) >= SHORTEST_SECRET}
    return found | key_parts(spec.auth)
