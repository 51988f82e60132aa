"""What a schema cannot say of a file: names that must exist, exactly-one rules, patterns and expressions that compile.

Every check reads the plain document and steps around what has the wrong shape (the schema reports that), so one reading of
a file yields all its problems.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple, cast, get_args

import msgspec

from simulator.catalogue.facts import faults
from simulator.catalogue.hosts import host_findings
from simulator.catalogue.yaml_source import At, Finding
from simulator.model.calibration import Calibration, Weight
from simulator.model.gates import Gates
from simulator.model.persona import Persona
from simulator.model.plan import RunPlan
from simulator.model.scenario import Scenario, Translation
from simulator.model.score import GUESS
from simulator.model.target import TargetSpec

TRAIT_RANGES: dict[str, tuple[float, float]] = {
    "failed_before": (0, 1),
    "trust": (0, 1),
    "urgency": (0, 1),
    "reactivity": (0.3, 3),
    "carry_over": (0.8, 0.98),
    "assertive": (0, 1),
    "wish_for_human": (0, 1),
    "told_at_once": (0, 1),
    "queue_patience_s": (20, 1800),
    "errors_per_word": (0, 0.3),
    "length": (-0.6, 0.6),
    "speed": (-0.6, 0.6),
    "caps": (0, 1),
    "impatience": (0, 4),
    "bursts": (0, 1),
}
"""As stated in `model.persona.Traits`: draws are clipped to them, so a constant outside could never be meant."""

_RATE = re.compile(r".*(_rate|_ratio|_cif_\d+|_sensitivity|_specificity|_completeness|_precision|_coverage)").fullmatch
_WEIGHTS: tuple[str, ...] = get_args(Weight)
MOST_LOG_ODDS = 20.0
"""A weight beyond it makes a choice certain, which no log can show."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*").fullmatch


class Cursor(NamedTuple):
    """A place in a plain document that may not have the shape it should have."""

    value: Any
    at: At = ()

    def __truediv__(self, name: str) -> Cursor:
        """The entry of that name; a cursor on None where there is none."""
        return Cursor(self.value.get(name) if isinstance(self.value, dict) else None, (*self.at, name))

    @property
    def entries(self) -> list[tuple[str, Cursor]]:
        value = self.value
        return [(name, Cursor(value[name], (*self.at, name))) for name in value] if isinstance(value, dict) else []

    @property
    def items(self) -> list[Cursor]:
        value = self.value
        return [Cursor(value[i], (*self.at, i)) for i in range(len(value))] if isinstance(value, list) else []

    @property
    def texts(self) -> list[Cursor]:
        return [item for item in self.items if isinstance(item.value, str)]

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""

    @property
    def number(self) -> float | None:
        value = self.value
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    @property
    def given(self) -> bool:
        return self.value is not None and self.value != "" and self.value != []

    def found(self, message: str, hint: str = "", *, warning: bool = False) -> Finding:
        return Finding(self.at, message, hint, warning)


def findings(kind: type, document: Any, known_metrics: Collection[str] | None = None) -> Iterator[Finding]:
    """Everything wrong with a document of that type beyond its schema."""
    root = Cursor(document)
    if kind is Scenario:
        yield from _scenario(root)
    elif kind is Translation:
        yield from _words(root, None)
    elif kind is Persona:
        yield from _persona(root)
    elif kind is RunPlan:
        yield from _plan(root, known_metrics)
    elif kind is Gates:
        yield from _gates(root, known_metrics)
    elif kind is TargetSpec:
        yield from _target(root)
    elif kind is Calibration:
        yield from _calibration(root)
    yield from _finite(root)
    if "\n" in (root / "name").text:  # which a pattern's $ lets pass at the end
        yield (root / "name").found("a name holds no line break", "remove it")


def translation_findings(document: Any, scenario: Scenario, folder: str) -> Iterator[Finding]:
    """What is wrong with a translation in the light of the scenario beside which it lies, and of the folder's language."""
    root = Cursor(document)
    of, language = root / "of", root / "language"
    if language.text and language.text != folder:
        yield language.found(f"it lies in the folder {folder!r}, found {language.text!r}", f"write language: {folder}")
    if of.text and of.text != scenario.name:
        yield of.found(
            f"it lies beside the scenario {scenario.name!r}, found {of.text!r}", f"write of: {scenario.name}"
        )
    yield from _words(root, Cursor(msgspec.to_builtins(scenario)))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, [*known], 1)
    return f"did you mean {close[0]}?" if close else ""


