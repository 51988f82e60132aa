from __future__ import annotations

import pytest

from simulator.catalogue.references import findings
from simulator.catalogue.yaml_source import compose, dotted
from simulator.model.gates import Gates
from simulator.model.persona import Persona
from simulator.model.plan import RunPlan
from simulator.model.scenario import Scenario
from simulator.model.target import TargetSpec

FACTS = "facts: {order: {kind: identity, value: x}, tried: {kind: steps, value: y}}\ntruth: {place: {value: Lyon}}\n"
TARGET = """\
base_url: http://127.0.0.1:1
turn: {request: {path: /, json: {t: "{{text}}"}}}
reply: {texts: a}
"""


def found(kind: type, text: str, metrics: list[str] | None = None) -> list[str]:
    return [
        f"{'warning ' if each.warning else ''}{dotted(each.at)}: {each.message} | {each.hint}"
        for each in findings(kind, compose(text, "x").value, metrics)
    ]


@pytest.mark.parametrize(
    ("need", "words"),
    [
        (
            "required_slots: [oder]",
            "needs[0].required_slots[0]: 'oder' is not a fact of this scenario | did you mean order",
        ),
        ("must_escalate_on: [zzz]", "needs[0].must_escalate_on[0]: 'zzz' is not a fact"),
        ("milestones: [order]", "needs[0].milestones[0]: 'order' is not a truth of this scenario"),
        ("milestones: [place, place]", "needs[0].milestones[1]: 'place' is named twice"),
        ("resolution: {told: [plac]}", "needs[0].resolution.told[0]: 'plac' is not a truth"),
        ("resolution: {}", "a resolution needs exactly one of told, action, step, probe or judge, found none of them"),
        (
            "resolution: {told: [place], action: x}",
            "exactly one of told, action, step, probe or judge, found told and action",
        ),
        ("resolution: {step: restart}", "needs[0].resolution.step: 'restart' is not a step"),
    ],
)
def test_what_a_need_names_must_exist(need: str, words: str) -> None:
    """Slots and triggers are facts, milestones are truths, a resolution is exactly one of five."""
    assert words in "\n".join(found(Scenario, f"{FACTS}needs: [{{name: a, {need}}}]"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("agent_needs: [a, a]\nfacts: {a: {}}", "agent_needs[1]: 'a' is named twice"),
        ("needs: [{name: a}, {name: a}]", "needs[1].name: two needs are called 'a'"),
        ("facts: {a: {asked: ['(']}}", "facts.a.asked[0]: not a regular expression"),
        ("facts: {a: {match: ['a{99999999999999}']}}", "facts.a.match[0]: not a regular expression"),
        ("truth: {a: {wrong: ['[']}}", "truth.a.wrong[0]: not a regular expression"),
        ("steps: {a: ['*']}", "steps.a[0]: not a regular expression"),
        ("articles: {a: ['?']}", "articles.a[0]: not a regular expression"),
        ("articles: {a: ['x?']}", "warning articles.a[0]: the pattern 'x?' matches every text"),
        ("facts: {a: {kind: impact, step: b}}", "facts.a.step: only a fact of kind steps has a step"),
        ("facts: {a: {kind: steps, step: b}}", "warning facts.a.step: 'b' is not a step of this scenario"),
        ("facts: {a: {value: '{{digts:5}}'}}", "facts.a.value: unknown placeholder {{digts:5}}, did you mean digits?"),
        ("truth: {a: {value: '{{amount:9-3}}'}}", "truth.a.value: {{amount:9-3}}: the range is upside down"),
        ("facts: {a: {value: '{{time}}', say: [soon]}}", "facts.a.say[0]: 'soon' has no {}"),
        ("facts: {'a!': {}}", "'a!' is not a name for a fact"),
    ],
)
def test_a_scenario_holds_together(text: str, words: str) -> None:
    """Names once, patterns that compile, placeholders that can be filled, ranges the right way up."""
    assert any(words in line for line in found(Scenario, text))


