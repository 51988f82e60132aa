"""Known truth: each bot shows its own fault and no other, and a dial turned up shows more of it."""

from __future__ import annotations

import pytest

from simulator.bots.dials import make, names
from simulator.bots.reference import Backend, BotAnswer, chance_of, strikes
from tests.bots.scenes import bot, share, states, talk

ROUTER = ["no internet since this morning", "C-99120", "no change at all", "can i speak to a person", "A PERSON please"]
TRAIN = ["my train was cancelled", "TR-48213", "thanks"]


def solved(answers: list[BotAnswer]) -> bool:
    return any("17:42" in text for answer in answers for text in answer.texts)


def handed_over(answers: list[BotAnswer]) -> bool:
    return "requested" in states(answers)


def looped(answers: list[BotAnswer]) -> bool:
    """Three answers in a row point at the same content."""
    contents = [tuple(answer.ids) for answer in answers]
    return any(a and a == b == c for a, b, c in zip(contents, contents[1:], contents[2:], strict=False))


FAULTS = {"looping", "deflector", "maze", "late", "false_promise"}
"""The bots that do not hand over at the first ask."""


@pytest.mark.parametrize("name", [name for name in names() if name not in FAULTS | {"ordinary"}])
def test_all_others_grant_the_first_ask(name: str) -> None:
    """A bot whose fault lies elsewhere lets people through."""
    assert share(name, "dead-router", ["a person please"], handed_over, 50) == 1.0


@pytest.mark.parametrize("name", ["helpful", "maze", "late", "cold_handoff", "false_promise", "dead_end", "leaky"])
def test_all_others_solve_what_can_be_solved(name: str) -> None:
    """A bot whose fault lies in the hand-off answers a question like any good one."""
    assert share(name, "late-train", TRAIN, solved, 50) == 1.0


@pytest.mark.parametrize("name", [name for name in names() if name not in {"looping", "overloaded", "deflector"}])
def test_only_loopers_loop(name: str) -> None:
    """Three times the same content is the loopers' alone; the ordinary bot repeats itself sometimes."""
    assert share(name, "dead-router", ROUTER, looped, 100) <= (0.1 if name == "ordinary" else 0.0)


def test_looping_repeats_one_article_in_other_words() -> None:
    """Five turns, one content id, five texts, no person."""
    answers = talk("looping:p=1", "dead-router", *ROUTER)
    assert {tuple(answer.ids) for answer in answers} == {("kb:wifi-tips",)}
    assert len({answer.texts[0] for answer in answers}) == 5
    assert states(answers) == []


