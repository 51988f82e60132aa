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

ASKS = {
    "away_from": ["From when will you be away?", "How soon do you need it changed?"],
    "bill_total": ["What is the amount on your bill?", "How high is the bill?", "Please give me the bill amount."],
    "booked_on": ["On which day was it booked?", "Please tell me the date of the fee."],
    "broken_item": ["Which item was it?", "What was inside the parcel?", "Could you tell me what is broken?"],
    "cables_checked": ["What have you tried so far?", "Have you already checked the cables?"],
    "card_number": [
        "Which card was used?",
        "Please give me the last digits of the card.",
        "Could you enter the number on your card?",
    ],
    "card_paused": ["What have you done since?", "Have you paused it yet?"],
    "charged_amount": ["How much was taken?", "What amount was it?", "Please confirm the amount of the payment."],
    "charged_at": ["When was the payment made?", "Please tell me the time of the charge."],
    "child_hurt": ["Was anybody hurt?", "How has this affected you?"],
    "client_version": ["Which version do you use?", "Please tell me the version of your client."],
    "contact_email": ["Which e-mail address is your account registered with?", "What is your email?"],
    "contact_phone": [
        "Could you give me a phone number?",
        "What can the driver call you on?",
    ],
    "contract_number": [
        "Please enter your contract id.",
        "Could you read me the number on your bill?",
        "What is your customer number?",
    ],
    "customer_number": ["May I have your customer id?", "Please enter the number on your contract."],
    "error_code": ["Could you send me the error message?", "Which error do you see?"],
    "fee_charged": ["How much was it?", "What sum was taken?", "Please give me the amount of the fee."],
    "full_name": [
        "May I have your first and last name?",
        "What are you called?",
        "Please tell me the name of the account holder.",
    ],
    "halted_work": ["How does this affect your business?", "What's the impact on your side?"],
    "home_office": ["How does this affect you?", "Is it urgent?"],
    "hosting_region": ["Which region are you in?", "In what data centre are you hosted?"],
    "iban": ["Please give me your account number.", "Which account was it taken from?"],
    "inserted_at": ["When did you insert the card?", "When did this start?", "Since when is that so?"],
    "invoice_amount": [
        "What is the total of the invoice?",
        "How much is your invoice?",
        "Please tell me the invoice total.",
    ],
    "invoice_number": [
        "Please give me the invoice id.",
        "Could you send me the number on the invoice?",
        "Which invoice do you mean?",
    ],
    "key_rotated": ["What have you already tried?", "Have you already rotated the API key?"],
    "late_figures": ["How does this affect your work?", "What is the business impact?"],
    "lock_message": ["Which code is shown in the app?", "What message do you get?"],
    "locked_since": ["When did it first happen?", "Since when?", "When was your account locked?"],
    "measured_speed": [
        "What was the result of the speed test?",
        "What speed do you get?",
        "How slow is it exactly?",
    ],
    "needed_by": ["By when do you need it?", "Is there a deadline?"],
    "needed_for": ["How soon do you need it?", "Is there a deadline?"],
    "new_address": [
        "Which address should I use?",
        "Please tell me the address it should go to.",
        "Where shall we deliver it?",
    ],
    "order_number": [
        "Could you give me your order id?",
        "What is the number on the delivery note?",
        "Which order is it about?",
    ],
    "parcel_size": [
        "How big is it?",
        "Could you tell me the size of the parcel?",
        "What does the package look like?",
    ],
    "pay_by": ["What is the due date?", "By when do you need to pay?"],
    "phone_model": ["Which phone do you use?", "Please tell me the model of your handset."],
    "phone_number": [
        "What is your mobile number?",
        "Which number is it about?",
        "Please send me the number of the line.",
        "Which phone number should it be?",
    ],
    "phone_restarted": ["What have you tried?", "Have you already restarted it?"],
    "photos_taken": ["What did you do then?", "Do you have any photos?"],
    "problem_description": [
        "What exactly happened?",
        "What seems to be the problem?",
        "Could you describe your issue in a few words?",
    ],
    "promised_for": ["When was it supposed to come?", "What is the expected delivery date?"],
    "rent_due": ["How does this affect you?", "Is this urgent?"],
    "reset_done": ["What have you tried?", "Have you already reset your password?"],
    "response_code": ["What status code do you get?", "Which error is returned?"],
    "roaming_off": ["What did you do there?", "Was data roaming switched off?"],
    "router_model": ["Which router do you have?", "Please read me the model name."],
    "router_restarted": ["What have you already done?", "Have you rebooted yet?"],
    "shop_name": [
        "Which shop is named?",
        "Could you give me the name of the seller?",
        "What is the merchant name?",
    ],
    "sim_number": [
        "Please read me the number printed on the card.",
        "What is the SIM card number?",
        "Could you send the serial number?",
    ],
    "spread_out": ["What have you tried so far?"],
    "started_at": ["When did the failures start?", "Since when?", "How long has this been going on?"],
    "tracking_number": ["Please enter the parcel id.", "What is the number on the label?"],
    "travel_dates": [
        "When were you abroad?",
        "Please tell me the dates of your trip.",
        "How long was your stay?",
    ],
    "unreachable": ["How does this affect you?", "Is this urgent?"],
    "wanted_answer": ["What would you like me to do?", "What outcome do you hope for?"],
    "wanted_back": ["What do you want us to do?", "What solution would you prefer?"],
    "wanted_check": ["What would you like us to do?", "What outcome would you like?"],
    "wanted_goods": [
        "What would you like us to do?",
        "Would you like a replacement or your money back?",
        "A new one, or a refund?",
        "What solution would you prefer?",
    ],
    "wanted_refund": ["What do you want us to do?", "What outcome do you expect?"],
    "workspace_id": ["What is your workspace name?", "Which workspace is it?"],
}
"""How a bot may ask for a fact."""

