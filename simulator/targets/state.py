"""What the company's test system shows before and after a conversation: GET, JMESPath, and what was expected.

The bot's own words play no part here, nor does anything here judge: what came back is kept as it is, and what could not be
read is kept with its cause, as the test system's failure and never the bot's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from simulator.model.contracts import Clock
from simulator.model.errors import InputError, Problem, TargetFailed
from simulator.model.plan import Case
from simulator.model.scenario import Scenario, StateProbe
from simulator.model.target import Auth, Request, TargetSpec
from simulator.model.transcript import Probed
from simulator.targets import jsontext
from simulator.targets.address import common_headers, key_parts, parted
from simulator.targets.answer import one_line
from simulator.targets.paths import Path, compile_path
from simulator.targets.template import (
    OF_THE_CASE,
    SET,
    Names,
    RequestTemplate,
    Scope,
    UnsetError,
    compile_text,
    of_the_case,
)

if TYPE_CHECKING:
    from simulator.targets.wire import Wire

LARGEST_ANSWER = 1_000_000
LARGEST_VALUE = 2_000
"""Bytes of JSON: a state is a word or a number, and a whole document in its place is a slip in the expression."""
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 2.0
_ABSENT = (404, 410)


class _Probe(NamedTuple):
    """One need's probe, compiled."""

    need: str
    said: StateProbe
    request: RequestTemplate
    value: Path
    expected: list[Any]
    """Plain values, and of templates the function that fills them."""


class _Read(NamedTuple):
    """One answer, or why there was none."""

    value: Any = None
    status: int = 0
    cause: str = ""
    detail: str = ""


