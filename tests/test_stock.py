"""The stock catalogue: sound, invented, and recognised in words that a bot might use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import yaml

from simulator.catalogue.facts import PLACEHOLDER, faults, fill
from simulator.chance import Chance
from simulator.model.persona import Distribution, Persona
from simulator.model.scenario import Fact, Need, Scenario

ROOT = Path(__file__).parents[1]
PERSONA_FILES = sorted((ROOT / "personas").glob("*.yaml"))
SCENARIO_FILES = sorted((ROOT / "scenarios").glob("*.yaml"))
FILES = PERSONA_FILES + SCENARIO_FILES

PERSONAS = {path.stem: msgspec.convert(yaml.safe_load(path.read_text("utf-8")), Persona) for path in PERSONA_FILES}
SCENARIOS = {path.stem: msgspec.convert(yaml.safe_load(path.read_text("utf-8")), Scenario) for path in SCENARIO_FILES}
NEEDS = [need for scenario in SCENARIOS.values() for need in scenario.needs]

SAMPLES: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "stock_samples.yaml").read_text("utf-8")
)
ASKS, PROPOSALS, POINTERS = SAMPLES["asks"], SAMPLES["proposals"], SAMPLES["pointers"]
"""How a bot may ask for a fact, propose a step, point to an article."""

SMALL_TALK = [
    "I am sorry to hear that, this must be annoying.",
    "Is there anything else I can help you with?",
    "Did that solve the problem?",
    "Is the problem solved now?",
    "Would you like me to connect you to a colleague?",
    "Could you please rephrase that?",
    "Please hold the line, an agent will be with you shortly.",
    "Thank you for your patience, we are looking into it.",
    "Can I help you with another order?",
    "Have you had a look at your account?",
    "Did you receive the parcel in the end?",
    "Please choose a channel: chat, phone or mail.",
    "Is your internet working again?",
    "We have already restarted it for you.",
    "Would you like to rate this chat?",
]
"""Neither asks for a fact nor proposes a step nor points to an article."""


def facts(*kinds: str) -> Iterator[tuple[str, str, Fact]]:
    """Scenario, name and fact, of these kinds or of all."""
    for scenario in SCENARIOS.values():
        for name, fact in scenario.facts.items():
            if not kinds or fact.kind in kinds:
                yield scenario.name, name, fact


def found(patterns: list[str], text: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def unmatched(patterns: list[str], samples: list[str]) -> list[str]:
    """Patterns that no sample sentence matches."""
    return [p for p in patterns if not any(re.search(p, sample, re.IGNORECASE) for sample in samples)]


def values(scenario: Scenario) -> list[str]:
    return [fact.value for fact in scenario.facts.values()] + [truth.value for truth in scenario.truth.values()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_name_is_the_file_name(path: Path) -> None:
    """A catalogue entry is called by its file name."""
    assert yaml.safe_load(path.read_text("utf-8"))["name"] == path.stem


def test_enough_personas_and_three_probes() -> None:
    """At least sixteen customers and one probe of each sort are in stock."""
    probes = [p for p in PERSONAS.values() if p.probe]
    assert len(PERSONAS) - len(probes) >= 16
    assert sorted(p.probe or "" for p in probes) == ["ask0", "oblique", "passive"]
    assert all(p.name == f"probe_{p.probe}" for p in probes)


def test_personas_differ_in_what_is_measured() -> None:
    """Patience, disclosure, assertiveness, history, skill, language and vulnerability: each is set by several."""
    crowd = [p for p in PERSONAS.values() if not p.probe]
    for trait in ("told_at_once", "assertive", "queue_patience_s", "errors_per_word", "reactivity", "wish_for_human"):
        assert sum(getattr(p, trait) is not None for p in crowd) >= 3, trait
    assert sum(p.failed_before is not None for p in crowd) >= 2
    assert {p.language for p in crowd} == {"", "es", "de", "pt"}
    assert sum(p.vulnerable for p in crowd) >= 3


def test_a_prior_is_exactly_one_distribution() -> None:
    """Beta, log-normal or normal, never two and never none."""
    for persona in PERSONAS.values():
        for prior in msgspec.structs.asdict(persona).values():
            if isinstance(prior, Distribution):
                assert [prior.beta, prior.lognormal, prior.normal].count(None) == 2, persona.name


def test_every_override_says_why() -> None:
    """A trait that departs from its prior carries a comment."""
    head = ("#", "persona:", "name:", "about:", "probe:", "device: phone")
    for path in PERSONA_FILES:
        for line in path.read_text("utf-8").splitlines():
            assert line.startswith(head) or " # " in line, f"{path.name}: {line}"


def test_scenarios_cover_the_trades() -> None:
    """At least 48, two and more in each of eleven trades and some sold to companies."""
    trades = Counter(s.domain for s in SCENARIOS.values())
    assert len(SCENARIOS) >= 48
    wanted = "saas fintech parcel retail telecom utility travel insurance public_services marketplace health"
    assert all(trades[trade] >= 2 for trade in wanted.split()), trades
    assert sum(s.segment == "b2b" for s in SCENARIOS.values()) >= 8


def test_about_a_third_each_is_for_the_bot_for_a_person_and_turns() -> None:
    """A bot can solve it, it cannot, or it can until the customer tells a certain fact or comes to the next need."""
    kinds = Counter(
        "turns"
        if any(need.bot_solvable and need.must_escalate_on for need in needs)
        or len({n.bot_solvable for n in needs}) > 1
        else "bot"
        if needs[0].bot_solvable
        else "person"
        for needs in (scenario.needs for scenario in SCENARIOS.values())
    )
    assert all(0.25 <= count / len(SCENARIOS) <= 0.45 for count in kinds.values()), kinds


def test_those_that_differ_in_facts_alone_share_a_cluster() -> None:
    """A cluster has at least two members, and its name is no other scenario's."""
    clusters = Counter(s.cluster or s.name for s in SCENARIOS.values())
    named = {s.cluster for s in SCENARIOS.values() if s.cluster}
    assert named
    assert all(clusters[name] >= 2 for name in named)


