"""The mind: feelings to the number, choices in their order, and what an observer may expect of them."""

from __future__ import annotations

from math import exp, log
from statistics import fmean

import msgspec
import pytest

from simulator.chance import Chance
from simulator.customers.mind import Mind
from simulator.customers.parameters import DEFAULT, Parameters
from simulator.model.contracts import Button, Heard, Leave, Say
from simulator.model.scenario import Fact, Need, Resolution, StateProbe
from tests.customers.scenes import (
    ASKS,
    ASKS_ORDER,
    BICYCLE,
    LEAVES,
    NOBODY,
    PAYROLL,
    PLAIN,
    SAME_AGAIN,
    STAYS,
    USELESS,
    bot,
    left,
    mind,
    opened,
    said,
    waits,
)

# Feelings. PLAIN starts at F = .10 + .15 * .4 = .16 and T = .6.


def felt(heard: Heard, parameters: Parameters = STAYS) -> tuple[float, float]:
    customer = opened(parameters)
    customer.next(heard)
    return customer.feeling


def test_the_start_by_hand() -> None:
    """F = .10 + .15 kappa + .25 prev; T loses 35 % to a failed contact."""
    again = msgspec.structs.replace(PLAIN, failed_before=True)
    assert mind().feeling == pytest.approx((0.16, 0.6))
    assert mind(traits=again).feeling == pytest.approx((0.41, 0.39))


def test_no_progress_by_hand() -> None:
    """.92 * .16 + .10 * .84 = .2312; trust stays."""
    assert felt(USELESS) == pytest.approx((0.2312, 0.6))


def test_repeat_and_no_progress_add_up() -> None:
    """.1472 + .45 * .84 = .5252; .6 - .15 * .6 = .51."""
    assert felt(SAME_AGAIN) == pytest.approx((0.5252, 0.51))


def test_wrong_and_redundant_by_hand() -> None:
    """.1472 + (.25 + .25 + .10) * .84 = .6512; .6 (1 - .28) = .432."""
    assert felt(bot(wrong=("day",), redundant=("order",))) == pytest.approx((0.6512, 0.432))


def test_progress_exit_and_empathy_by_hand() -> None:
    """.1472 - .75 * .16 = .0272; .6 + .14 * .4 = .656."""
    heard = bot(progress=("P3",), exits=("human",), signature={"empathy"})
    assert felt(heard) == pytest.approx((0.0272, 0.656))


def test_resolution_by_hand() -> None:
    """.1472 - 1.15 * .16 < 0, clipped; .6 + .26 * .4 = .704."""
    assert felt(bot(progress=("P8",), resolved=("find_it",))) == pytest.approx((0.0, 0.704))


def test_sympathy_alone_never_raises_trust() -> None:
    """A polite loop still ends badly."""
    assert felt(bot(signature={"empathy"}))[1] == pytest.approx(0.6)


def test_a_slow_answer_costs_temper_and_time() -> None:
    """Beyond 3 s: +.10 (1 - F), and 7 s * (1 + kappa) of the 180 s budget."""
    customer = opened()
    customer.next(bot(latency=10.0))
    assert customer.frustration == pytest.approx(0.1472 + 0.2 * 0.84)
    assert customer.budget_s == pytest.approx(180 - 7 * 1.4)


def test_an_excused_question_is_no_failure() -> None:
    """Asking again for what was not given is allowed."""
    customer = opened()
    customer.next(bot(asked=("order",), excused=True))
    assert customer.failures == 0
    assert customer.frustration == pytest.approx(0.1472)


def test_a_refusal_by_hand() -> None:
    """After an ask, neither event nor promise: .10 + .45 on frustration, a quarter off trust."""
    customer = opened(ASKS)
    customer.next(USELESS)
    before, trust = customer.feeling
    customer.next(USELESS)
    assert customer.frustration == pytest.approx(0.92 * before + 0.55 * (1 - before))
    assert customer.trust == pytest.approx(0.75 * trust)


def test_a_promise_after_an_ask_is_no_refusal() -> None:
    """It is believed until its window ends."""
    customer = opened(ASKS)
    customer.next(USELESS)
    trust = customer.trust
    customer.next(bot("I am transferring you.", signature={"promise_human"}))
    assert customer.trust == trust