PROPOSALS = {
    "ask_neighbours": ["Please check with your neighbours.", "Perhaps one of the neighbors has accepted it."],
    "batch_calls": ["Try combining several calls into one.", "You could use the bulk endpoint."],
    "change_channel": [
        "Try changing your Wi-Fi to another channel.",
        "Please select channel 11 in the settings of your router.",
        "It may help to pick a less crowded channel.",
    ],
    "check_cables": ["Please check that the cables are plugged in.", "Make sure that all your cables are firmly in."],
    "check_family": ["Please ask your family first.", "Could a household member have made it?"],
    "check_status_page": ["Please visit our status page.", "The status page lists it."],
    "check_usage": ["You can view your usage online.", "Your consumption is shown in the app."],
    "clear_app_cache": ["Clearing the cache often helps.", "Please delete your cookies."],
    "disable_roaming": ["Please deactivate data roaming.", "Turn data roaming off in the settings."],
    "factory_reset": ["Do a factory reset.", "Press the pin hole to reset your router."],
    "fill_claim_form": ["Please complete the claim form.", "Here is a form for you to fill in."],
    "lower_request_rate": ["Try reducing the number of requests.", "Please retry after ten minutes."],
    "move_closer": ["Try moving closer to the router.", "Put the router in a higher place."],
    "pause_card": ["You should freeze your card now.", "I suggest you put the card on hold."],
    "pick_network": ["Select a network in the settings.", "Set the network manually."],
    "reinstall_app": ["Please delete the app from your phone.", "Remove our app, then install it again."],
    "reseat_sim": ["Take out the SIM and look at it.", "Is the card properly seated?"],
    "reset_password": [
        "Try resetting your password.",
        "You can set a new password here.",
        "Use the forgot password link.",
    ],
    "restart_phone": ["Have you tried restarting your phone?", "Turn the phone off and on again."],
    "restart_router": [
        "Please reboot your modem.",
        "Turn the router off for a minute.",
        "Try switching off the box.",
        "Unplug it for ten seconds.",
        "A power cycle of the router may help.",
    ],
    "rotate_key": ["Please rotate your API key.", "Generate a new API key in the settings."],
    "spread_calls": ["Try spreading your calls.", "Let the requests run over a longer period."],
    "take_photos": ["Please upload two pictures of it.", "Photograph the damage from all sides."],
    "use_cable": ["Connect your laptop with a LAN cable.", "A wired connection would be faster."],
    "wait_a_day": ["Please allow another 24 hours."],
}
"""How a bot may propose a step."""

POINTERS = {
    "api_timeouts": ["This article on timeouts may help.", "See: Troubleshooting API timeouts."],
    "damage_policy": ["Our page about damaged goods explains it.", "See the terms for damaged deliveries."],
    "disputes": ["Please read our guide to disputes.", "Here is how to dispute a charge."],
    "faster_wireless": ["I found an article on Wi-Fi.", "Here are tips for better wifi."],
    "first_steps": ["This guide covers activation.", "Read: First steps with your new SIM."],
    "price_list": ["You find it in our price list.", "Here is an overview of our fees."],
    "rate_limits": ["See the documentation on rate limits.", "Read: Understanding request limits."],
    "read_your_invoice": ["This page explains our invoices.", "See: How to read your invoice."],
    "redirect_rules": ["Our article on redirecting says more.", "Read: How to reroute a parcel."],
    "roaming_prices": ["See our page with all roaming rates.", "Here is the roaming price list."],
    "tracking_explained": ["This article about tracking may help.", "Read what your tracking status means."],
    "unlocking": ["I found an article on locked accounts.", "Read: How to unlock your account."],
}
"""How a bot may point to an article."""

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


def test_six_personas_and_three_probes() -> None:
    """Six customers and one probe of each sort are in stock."""
    assert sorted(p.probe or "" for p in PERSONAS.values()) == [""] * 6 + ["ask0", "oblique", "passive"]
    assert all(p.name == f"probe_{p.probe}" for p in PERSONAS.values() if p.probe)


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


def test_three_scenarios_in_each_domain() -> None:
    """Twelve scenarios, three in each of four domains; only software is sold to companies."""
    assert Counter(s.domain for s in SCENARIOS.values()) == {"saas": 3, "fintech": 3, "parcel": 3, "telecom": 3}
    assert all((s.segment == "b2b") == (s.domain == "saas") for s in SCENARIOS.values())


def test_mix_of_resolutions() -> None:
    """What a bot can tell, do and mend, and what only people can do, are all there in number."""
    solvable = [need.resolution for need in NEEDS if need.bot_solvable]
    assert sum(bool(r.told) for r in solvable) == 5
    assert sum(bool(r.action) for r in solvable) == 2
    assert sum(bool(r.step) for r in solvable) == 1
    assert len(NEEDS) - len(solvable) == 4
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
    """Who it is, what is wrong, what hangs on it, and an open desk."""
    kinds = Counter(fact.kind for fact in scenario.facts.values())
    assert kinds["problem"] == 1
    assert min(kinds["identity"], kinds["technical"]) >= 1
    assert kinds["impact"] + kinds["deadline"] + kinds["outcome"]
    assert scenario.desk.open
    assert 15 <= scenario.desk.wait_s <= 60
    low, high = (20_000, 200_000) if scenario.segment == "b2b" else (20, 900)
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