def _finite(cursor: Cursor) -> Iterator[Finding]:
    if isinstance(cursor.value, float) and not math.isfinite(cursor.value):
        yield cursor.found(f"expected a finite number, found {cursor.value}")
    for _, entry in cursor.entries:
        yield from _finite(entry)
    for item in cursor.items:
        yield from _finite(item)


def _exactly_one(cursor: Cursor, names: Sequence[str], what: str) -> Iterator[Finding]:
    if not isinstance(cursor.value, dict):
        return
    given = [name for name in names if (cursor / name).given]
    if len(given) != 1:
        found = "none of them" if not given else " and ".join(given)
        yield cursor.found(f"{what} needs exactly one of {', '.join(names[:-1])} or {names[-1]}, found {found}")


def _patterns(cursor: Cursor) -> Iterator[Finding]:
    """A list of regular expressions, or one."""
    for each in cursor.texts or ([cursor] if cursor.text else []):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # FutureWarning of a doubtful set: compiles today
            try:
                compiled = re.compile(each.text, re.IGNORECASE)
            except (re.error, OverflowError, RecursionError) as error:
                yield each.found(f"not a regular expression ({error}): {each.text!r}", "mend it, or escape it by \\")
                continue
        if compiled.search("") is not None:
            yield each.found(f"the pattern {each.text!r} matches every text, the empty one too", warning=True)


def _named(cursor: Cursor, known: Collection[str], what: str, where: str) -> Iterator[Finding]:
    """A list of names that must exist, each once."""
    seen: set[str] = set()
    for item in cursor.texts:
        if item.text not in known:
            hint = did_you_mean(item.text, known) or f"add it to `{where}`" + (
                f", or name one of {', '.join(known)}" if known else ""
            )
            yield item.found(f"{item.text!r} is not a {what} of this scenario", hint)
        elif item.text in seen:
            yield item.found(f"{item.text!r} is named twice", "remove one of them")
        seen.add(item.text)


def _template(cursor: Cursor) -> Iterator[Finding]:
    for fault in faults(cursor.text):
        yield cursor.found(fault)


def _plain_name(cursor: Cursor, name: str, what: str) -> Iterator[Finding]:
    if not _NAME(name):
        yield cursor.found(f"{name!r} is not a name for a {what}", "use letters, digits, _ and -, a letter first")


def _scenario(root: Cursor) -> Iterator[Finding]:
    facts, truths, steps = root / "facts", root / "truth", root / "steps"
    fact_names, truth_names, step_names = ([name for name, _ in cursor.entries] for cursor in (facts, truths, steps))
    for name, fact in facts.entries:
        yield from _plain_name(fact, name, "fact")
        yield from _template(fact / "value")
        yield from _patterns(fact / "asked")
        yield from _patterns(fact / "match")
        yield from _fact_step(fact, step_names)
        # A drawn value is only told if the wording has a place for it; a fixed one may be worded freely.
        drawn = "{{" in (fact / "value").text or (fact / "kind").value == "identity"
        for say in (fact / "say").texts:
            if drawn and "{}" not in say.text:
                yield say.found(f"{say.text!r} has no {{}}, so the value would not be told", "put {} where it belongs")
    for name, truth in truths.entries:
        yield from _plain_name(truth, name, "truth")
        yield from _template(truth / "value")
        yield from _patterns(truth / "match")
        yield from _patterns(truth / "wrong")
    for worded in (steps, root / "articles"):
        for name, patterns in worded.entries:
            yield from _plain_name(patterns, name, "step" if worded is steps else "article")
            yield from _patterns(patterns)
    names: set[str] = set()
    for need in (root / "needs").items:
        called = need / "name"
        if called.text in names:
            yield called.found(f"two needs are called {called.text!r}", "rename one")
        names.add(called.text)
        yield from _named(need / "required_slots", fact_names, "fact", "facts")
        yield from _named(need / "must_escalate_on", fact_names, "fact", "facts")
        yield from _named(need / "milestones", truth_names, "truth", "truth")
        resolution = need / "resolution"
        yield from _exactly_one(resolution, ("told", "action", "step", "probe", "judge"), "a resolution")
        yield from _named(resolution / "told", truth_names, "truth", "truth")
        step = resolution / "step"
        if step.text and step.text not in step_names:
            hint = did_you_mean(step.text, step_names) or "word it under `steps`"
            yield step.found(f"{step.text!r} is not a step of this scenario", hint)
        if isinstance((resolution / "probe").value, dict):
            yield from _state_probe(resolution / "probe", fact_names, truth_names)
    yield from _named(root / "agent_needs", fact_names, "fact", "facts")
    for _, words in (root / "translations").entries:
        yield from _words(words, root)