def test_a_fixed_fact_may_be_worded_freely() -> None:
    """Only a drawn value needs its place in the wording."""
    assert found(Scenario, "facts: {a: {kind: problem, value: it broke, say: [why is it dead]}}") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "trust: {beta: [1, 1], normal: [0, 1]}",
            "trust: a distribution needs exactly one of beta, lognormal or normal",
        ),
        ("trust: {times: 2}", "found none of them"),
        ("reactivity: 5", "reactivity: expected a number from 0.3 to 3, found 5"),
        ("length: -1", "length: expected a number from -0.6 to 0.6"),
        ("probe: ask0\ntrust: {beta: [1, 1]}", "trust: a probe draws nothing"),
        ("queue_patience_s: {beta: [2, 3]}", "warning queue_patience_s: every draw lies at or under 20"),
    ],
)
def test_a_persona_stays_within_what_traits_can_be(text: str, words: str) -> None:
    """Constants lie in the trait's range, priors are one distribution, probes draw nothing."""
    assert any(words in line for line in found(Persona, text))


def test_a_probe_may_fix_traits_as_constants() -> None:
    """Two bots meet the very same words, so what could be drawn is fixed."""
    assert found(Persona, "probe: ask0\ntrust: 0.5") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rules: [{metric: a_rate}]", "rules[0]: a rule needs exactly one of at_most, at_least or worse_by_at_most"),
        ("rules: [{metric: x, at_most: 0, at_least: 1}]", "found at_most and at_least"),
        (
            "rules: [{metric: scenario_worse, at_most: 0}]",
            "rules[0].metric: scenario_worse counts scenarios by a metric",
        ),
        ("rules: [{metric: x, at_most: 0, of: y}]", "rules[0].of: `of` belongs to the metric scenario_worse only"),
        ("rules: [{metric: loop_rat, at_most: 0}]", "there is no metric 'loop_rat' | did you mean loop_rate?"),
        ("rules: [{metric: scenario_worse, of: zzz, at_most: 0}]", "rules[0].of: there is no metric 'zzz'"),
        ("rules: [{metric: loop_rate, at_most: 5}]", "warning rules[0].at_most: loop_rate lies between 0 and 1"),
        ("rules: [{metric: loop_rate, at_most: 5}]", "0.05 for 5 %"),
        ("rules: [{metric: loop_rate, at_most: 1, group: b2b}]", "rules[0].group: expected e.g. persona=repeat_caller"),
    ],
)
def test_a_gate_can_be_judged(text: str, words: str) -> None:
    """One bound, a known metric, a rate as a fraction."""
    assert any(words in line for line in found(Gates, text, ["loop_rate", "x"]))


def test_a_bound_of_zero_is_a_bound() -> None:
    """Nought is given, not absent."""
    assert found(Gates, "rules: [{metric: false_promise_rate, at_most: 0.0}]") == []


def test_a_plan_has_repeats_or_conversations() -> None:
    """Both at once would contradict each other."""
    assert any("repeats or conversations, not both" in line for line in found(RunPlan, "repeats: 2\nconversations: 9"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("handoff: [{state: claimed}]", "handoff[0]: a hand-off rule needs exactly one of when or text, found none"),
        ("handoff: [{state: claimed, when: a, text: b}]", "found when and text"),
        ("handoff: [{state: requested, text: b}]", "handoff[0].state: words alone can only mean claimed or denied"),
        ("handoff: [{state: denied, text: (}]", "handoff[0].text: not a regular expression"),
        ("handoff: [{state: denied, when: 'a[?'}]", "handoff[0].when: not a JMESPath expression"),
        ("handoff: [{state: denied, when: 'a[?b]'}]", "warning handoff[0].when: [?b] is false for an empty object"),
        ("handoff: [{state: denied, when: 'a[?b.c && d==`1`]'}]", "| write [?b.c!=null]"),
        ("resolution: {when: 'fron_json(a)'}", "JMESPath has no function fron_json() | did you mean from_json?"),
        ("session: {open: {greeting: 'a b'}}", "session.open.greeting: not a JMESPath expression"),
        (
            "session: {open: {request: {path: /x, json: '{{txt}}'}}}",
            "warning session.open.request.json: nothing fills {{txt}}",
        ),
        ("session: {close: {request: {path: x}}}", "session.close.request.path: expected a path that begins with /"),
        ("timeouts: {connect_s: 9, turn_s: 3}", "warning timeouts.connect_s: 9 s is longer than the whole turn"),
        ("auth: {header: 'a b', value: x}", "'a b' cannot be the name of a header"),
        ('auth: {header: a, value: "x\\ny"}', "auth.value: the value of a header holds a line break"),
    ],
)
def test_a_target_can_be_driven(text: str, words: str) -> None:
    """Rules are one of two kinds, expressions compile, and a filter that hides hand-offs is warned of."""
    assert any(words in line for line in found(TargetSpec, TARGET + text))


