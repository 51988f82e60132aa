"""The reference bots and their dials: which there are, what each does wrong, and how much of it.

A bot is named like `looping` or, with its dials turned, `looping:p=0.5,latency=2`. At zero every fault is gone and what
is left is `helpful`, or a helpful bot that shows nobody the way to a person.
"""

from __future__ import annotations

from difflib import get_close_matches

import msgspec

from simulator.model.errors import InputError, Problem


class Dial(msgspec.Struct, frozen=True):
    """One number that can be turned."""

    default: float
    low: float
    high: float
    about: str
    whole: bool = False


class Kind(msgspec.Struct, frozen=True):
    """One reference bot."""

    about: str
    dials: dict[str, Dial] = {}


class Dials(msgspec.Struct, frozen=True):
    """A reference bot with every dial at a number."""

    bot: str
    settings: dict[str, float]
    latency: float | None = None
    """Median seconds to an answer; None leaves it to the wire (0.8 in process, 0 over HTTP)."""

    def __getitem__(self, dial: str) -> float:
        return self.settings[dial]


def _share(default: float, about: str) -> Dial:
    return Dial(default, 0.0, 1.0, about)


def _count(default: int, about: str, low: int = 1) -> Dial:
    return Dial(float(default), float(low), 1_000_000.0, about, whole=True)


LATENCY = Dial(0.8, 0.0, 600.0, "median seconds to an answer")

KINDS: dict[str, Kind] = {
    "helpful": Kind("solves what it can, hands over in time and with everything it was told"),
    "ordinary": Kind(
        "an average bot: solves some, repeats itself sometimes, lets most people through who ask",
        {
            "solve": _share(0.15, "mean chance to solve in one answer; customers differ by ±.07 at most"),
            "progress": _share(0.45, "else the chance to move on a little"),
            "repeat": _share(0.4, "else the chance to say a useless thing again"),
            "grant": _share(0.85, "chance that one ask for a person is granted"),
            "offer": _count(3, "useless answers before it offers a person"),
        },
    ),
    "looping": Kind(
        "gives the same useless content again and again in other words, and never a person",
        {"p": _share(0.6, "share of customers it loops")},
    ),
    "maze": Kind(
        "hides the person behind forms, menus and articles, then passes little on",
        {"asks": _count(3, "asks until a person is granted")},
    ),
    "late": Kind(
        "hands over well, but only after many failed attempts",
        {"n": _count(5, "failed attempts before it hands over")},
    ),
    "cold_handoff": Kind(
        "hands over at once and passes on only who the customer is",
        {"p": _share(1.0, "share of customers handed over cold")},
    ),
    "false_solved": Kind(
        "says that all is solved where nothing is",
        {"p": _share(0.7, "share of customers told so")},
    ),
    "false_promise": Kind(
        "says that it transfers the customer and does not",
        {"p": _share(1.0, "share of customers promised in vain")},
    ),
    "deflector": Kind(
        "answers everything with a link to the help centre",
        {"p": _share(1.0, "share of customers deflected")},
    ),
    "dead_end": Kind(
        "transfers to a queue that nobody serves",
        {
            "p": _share(1.0, "share of customers whose transfer fails"),
            "returned": _share(0.0, "of these, the share sent back to the bot and not dismissed"),
            "after": _count(0, "customer turns from the request to its failure; 0 is the same answer", low=0),
        },
    ),
    "leaky": Kind(
        "shows a customer what an earlier one said",
        {"p": _share(0.2, "share of customers shown someone else's data")},
    ),
    "overloaded": Kind(
        "helpful up to n sessions at once; above, it loops, forgets and slows down, always with status 200",
        {
            "n": _count(20, "sessions it can hold at once", low=0),
            "slow": Dial(4.0, 0.0, 600.0, "seconds added to each answer above that"),
        },
    ),
}


def names() -> list[str]:
    """Every reference bot, the good ones first."""
    return list(KINDS)


def about(name: str) -> str:
    """What this bot does, in one line. Raises InputError if there is none of that name."""
    return _kind(name).about


def is_reference(spec: str) -> bool:
    """Whether this names a reference bot, whatever its dials."""
    return spec.partition(":")[0].strip() in KINDS


def make(spec: str) -> Dials:
    """The bot that a text such as `looping:p=0.5` names. Raises InputError, with everything that is wrong in it."""
    name, colon, options = spec.partition(":")
    name = name.strip()
    kind = _kind(name)
    known = {**kind.dials, "latency": LATENCY}
    settings: dict[str, float] = {}
    problems: list[Problem] = []
    for option in options.split(",") if colon else []:
        key, _, value = (piece.strip() for piece in option.partition("="))
        fault = _fault(name, key, value, known, settings)
        if fault:
            problems.append(Problem(fault, field=spec, hint=_listing(name, known)))
        else:
            settings[key] = float(value)
    if problems:
        raise InputError(problems)
    latency = settings.pop("latency", None)
    return Dials(name, {key: settings.get(key, dial.default) for key, dial in kind.dials.items()}, latency)


def _kind(name: str) -> Kind:
    if name in KINDS:
        return KINDS[name]
    close = get_close_matches(name, KINDS, n=1)
    found = f"there is no reference bot {name!r}" + (f" (did you mean {close[0]}?)" if close else "")
    raise InputError([Problem(found, hint=f"the reference bots are {', '.join(KINDS)}")])


def _fault(name: str, key: str, value: str, known: dict[str, Dial], seen: dict[str, float]) -> str:
    """What is wrong with one `key=value`, or nothing."""
    if key not in known:
        return f"{name} has no dial {key!r}"
    if key in seen:
        return f"the dial {key} is set twice"
    dial = known[key]
    expected = f"a {'whole ' if dial.whole else ''}number from {dial.low:g} to {dial.high:g}"
    try:
        number = float(value)
    except ValueError:
        return f"{key} is {value!r}, expected {expected}"
    if not dial.low <= number <= dial.high or (dial.whole and number != int(number)):  # `not` also refuses nan
        return f"{key} is {value}, expected {expected}"
    return ""


def _listing(name: str, known: dict[str, Dial]) -> str:
    return f"the dials of {name} are " + ", ".join(f"{key} ({dial.about})" for key, dial in known.items())