_OF_A_CASE = ("case", "case.id", "case.repeat", "case.seed", "scenario", "persona", "language")


def _state_probe(probe: Cursor, facts: Sequence[str], truths: Sequence[str]) -> Iterator[Finding]:
    """A GET, what to look at in its answer, and what that has to be."""
    path, value = probe / "path", probe / "value"
    if path.text and path.text[0] not in "/?":
        hint = "the host stands in the target file (test_system.base_url)"
        yield path.found(f"expected a path that begins with /, found {path.text!r}", hint)
    for required in (path, value):
        if required.value == "":
            yield required.found("expected a text, found an empty one")
    yield from _expression(value)
    given = [name for name in ("equals", "one_of") if isinstance(probe.value, dict) and name in probe.value]
    if len(given) != 1:
        found = "none of them" if not given else "both"
        yield probe.found(f"a probe needs exactly one of equals or one_of, found {found}")
    if (probe / "one_of").value == []:
        yield (probe / "one_of").found("expected at least one value, found an empty list")
    yield from _headers((probe / "headers").entries)
    for name, header in (probe / "headers").entries:
        if SECRET_HEADER(name):
            hint = "put it into `test_system.auth` of the target file, from an environment variable"
            yield header.found("a secret in a scenario would be copied into every run's folder", hint, warning=True)
    known = [*facts, *truths, *_OF_A_CASE, *(f"facts.{name}" for name in facts), *(f"truth.{name}" for name in truths)]
    filled = [path, probe / "equals", *(probe / "one_of").texts, *(header for _, header in (probe / "headers").entries)]
    for cursor in filled:
        rest = cursor.text
        for match in _BLANK.finditer(cursor.text):
            rest = rest.replace(match[0], "", 1)
            if match[1] not in known:
                hint = did_you_mean(match[1], known) or "name a fact or a truth of the scenario"
                yield cursor.found(f"nothing fills {match[0]}", hint)
        if "{{" in rest:
            yield cursor.found("a placeholder is not closed or malformed; expected e.g. {{order_number}}")


def _names(scenario: Cursor, kind: str) -> list[str]:
    """What a scenario has of a kind, by name."""
    if kind == "needs":
        return [(need / "name").text for need in (scenario / "needs").items]
    if kind == "actions":
        resolving = [(need / "resolution" / "action").text for need in (scenario / "needs").items]
        return [*(name for name in resolving if name), *(name for name, _ in (scenario / "actions").entries)]
    return [name for name, _ in (scenario / kind).entries]


def _words(words: Cursor, of: Cursor | None) -> Iterator[Finding]:
    """A translation; where the scenario is known, its names have to be the scenario's."""
    for kind in ("facts", "truth", "steps", "articles", "needs", "actions"):
        for name, entry in (words / kind).entries:
            if of is not None:
                known = _names(of, kind)
                if name not in known:
                    yield entry.found(f"{name!r} is not among the {kind} of this scenario", did_you_mean(name, known))
            if kind in ("facts", "truth"):
                yield from _template(entry / "value")
                for patterns in ("asked", "match", "wrong"):
                    yield from _patterns(entry / patterns)
            elif kind in ("steps", "articles"):
                yield from _patterns(entry)


def _fact_step(fact: Cursor, steps: Collection[str]) -> Iterator[Finding]:
    step = fact / "step"
    if not step.text:
        return
    kind = (fact / "kind").text
    if kind and kind != "steps":
        yield step.found(f"only a fact of kind steps has a step, this one is of kind {kind}", "remove one of them")
    elif step.text not in steps:
        hint = (
            did_you_mean(step.text, steps) or "word it under `steps`, else only step ids from the wire are recognised"
        )
        yield step.found(f"{step.text!r} is not a step of this scenario", hint, warning=True)


