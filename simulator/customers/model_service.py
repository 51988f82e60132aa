"""The service behind the model's words: one OpenAI-compatible endpoint, its faults, its pauses and what it costs.

It knows nothing of customers: messages go in, and out comes a text or the reason why there is none.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.customers.spending import Ledger, tokens_of, usd_of
from simulator.model.contracts import Clock
from simulator.model.errors import InputError, Problem
from simulator.model.plan import ModelSpec

if TYPE_CHECKING:
    import openai

Message = dict[str, str]
"""Role and content, as the endpoint takes them."""

LONGEST_PAUSE_S = 30.0
"""A service that asks for a longer pause is not waited for: phrases have the word until it has passed."""
_BACK_OFF_S = 0.5
_LONGEST_BACK_OFF_S = 8.0
_HOPELESS = frozenset({401, 403, 404})
"""Statuses after which no later call can do better: key, permission, address or model name are wrong."""


class Answer(NamedTuple):
    """What the service said, or why it said nothing: `failed:CAUSE` or `spent:WHAT`."""

    text: str
    why: str = ""


class Tally:
    """What wording one conversation has taken so far."""

    __slots__ = (
        "calls",
        "completion_tokens",
        "failed",
        "overrun_s",
        "prompt_tokens",
        "rejected",
        "repaired",
        "spent",
        "usd",
    )

    def __init__(self) -> None:
        self.calls = self.prompt_tokens = self.completion_tokens = 0
        self.usd = self.overrun_s = 0.0
        self.repaired: dict[str, int] = {}
        self.rejected: dict[str, int] = {}
        self.failed: dict[str, int] = {}
        self.spent: dict[str, int] = {}

    def count(self, voice: str) -> None:
        """Book a turn that phrases had to word, by its `Turn.voice`."""
        kind, _, cause = voice.partition(":")
        counts: dict[str, int] = getattr(self, kind)
        counts[cause] = counts.get(cause, 0) + 1


class _Outcome(NamedTuple):
    """One call: a text, or a cause."""

    text: str = ""
    cause: str = ""
    again: bool = False
    """Whether another try may help."""
    pause: float | None = None
    """Seconds that the service wants to be left alone."""
    used: tuple[int, int] | None = None
    """Prompt and completion tokens; None where the service may have worked without saying how much."""


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class ModelService:
    """The connection of one worker process to the model: shared by all its customers, and so are its pauses.

    Causes of `failed`: rate_limited, status_5xx, timeout, connection, cut (the answer broke off), bad_json, empty, refused,
    status (the service will not take our calls), ledger (the budget's file cannot be used). Nothing here raises during a
    run. The key is read from `env` and is never written, printed or raised; of what a service says about an error only
    the status and a code are passed on, since it may repeat the key.

    Raises InputError if there is no key for the openai package's own endpoint.
    """

    def __init__(
        self,
        spec: ModelSpec,
        clock: Clock,
        ledger: Ledger | None = None,
        env: Mapping[str, str] = os.environ,
        tell: Callable[[str], object] = _to_stderr,
    ) -> None:
        self.spec, self.clock = spec, clock
        self._ledger, self._tell = ledger, tell
        self._openai, self._client = _connect(spec, env)
        self.spent_budget = ""
        """The budget that has refused a call, from then on; empty before."""
        self._not_before = 0.0
        """Clock time before which nobody of this process calls."""
        self._stopped = ""
        """Why nothing is called any more."""
        self._answered = False
        self._limit_called = "max_tokens"
        self._takes_temperature = spec.temperature is not None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ask(self, messages: list[Message], temperature: float | None, tally: Tally) -> Answer:
        """The model's answer to these messages, retries and pauses included."""
        spec, ledger = self.spec, self._ledger
        prompt_tokens = tokens_of([message["content"] for message in messages])
        worst = prompt_tokens + spec.max_tokens, usd_of(spec, prompt_tokens, spec.max_tokens)
        tries = 0
        while True:
            if self._stopped:
                return Answer("", f"failed:{self._stopped}")
            if not self._wait_out_pause():
                return Answer("", "failed:rate_limited")
            try:
                spent = ledger.reserve(*worst) if ledger is not None else ""
            except OSError as error:
                self._stop("ledger", f"the file of its budget cannot be used ({error.strerror or error})")
                continue
            if spent:
                self.spent_budget = self.spent_budget or spent
                return Answer("", f"spent:{spent}")
            outcome = self._call(messages, temperature)
            self._book(outcome, prompt_tokens, worst, tally)
            if outcome.pause is not None:
                self._not_before = max(self._not_before, self.clock.now() + outcome.pause)
            if not outcome.cause:
                return Answer(outcome.text)
            if outcome.cause == "parameter":
                continue
            if not outcome.again or tries >= spec.retries:
                return Answer("", f"failed:{outcome.cause}")
            if outcome.pause is None:
                # Full jitter: customers that failed together do not come back together.
                self.clock.sleep(random.uniform(0, min(_LONGEST_BACK_OFF_S, _BACK_OFF_S * 2**tries)))
            tries += 1

    def _wait_out_pause(self) -> bool:
        while (pause := self._not_before - self.clock.now()) > 0:
            if pause > LONGEST_PAUSE_S:
                return False
            self.clock.sleep(pause)
        return True

    def _call(self, messages: list[Message], temperature: float | None) -> _Outcome:
        openai = self._openai
        body: dict[str, Any] = {
            "model": self.spec.name,
            "messages": messages,
            self._limit_called: self.spec.max_tokens,
        }
        if self._takes_temperature:
            body["temperature"] = temperature
        try:
            # Plain dicts through the client's lower door: its typed one spends most of its time on building models.
            answer = self._client.post("/chat/completions", cast_to=object, body=body)
        except openai.APITimeoutError:
            return _Outcome(cause="timeout", again=True)
        except openai.APIStatusError as error:
            return self._refusal(error, body)
        except openai.APIConnectionError as error:
            broke_off = type(error.__cause__).__name__ in ("RemoteProtocolError", "ReadError", "DecodingError")
            return (
                _Outcome(cause="cut", again=True)
                if broke_off
                else _Outcome(cause="connection", again=True, used=(0, 0))
            )
        except (json.JSONDecodeError, UnicodeDecodeError, openai.APIResponseValidationError):
            return _Outcome(cause="bad_json", again=True)
        except Exception:  # whatever else a client library may raise: the customer still has something to say
            return _Outcome(cause="connection", again=True)
        return self._read(answer)

    def _read(self, answer: object) -> _Outcome:
        if not isinstance(answer, dict):
            return _Outcome(cause="bad_json", again=True)
        used = _usage(answer.get("usage"))
        choices = answer.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(choice, dict) or not isinstance(message, dict):
            return _Outcome(cause="empty", again=True, used=used)
        if message.get("refusal") or choice.get("finish_reason") == "content_filter":
            return _Outcome(cause="refused", used=used)
        text = message.get("content")
        if not isinstance(text, str) or not text.strip():
            return _Outcome(cause="empty", again=True, used=used)
        self._answered = True
        if choice.get("finish_reason") == "length":
            return _Outcome(cause="cut", again=True, used=used)
        return _Outcome(text, used=used)

    def _refusal(self, error: openai.APIStatusError, body: Mapping[str, object]) -> _Outcome:
        status, details = error.status_code, error.body if isinstance(error.body, dict) else {}
        code, parameter = _word(details.get("code")), _word(details.get("param"))
        free = (0, 0)
        if status == 429 and code == "insufficient_quota":
            self._stop("rate_limited", "HTTP 429 (insufficient_quota)")
            return _Outcome(cause="rate_limited", used=free)
        if status in (408, 409, 429) or status >= 500:
            cause = {408: "timeout", 409: "status", 429: "rate_limited"}.get(status, "status_5xx")
            return _Outcome(cause=cause, again=True, pause=_pause(error.response.headers), used=free)
        if (
            status == 400
            and code in ("unsupported_parameter", "unsupported_value")
            and self._does_without(parameter, body)
        ):
            return _Outcome(cause="parameter", used=free)
        if "content_filter" in code or "content_policy" in code:
            return _Outcome(cause="refused", used=free)
        if status in _HOPELESS or not self._answered:
            self._stop("status", f"HTTP {status}" + (f" ({code})" if code else ""))
        return _Outcome(cause="status", used=free)

    def _does_without(self, parameter: str, body: Mapping[str, object]) -> bool:
        """Newer models name the length limit otherwise, or take no temperature; others may have been told so meanwhile."""
        if parameter not in body:
            return False
        if parameter == "max_tokens":
            self._limit_called = "max_completion_tokens"
        elif parameter == "temperature":
            self._takes_temperature = False
        else:
            return False
        return True

    def _stop(self, cause: str, what: str) -> None:
        if not self._stopped:
            self._stopped = cause
            self._tell(
                f"the customers' model {self.spec.name!r} is not called any more: {what}; phrases word its customers from"
                " here on; check OPENAI_API_KEY, the model's name and its base_url"
            )

    def _book(self, outcome: _Outcome, prompt_tokens: int, worst: tuple[int, float], tally: Tally) -> None:
        used = outcome.used
        if used is None and not outcome.cause:
            # A service that does not count: by our own estimate.
            used = prompt_tokens, tokens_of([outcome.text])
        tally.calls += 1
        # What may have been worked on without an answer stays booked with its worst case.
        if used is None:
            return
        usd = usd_of(self.spec, *used)
        tally.prompt_tokens += used[0]
        tally.completion_tokens += used[1]
        tally.usd += usd
        if self._ledger is not None:
            try:
                self._ledger.settle(*worst, sum(used), usd)
            except OSError as error:
                self._stop("ledger", f"the file of its budget cannot be used ({error.strerror or error})")


def _connect(spec: ModelSpec, env: Mapping[str, str]) -> tuple[Any, openai.OpenAI]:
    """The openai package, which takes most of a second to load, and a client of it."""
    import openai

    base_url = spec.base_url or env.get("OPENAI_BASE_URL", "")
    key = env.get("OPENAI_API_KEY", "")
    if not key and not base_url:
        raise InputError(
            [
                Problem(
                    "the customers' model needs a key and OPENAI_API_KEY is not set",
                    field="model",
                    hint="set it, or name a service that needs none by model.base_url",
                )
            ]
        )
    client = openai.OpenAI(
        # A server on the own machine often needs no key, but the client insists on one.
        api_key=key or "none",
        base_url=spec.endpoint(env),
        max_retries=0,
        timeout=spec.timeout_s,
    )
    return openai, client


def _usage(usage: object) -> tuple[int, int] | None:
    if not isinstance(usage, dict):
        return None
    counts = usage.get("prompt_tokens"), usage.get("completion_tokens")
    prompt, completion = (count if isinstance(count, int) and count >= 0 else None for count in counts)
    return None if prompt is None or completion is None else (prompt, completion)


def _word(value: object) -> str:
    """A machine's word for an error, or nothing: free text of a service is not passed on."""
    return value if isinstance(value, str) and re.fullmatch(r"[a-z][a-z_]{0,40}", value) else ""


def _pause(headers: Mapping[str, str]) -> float | None:
    """Seconds until the service wants to be called again; None where it does not say."""
    milliseconds, after = headers.get("retry-after-ms"), headers.get("retry-after")
    try:
        if milliseconds:
            return max(0.0, float(milliseconds) / 1000)
        if not after:
            return None
        try:
            return max(0.0, float(after))
        except ValueError:
            return max(0.0, parsedate_to_datetime(after).timestamp() - time())
    except (ValueError, TypeError, OverflowError):
        return None