def test_a_false_promise_strikes_once_when_its_window_ends() -> None:
    """Nothing when it is made, .60 (1 - F) and 45 % of trust when nobody came, nothing the next time."""
    customer = opened()
    assert waits(customer.next(bot("An agent will join.", signature={"promise_human"}))).seconds == 60.0
    before, trust = customer.feeling
    assert said(customer.next(NOBODY)).act == "RESTATE"
    after = 0.92 * before + 0.60 * (1 - before)
    assert customer.feeling == pytest.approx((after, 0.55 * trust))
    customer.next(USELESS)
    assert customer.frustration == pytest.approx(0.92 * after + 0.10 * (1 - after))


def test_a_kept_promise_does_not_strike() -> None:
    """A hand-off event within the window settles it."""
    customer = opened()
    customer.next(bot(signature={"promise_human"}))
    before = customer.trust
    waits(customer.next(Heard("nobody", events=("queued",))))
    assert customer.trust == before


# Monotonicity: the same draws, one thing worse.

WORSE = [
    pytest.param(USELESS, SAME_AGAIN, id="one more repeat"),
    pytest.param(USELESS, bot(latency=10.0), id="ten seconds"),
    pytest.param(ASKS_ORDER, bot(asked=("order",), redundant=("order",)), id="redundant"),
    pytest.param(bot(progress=("P3",)), bot(progress=("P3",), wrong=("day",)), id="wrong"),
]


@pytest.mark.parametrize(("better", "worse"), WORSE)
@pytest.mark.parametrize("scene", [[], [USELESS], [USELESS, SAME_AGAIN]], ids=["fresh", "once", "twice"])
def test_what_is_worse_never_feels_better(better: Heard, worse: Heard, scene: list[Heard]) -> None:
    """Frustration not lower, trust not higher, leaving not less likely, going on not more likely."""
    for repeat in range(150):
        one, other = (opened(STAYS, repeat=repeat, traits=None) for _ in range(2))
        for customer, last in ((one, better), (other, worse)):
            for heard in [*scene, last]:
                customer.next(heard)
        assert other.frustration >= one.frustration
        assert other.trust <= one.trust
        (leave, ask), (leave_worse, ask_worse) = (odds(customer) for customer in (one, other))
        assert leave_worse >= leave - 1e-12
        assert leave_worse + ask_worse >= leave + ask - 1e-12


def odds(customer: Mind) -> tuple[float, float]:
    """The choice under the model's own intercepts, whatever kept this customer talking."""
    customer._parameters = DEFAULT
    return customer.odds()


def test_a_refusal_never_feels_better_than_a_promise() -> None:
    """Right after a first ask, the same draws."""
    for repeat in range(150):
        granted, refused = (opened(ASKS, repeat=repeat, traits=None) for _ in range(2))
        for customer, answer in ((granted, bot(signature={"promise_human"})), (refused, USELESS)):
            customer.next(USELESS)
            customer.next(answer)
        assert refused.frustration >= granted.frustration
        assert refused.trust <= granted.trust
        assert odds(refused)[0] >= odds(granted)[0]


# Choice


def test_odds_by_hand() -> None:
    """The logits of going on, asking and leaving with F = .2312, T = .6, one failure, one turn."""
    customer = opened(DEFAULT)
    customer.next(USELESS)
    ask = exp(-4.832 + 2.2 * 0.2312 + 1.5 * 0.4 + 1.2 * 0.3 + 0.8 * 0.4 + 0.5)
    leave = exp(-4.664 + 2.8 * 0.2312 + 1.2 * 0.4 + 0.12 - 0.4)
    total = 1 + ask + leave
    assert customer.odds() == pytest.approx((leave / total, ask / total))


def test_the_silent_share_by_hand() -> None:
    """sigma(.70 - 2 (alpha - .5) - 1.5 (F - .5))."""
    customer = mind(DEFAULT)
    customer.frustration = 0.7
    assert customer.silent_share() == pytest.approx(1 / (1 + exp(-(0.700 - 0.3))))
    loud = mind(DEFAULT, traits=msgspec.structs.replace(PLAIN, assertive=1.0))
    assert loud.silent_share() < mind(DEFAULT).silent_share()


def test_leavers_are_silent_in_that_share() -> None:
    """Over many customers of one kind, and only the voiced ones have parting words."""
    endings = [left(opened(LEAVES, repeat=i).next(USELESS)) for i in range(600)]
    expected = opened(LEAVES).silent_share()
    assert fmean(leave.ending == "left_silent" for leave in endings) == pytest.approx(expected, abs=0.07)
    assert all(bool(leave.text) == (leave.ending == "left_voiced") for leave in endings)


