"""What is talked about in the benchmarks: replies that never repeat, a target file, a cast of stock customers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simulator.launch.casting import cast
from simulator.launch.run import prepare
from simulator.model.plan import RunPlan
from simulator.store import RunFolder

_TARGET = """\
target: 1
name: benchmark
base_url: {url}
turn:
  request:
    path: /chat
    json: {{session: "{{{{session_id}}}}", text: "{{{{text}}}}"}}
reply: {{texts: reply}}
"""

_FIRST = (
    "Thank you for the details about {noun} {number}, I have opened the record and looked through the last entries.",
    "I am sorry to hear about the trouble with {noun} {number}, that is not what anybody would want to deal with.",
    "Let me look into {noun} {number} for you, our system shows several changes there during the last couple of days.",
    "I can see {noun} {number} on your profile, and the most recent update came in shortly after noon on Monday.",
    "Regarding {noun} {number}, the information we hold says that it was handled by our regional office last week.",
    "I understand how frustrating this is, and I have checked the notes on {noun} {number} from beginning to end.",
    "Our records list {noun} {number} as open, with two remarks that were added by the previous shift in {place}.",
    "It looks like {noun} {number} went through an automatic review, which usually takes between one and three working days.",
    "According to the overview, {noun} {number} was created online and confirmed by a message to your usual address.",
    "Good that you mention {noun} {number}, because the entry carries a marker that does not belong to it at all.",
    "I apologise for the delay, {noun} {number} has been moved between two of our systems and arrived there incomplete.",
    "For {noun} {number} the page shows an older state than the one the {place} office entered earlier this morning.",
)
_SECOND = (
    "Most customers in {place} find the answer on the overview page under settings, where the newest entry comes first.",
    "Changes of this kind become visible after about {number} minutes, sometimes later when many people use the service.",
    "Please make sure that the address you signed up with is still current before you go on to the next page.",
    "The terms that apply to your contract are described in section {number} of the document you received by post.",
    "If the amount looks different from what you expected, it may include the part of the month before the change.",
    "You could try to sign out, wait for a short while, and then sign in again with a different browser.",
    "Deliveries to {place} are made from Tuesday to Saturday, and the van usually comes between nine and four.",
    "There was planned maintenance near {place} overnight, which may explain why some pages were slower than they normally are.",
    "Each request gets a reference like {number} so that every step can be followed later without asking you again.",
    "A confirmation is normally sent within a day, so it is worth looking into the folder for unwanted messages too.",
    "In such cases it often helps to restart the device and to check the cable that leads to the wall.",
    "Prices and fees are listed in the online table, which was brought up to date on the first of the month.",
    "Could you tell me when you noticed it for the first time, and whether anything was changed before that?",
    "Is there anything in your message that I have missed or that I should look at more closely?",
    "Unfortunately I do not have more detailed information about this at the moment, but the page will show it.",
    "Please send me the number that is printed on the letter so that I can compare both entries.",
    "You will find all of this again under help, in the part that deals with orders and invoices.",
    "Which of the two entries do you mean, the one from the start of the week or the later one?",
    "The easiest way is to open the form in your account, fill in the first page, and send it.",
    "I hope this makes it clearer, and I would be glad to explain any part of it once more.",
    "Would you like me to go through the single items with you, beginning with the oldest one on the list?",
    "That is all I can see from here, the rest is kept by the department that looks after {place}.",
)
_NOUNS = (
    "order",
    "request",
    "account",
    "contract",
    "invoice",
    "booking",
    "delivery",
    "subscription",
    "device",
    "payment",
)
_PLACES = (
    "Ashford",
    "Carlisle",
    "Swindon",
    "Preston",
    "Norwich",
    "Exeter",
    "Dundee",
    "Bangor",
    "Luton",
    "Stirling",
    "Derby",
)

DISTINCT = len(_FIRST) * len(_SECOND)


def reply(number: int) -> str:
    """The reply with this number: 35-43 words, one of 264 texts in an order that mixes them, made unique by numbers."""
    second, first = divmod(number * 101 % DISTINCT, len(_FIRST))  # 101 and 264 have no common factor
    noun, place = _NOUNS[number * 7 % len(_NOUNS)], _PLACES[number * 3 % len(_PLACES)]
    text = f"{_FIRST[first]} {_SECOND[second]}"
    return text.format(noun=noun, place=place, number=100_000 + number)


def prepare_run(folder: Path, url: str, conversations: int, personas: Sequence[str] = ("*",)) -> RunFolder:
    """A run's folder with so many stock customers over all stock scenarios, against the benchmark's server."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "benchmark.yaml"
    target.write_text(_TARGET.format(url=url), encoding="utf-8")
    plan = RunPlan(
        target=str(target), personas=list(personas), conversations=conversations, probes=False, results=str(folder)
    )
    return prepare(cast(plan), None)
