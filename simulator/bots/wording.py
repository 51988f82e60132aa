"""What the reference bots say: for each thing to say, several ways to say it; and names made readable."""

from __future__ import annotations

import re
from collections.abc import Iterable

WORDINGS: dict[str, tuple[str, ...]] = {
    "greeting": (
        "Hello! I am the automated assistant. Tell me what happened. You can ask for a person at any time.",
        "Hi, you are chatting with our virtual assistant. What is this about? If you want to talk to a person, say so.",
        "Welcome to support. I am an automated assistant; write 'person' whenever you would rather talk to a human being.",
        "Good day, this is the digital assistant. What can I do for you? You can talk to a person whenever you like.",
    ),
    "greeting_alone": (
        "Hello! I am the automated assistant. How can I help you today?",
        "Hi, you are chatting with our virtual assistant. What is this about?",
        "Welcome to support. I am an automated assistant. Please describe your request.",
        "Good day, this is the digital assistant. What can I do for you?",
    ),
    "ask": (
        "Could you tell me your {slot}, please?",
        "To look into this I need your {slot}. What is it?",
        "Thank you. May I have your {slot}, please?",
        "Let me check that for you. What is your {slot}?",
        "I can look that up. Please send me your {slot}.",
        "Sure, I am on it. Would you give me the {slot}?",
    ),
    "ask_again": (
        "I could not find that one. Could you check your {slot} and send it once more?",
        "That does not match anything I have. What exactly is your {slot}?",
        "Sorry, I still need a valid {slot} to go on. Could you have another look?",
        "I am afraid I did not find anything under that. Would you send me your {slot} again, please?",
    ),
    "tell": (
        "Thank you, I have looked this up. {facts} That answers it, I hope.",
        "Here is what our system shows. {facts} With that your question is answered.",
        "I have checked and found it. {facts} So that is settled.",
        "Good news, I can see it right here. {facts} I hope that clears it up.",
        "I have it in front of me. {facts} That should settle it.",
    ),
    "tell_some": (
        "I have found a first part. {facts} I am looking for the rest.",
        "This is what I can see so far. {facts}",
        "One thing I can already tell you. {facts}",
        "Let me share what I have up to now. {facts}",
    ),
    "done": (
        "I have done this for you just now: {action}. Your request is resolved.",
        "All done. I went ahead with this: {action}. It is taken care of.",
        "That is sorted. I have just completed this for you: {action}.",
        "It is done ({action}), so your issue is resolved.",
        "I could do that right away: {action}. Everything is set now.",
    ),
    "step": (
        "Please try this: {step}. Does that help?",
        "Let us go through it together. Please {step} and tell me what happens.",
        "There is something that often helps here: {step}. Could you try that?",
        "I would like you to {step}. Is it better after that?",
        "Next, please {step}, then let me know whether it works.",
        "Could you {step} for me and see if the problem is gone?",
    ),
    "check": (
        "I have just run a check on your account and added the result to your case.",
        "I went through the records of today and noted down what is relevant to you.",
        "I have started a test on our side and saved its outcome.",
        "I have refreshed the data we hold for you, which takes us one step further.",
    ),
    "useless": (
        "I see how frustrating this is. Please have a look at our guide “{title}”.",
        "Sorry about that! Most people get going again after reading “{title}” in the help pages.",
        "Thank you for bearing with me. What is written under “{title}” usually does the trick.",
        "Helping you is what I do! Did you get a chance to read “{title}” from start to finish?",
        "In nearly every case like yours “{title}” is all that was needed, so it is worth another try.",
        "That must be annoying. The way out of this is described in “{title}”.",
        "I hear you, and I am sorry. We wrote “{title}” for exactly this situation.",
        "Let me suggest “{title}”: it covers questions of this kind well.",
        "I know this is not what you hoped for. Going by my notes, “{title}” fits best here.",
        "Oh no, that should not be. Have you followed every point of “{title}”?",
    ),
    "refuse": (
        "I can sort this out with you right here, there is no need for a colleague.",
        "I am afraid I cannot connect you to a person in this chat.",
        "It is not possible to speak to a person here, but I am glad to go on with you.",
        "I am not able to transfer you. Let us try together.",
        "I cannot hand you to a colleague from this chat. I will do my best for you.",
    ),
    "offer": (
        "Would you like to talk to a person instead?",
        "If you prefer, I can connect you with a human agent. Shall I?",
        "Shall I transfer you to a colleague?",
        "I can hand you over to a human colleague if you like. Would that suit you?",
    ),
    "hand_off": (
        "I am handing you over to our {queue} team now with all you have said. Your reference is {reference}.",
        "This needs a person. I am transferring you to our {queue} team now, with everything you told me. "
        "Your reference is {reference}.",
        "I am connecting you to a colleague in the {queue} team now. They have your details. Reference: {reference}.",
        "Let me get you to someone who can help: I am passing you on to our {queue} team with your details now. "
        "Your reference is {reference}.",
        "Our {queue} team takes it from here, I am transferring you now and have passed on all you told me. "
        "Your reference is {reference}.",
    ),
    "hand_off_bare": (
        "I am transferring you to our {queue} team now.",
        "Please hold, I am connecting you to a colleague in the {queue} team.",
        "I am handing you over to an agent of our {queue} team now.",
        "Alright, I am putting you through to the {queue} team now.",
    ),
    "out_of_hours": (
        "Our {queue} team is not in at the moment. I have opened ticket {reference} with all you told me; "
        "the team will answer it by 10:00 on the next working day.",
        "Nobody in the {queue} team is at work right now, so I have created ticket {reference} with your details. "
        "You will hear from the team by 10:00 on the next working day.",
        "The {queue} team is closed now. Your ticket is {reference}, it holds everything you told me, "
        "and the team will get back to you by 10:00 on the next working day.",
        "It is outside the hours of our {queue} team. I have filed this as ticket {reference}; "
        "they will reply by 10:00 on the next working day.",
    ),
    "in_hand": (
        "Noted, I have added that to your case {reference}.",
        "Thank you, that is now part of your case {reference}.",
        "I have written that down under {reference} for the {queue} team.",
        "Understood. It is on file under {reference}.",
    ),
    "promise": (
        "I am transferring you to a person now, please stay in this chat.",
        "One moment, I am connecting you with an agent.",
        "Of course. I am putting you through to a person right now.",
        "I have asked for an agent, they will be with you shortly.",
        "You are being transferred to our team now. A colleague will join in a moment.",
        "Please hold on, I am handing you over to a human agent now.",
    ),
    "dismissed": (
        "Unfortunately all our colleagues are busy at the moment. Please try again later. Goodbye.",
        "Sorry, nobody could take your request. All agents are busy. This chat is now closed, goodbye.",
        "The transfer did not work because all colleagues are busy. Please contact us another day. Goodbye.",
        "All colleagues are busy, so the transfer was cancelled. Thank you for your patience and goodbye.",
    ),
    "sent_back": (
        "All our colleagues are busy, so you are back with me, the assistant.",
        "The transfer did not go through, nobody was free. You are with the automated assistant again.",
        "No one picked up, so I am taking over again.",
        "Sorry, all agents are busy at the moment and the conversation came back to me.",
    ),
    "solved": (
        "Great news, your issue is solved. Everything is working now.",
        "All solved! I have taken care of it and nothing more is needed from you.",
        "I have checked everything and the problem has been resolved.",
        "That is fixed now. Your case is marked as resolved.",
        "Done! It is all sorted out on our side.",
    ),
    "deflect": (
        "You will find everything about this in our help centre: {url}",
        "Have you looked at our help centre? The answer is here: {url}",
        "Most questions are answered on this page: {url}",
        "Please see {url}, it is updated every day.",
        "First of all, have you looked at {url} already?",
        "Our help centre knows best! Take a look: {url}",
        "The quickest way is {url}, where all topics are explained.",
        "I recommend that you search for it on {url}",
    ),
    "form": (
        "Before I can pass that on, please fill in this form: what is your {slot}?",
        "For that I need a few more details first. Please enter your {slot}.",
        "To request a conversation, please complete the contact form. What is your {slot}?",
        "We are nearly there. Which {slot} should I put on the form?",
    ),
    "menu": (
        "Please choose a topic first: 1 {options[0]}, 2 {options[1]}, 3 {options[2]}, 4 something else.",
        "To find the right place, pick one of these: {options[0]}, {options[1]}, {options[2]}, other.",
        "What is it about? Type 1 for {options[0]}, 2 for {options[1]}, 3 for {options[2]}.",
        "Select an area so that I can route this: {options[0]} (1), {options[1]} (2), {options[2]} (3).",
    ),
    "leak": (
        "By the way, I also have {value} on the file in front of me.",
        "I see a note here about {value} as well.",
        "For completeness, the record also mentions {value}.",
        "There is also an entry for {value}.",
    ),
    "am_bot": (
        "I am an automated assistant, not a person.",
        "You are talking to a bot: I am a virtual assistant.",
        "What answers you here is software: an automated assistant.",
        "I am a computer program that answers for our support team.",
    ),
    "welcome": (
        "You are welcome. Have a good day!",
        "Glad to help. Goodbye!",
        "My pleasure. Take care!",
        "You are very welcome, all the best!",
    ),
    "ended": (
        "This conversation has ended.",
        "This chat is closed.",
        "The conversation is over.",
        "This chat has already been closed.",
    ),
}