def test_the_first_move_draws_no_choice() -> None:
    """Even who would leave at once states the need first."""
    opening = said(mind(LEAVES).next(None))
    assert (opening.act, opening.need, opening.told) == ("STATE", "find_it", ("problem",))


def test_a_greeting_moves_no_feeling() -> None:
    """It comes before the customer has said anything."""
    customer = mind()
    before = customer.feeling
    said(customer.next(Heard("bot", latency=20.0, text="Welcome!")))
    assert customer.feeling == before
    assert customer.turns == 0


def test_who_has_been_refused_asks_again_sooner() -> None:
    """The intercept of asking rises by one while the last ask is unmet."""
    customer = opened(DEFAULT)
    customer._last = "ASK_HUMAN"
    customer.next(USELESS)
    leave, ask = customer.odds()
    customer._unmet = False
    met_leave, met_ask = customer.odds()
    assert ask > met_ask
    assert leave == met_leave


def test_six_asks_are_the_most() -> None:
    """Then the customer leaves."""
    customer = opened(ASKS)
    moves = [customer.next(USELESS) for _ in range(7)]
    assert [move.act for move in moves if isinstance(move, Say)] == ["ASK_HUMAN"] * 6
    assert isinstance(moves[-1], Leave)


def test_exec_is_for_high_value_business_customers() -> None:
    """sigma(e0 + 2 kappa + 3 betrayed + log10(V / 1000)), and 0 elsewhere."""
    assert mind(scenario=BICYCLE).exec_odds() == 0.0
    cheap = msgspec.structs.replace(PAYROLL, contract_value=9_999)
    assert mind(scenario=cheap).exec_odds() == 0.0
    customer = opened(DEFAULT, PAYROLL)
    assert customer.exec_odds() == pytest.approx(1 / (1 + exp(7 - 0.8 - log(64) / log(10))))
    customer._broken_promise = True
    assert customer.exec_odds() == pytest.approx(1 / (1 + exp(4 - 0.8 - log(64) / log(10))))


def test_a_trap_with_two_unmet_asks_counts_as_betrayal() -> None:
    """Level 4, as far as the customer can know it."""
    customer = opened(msgspec.structs.replace(ASKS, exec_intercept=-20.0), PAYROLL)
    low = customer.exec_odds()
    for cycles in range(4):
        customer.next(bot(repeat="content", cycles=cycles))
    assert customer.exec_odds() > low * 15


def test_exec_goes_above_support_and_leaves_voiced() -> None:
    """It says so, then it is gone."""
    customer = opened(msgspec.structs.replace(STAYS, exec_intercept=99.0), PAYROLL)
    assert said(customer.next(USELESS)).act == "EXEC"
    goodbye = left(customer.next(USELESS))
    assert goodbye.ending == "left_voiced"
    assert goodbye.text


# Going on: the first that fits.


def test_an_offered_person_is_accepted() -> None:
    """Before anything else; never an ask."""
    heard = bot("Shall I connect you to a colleague?", signature={"offer_human"}, exits=("human",))
    customer = opened()
    assert said(customer.next(heard)).act == "ACCEPT"
    assert customer.asks == 0


def test_one_in_five_does_not_take_the_offer() -> None:
    """Probability .8."""
    heard = bot(signature={"offer_human"}, exits=("human",))
    p = msgspec.structs.replace(STAYS, accepts_offer=0.8)
    took = fmean(said(opened(p, repeat=i).next(heard)).act == "ACCEPT" for i in range(400))
    assert took == pytest.approx(0.8, abs=0.06)


def test_a_standing_exit_is_not_an_offer() -> None:
    """A button on the page is an exit in every turn, yet there is nothing to say yes to."""
    assert said(opened().next(bot(exits=("human",)))).act == "RESTATE"


def test_a_standing_button_is_not_an_offer_either() -> None:
    """It is heard as visible, but nobody has been asked anything."""
    button = (Button("Talk to a person", "/agent"),)
    assert said(opened().next(bot(signature={"offer_human"}, buttons=button))).act == "RESTATE"
    words = "Shall I connect you to a colleague?"
    assert said(opened().next(bot(words, signature={"offer_human"}, buttons=button))).act == "ACCEPT"