def _persona(root: Cursor) -> Iterator[Finding]:
    probe = (root / "probe").text
    for name, (low, high) in TRAIT_RANGES.items():
        trait = root / name
        number = trait.number
        if number is not None and not low <= number <= high and name != "failed_before":
            yield trait.found(f"expected a number from {low:g} to {high:g}, found {number:g}")
        if isinstance(trait.value, dict):
            yield from _exactly_one(trait, ("beta", "lognormal", "normal"), "a distribution")
            if probe:
                yield trait.found("a probe draws nothing", "write a constant, or leave the trait out")
            times = (trait / "times").number
            if (trait / "beta").given and (1.0 if times is None else times) <= low:
                yield trait.found(
                    f"every draw lies at or under {low:g}, the least this trait can be",
                    f"times: {high:g} spreads a beta over the range",
                    warning=True,
                )


def _plan(root: Cursor, known_metrics: Collection[str] | None) -> Iterator[Finding]:
    if (root / "repeats").given and (root / "conversations").given:
        yield (root / "conversations").found("a plan has repeats or conversations, not both", "remove one of them")
    for name in ("target", "personas", "scenarios"):
        if (root / name).value == []:
            yield (root / name).found("expected at least one, found an empty list", 'write ["*"] for all of them')
    if isinstance((root / "gates").value, dict):
        yield from _gates(root / "gates", known_metrics)
    if isinstance((root / "calibration").value, dict):
        yield from _calibration(root / "calibration")
    yield from _voices(root)


def _calibration(root: Cursor) -> Iterator[Finding]:
    """Weights that a customer can choose by, each told or held and not both, inside its own interval."""
    for name, estimate in (root / "estimates").entries:
        if (root / "held" / name).given:
            yield estimate.found(f"{name} is also among `held`", "remove one of them")
        value, low, high = (estimate / "value").number, (estimate / "low").number, (estimate / "high").number
        if value is not None and low is not None and high is not None and not low <= value <= high:
            yield (estimate / "value").found(
                f"expected a value between low ({low:g}) and high ({high:g}), found {value:g}"
            )
    for name, entry in [*(root / "estimates").entries, *(root / "held").entries, *(root / "correlations").entries]:
        if name not in _WEIGHTS:
            near = get_close_matches(name, _WEIGHTS, 1)
            yield entry.found("no weight that logs can speak of", f"did you mean `{near[0]}`?" if near else "remove it")
        value = (entry / "value").number
        if value is not None and abs(value) > MOST_LOG_ODDS:
            message = f"expected log-odds between -{MOST_LOG_ODDS:g} and {MOST_LOG_ODDS:g}, found {value:g}"
            yield (entry / "value").found(f"{message} for {name}")


def _voices(root: Cursor) -> Iterator[Finding]:
    """Who words the customers: shares that add up, a model where one is wanted, prices where dollars are counted."""
    wants_model: Cursor | None = None
    for shares in [root / "voices", *(shares for _, shares in (root / "voices_of").entries)]:
        for name, share in shares.entries:
            if name not in _VOICES:
                yield share.found(f"there is no voice {name!r}", f"known are {', '.join(_VOICES)}")
            elif name == "llm" and share.number:
                wants_model = wants_model or share
        numbers = [share.number for _, share in shares.entries]
        if numbers and None not in numbers and abs(sum(number or 0 for number in numbers) - 1) > 1e-6:
            yield shares.found(f"shares add up to 1, found {sum(number or 0 for number in numbers):g}")
    model, usd = root / "model", root / "budget" / "usd"
    if wants_model is not None and not model.given:
        yield wants_model.found("the llm voice needs a model", "model: {name: MODEL}, or --model MODEL", warning=True)
    if usd.given and not ((model / "usd_per_million_in").given and (model / "usd_per_million_out").given):
        yield usd.found("a budget in dollars needs prices", "state model.usd_per_million_in and usd_per_million_out")
    url = model / "base_url"
    if url.text and not _ADDRESS(url.text):
        yield url.found(f"expected an http or https address, found {url.text!r}", "e.g. http://127.0.0.1:8000/v1")


_VOICES = ("phrases", "llm")
_ADDRESS = re.compile(r"https?://[^\s/:]+(:\d+)?(/\S*)?").fullmatch