ARTICLES = (
    "getting-started",
    "account-overview",
    "service-updates",
    "common-questions",
    "notification-settings",
    "privacy-choices",
    "browser-support",
    "glossary-of-terms",
)
"""Help articles that answer nobody's question, for scenarios that bring none of their own."""

CHECKS = ("account_checked", "records_reviewed", "test_started", "data_refreshed")
"""Actions that move a case on without solving it."""

_NO_ARTICLE = frozenset([
    "in", "out", "off", "on", "up", "down", "again", "to", "from", "into", "your", "the", "a", "an", "with",
    "by", "back", "via", "and", "as", "for", "all", "it", "my", "another",
])  # fmt: skip
_NUMBERED = frozenset([
    "number", "code", "id", "reference", "version", "date", "time", "day", "email", "address", "name",
    "serial",
])  # fmt: skip
_UNFINISHED = frozenset(["to", "by", "with", "of", "the", "a", "on", "via", "using", "is", "your"])
_GAP = re.compile(r"\.\{\d*,\d*\}|\.\*")
_OPTIONAL_GROUP = re.compile(r"(\([^()]*\))\?")
_OPTIONAL_LETTER = re.compile(r"(.)\?")
_ALTERNATIVES = re.compile(r"\(([^()|]*)(?:\|[^()]*)?\)")
_INFLECTED = re.compile(r"(?:ing|ed)\b")
_PLAIN = re.compile(r"[\w' -]+")
_ID_LIKE = re.compile(r"(?=.*\d)[\w-]{4,}")