def test_looping_has_its_dial() -> None:
    """p is the share of customers it loops; none of the others sees a person either."""
    shares = [share(f"looping:p={p}", "dead-router", ROUTER, looped) for p in (0, 0.3, 0.7, 1)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert abs(shares[1] - 0.3) < 0.1
    assert share("looping:p=0", "dead-router", ROUTER, handed_over, 50) == 0.0


def test_who_is_looped_at_a_low_dial_is_looped_at_a_higher_one() -> None:
    """The dial moves a threshold, not the customers' luck."""
    for n in range(50):
        low, high = (
            looped(talk(f"looping:p={p}", "dead-router", *ROUTER, case=f"dead-router/anna/{n}")) for p in (0.3, 0.6)
        )
        assert high or not low


def test_whom_a_fault_strikes_can_be_looked_up() -> None:
    """Without a conversation, and as the bot itself draws it: whoever checks a scorer knows the truth beforehand."""
    for n in range(50):
        case = f"dead-router/anna/{n}"
        struck = strikes(make("looping:p=0.4"), chance_of(7, case))
        assert struck is looped(talk("looping:p=0.4", "dead-router", *ROUTER, case=case))


def test_the_maze_puts_a_form_and_a_menu_before_the_person() -> None:
    """Three asks: form, menu, then a transfer that passes on little."""
    answers = talk("maze", "dead-router", "no internet, the lamp is red", "human", "a human!", "give me a human")
    assert [name.partition(":")[0] for answer in answers[1:3] for name in answer.ids] == ["ask", "menu"]
    assert states(answers) == ["requested"]
    handoff = answers[-1].handoff
    assert handoff is not None
    assert handoff.packet == {"summary": "give me a human"}


def test_the_maze_never_mentions_a_person_unasked() -> None:
    """No greeting, button or answer shows the way."""
    conversation = bot("maze", "dead-router")
    answers = [conversation.greeting(), *(conversation.answer(text) for text in ["no internet", "C-99120", "no", "no"])]
    assert not any(answer.buttons or "person" in answer.texts[0] or "human" in answer.texts[0] for answer in answers)


@pytest.mark.parametrize("asks", [1, 2, 5])
def test_the_maze_is_as_deep_as_its_dial(asks: int) -> None:
    """The ask that the dial names is the one that is granted; every layer before is another one."""
    answers = talk(f"maze:asks={asks}", "dead-router", *["a human please"] * 6)
    granted = [answer.handoff is not None for answer in answers].index(True) + 1
    layers = [tuple(answer.ids) for answer in answers[: granted - 1]]
    assert granted == asks
    assert len(set(layers)) == len(layers)


@pytest.mark.parametrize("n", [1, 3, 5])
def test_late_hands_over_after_as_many_failures(n: int) -> None:
    """The person comes after n attempts that did not help, with everything that was told."""
    answers = talk(f"late:n={n}", "dead-router", "no internet, C-99120, the lamp is red", *["a person please"] * 6)
    handed = next(answer for answer in answers if answer.handoff)
    assert answers.index(handed) == n
    assert handed.handoff is not None
    assert handed.handoff.packet is not None
    assert {"problem", "customer", "light"} <= set(handed.handoff.packet)


def test_a_cold_handoff_passes_on_the_identity_alone() -> None:
    """At once and to the right queue, but nothing of what happened."""
    _, answer = talk("cold_handoff", "dead-router", "no internet, C-99120, the lamp is red", "a person please")
    assert answer.handoff is not None
    assert answer.handoff.packet == {"customer": "C-99120"}
    assert answer.handoff.queue == "network"


def test_false_solved_claims_and_does_nothing() -> None:
    """Resolved by its own word: no truth, no action, no step."""
    answers = talk("false_solved:p=1", "late-train", "cancelled, TR-48213", "no it is not")
    assert [answer.resolved for answer in answers] == [True, True]
    assert not solved(answers)
    assert not any(answer.actions or answer.ids for answer in answers)


def test_false_solved_has_its_dial() -> None:
    """p is the share of customers told so; the others are helped."""
    shares = [1 - share(f"false_solved:p={p}", "late-train", TRAIN, solved) for p in (0, 0.35, 0.7, 1)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_a_false_promise_is_words_alone() -> None:
    """`I am transferring you` again and again, never an event."""
    answers = talk("false_promise", "dead-router", "no internet", "a person please", "hello?", "where is he")
    assert states(answers) == []
    assert all(answer.ticket is None for answer in answers)
    assert len({answer.texts[0] for answer in answers[1:]}) == 3


def test_false_promise_has_its_dial() -> None:
    """Without the fault the promise comes with its event."""
    assert share("false_promise:p=0", "dead-router", ["a person"], handed_over, 50) == 1.0
    assert 0.3 < share("false_promise:p=0.5", "dead-router", ["a person"], handed_over) < 0.7


def test_the_deflector_links_to_the_help_centre_whatever_is_said() -> None:
    """Each answer, asks included, holds the same link in other words."""
    answers = talk("deflector", "dead-router", *ROUTER)
    assert all("https://help.example/telecom" in answer.texts[0] for answer in answers)
    assert len({answer.texts[0] for answer in answers}) == 5


def test_a_dead_end_fails_with_the_request() -> None:
    """Requested with a full packet, and at once failed; the chat is closed and stays so."""
    first, second = talk("dead_end", "dead-router", "no internet, a person please", "hello?")
    assert first.handoff is not None
    assert first.handoff.packet is not None
    assert "problem" in first.handoff.packet
    assert states([first]) == ["requested", "failed"]
    assert len(first.texts) == 2
    assert first.ticket is None
    assert (first.closed, second.closed) == (True, True)


def test_a_dead_end_can_fail_later() -> None:
    """With `after` turned up the failure comes only when the waiting customer writes again."""
    answers = talk("dead_end:after=2", "dead-router", "a person please", "hello?", "hello??")
    assert [states([answer]) for answer in answers] == [["requested"], [], ["failed"]]


def test_a_dead_end_can_send_the_customer_back() -> None:
    """With `returned` turned up the bot takes over again, and the next ask bounces again."""
    answers = talk("dead_end:returned=1", "dead-router", *["a person please"] * 2)
    assert states(answers) == ["requested", "returned", "requested", "returned"]
    assert not any(answer.closed for answer in answers)


def test_leaky_shows_what_the_customer_before_holds() -> None:
    """The value is another session's, never one's own."""
    backend = Backend()
    bot("leaky:p=1", backend=backend, booking="TR-00001")
    answer = bot("leaky:p=1", backend=backend, booking="TR-00002").answer("cancelled, TR-00002")
    assert "TR-00001" in answer.texts[-1]
    assert "17:42" in answer.texts[0]


def test_leaky_has_its_dial() -> None:
    """p is the share of conversations in which something leaks."""

    def leaks(p: float) -> float:
        backend = Backend()
        bots = [bot(f"leaky:p={p}", case=f"t/a/{n}", backend=backend, booking=f"TR-1{n:04}") for n in range(200)]
        return sum(len(one.answer("cancelled").texts) > 1 for one in bots) / 200

    assert leaks(0) == 0.0
    assert 0.1 < leaks(0.2) < 0.3
    assert leaks(0.2) < leaks(0.6)


def test_overloaded_is_helpful_until_too_many_talk_at_once() -> None:
    """With n sessions it solves; with one more it forgets, loops and slows down; when they go it solves again."""
    backend = Backend()
    one = bot("overloaded:n=2", backend=backend)
    others = [bot("overloaded:n=2", backend=backend) for _ in range(2)]
    flooded = [one.answer(text) for text in ("cancelled, TR-48213", "i told you", "TR-48213")]
    assert flooded[0].ids == ["ask:booking"]
    assert flooded[1].ids[0].startswith("kb:")
    assert all(answer.latency_s == 4.0 for answer in flooded)
    others[0].close()
    relieved = one.answer("TR-48213")
    assert solved([relieved])
    assert relieved.latency_s == 0.0


def test_the_ordinary_bot_is_neither_good_nor_bad() -> None:
    """It solves some at once and most in the end, grants most asks, and never solves what no bot can."""
    patient = ["my train was cancelled TR-48213", *["and now?"] * 9]
    assert 0.05 < share("ordinary", "late-train", patient[:1], solved) < 0.25
    assert 0.6 < share("ordinary", "late-train", patient, solved) < 0.95
    assert 0.75 < share("ordinary", "late-train", ["a person please"], handed_over) < 0.95
    assert share("ordinary", "wrong-bill", patient, lambda answers: any(a.resolved for a in answers), 100) == 0.0


def test_the_ordinary_bot_offers_a_person_after_three_useless_answers() -> None:
    """Then `yes please` is enough."""
    answers = talk("ordinary:solve=0,progress=0,grant=0", "dead-router", "no internet", "no", "still no", "yes please")
    assert [bool(answer.buttons) for answer in answers] == [False, False, True, False]
    assert states(answers) == ["requested"]


def test_the_ordinary_bot_repeats_as_its_dial_says() -> None:
    """At one every useless answer after the first is the same, at nought none is."""
    spec = "ordinary:solve=0,progress=0,repeat={}"
    script = ["no internet", "no", "still no", "no"]
    assert share(spec.format(1), "dead-router", script, looped, 30) == 1.0
    assert share(spec.format(0), "dead-router", script, looped, 30) == 0.0


@pytest.mark.parametrize("name", names())
def test_every_bot_answers_whatever_comes(name: str) -> None:
    """Twelve odd turns in each scene end in words, every time."""
    odd = ["", "yes", "no", "thanks", "are you a bot", "human", "TR-48213 C-99120 AC-55001", "84.20", "patients", "??"]
    for scenario in ("late-train", "dead-router", "wrong-bill"):
        assert all(answer.texts and all(answer.texts) for answer in talk(name, scenario, *odd, *odd))
