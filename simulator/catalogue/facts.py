"""Facts and truths of one customer: a scenario's templates filled from keyed draws.

Everything drawn comes from ranges that are reserved for examples, so that no test run can ever reach a stranger: e-mail
addresses under example.org/.com/.net (RFC 2606), telephone numbers 555-0100 to 555-0199 (North American numbering plan),
IBANs of the bank code TEST, and card numbers that payment providers publish for tests.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from simulator.chance import Chance
from simulator.model.scenario import Scenario

if TYPE_CHECKING:
    from faker import Faker

PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*(?::([^{}]*))?\}\}")

MAIL_DOMAINS = ("example.org", "example.com", "example.net")
AREA_CODES = ("202", "303", "415", "512", "617", "702")
TEST_CARDS = (
    "4111 1111 1111 1111",
    "4242 4242 4242 4242",
    "4012 8888 8888 1881",
    "5555 5555 5555 4444",
    "5105 1051 0510 5100",
    "2223 0031 2200 3222",
    "6011 1111 1111 1117",
    "3782 822463 10005",
)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and O, which people take for 1 and 0
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
MOST_DIGITS = 12
"""More could be taken for a card number."""
MOST_LETTERS = 12

_size = re.compile(r"\s*(\d{1,2})\s*").fullmatch
_range = re.compile(r"\s*(\d{1,9})(?:\.(\d{1,2}))?\s*-\s*(\d{1,9})(?:\.(\d{1,2}))?\s*").fullmatch

Draw = Callable[[str, Chance, str, int, str], str]
"""(argument, chance, name of the draw, position of the placeholder in its value, language) -> text."""


def fill(scenario: Scenario, chance: Chance, language: str = "en") -> tuple[dict[str, str], dict[str, str]]:
    """The facts that this customer holds and the truths that the bot must know, by name.

    A draw's address is the name of the fact or truth and the position of the placeholder within its value, so adding a
    fact changes no other. `language` chooses the locale of names. Raises ValueError for a template that `faults` refuses.
    """
    facts = {name: filled(fact.value, chance, f"fact:{name}", language) for name, fact in scenario.facts.items()}
    truth = {name: filled(true.value, chance, f"truth:{name}", language) for name, true in scenario.truth.items()}
    return facts, truth


def filled(template: str, chance: Chance, name: str, language: str = "en") -> str:
    """One template with every placeholder drawn. Raises ValueError for a template that `faults` refuses."""
    if "{{" not in template:
        return template
    wrong = faults(template)
    if wrong:
        raise ValueError(f"{template!r}: {wrong[0]}")
    position = -1

    def drawn(match: re.Match[str]) -> str:
        nonlocal position
        position += 1
        return _DRAWS[match[1]](match[2] or "", chance, name, position, language)

    return PLACEHOLDER.sub(drawn, template)


def faults(template: str) -> list[str]:
    """What is wrong with the placeholders of a template, in plain words; empty where it can be filled."""
    found = []
    for match in PLACEHOLDER.finditer(template):
        kind, argument = match[1], match[2]
        if kind not in _DRAWS:
            found.append(f"unknown placeholder {match[0]}{_close(kind)}")
        elif kind in _ARGUMENTS:
            complaint = _ARGUMENTS[kind](argument or "")
            if complaint:
                found.append(f"{match[0]}: {complaint}")
        elif argument is not None:
            found.append(f"{match[0]}: {kind} takes no argument")
    rest = PLACEHOLDER.sub("", template)
    if "{{" in rest or "}}" in rest:
        found.append("a placeholder is not closed or malformed; expected e.g. {{digits:5}}")
    return found


def _close(kind: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(kind, _DRAWS, 1)
    return f", did you mean {close[0]}?" if close else f"; known are {', '.join(sorted(_DRAWS))}"


def _count_fault(most: int) -> Callable[[str], str]:
    def complaint(argument: str) -> str:
        size = _size(argument)
        return "" if size and 1 <= int(size[1]) <= most else f"expected a count from 1 to {most}, e.g. :5"

    return complaint


def _choice_fault(argument: str) -> str:
    items = [item.strip() for item in argument.split("|")]
    return "" if all(items) else "expected texts separated by |, none of them empty"


def _amount_fault(argument: str) -> str:
    bounds = _bounds(argument)
    if bounds is None:
        return "expected lowest-highest, e.g. :20-90 or :9.90-49.90"
    return "" if bounds[0] <= bounds[1] else "the range is upside down; expected lowest-highest"


_ARGUMENTS = {
    "digits": _count_fault(MOST_DIGITS),
    "letters": _count_fault(MOST_LETTERS),
    "choice": _choice_fault,
    "amount": _amount_fault,
}


def _bounds(argument: str) -> tuple[int, int, bool] | None:
    """Lowest and highest in hundredths, and whether the amount has decimals."""
    match = _range(argument)
    if match is None:
        return None
    low, high = (int(match[i]) * 100 + int((match[i + 1] or "").ljust(2, "0")) for i in (1, 3))
    return low, high, bool(match[2] or match[4])


def _digits(argument: str, chance: Chance, name: str, position: int, language: str) -> str:
    count = int(argument)
    first = 10 ** (count - 1) if count > 1 else 0  # a leading zero would not survive a bot that reads a number
    return str(first + chance.bits(name, position) % (10**count - first))


def _letters(argument: str, chance: Chance, name: str, position: int, language: str) -> str:
    bits, text = chance.bits(name, position), ""
    for _ in range(int(argument)):
        bits, index = divmod(bits, len(_LETTERS))
        text += _LETTERS[index]
    return text


def _choice(argument: str, chance: Chance, name: str, position: int, language: str) -> str:
    return chance.choice([item.strip() for item in argument.split("|")], name, position)


def _amount(argument: str, chance: Chance, name: str, position: int, language: str) -> str:
    low, high, decimals = _bounds(argument) or (0, 0, False)
    if not decimals:
        return str(low // 100 + chance.bits(name, position) % (high // 100 - low // 100 + 1))
    drawn = low + chance.bits(name, position) % (high - low + 1)
    return f"{drawn // 100}.{drawn % 100:02d}"


def _time(argument: str, chance: Chance, name: str, position: int, language: str) -> str:
    minute = chance.bits(name, position) % 1440
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _date(argument: str, chance: Chance, name: str, position: int, language: str) -> str:
    day, month = divmod(chance.bits(name, position), 12)
    return f"{day % 28 + 1} {_MONTHS[month]}"


def _phone(argument: str, chance: Chance, name: str, position: int, language: str) -> str:
    area, line = divmod(chance.bits(name, position), 100)
    return f"{AREA_CODES[area % len(AREA_CODES)]}-555-01{line:02d}"


def _card(argument: str, chance: Chance, name: str, position: int, language: str) -> str:
    return chance.choice(TEST_CARDS, name, position)


def _iban(argument: str, chance: Chance, name: str, position: int, language: str) -> str:
    account = f"TEST{chance.bits(name, position) % 10**14:014d}"
    check = 98 - iban_remainder(f"GB00{account}")
    whole = f"GB{check:02d}{account}"
    return " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))


def iban_remainder(iban: str) -> int:
    """ISO 7064 MOD 97-10 over the IBAN; 1 for a valid one."""
    plain = iban.replace(" ", "")
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97


def _name(argument: str, chance: Chance, name: str, position: int, language: str) -> str:
    first, last = _person(chance, name, position, language)
    return f"{first} {last}"


def _first_name(argument: str, chance: Chance, name: str, position: int, language: str) -> str:
    return _person(chance, name, position, language)[0]


def _last_name(argument: str, chance: Chance, name: str, position: int, language: str) -> str:
    return _person(chance, name, position, language)[1]


def _email(argument: str, chance: Chance, name: str, position: int, language: str) -> str:
    people = [_ascii(part) for part in _person(chance, name, position, language)]
    number, domain = divmod(chance.bits(f"{name}:mail", position), len(MAIL_DOMAINS))
    box = ".".join(part for part in people if part) or "customer"
    return f"{box}{number % 90 + 10}@{MAIL_DOMAINS[domain]}"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(character for character in plain if character.isalnum())


def _person(chance: Chance, name: str, position: int, language: str) -> tuple[str, str]:
    faker = _faker(language)
    faker.seed_instance(chance.bits(name, position))
    return faker.first_name(), faker.last_name()


@cache
def _faker(language: str) -> Faker:
    """One a process and language: building one takes milliseconds, seeding it microseconds."""
    from faker import Faker
    from faker.config import AVAILABLE_LOCALES

    wanted = language.replace("-", "_")
    known = [wanted, f"{wanted}_{wanted.upper()}", "en_US"]
    return Faker(next(locale for locale in known if locale in AVAILABLE_LOCALES and locale != "en"))


_DRAWS: dict[str, Draw] = {
    "digits": _digits,
    "letters": _letters,
    "choice": _choice,
    "amount": _amount,
    "time": _time,
    "date": _date,
    "phone": _phone,
    "card": _card,
    "iban": _iban,
    "name": _name,
    "first_name": _first_name,
    "last_name": _last_name,
    "email": _email,
}