def _gates(root: Cursor, known_metrics: Collection[str] | None) -> Iterator[Finding]:
    for rule in (root / "rules").items:
        metric, of = rule / "metric", rule / "of"
        yield from _exactly_one(rule, ("at_most", "at_least", "worse_by_at_most"), "a rule")
        for named in (metric, of):
            if named.text.endswith(GUESS):
                yield named.found(
                    f"{named.text!r} is a guess from text, and a guess from text is never gated", "remove the rule"
                )
        if metric.text and not metric.text.endswith(GUESS):
            yield from _metric(metric, known_metrics)
        per_scenario = metric.text == "scenario_worse"
        if per_scenario and not of.given:
            yield metric.found("scenario_worse counts scenarios by a metric", "name it, e.g. of: entrapment_rate")
        elif of.given and metric.text and not per_scenario:
            yield of.found("`of` belongs to the metric scenario_worse only", "remove it")
        elif of.text and not of.text.endswith(GUESS):
            yield from _metric(of, known_metrics)
        group = rule / "group"
        if group.text and not all(part.strip() for part in [*group.text.partition("=")]):
            yield group.found(f"expected e.g. persona=repeat_caller, found {group.text!r}")
        if _RATE(metric.text):
            for bound in (rule / "at_most", rule / "at_least"):
                if bound.number is not None and not 0 <= bound.number <= 1:
                    yield bound.found(
                        f"{metric.text} lies between 0 and 1, found {bound.number:g}",
                        f"{bound.number / 100:g} for {bound.number:g} %" if 1 < bound.number <= 100 else "",
                        warning=True,
                    )


def _metric(cursor: Cursor, known: Collection[str] | None) -> Iterator[Finding]:
    if known is not None and cursor.text not in known and cursor.text != "scenario_worse":
        hint = did_you_mean(cursor.text, known) or f"known are {', '.join(sorted(known))}"
        yield cursor.found(f"there is no metric {cursor.text!r}", hint)


# Fields and values of the full target format that are understood, but that this version does not carry out.
NOT_YET: dict[str, frozenset[str]] = {
    "TargetSpec": frozenset(["assist", "retry", "limits", "version", "desk"]),
    "Auth": frozenset(["basic", "query", "token", "plugin"]),
    "Open": frozenset(["emit", "json", "await", "with_first_turn"]),
    "TurnSpec": frozenset(["first", "emit", "json"]),
    "Request": frozenset(["form", "raw"]),
    "ReplySpec": frozenset(
        ["stream", "poll", "push", "items", "order_by", "reorder_s", "done", "strip", "events", "quiet_s"]
    ),
    "Timeouts": frozenset(["idle_s"]),
}
NOT_YET_VALUES: dict[At, frozenset[str]] = {
    ("transport",): frozenset(["websocket", "socketio", "python"]),
    ("reply", "mode"): frozenset(["stream", "poll", "push"]),
}

_FILLED = frozenset(["text", "button", "uuid", "session_id", "message_id", "turn", "now_ms", "now_iso_ms", "history"])
_FILLED_BELOW = frozenset(["case", "scenario", "persona", "language", "facts", "truth"])
_BLANK = re.compile(r"\{\{\s*([^{}?\s]+)(\?)?\s*\}\}")
SECRET_HEADER = re.compile(r"authorization|cookie|key|token|secret", re.IGNORECASE).search
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch


def _target(root: Cursor) -> Iterator[Finding]:
    yield from host_findings(root.value)
    session, turn, reply = root / "session", root / "turn", root / "reply"
    for cursor in _expressions(root):
        yield from _expression(cursor)
    for rule in (root / "handoff").items:
        yield from _exactly_one(rule, ("when", "text"), "a hand-off rule")
        yield from _patterns(rule / "text")
        state = rule / "state"
        if (rule / "text").given and state.text and state.text not in ("claimed", "denied"):
            yield state.found(
                f"words alone can only mean claimed or denied, found {state.text}", "use `when:` on what the wire says"
            )
        yield from _bare_filters(rule / "when")
    yield from _bare_filters(root / "resolution" / "when")
    requests = [turn / "request", session / "open" / "request", session / "close" / "request"]
    requests += [root / "setup" / "request", root / "reset" / "request"]
    captured = {name for where in (turn, session / "open") for name, _ in (where / "capture").entries}
    for request in requests:
        path = request / "path"
        if path.text and path.text[0] not in "/?":
            yield path.found(f"expected a path that begins with /, found {path.text!r}", "the host stands in base_url")
        yield from _headers((request / "headers").entries)
        for cursor in (path, request / "headers", request / "json"):
            yield from _blanks(cursor, captured)
    yield from _blanks(session / "id", captured)
    for auth in (root / "auth", root / "test_system" / "auth"):
        if auth.given:
            yield from _headers([((auth / "header").text, auth / "value")])
    asked = repr((turn / "request").value)
    if isinstance((turn / "request").value, dict) and not re.search(r"\{\{\s*(text|history)\b", asked):
        yield (turn / "request").found("the customer's words are never sent", "put {{text}} or {{history}} into it")
    limits = root / "timeouts"
    whole = (limits / "turn_s").number
    for name in ("connect_s", "first_byte_s"):
        part = (limits / name).number
        if part is not None and whole is not None and part > whole:
            yield (limits / name).found(
                f"{part:g} s is longer than the whole turn may take ({whole:g} s)", warning=True
            )
    if (reply / "texts").value == "":
        yield (reply / "texts").found("expected an expression that finds the bot's words, found empty text")