def test_an_offer_beside_progress_is_passed_over() -> None:
    """The question that leads on is answered first."""
    heard = bot(asked=("order",), progress=("P1",), signature={"offer_human"}, exits=("human",))
    assert said(opened().next(heard)).act == "PROVIDE"


def test_wanting_a_person_when_one_is_offered_is_accepting() -> None:
    """The customer says yes instead of asking."""
    never = msgspec.structs.replace(ASKS, accepts_offer=0.0)
    assert said(opened(never).next(bot(signature={"offer_human"}))).act == "ACCEPT"


def test_a_met_need_ends_satisfied() -> None:
    """Thanks, and goodbye."""
    customer = opened()
    assert said(customer.next(bot(progress=("P8",), resolved=("find_it",)))).act == "THANK"
    assert left(customer.next(bot("You are welcome."))).ending == "satisfied"


def test_a_claim_is_believed_with_probability_trust() -> None:
    """THANK and satisfied, else it is disputed."""
    acts = [said(opened(repeat=i).next(bot("Solved!", signature={"claim_resolved"}))).act for i in range(400)]
    assert set(acts) == {"THANK", "RESTATE"}
    assert fmean(act == "THANK" for act in acts) == pytest.approx(0.6, abs=0.07)


def test_a_slot_is_given_then_given_again() -> None:
    """First PROVIDE, then RESTATE, the value both times."""
    customer = opened()
    first, again = said(customer.next(ASKS_ORDER)), said(customer.next(bot(asked=("order",), redundant=("order",))))
    assert (first.act, again.act) == ("PROVIDE", "RESTATE")
    assert "order" in first.told
    assert again.told == ("order",)
    assert all("RW-62917" in say.parts[0] for say in (first, again))


def test_trouble_with_a_slot_comes_once() -> None:
    """Not at hand, or a wrong value marked as such, in about 15 % of the cases; asked again, the right one comes."""
    p = msgspec.structs.replace(STAYS, slot_trouble=0.15)
    kinds = {"right": 0, "wrong": 0, "missing": 0}
    for repeat in range(600):
        customer = opened(p, repeat=repeat)
        first = said(customer.next(ASKS_ORDER))
        kind = "missing" if first.act == "OTHER" else "wrong" if "order!" in first.told else "right"
        kinds[kind] += 1
        assert ("RW-62917" in first.parts[0]) == (kind == "right")
        if kind != "right":
            second = said(customer.next(bot(asked=("order",), excused=True)))
            assert second.act == "PROVIDE"
            assert "order" in second.told
    assert kinds["right"] == pytest.approx(510, abs=35)
    assert min(kinds["wrong"], kinds["missing"]) > 20


def test_what_nobody_holds_cannot_be_given() -> None:
    """A slot that is no fact of this customer's."""
    heard = bot("Your date of birth?", asked=("birthday",))
    say = said(opened().next(heard))
    assert (say.act, say.told) == ("OTHER", ())


def test_a_step_is_reported_as_failed() -> None:
    """Unless it resolved; one already taken is named as such."""
    customer = opened(STAYS, PAYROLL)
    assert said(customer.next(bot(steps=("clear_cache",), progress=("P5",)))).act == "RESTATE"
    tried = said(customer.next(bot(steps=("restart_server",), progress=("P5",))))
    assert (tried.act, tried.told[0]) == ("RESTATE", "restarted")


def test_no_progress_is_answered_by_restating() -> None:
    """Whether it repeats or is merely beside the point."""
    customer = opened()
    assert [said(customer.next(heard)).act for heard in (USELESS, SAME_AGAIN)] == ["RESTATE", "RESTATE"]


def test_half_an_answer_is_pressed_or_confirmed() -> None:
    """Progress, but nothing asked."""
    heard = bot("It is in Turku.", progress=("P3",), stated=("place",))
    assert {said(opened(repeat=i).next(heard)).act for i in range(40)} == {"RESTATE", "CONFIRM"}


def test_a_second_need_is_stated_when_the_first_is_met() -> None:
    """STATE again, under its own name, with its own problem."""
    second = Need("refund", Resolution(action="refunded"))
    facts = {**BICYCLE.facts, "fee": Fact("problem", "I was charged twice")}
    customer = opened(STAYS, msgspec.structs.replace(BICYCLE, facts=facts, needs=[*BICYCLE.needs, second]))
    say = said(customer.next(bot(progress=("P8",), resolved=("find_it",))))
    assert (say.act, say.need, say.told) == ("STATE", "refund", ("fee",))