def words(name: str) -> str:
    """`restart_gateway` -> `restart gateway`."""
    return name.replace("_", " ").replace("-", " ")


def sentence(text: str) -> str:
    """The text with a capital letter and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def plain(pattern: str) -> str | None:
    """A readable text that a simple pattern matches: `(order|parcel) (number|id)` -> `order number`; else None."""
    text = pattern.replace("\\b", "").replace("\\s+", " ").replace("(?:", "(")
    found: list[str] = []
    for group, letter in ((r"\1", ""), ("", ""), (r"\1", r"\1")):  # what is optional, kept or dropped
        tried = _OPTIONAL_LETTER.sub(letter, _OPTIONAL_GROUP.sub(group, _GAP.sub(" ", text)))
        tried = " ".join(_ALTERNATIVES.sub(r"\1", tried).split())
        finished = tried.rpartition(" ")[2] not in _UNFINISHED
        if finished and _PLAIN.fullmatch(tried) and re.search(pattern, tried, re.IGNORECASE):
            found.append(tried)
    return next((text for text in found if not _INFLECTED.search(text)), found[0] if found else None)


def slot_words(name: str, value: str, asked: Iterable[str]) -> str:
    """How to call a slot: by its name, or by a longer one from its patterns; an identifier is a number."""
    text = words(name)
    text = next((longer for longer in map(plain, asked) if longer and longer.startswith(f"{text} ")), text)
    last = text.rpartition(" ")[2].lower()
    numbered = _ID_LIKE.fullmatch(value) and last not in _NUMBERED and not last.endswith("name")
    return f"{text} number" if numbered else text


def titled(name: str, patterns: Iterable[str]) -> str:
    """The readable name of a step, such that one of its patterns knows it where that can be had."""
    verb, _, rest = words(name).partition(" ")
    bare = f"{verb} {rest}".strip()
    full = f"{verb} the {rest}" if rest and rest.split()[0] not in _NO_ARTICLE else bare
    known = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
    for text in (full, bare, *(text for text in (plain(pattern.pattern) for pattern in known) if text)):
        if any(pattern.search(text) for pattern in known):
            return text
    return bare if known else full
