"""The bots in German: what they say and understand of a scenario whose words were translated."""

from __future__ import annotations

import msgspec
import pytest

from simulator.bots.dials import make, names
from simulator.bots.faults import start
from simulator.bots.hearing import Ear
from simulator.bots.pack import pack
from simulator.bots.reference import BotAnswer, ReferenceBot
from simulator.catalogue.freeze import Catalogue
from simulator.catalogue.stock import home
from simulator.model.scenario import Scenario, spoken
from tests.bots.scenes import states

STOCK = ("parcel-status", "parcel-redirect", "slow-internet", "saas-outage-api")
PATHS = [home("scenarios") / f"{name}.yaml" for name in STOCK]
GERMAN = {name: spoken(scene, "de") for name, scene in Catalogue.load([], PATHS).scenarios.items()}
EAR = Ear(GERMAN["slow-internet"].facts, {}, "de")


def scene(name: str, **truth: str) -> tuple[Scenario, dict[str, str], dict[str, str]]:
    facts = {"tracking_number": "TRK123456789", "new_address": "Lindenzeile 27", "contract_number": "TC-1234567"}
    german = GERMAN[name]
    return german, {key: value for key, value in facts.items() if key in german.facts}, truth


def talk(spec: str, name: str, *texts: str, **truth: str) -> list[BotAnswer]:
    conversation = begin(spec, name, **truth)
    return [conversation.answer(text) for text in texts]


def begin(spec: str, name: str, **truth: str) -> ReferenceBot:
    return start(make(spec), *scene(name, **truth), f"{name}/anna/0", 7)


def test_it_asks_for_the_slot_in_german_then_tells_the_truths_in_german() -> None:
    """Asked by its German name, answered with the German names of the truths."""
    asked, told = talk(
        "helpful", "parcel-status", "wo ist mein Paket", "TRK123456789", depot_town="Mainz", delivery_day="Freitag"
    )
    assert asked.ids == ["ask:tracking_number"]
    assert "Sendungsnummer" in asked.texts[0]
    assert "Ort des Depots: Mainz. Zustelltag: Freitag." in told.texts[0]
    assert told.resolved


def test_an_ask_for_a_person_is_granted_in_german() -> None:
    """Queue and packet as ever, names and summary in German."""
    _, answer = talk("helpful", "parcel-status", "mein Paket kam nie an", "Mitarbeiter bitte")
    assert answer.handoff is not None
    assert answer.handoff.queue == "parcels"
    assert answer.handoff.packet is not None
    assert "Problem: " in answer.handoff.packet["summary"]
    assert "„Pakete“" in answer.texts[0]


def test_steps_come_in_german_and_end_with_a_person() -> None:
    """Each in the words of its first pattern; the summary lists them; what was tried is skipped."""
    answers = talk(
        "helpful",
        "slow-internet",
        "das WLAN ist langsam, TC-1234567, ich hab den Router neu gestartet und alle Kabel geprüft",
        "hilft nicht",
        "immer noch langsam",
    )
    said = " ".join(answer.texts[0] for answer in answers)
    assert "den WLAN-Kanal wechseln" in said
    assert "den Router neu starten" not in said
    assert states(answers) == ["requested"]
    assert answers[-1].handoff is not None
    assert answers[-1].handoff.packet is not None
    assert "vom Assistenten vorgeschlagen: " in answers[-1].handoff.packet["summary"]


def test_actions_are_called_by_their_german_name() -> None:
    """The log keeps the id."""
    (answer,) = talk("helpful", "parcel-redirect", "bitte Paket umleiten, TRK123456789, an Lindenzeile 27")
    assert "die Sendung geht jetzt an die neue Adresse" in answer.texts[0]
    assert answer.actions == ["delivery_redirected"]


def test_the_looping_bot_loops_in_german() -> None:
    """One article under its German title in five wordings, whatever is asked."""
    answers = talk("looping:p=1", "saas-outage-api", "API down", "nein", "immer noch gleich", "Mitarbeiter bitte", "??")
    assert {tuple(answer.ids) for answer in answers} == {("kb:api_timeouts",)}
    assert len({answer.texts[0] for answer in answers}) == 5
    assert all("Timeouts der API" in answer.texts[0] for answer in answers)
    assert states(answers) == []