def test_mix_of_resolutions() -> None:
    """What a bot can tell, do and mend, and what only people can do, are all there in number."""
    solvable = [need.resolution for need in NEEDS if need.bot_solvable]
    assert sum(bool(r.told) for r in solvable) >= 10
    assert sum(bool(r.action) for r in solvable) >= 8
    assert sum(bool(r.step) for r in solvable) >= 5
    assert len(NEEDS) - len(solvable) >= 12
    assert {need.criticality for need in NEEDS} == {"low", "medium", "high"}


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.name)
def test_need_is_met_in_exactly_one_way(need: Need) -> None:
    """Told, action or step; what no bot can do is an action, has a trigger and goes to a named queue."""
    told, action, step = need.resolution.told, need.resolution.action, need.resolution.step
    assert [bool(told), bool(action), bool(step)].count(True) == 1
    assert need.milestones == told
    assert need.bot_solvable or (action and need.must_escalate_on)
    assert need.qualified_queues


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=list(SCENARIOS))
def test_names_within_a_scenario_refer_to_something(scenario: Scenario) -> None:
    """Slots, triggers, milestones, steps, desk needs and the desk's queue exist."""
    for need in scenario.needs:
        assert {*need.required_slots, *need.must_escalate_on} <= scenario.facts.keys()
        assert {*need.milestones, *need.resolution.told} <= scenario.truth.keys()
        assert need.resolution.step is None or need.resolution.step in scenario.steps
    assert scenario.desk.queue in {queue for need in scenario.needs for queue in need.qualified_queues}
    assert scenario.agent_needs
    assert set(scenario.agent_needs) <= scenario.facts.keys()
    assert {fact.step for fact in scenario.facts.values() if fact.step} <= scenario.steps.keys()


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=list(SCENARIOS))
def test_a_scenario_tells_a_whole_case(scenario: Scenario) -> None:
    """Who it is, what is wrong, what hangs on it, a wait that people know."""
    kinds = Counter(fact.kind for fact in scenario.facts.values())
    assert kinds["problem"] == len(scenario.needs)
    assert kinds["identity"] >= 1
    assert kinds.total() >= 5
    assert kinds["impact"] + kinds["deadline"] + kinds["outcome"]
    assert 15 <= scenario.desk.wait_s <= 150
    low, high = (20_000, 350_000) if scenario.segment == "b2b" else (20, 900)
    assert low <= scenario.contract_value <= high


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=list(SCENARIOS))
def test_placeholders_are_known(scenario: Scenario) -> None:
    """Every placeholder can be filled, and only values hold any."""
    assert [fault for value in values(scenario) for fault in faults(value)] == []
    assert not any("{{" in form for fact in scenario.facts.values() for form in fact.say)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=list(SCENARIOS))
def test_no_fact_gives_a_truth_away(scenario: Scenario) -> None:
    """What the bot must say can never be an echo of what the customer said."""
    for repeat in range(60):
        held, truths = fill(scenario, Chance(1, scenario.name, "anybody", repeat))
        wordings = [form for fact in scenario.facts.values() for form in fact.say]
        said = "\n".join([*held.values(), *wordings])
        for truth in truths.values():
            assert not re.search(rf"\b{re.escape(truth)}\b", said, re.IGNORECASE), truth


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_real_is_named(path: Path) -> None:
    """No mailbox, number or link outside the ranges reserved for examples."""
    raw = PLACEHOLDER.sub("", path.read_text("utf-8"))
    assert all(re.fullmatch(r"(\w+\.)*example\.(org|com|net)", d) for d in re.findall(r"@([\w-]+(?:\.[\w-]+)+)", raw))
    hosts = re.findall(r"(?:https?://|\bwww\.)([\w.-]+)", raw)
    assert all(re.fullmatch(r".*\.example|(.*\.)?example\.(org|com|net)", host) for host in hosts)
    numbers = re.findall(r"\+?\d[\d ()-]{6,}\d", raw)
    assert all(re.search(r"555-01\d\d$", number) for number in numbers), numbers