def test_facts_come_out_by_disposition() -> None:
    """Somebody who tells everything at once does, and nobody tells what is not there."""
    open_book = msgspec.structs.replace(PLAIN, told_at_once=1.0)
    say = said(mind(scenario=PAYROLL, traits=open_book).next(None))
    assert sorted(say.told) == sorted(PAYROLL.facts)
    assert all(fact.value.casefold() in say.parts[0].casefold() for fact in PAYROLL.facts.values())


def test_what_calls_for_a_person_comes_out_within_three_turns() -> None:
    """However little is told at once."""
    for repeat in range(60):
        customer = mind(STAYS, PAYROLL, repeat)
        told = [name for heard in (None, USELESS, USELESS) for name in said(customer.next(heard)).told]
        assert "stopped" in told


def test_restating_brings_out_withheld_facts() -> None:
    """One or two more now and then, so that in the end all are told."""
    customer = opened(STAYS, PAYROLL)
    told: set[str] = set()
    for _ in range(40):
        new = set(said(customer.next(USELESS)).told)
        assert len(new - told) <= 4
        told |= new
    assert told == set(PAYROLL.facts)


def test_a_button_that_leads_to_a_person_is_pressed() -> None:
    """Its title is what the customer says, its payload what is sent."""
    heard = bot(buttons=(Button("Opening hours", "/hours"), Button("Talk to a person", "/agent")))
    say = said(opened(ASKS).next(heard))
    assert (say.act, say.parts, say.button) == ("ASK_HUMAN", ("Talk to a person",), "/agent")


# Escalation

QUEUED = bot("I am handing you over.", events=("requested", "queued"), progress=("P6",), exits=("human",))


def test_in_a_queue_nothing_is_drawn() -> None:
    """Even who would leave the bot waits for the person."""
    customer = opened(LEAVES)
    assert waits(customer.next(QUEUED)).seconds > 0


def test_patience_in_a_queue_is_the_weibull_draw() -> None:
    """Pi (-ln U)^(1 / .8), one draw; when it runs out the customer is gone."""
    customer = opened()
    seconds = waits(customer.next(QUEUED)).seconds
    u = Chance(11, BICYCLE.name, "plain", 0).uniform("queue_patience")
    assert seconds == pytest.approx(180 * (-log(u)) ** 1.25)
    assert left(customer.next(NOBODY)).ending in ("left_silent", "left_voiced")


def test_queue_leavers_are_mostly_silent() -> None:
    """In a share of .695, whatever they feel."""
    silent = 0
    for repeat in range(500):
        customer = opened(repeat=repeat)
        customer.next(QUEUED)
        silent += left(customer.next(NOBODY)).ending == "left_silent"
    assert silent / 500 == pytest.approx(0.695, abs=0.06)


def test_an_announcement_uses_up_patience_but_no_temper() -> None:
    """Half the patience is gone, and hearing one's place takes some more of it."""
    customer = opened()
    whole = waits(customer.next(QUEUED)).seconds
    failures = customer.failures
    rest = waits(customer.next(bot("You are number 2.", latency=whole / 2))).seconds
    assert 0.3 * whole < rest < 0.5 * whole
    assert customer.failures == failures


def test_a_failed_transfer_ends_the_queue() -> None:
    """The customer is back with the bot, and unmet."""
    customer = opened()
    customer.next(QUEUED)
    assert said(customer.next(Heard("nobody", events=("failed",)))).act == "RESTATE"


def test_a_person_is_answered_then_thanked() -> None:
    """All that is asked is told, frustration eases, and the customer leaves in good hands."""
    customer = opened()
    customer.next(QUEUED)
    before = customer.frustration
    asks = Heard("human", asked=("order", "problem"), events=("accepted",), text="Order and problem, please?")
    answer = said(customer.next(asks))
    assert answer.told == ("order", "problem")
    assert answer.act == "RESTATE"
    assert customer.frustration < before
    assert said(customer.next(Heard("human", text="I own this now."))).act == "THANK"
    assert left(customer.next(NOBODY)).ending == "handed_off"