def _expressions(root: Cursor) -> Iterator[Cursor]:
    for name in ("texts", "buttons", "ids", "actions", "ticket", "callback", "speaker", "error", "closed"):
        yield root / "reply" / name
    yield root / "resolution" / "when"
    yield root / "session" / "open" / "greeting"
    for where in (root / "turn", root / "session" / "open"):
        for _, capture in (where / "capture").entries:
            yield capture
    for rule in (root / "handoff").items:
        for name in ("when", "context", "to"):
            yield rule / name


def _parsed(text: str) -> dict[str, Any]:
    """The syntax tree of a JMESPath expression. Raises ValueError."""
    import jmespath

    try:
        tree: Any = jmespath.compile(text).parsed
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return cast("dict[str, Any]", tree)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for child in tree.get("children", ()):
            yield from _nodes(child)


def _expression(cursor: Cursor) -> Iterator[Finding]:
    if not cursor.text:
        return
    from jmespath.functions import Functions

    try:
        tree = _parsed(cursor.text)
    except ValueError as error:
        reason = str(error).partition("\n")[0].partition(": Parse error")[0].strip()
        yield cursor.found(f"not a JMESPath expression ({reason}): {cursor.text!r}", "see jmespath.org")
        return
    known = [*Functions.FUNCTION_TABLE, "from_json"]
    for node in _nodes(tree):
        if node["type"] == "function_expression" and node["value"] not in known:
            name = str(node["value"])
            yield cursor.found(f"JMESPath has no function {name}()", did_you_mean(name, known))


def _bare_filters(cursor: Cursor) -> Iterator[Finding]:
    """`[?key]` drops a key that holds an empty object, so a hand-off without metadata would be missed."""
    try:
        tree = _parsed(cursor.text)
    except ValueError:  # empty, or reported where the expression is checked
        return
    for node in _nodes(tree):
        if node["type"] == "filter_projection":
            for name in _bare_keys(node["children"][2]):
                yield cursor.found(
                    f"[?{name}] is false for an empty object and would hide a hand-off",
                    f"write [?{name}!=null]",
                    warning=True,
                )


def _bare_keys(condition: dict[str, Any]) -> Iterator[str]:
    if condition["type"] in ("and_expression", "or_expression", "not_expression"):
        for child in condition["children"]:
            yield from _bare_keys(child)
    elif all(node["type"] in ("field", "subexpression") for node in _nodes(condition)):
        yield ".".join(str(node["value"]) for node in _nodes(condition) if node["type"] == "field")


def _blanks(cursor: Cursor, captured: Collection[str]) -> Iterator[Finding]:
    for match in _BLANK.finditer(cursor.text):
        name = match[1]
        if name not in _FILLED and name not in captured and name.partition(".")[0] not in _FILLED_BELOW:
            hint = did_you_mean(name, [*_FILLED, *captured]) or "add it to a `capture`, or remove it"
            yield cursor.found(f"nothing fills {match[0]}", hint, warning=True)
    for _, entry in cursor.entries:
        yield from _blanks(entry, captured)
    for item in cursor.items:
        yield from _blanks(item, captured)


def _headers(entries: Iterable[tuple[str, Cursor]]) -> Iterator[Finding]:
    for name, value in entries:
        if name and not _TOKEN(name):
            yield value.found(f"{name!r} cannot be the name of a header")
        if any(ord(character) < 32 and character != "\t" for character in value.text):
            yield value.found("the value of a header holds a line break or another control character", "remove it")