class StateReader:
    """Reads the states that scenarios ask for from the test system of one target.

    `hidden`: values that nothing kept may show, beside the key. Raises InputError, naming the scenario and the field, for a
    path or an expression that cannot be meant.
    """

    def __init__(
        self, spec: TargetSpec, scenarios: Mapping[str, Scenario], clock: Clock, hidden: Collection[str] = ()
    ) -> None:
        self._clock = clock
        self._system = spec.test_system
        self.base_url = spec.test_system.base_url or spec.base_url
        auth = spec.test_system.auth
        if auth is None and self.base_url == spec.base_url:
            auth = spec.auth
        self._secrets = sorted({*key_parts(auth), *hidden}, key=len, reverse=True)
        self._address, self._port = parted(
            self.base_url, "test_system.base_url" if spec.test_system.base_url else "base_url"
        )
        self._probes = {name: list(self._compiled(one, auth)) for name, one in scenarios.items()}

    @cached_property
    def _wire(self) -> Wire:
        from simulator.targets.wire import Wire  # imports gevent, which whoever only checks a file must not get

        base, limit = self._address, self._system.timeout_s
        return Wire(base.hostname or "", self._port, base.scheme == "https", limit, limit, self._clock.now)

    def read(self, case: Case, when: Literal["before", "after"]) -> list[Probed]:
        """The state of every need that is judged by one; after the conversation again and again while a probe waits for it.

        Never raises but for what stops the run: a failure is part of what it gives.
        """
        probes = self._probes.get(case.scenario)
        if not probes:
            return []
        scope = {**case.truth, **case.facts, **of_the_case(case)}
        return [self._probed(probe, scope, when) for probe in probes]

    def shut(self) -> None:
        """Close the idle connections."""
        if "_wire" in vars(self):
            self._wire.close()

    def _compiled(self, scenario: Scenario, auth: Auth | None) -> Iterator[_Probe]:
        for place, need in enumerate(scenario.needs):
            if need.resolution.probe is not None:
                try:
                    yield self._compile(need.name, need.resolution.probe, scenario, auth)
                except InputError as error:
                    at = f"needs[{place}].resolution.probe"
                    raise InputError([_placed(one, scenario.name, at) for one in error.problems]) from None

    def _compile(self, need: str, probe: StateProbe, scenario: Scenario, auth: Auth | None) -> _Probe:
        names = Names({*scenario.facts, *scenario.truth}, never=SET - OF_THE_CASE)
        request = RequestTemplate(
            Request(path=probe.path, method="GET", headers=probe.headers),
            names,
            "",
            prefix=self._address.path.rstrip("/"),
            common=common_headers(self._address, auth, "test_system.auth"),
        )
        expected = [
            compile_text(one, names, "equals") if isinstance(one, str) and "{{" in one else one
            for one in probe.expected
        ]
        return _Probe(need, probe, request, compile_path(probe.value, "value"), expected)

    def _probed(self, probe: _Probe, scope: Scope, when: Literal["before", "after"]) -> Probed:
        began, pause, reads = self._clock.now(), FIRST_PAUSE_S, 0
        patience = probe.said.within_s if when == "after" else 0.0
        while True:
            read = self._once(probe, scope)
            reads += 1
            seconds = self._clock.now() - began
            found = Probed(
                probe.need,
                when,
                read.value,
                _filled(probe.expected, scope, read.value),
                read.status,
                read.cause,
                read.detail,
                round(seconds, 6),
                reads,
            )
            if found.holds or seconds >= patience:
                return found
            self._clock.sleep(min(pause, patience - seconds))
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _once(self, probe: _Probe, scope: Scope) -> _Read:
        try:
            answer = self._wire.exchange(probe.request.fill(scope), self._system.timeout_s, LARGEST_ANSWER)
        except UnsetError as unset:
            return _Read(cause="unset", detail=f"`{unset.name}` has no value for this customer")
        except TargetFailed as error:
            # The wire speaks of a target's own limits; here there is one.
            detail = error.detail.replace("timeouts.turn_s", "test_system.timeout_s")
            for limit in ("timeouts.first_byte_s", "timeouts.connect_s"):
                detail = detail.replace(limit, "test_system.timeout_s")
            return _Read(cause=error.cause, detail=self._without_secrets(detail))
        except OSError as error:  # this machine has run out of something
            return _Read(cause="ours", detail=one_line(f"{type(error).__name__}: {error}"))
        if answer.status in _ABSENT and probe.said.may_be_absent:
            return _Read(None, answer.status)
        if not 200 <= answer.status < 300:
            detail = self._without_secrets(one_line(f"{answer.status} {answer.reason}").strip())
            return _Read(None, answer.status, "status", detail)
        try:
            value = probe.value(jsontext.parse(answer.body))
        except ValueError as error:
            what = "HTML" if answer.body.lstrip()[:1] == b"<" else self._without_secrets(one_line(error))
            return _Read(None, answer.status, "not_json", f"the answer is not JSON: {what}")
        text = msgspec.json.encode(value)
        if len(text) > LARGEST_VALUE:
            detail = f"`value` gives {len(text)} bytes, more than {LARGEST_VALUE}: it should end at a single state"
            return _Read(None, answer.status, "too_large", detail)
        hidden = self._without_secrets(text.decode())
        return _Read(value if hidden == text.decode() else hidden, answer.status)

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def _placed(problem: Problem, scenario: str, at: str) -> Problem:
    if problem.field.startswith("test_system"):
        return problem
    field = f"{at}.{problem.field.lstrip('.')}".rstrip(".")
    return msgspec.structs.replace(problem, file=f"scenario {scenario}", field=field)


def _filled(expected: Sequence[Any], scope: Scope, value: Any) -> list[Any]:
    """What was expected, templates filled. Facts are text: where the answer is a number, a filled text is one too if it
    reads as one, so that `{{amount}}` can be compared with 20."""
    found = []
    for one in expected:
        try:
            filled = one(scope) if callable(one) else one
        except UnsetError:
            continue
        found.append(_number(filled, value) if callable(one) else filled)
    return found


def _number(text: str, beside: Any) -> Any:
    if isinstance(beside, bool) or not isinstance(beside, int | float):
        return text
    try:
        return float(text) if isinstance(beside, float) else int(text)
    except ValueError:
        return text