def test_thanks_are_answered_in_german() -> None:
    """By the looping bot too."""
    for spec in ("helpful", "looping:p=1"):
        *_, answer = talk(spec, "slow-internet", "Internet lahm", "klappt jetzt, vielen Dank")
        assert answer.texts[0] in pack("de").says["welcome"]


def test_the_way_to_a_person_is_in_sight_in_german() -> None:
    """Greeting and button; pressing it is an ask."""
    conversation = begin("helpful", "slow-internet")
    greeting = conversation.greeting()
    assert "Mitarbeiter" in greeting.texts[0] or "Mensch" in greeting.texts[0]
    (button,) = greeting.buttons
    assert button.title == "Mit einem Menschen sprechen"
    assert conversation.answer(button.payload).handoff is not None


@pytest.mark.parametrize(
    "text",
    [
        "MENSCH",
        "mitarbieter bitte",
        "ich will nen Menschen",
        "menscheeen",
        "ist da jemand?",
        "gibts hier wen, der sich auskennt",
        "kann mich jemand anrufen",
        "kann mir bitte mal jemand helfen",
        "verbinden Sie mich mit dem Kundenservice",
        "stellt mich durch zu einem Techniker, der das kann",
        "könnt ihr mich bitte weiterleiten",
        "ich möchte verbunden werden",
        "ich will mit einem Techniker sprechen",
        "Bitte um Rückruf",
        "bitte um rueckruf",
        "ruf mich an",
        "ich will echte Leute",
        "kein Bot bitte",
        "ich rede nicht mit einer Maschine",
        "jemand aus Fleisch und Blut",
    ],
)
def test_an_ask_for_a_person_is_understood(text: str) -> None:
    """With umlauts or without, with a slip of the finger."""
    assert EAR.hear(text).asks_human


@pytest.mark.parametrize(
    "text",
    [
        "jemand hat mit meiner Karte bezahlt",
        "meine persönlichen Daten",
        "niemand hilft mir",
        "was soll ich sagen",
        "Sie wollten mich weiterleiten, passiert ist nichts",
        "es hieß ich werde verbunden",
        "können Sie mein Paket weiterleiten",
        "der Laptop lässt sich nicht mit dem Router verbinden",
        "ich hab mit meinem Mann gesprochen",
        "der Perso liegt vor mir",
        "so nen Service hab ich noch nie erlebt",
        "sind Sie ein Bot?",
        "",
    ],
)
def test_other_talk_is_no_ask(text: str) -> None:
    """A word that only looks like an ask is none."""
    assert not EAR.hear(text).asks_human


def test_thanks_failure_and_consent_are_understood() -> None:
    """Thanks with a complaint are none; a yes that goes on with a no is no yes."""
    assert EAR.hear("perfekt, danke schön").thanks
    assert EAR.hear("danke, keine weiteren Fragen").thanks
    assert not EAR.hear("danke, aber es geht immer noch nicht").thanks
    assert EAR.hear("das hab ich längst gemacht").failed
    assert EAR.hear("Ja, gerne").agrees
    assert not EAR.hear("bitte nicht").agrees
    assert not EAR.hear("wenn nicht, was dann?").agrees
    assert EAR.hear("rede ich hier mit einem Roboter?").asks_if_bot


@pytest.mark.parametrize("name", names())
def test_every_bot_speaks_nothing_but_german(name: str) -> None:
    """None of their English sentences is left."""
    english = ("please", "your", " the ", " you", " is ")
    texts = [
        "kein Internet",
        "TC-1234567",
        "nein",
        "immer noch",
        "Mensch",
        "MITARBEITER",
        "bist du ein Bot?",
        "danke",
        "ja",
    ]
    answers = talk(name, "slow-internet", *texts)
    assert not [text for answer in answers for text in answer.texts if any(word in text.lower() for word in english)]


@pytest.mark.parametrize("name", STOCK)
def test_what_a_german_bot_is_told_it_has_heard(name: str) -> None:
    """Every wording of a problem is known by one of the scenario's patterns."""
    german = GERMAN[name]
    ear = Ear(german.facts, {}, "de")
    fact = german.facts["problem_description"]
    texts = [wording.replace("{}", fact.value) for wording in fact.say]
    assert [text for text in texts if "problem_description" not in ear.hear(text).told] == []
    assert msgspec.structs.asdict(fact)["called"]