def test_a_filter_that_compares_is_not_warned_of() -> None:
    """`!=null` finds an empty object, and the current value alone is a common idiom."""
    assert found(TargetSpec, TARGET + "handoff: [{state: denied, when: 'a[?b!=null] | [?@]'}]") == []


def test_captured_values_fill_templates() -> None:
    """What an answer gave can be used in the next request."""
    text = TARGET.replace("{t: ", '{c: "{{prev?}}", t: ').replace("turn: {", "turn: {capture: {prev: id}, ")
    assert found(TargetSpec, text) == []


def test_a_bot_that_never_hears_the_customer_is_refused() -> None:
    """Without {{text}} or {{history}} every conversation would be silence."""
    assert any("never sent" in line for line in found(TargetSpec, TARGET.replace("{{text}}", "hello")))


PROBE = "path: '/orders/{{order}}', value: status, equals: cancelled"


@pytest.mark.parametrize(
    ("probe", "words"),
    [
        (PROBE.replace("/orders", "orders"), "probe.path: expected a path that begins with /"),
        (PROBE.replace("{{order}}", "{{oder}}"), "probe.path: nothing fills {{oder}} | did you mean order?"),
        (PROBE.replace("{{order}}", "{{digits:5}}"), "probe.path: nothing fills {{digits:5}}"),
        (PROBE.replace("{{order}}", "{{order"), "probe.path: a placeholder is not closed or malformed"),
        (PROBE.replace("{{order}}", "{{truth.plac}}"), "nothing fills {{truth.plac}} | did you mean truth.place?"),
        (PROBE.replace("status", "'status['"), "probe.value: not a JMESPath expression"),
        (PROBE.replace("status", "'contans(a, b)'"), "probe.value: JMESPath has no function contans()"),
        (PROBE.replace("status", "''"), "probe.value: expected a text, found an empty one"),
        (PROBE.replace("equals: cancelled", ""), "probe: a probe needs exactly one of equals or one_of, found none"),
        (f"{PROBE}, one_of: [a]", "probe: a probe needs exactly one of equals or one_of, found both"),
        (PROBE.replace("equals: cancelled", "one_of: []"), "probe.one_of: expected at least one value"),
        (PROBE.replace("cancelled", "'{{plase}}'"), "probe.equals: nothing fills {{plase}} | did you mean place?"),
        (f"{PROBE}, headers: {{X-Api-Key: abc}}", "warning needs[0].resolution.probe.headers.X-Api-Key: a secret in a"),
        (f"{PROBE}, headers: {{'a b': c}}", "'a b' cannot be the name of a header"),
    ],
)
def test_a_probe_can_be_asked_and_understood(probe: str, words: str) -> None:
    """A path with names that exist, an expression that compiles, one way to say what is expected, no key."""
    lines = found(Scenario, f"{FACTS}needs: [{{name: a, resolution: {{probe: {{{probe}}}}}}}]")
    assert any(words in line for line in lines), lines


@pytest.mark.parametrize("equals", ["cancelled", "null", "3", "true", "'{{place}} {{facts.order}}'"])
def test_a_good_probe_is_good(equals: str) -> None:
    """Null is a value that can be expected."""
    probe = PROBE.replace("cancelled", equals)
    assert found(Scenario, f"{FACTS}needs: [{{name: a, resolution: {{probe: {{{probe}}}}}}}]") == []