def test_wordings_hold_the_value_once() -> None:
    """A wording carries the value exactly once; only a problem may be worded without it."""
    for scenario, name, fact in facts():
        for form in fact.say:
            assert form.count("{}") == 1 or (fact.kind == "problem" and "{}" not in form), (scenario, name, form)


def test_there_are_enough_wordings() -> None:
    """Three to six wordings of each fact and at least eight of a problem, all different, none with a final mark."""
    for scenario, name, fact in facts():
        few, many = (8, 99) if fact.kind == "problem" else (3, 6)
        assert few <= len(set(fact.say)) == len(fact.say) <= many, (scenario, name)
        assert not any(form[-1] in ".?!" for form in fact.say), (scenario, name)


def test_a_summary_in_the_customers_words_is_recognised() -> None:
    """Every wording of a fact is recognised in a hand-off summary, by the value or by a pattern."""
    for scenario, name, fact in facts("problem", "steps", "impact", "deadline", "outcome"):
        for form in fact.say:
            text = form.replace("{}", fact.value)
            assert fact.value in text or found(fact.match, text), (scenario, name, text)


def test_free_texts_have_patterns() -> None:
    """A fixed text is recognised by patterns, since nobody repeats it word for word; a drawn value by itself."""
    for scenario, name, fact in facts():
        assert bool(fact.match) == ("{{" not in fact.value), (scenario, name)
        assert not fact.match or found(fact.match, fact.value), (scenario, name)


@pytest.mark.parametrize("name", sorted({name for _, name, _ in facts()}))
def test_asks_are_recognised(name: str) -> None:
    """Every pattern of a fact finds one of the sample questions, and every sample question is found."""
    asked = [pattern for _, other, fact in facts() if other == name for pattern in fact.asked]
    assert asked
    assert not unmatched(asked, ASKS[name])
    assert all(found([*asked, name.replace("_", " ")], sample) for sample in ASKS[name])


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=list(SCENARIOS))
def test_steps_and_articles_are_recognised(scenario: Scenario) -> None:
    """Every pattern of a step or an article finds one of its samples, and no sample is taken for another step."""
    for step, patterns in scenario.steps.items():
        assert 1 <= len(patterns) <= 4
        assert not unmatched(patterns, PROPOSALS[step])
        for other, samples in PROPOSALS.items():
            if other in scenario.steps:
                assert all(found(patterns, sample) == (other == step) for sample in samples), (step, other)
    for article, patterns in scenario.articles.items():
        assert not unmatched(patterns, POINTERS[article])


@pytest.mark.parametrize("sentence", SMALL_TALK)
def test_small_talk_is_neither_ask_nor_step(sentence: str) -> None:
    """Courtesies, offers and checks back trigger nothing, by pattern or by a fact's own name."""
    for scenario in SCENARIOS.values():
        for name, fact in scenario.facts.items():
            assert not found([*fact.asked, rf"\b{name.replace('_', ' ')}\b"], sentence), (scenario.name, name)
        for patterns in (*scenario.steps.values(), *scenario.articles.values()):
            assert not found(patterns, sentence), (scenario.name, patterns)


def test_asks_are_not_steps() -> None:
    """A question for a fact proposes no step, and a proposal asks for no fact."""
    for scenario in SCENARIOS.values():
        questions = [sample for name in scenario.facts for sample in ASKS[name]]
        proposals = [sample for step in scenario.steps for sample in PROPOSALS[step]]
        for patterns in scenario.steps.values():
            assert not any(found(patterns, sample) for sample in questions), (scenario.name, patterns)
        for name, fact in scenario.facts.items():
            assert not any(found(fact.asked, sample) for sample in proposals), (scenario.name, name)


def test_no_ask_is_taken_for_another() -> None:
    """Within a scenario an ask for one identity or technical fact is not heard as an ask for another of them."""
    for scenario in SCENARIOS.values():
        plain = {n: f for n, f in scenario.facts.items() if f.kind in ("identity", "technical", "problem")}
        for name, fact in plain.items():
            for other in plain:
                wrong = [s for s in ASKS[other] if found([*fact.asked, name.replace("_", " ")], s)]
                assert other == name or not wrong, (scenario.name, name, wrong)