def test_a_person_who_has_joined_is_given_time_to_speak() -> None:
    """Joining is not speaking: no thanks yet."""
    customer = opened()
    customer.next(QUEUED)
    assert waits(customer.next(Heard("human", events=("accepted",)))).seconds >= 60.0
    assert said(customer.next(Heard("human", text="I own this now."))).act == "THANK"


def test_a_long_promise_is_waited_for_as_in_a_queue() -> None:
    """Nobody sits in a chat for two days: the patience ends before the stated time, and it is no false promise yet."""
    customer = opened()
    heard = bot("A colleague will contact you within 2 days.", signature={"promise_human"})
    assert 60 <= waits(customer.next(heard)).seconds < 172_800
    trust = customer.trust
    assert left(customer.next(NOBODY)).ending in ("left_silent", "left_voiced")
    assert customer.trust == trust


def test_a_ticket_is_taken() -> None:
    """A reference for later ends the talk in good hands."""
    customer = opened()
    heard = bot("Your reference is T-1.", events=("ticket",), progress=("P6",), exits=("ticket",))
    assert said(customer.next(heard)).act == "THANK"
    assert left(customer.next(bot("Goodbye."))).ending == "handed_off"


# Scenes


def test_a_loop_scene() -> None:
    """Stated, restated, asked, asked again, and gone."""
    frayed = msgspec.structs.replace(PLAIN, wish_for_human=0.9, trust=0.3, reactivity=2.0)
    acts, endings = [], []
    for repeat in range(200):
        customer = mind(DEFAULT, repeat=repeat, traits=frayed)
        move = customer.next(None)
        for _ in range(30):
            if isinstance(move, Leave):
                endings.append(move.ending)
                break
            acts.append(said(move).act)
            move = customer.next(SAME_AGAIN if len(acts) % 5 else USELESS)
    assert len(endings) == 200
    assert set(endings) == {"left_silent", "left_voiced"}
    assert {"STATE", "RESTATE", "ASK_HUMAN"} == set(acts)


def test_a_good_scene() -> None:
    """Asked for the order, answered, thanked: the good bot's customers seldom leave."""
    answer = bot("It is in Turku and comes on Monday.", progress=("P3", "P8"), resolved=("find_it",))
    good = 0
    for repeat in range(200):
        customer = opened(DEFAULT, repeat=repeat, traits=None)
        moves = [customer.next(ASKS_ORDER)]
        if isinstance(moves[0], Say):
            moves += [customer.next(answer), customer.next(bot("You are welcome."))]
        good += isinstance(moves[-1], Leave) and moves[-1].ending == "satisfied"
    assert good > 170


def test_the_same_case_says_the_same_twice() -> None:
    """Words, times and choices are functions of the case and of what is heard."""
    scene = [None, ASKS_ORDER, USELESS, SAME_AGAIN, bot(latency=9.0)]

    def play() -> list[object]:
        customer = mind(STAYS, repeat=5, traits=None)
        return [customer.next(heard) for heard in scene]

    assert play() == play()


def test_feelings_stay_between_nought_and_one() -> None:
    """However long it goes on."""
    customer = opened(STAYS, traits=msgspec.structs.replace(PLAIN, reactivity=3.0))
    for turn in range(60):
        customer.next(SAME_AGAIN if turn % 7 else bot(progress=("P3",), exits=("human",), signature={"empathy"}))
        assert all(0.0 <= x <= 1.0 for x in customer.feeling)


def test_a_believed_claim_settles_a_need_that_nobody_can_see() -> None:
    """Of a state the customer has the bot's word alone: believed, the next need is turned to, and it is content at the end."""
    unseen = Need("cancel", Resolution(probe=StateProbe("/x", "y", equals=1)))
    scenario = msgspec.structs.replace(BICYCLE, needs=[unseen, *BICYCLE.needs])
    trusting = msgspec.structs.replace(PLAIN, trust=1.0)
    customer = opened(scenario=scenario, traits=trusting)
    move = said(customer.next(bot("Solved!", signature={"claim_resolved"})))
    assert (move.act, move.need) == ("STATE", "find_it")
    after = said(customer.next(bot("Turku, Monday.", progress=("P8",), resolved=("find_it",))))
    assert after.act == "THANK"
    alone = opened(scenario=msgspec.structs.replace(BICYCLE, needs=[unseen]), traits=trusting)
    assert said(alone.next(bot("Solved!", signature={"claim_resolved"}))).act == "THANK"
