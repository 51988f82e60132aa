"""Stand-ins for whatever is personal in a log of real people: `[name 1]`, `[email 1]`, `[number 2]`.

Within one conversation the same value has the same stand-in, so that a reader still sees who is who; between conversations
nothing is kept, and a stand-in is a running number, so that nothing leads back from it. Two nets, as for drafts: what has the
form of an address, a number or an id is replaced wherever it stands; a name is replaced where a list of names has it, or
where people put names (`my name is`, `Dear`, `regards`), and from then on wherever it stands in the conversation.

What can pass: a rare name that nobody introduces, a place, what somebody tells of himself in common words. It is a net, not
a proof, and its recall is measured (`tests/logs/test_pseudonyms.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from simulator.language.identify import is_common
from simulator.language.personal import FORM, common_words, given_names, names_of_people
from simulator.model.score import Score
from simulator.model.transcript import Failure, Transcript, Turn

LONGEST_WORD = 120
"""Characters without a space that a word or an address may have; what is longer is replaced as a whole."""
FEWEST_DIGITS = 4
"""So many digits in a row are a number that may be somebody's; fewer are a count, a time, an age."""

_LANGUAGES = ("en", "es", "de", "pt")
_monster = re.compile(rf"\S{{{LONGEST_WORD},}}")
# Quick looks, so that what is dear runs only where it can find something.
_may_hold_a_code = re.compile(r"[A-Z]{5}|\w_\w|-[A-Z]{3}").search
_may_be_told = re.compile(
    r"name|nombre|llamo|called|hei(?:ß|ss)e|nome|chamo|titular|holder|inhaber", re.IGNORECASE
).search
_may_hold_a_form = re.compile(r"\d|@|://|www\.", re.IGNORECASE)
_PARTICLE = "de|da|do|dos|das|del|la|las|los|van|von|der|den|zu|y|e|bin|al|el|di|du"
_NAME = r"[^\W\d_][^\W\d_]*(?:['’-][^\W\d_]+)*"
_ANY = rf"{_NAME}\.?(?:[ ]+(?:(?:{_PARTICLE})[ ]+){{0,2}}{_NAME}){{0,3}}"
_CAPITAL = r"(?-i:[^\W\d_a-zà-öø-ÿ])[^\W\d_]*(?:['’-][^\W\d_]+)*"
_CAPITALS = rf"{_CAPITAL}(?:[ ]+(?:(?:{_PARTICLE})[ ]+){{0,2}}{_CAPITAL}){{0,3}}"
# After these a name follows, however it is written.
_told = re.compile(
    r"\b(?:my (?:full |first |last |given |family )?name(?:'s| is|:)|name(?: on the (?:order|account|booking|card))? (?:is|was)"
    r"|(?:full |first |last |sur)?name ?:|under the name(?: of)?|i am called|i'm called|me llamo|mi nombre(?: completo)? es"
    r"|a nombre de|nombre ?:|ich heiße|ich heisse|mein (?:voller )?name ist|auf den namen|name lautet|vorname ?:|nachname ?:"
    r"|me chamo|meu nome(?: completo)? é|em nome de|no nome de|nome ?:"
    r"|(?:titular|holder|inhaberin?|inhaber)(?: é| es| is| ist| ?:)?)"
    rf"[\s\"“*]*({_ANY})",
    re.IGNORECASE,
)
# After these it is a name if it has a capital and is no common word.
_introduced = re.compile(
    r"\b(?:i am|i'm|this is|it is|it's|it's me|here is|speaking with|talking to|on behalf of|regards|cheers|sincerely|thanks"
    r"|thank you|hi|hello|hey|dear|good (?:morning|afternoon|evening)|mr|mrs|ms|miss|mister|madam|dr|prof|sir|agent"
    r"|welcome(?: back)?|sorry|okay|ok|great|sure|perfect|of course|signed|yours|for|from|by|wife|husband|son|daughter|mother"
    r"|father|colleague|friend|brother|sister|passenger|recipient|holder"
    r"|soy|habla|le saluda|señora?|sra?|don|titular|doña|hola|estimad[oa]|querid[oa]|buen[oa]s (?:días|tardes|noches)|gracias"
    r"|saludos|atentamente|perfecto|claro|perdón|esposa|marido|hij[oa]|madre|padre"
    r"|ich bin|hier ist|hier spricht|mit|herrn?|frau|liebe[r]?|hallo|guten (?:tag|morgen|abend)|danke|vielen dank|grüße|gruß"
    r"|grüßen|geehrte[r]?|moin|servus|gerne|natürlich|mann|sohn|tochter|mutter|vater"
    r"|sou [oa]|sou|aqui é [oa]|aqui é|fala [oa]|senhora?|dona|seu|olá|oi|bom dia|boa (?:tarde|noite)|prezad[oa]|car[oa]"
    r"|obrigad[oa]|atenciosamente|abraços?|claro|desculpe|mãe|pai|filh[oa])\b"
    rf"(?:[.:]?[ ,\"*]{{1,3}})(?=({_CAPITALS}))",  # looked ahead for: in `Dear Ms Hill` both come before a name
    re.IGNORECASE,
)
_signed = re.compile(rf"(?P<mark>[.!?,]|\n|[–—-])[ ]*({_CAPITALS})[\s.!]*\Z", re.IGNORECASE)
_here = re.compile(rf"(?:\A|[.!?,\n]\s*)({_ANY})[ ]+(?:here|speaking|aquí|hier|aqui)\b", re.IGNORECASE)
_words = re.compile(_NAME)
_capitals = re.compile(_CAPITALS)
_code = re.compile(
    r"\b(?:order|booking|reservation|reference|ref|confirmation|tracking|account|customer|ticket|case|serial|voucher|coupon"
    r"|user ?(?:name|id)|login|password|passport|licen[cs]e|pnr|code|id"
    r"|pedido|reserva|referencia|localizador|código|cuenta|usuario|contraseña|pasaporte|cupón"
    r"|bestellung|bestellnummer|buchung|buchungsnummer|buchungscode|referenz|konto|kundennummer|benutzername|passwort|kennwort"
    r"|referência|conta|usuário|senha|passaporte|cupom)"
    r"(?:[ ]?(?:number|no\.?|nr\.?|num\.?|id|code|número|nummer|name|#))?[ ]?(?:is|was|es|ist|lautet|é|era)?[ ]?[:#\"“*(]*[ ]?"
    r"((?-i:[A-Z]{5,}[A-Z-]*)|\w+(?:_\w+)+|[^\W\d_]+-(?-i:[A-Z]{3,}))\b",
    re.IGNORECASE,
)
_STREET = r"street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|court|ct|way|boulevard|blvd|square|sq|terrace|place|pl|crescent"
_address = re.compile(
    rf"\b\d{{1,5}}[a-z]?,?[ ](?:{_CAPITAL}[ ]){{1,3}}(?:{_STREET})\b\.?"
    rf"|\b[^\W\d_]+(?:straße|strasse|str\.|weg|allee|platz|gasse)[ ]?\d{{1,4}}[ ]?[a-z]?\b"
    rf"|\b(?:calle|c/|avenida|avda\.?|plaza|paseo|rua|travessa|alameda|praça|av\.)[ ](?:(?:{_PARTICLE})[ ]){{0,2}}"
    rf"{_CAPITALS},?[ ](?:n[ºo°.]{{1,2}}[ ]?)?\d{{1,5}}\b",
    re.IGNORECASE,
)
_measure = re.compile(
    r"\d+(?:[.,]\d+)?(?:st|nd|rd|th|am|pm|a|p|h|hrs?|min|mins|s|sec|ms|x|d|kb|mb|gb|tb|kbps|mbps|gbps|hz|khz|mhz|ghz|kwh|kw|w|v"
    r"|g|kg|mg|mm|cm|m|km|l|ml|k|%|º|ª|°c?|€|\$|£)",
    re.IGNORECASE,
)
_year = re.compile(r"(?:19|20)\d\d")
_digits = re.compile(r"\d(?:[ \-./()]{0,2}\d){4,}")
_plain_link = re.compile(r"(?:https?://)?[a-z.-]+(?:/[a-z-]*)*[.,;!?)]*", re.IGNORECASE)
_before_a_code = re.compile(
    r"(?:ending(?: in| with)?|ends (?:in|with)|last (?:four|4)(?: digits)?|pin|cvv|cvc|code|zip|terminad[ao] em|terminad[ao] en"
    r"|endet auf|endziffern|card|tarjeta|karte|cartão)\W{0,3}(?:is|es|ist|é|are|son)?\W{0,3}$",
    re.IGNORECASE,
)

_ambiguous = """
    abril ada alba amber angel ante april art august aurora austin autumn bela bill bob brent camino carol chase che
    christian cielo consuelo cristal crystal curt dale dallas dan dawn destiny dolores domingo don drew durante edit else
    ernst ever eve faith fe flor frank genesis german ginger gloria grace grant grit guy harm heaven hope iris israel
    ivory ivy jack jade jay jesus jewel joy jordan june junior lee luz madison mar marine mark marvin max may melody
    mercedes meta miles nada noble olive paris pat paz pearl pero phoenix pilar price ray reyes rich rob robin rosa
    rosario rose royal ruby rusty salud sandy savannah sierra skip sky socorro sol soledad star sterling storm sue summer
    sunny sunshine tecla till tiger trinidad troy ulf victoria victor violet virginia virtudes will wolf young zu
"""
_WORDS_THAT_ARE_NAMES = frozenset(_ambiguous.split())
"""Given names that are words too, in one of the four languages: names only where something introduces them."""
_never = """
    there team all everyone everybody sir madam mr mrs ms miss dr prof support customer service agent assistant bot chat
    hello hi hey good morning afternoon evening thanks thank you please yes no not ok okay sure i i'm i've my me we our
    your it's this that the a an is are was what when where why how who which can could would do does did have has will
    let order account card email phone number help sorry great perfect monday tuesday wednesday thursday friday saturday
    sunday january february march april may june july august september october november december english spanish german
    portuguese american british visa mastercard paypal amazon google apple android iphone windows wifi internet pdf id vip
    usa uk eu usd eur gbp est pst utc url faq pin sms tv buenos días tardes noches señor señora usted gracias hola sí
    lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre
    octubre noviembre diciembre guten tag morgen abend herr frau danke ja nein sie ihr ihre ihren ihrer ich wir montag
    dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz juni juli oktober dezember damen herren
    zusammen kunde kundin bestellung bom boa dia tarde noite senhor senhora você obrigado obrigada olá oi sim não segunda
    terça quarta quinta sexta janeiro fevereiro março maio junho julho setembro outubro novembro dezembro pessoal sr sra
    herrn doña dona seu estimado estimada prezado prezada liebe lieber geehrter geehrte titular cpf dni cep nif iban
"""
_NEVER = frozenset(_never.split())
_PARTICLES = frozenset(_PARTICLE.split("|"))
_SAME_LETTERS = str.maketrans({"İ": "i", "ı": "i", "\ufb05": "\ufb06"})
"""Letters that a pattern takes for one another and that case folding keeps apart."""


class Pseudonyms:
    """The stand-ins of one conversation. Holds the values while it lives: keep it no longer than the conversation."""

    def __init__(self, texts: Iterable[str]) -> None:
        """`texts`: everything that is said in the conversation, so that a name told late is known from the start."""
        self._given: dict[tuple[str, str], str] = {}
        self._count: dict[str, int] = {}
        self._people: dict[str, str] = {}
        """Word of a name, as `_key` writes it -> the stand-in of whoever has it."""
        self._written: dict[str, str] = {}
        """The same word with its capital, as it was said."""
        for text in texts:
            for name in _names_in(_monster.sub(" ", unicodedata.normalize("NFC", text))):
                self._know(name)
        certain = [name for name in self._people if not _is_word(name)]
        loose = [name for name in self._people if _is_word(name)]
        # A name that is a word too is one only as it is written in names: Mark, not mark.
        forms = [rf"(?i:{re.escape(name)})" for name in sorted(certain, key=len, reverse=True)]
        for word in sorted(loose, key=len, reverse=True):
            for one in dict.fromkeys((word.title(), word.upper(), self._written.get(word, word.title()))):
                forms.append(re.escape(one))
                self._people.setdefault(_key(one), self._people[word])  # ß in capitals is another word
        self._named = re.compile(rf"(?<![^\W_])(?:{'|'.join(forms)})(?![^\W_])") if forms else None
        self._same = re.compile(r"(\[name \d+\])(?:[ ]+(?:(?:" + _PARTICLE + r")[ ]+){0,2}\1)+")

    def text(self, text: str) -> str:
        """The text with a stand-in for everything personal in it."""
        if not text:
            return text
        # Accents may come as signs of their own, which no pattern for a word takes.
        text = unicodedata.normalize("NFC", text)
        # Brackets are ours: what the text itself brackets as we do would be read as a stand-in.
        text = _monster.sub(lambda found: self._stand_in("text", found.group()), text)
        if _may_hold_a_form.search(text):
            text = _address.sub(lambda found: self._stand_in("address", found.group()), text)
            text = _outside(text, self._forms)
        if _may_hold_a_code(text):
            text = _outside(text, self._codes)
        if self._named is not None:
            text = _outside(text, self._names)
            text = self._same.sub(r"\1", text)
        return text

    def turn(self, turn: Turn) -> Turn:
        """A turn for the records. Of signals only kinds and names of tools are kept."""
        return replace(
            turn,
            text=self.text(turn.text),
            parts=[replace(part, text=self.text(part.text)) for part in turn.parts],
            button=self.text(turn.button) if turn.button is not None else None,
            ids=[self.text(one) for one in turn.ids],
            need=self.text(turn.need) if turn.need is not None else None,
            told=[self.text(one) for one in turn.told],
            voice=self.text(turn.voice),
            signals=[
                replace(signal, detail={key: signal.detail[key] for key in ("name",) if key in signal.detail})
                for signal in turn.signals
            ],
        )

    def transcript(self, transcript: Transcript) -> Transcript:
        """A transcript for the records; its id is the caller's to choose. What judges and test systems said is left out."""
        error = transcript.error
        return replace(
            transcript,
            turns=[self.turn(turn) for turn in transcript.turns],
            target=self.text(transcript.target),
            persona=self.text(transcript.persona),
            scenario=self.text(transcript.scenario),
            facts={self.text(name): self.text(value) for name, value in transcript.facts.items()},
            truth={self.text(name): self.text(value) for name, value in transcript.truth.items()},
            ended_why=self.text(transcript.ended_why),
            error=Failure(self.text(error.cause), self.text(error.detail)) if error is not None else None,
            unseeded=[self.text(one) for one in transcript.unseeded],
            probes=[],
            notes=[],
        )

    def score(self, score: Score) -> Score:
        """A score for the records: its reason may quote what was said, such as the address of a page."""
        return replace(score, reason=self.text(score.reason)) if score.reason else score

    def _know(self, name: Sequence[str]) -> None:
        said = [word for word in name if word.lower() not in _PARTICLES]
        words = [_key(word) for word in said]
        self._written.update((_key(word), word) for word in said if word[:1].isupper())
        who = next((self._people[word] for word in words if word in self._people), "")
        who = who or self._stand_in("name", " ".join(words))
        for word in words:
            self._people.setdefault(word, who)

    def _stand_in(self, kind: str, value: str) -> str:
        key = (kind, "".join(sign for sign in value.casefold() if sign.isalnum()))
        if key not in self._given:
            self._count[kind] = self._count.get(kind, 0) + 1
            self._given[key] = f"[{kind} {self._count[kind]}]"
        return self._given[key]

    def _forms(self, text: str) -> str:
        text = FORM.sub(lambda found: self._form(found, text), text)
        # Whatever the forms let stand, such as an amount of six digits or groups of two.
        return _outside(text, lambda part: _digits.sub(lambda found: self._stand_in("number", found.group()), part))

    def _form(self, found: re.Match[str], text: str) -> str:
        kind, value = found.lastgroup or "id", found.group()
        match kind:
            case "link" if _plain_link.fullmatch(value) and not _names_anyone(value):
                return value
            case "amount" | "time":
                return value
            case "date" if not re.search(r"\d{4}|\d[./-]\d+[./-]\d", value):
                return value  # a day of the year, nobody's birthday
            case "id":
                return self._id(value, text[max(0, found.start() - 30) : found.start()])
        return self._stand_in("number" if kind == "phone" and value.isdigit() else kind, value)

    def _id(self, value: str, before: str) -> str:
        bare = value.strip("#.-/_ ")
        head, tail = value[: value.find(bare)], value[value.find(bare) + len(bare) :] if bare else ""
        digits = sum(sign.isdigit() for sign in bare)
        if bare.isdigit():
            asked = len(bare) >= 3 and _before_a_code.search(before)
            kept = len(bare) < FEWEST_DIGITS and not value.startswith("#")
            if (kept or _year.fullmatch(bare)) and not asked:
                return value
            return f"{head.replace('#', '')}{self._stand_in('number', bare)}{tail}"
        if _measure.fullmatch(bare) or re.fullmatch(r"\d{1,3}(?:[.,/-]\d{1,3}){1,2}", bare):
            return value
        if len(bare) < FEWEST_DIGITS or (digits == 1 and len(bare) < 6 and "-" not in bare and "_" not in bare):
            return value  # such as `mp3`, `24x7`, `1st`
        return f"{head.replace('#', '')}{self._stand_in('id', bare)}{tail}"

    def _codes(self, text: str) -> str:
        def code(found: re.Match[str]) -> str:
            value = found.group(1)
            return found.group()[: found.start(1) - found.start()] + self._stand_in("id", value)

        return _code.sub(code, text)

    def _names(self, text: str) -> str:
        assert self._named is not None
        return self._named.sub(lambda found: self._people[_key(found.group())], text)


def may_quote(reason: str) -> bool:
    """Whether the reason of a score may hold something that was said: an address, a number, an id."""
    return bool(reason) and (_may_hold_a_form.search(reason) is not None or "url:" in reason or "failed:" in reason)


def safe_id(id_: str) -> bool:
    """Whether the id of a conversation may stand in a record: no address, no number of five digits, no given name in it."""
    if "@" in id_ or re.search(r"\d{5}", id_) or len(id_) > LONGEST_WORD:
        return False
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", id_)]
    return not any(word in given_names() and not _is_word(word) for word in words)


_stand_in = re.compile(r"(\[(?:name|email|link|iban|card|phone|number|id|date|address|text) \d+\])")


def _outside(text: str, change: Callable[[str], str]) -> str:
    """The text changed everywhere but in the stand-ins that are there already."""
    parts = _stand_in.split(text)
    return "".join(part if index % 2 else change(part) for index, part in enumerate(parts))


def _key(word: str) -> str:
    """A word such that any two which a pattern takes for the same, case ignored, have the same; itself taken for the word."""
    folded = ((sign, sign.casefold()) for sign in word.translate(_SAME_LETTERS))
    return "".join(small if len(small) == 1 else sign.lower() for sign, small in folded)


def _is_word(name: str) -> bool:
    """Whether a word in lower case is also an ordinary one."""
    common = name in _WORDS_THAT_ARE_NAMES or name in common_words()
    return common or any(is_common(name, language) for language in _LANGUAGES)


_contracted = re.compile(r".*['’](?:m|d|ll|ve|re|t)|(?:that|it|what|here|there|let|who|how|where)['’]s", re.IGNORECASE)


def _could_be_a_name(word: str) -> bool:
    lower = word.lower()
    if lower in _NEVER or len(word) < 2 or _contracted.fullmatch(word):
        return False
    return not any(is_common(lower, language) for language in _LANGUAGES) or lower in _WORDS_THAT_ARE_NAMES


def _names_anyone(text: str) -> bool:
    return any(word.lower() in names_of_people() and not _is_word(word.lower()) for word in _words.findall(text))


def _names_in(text: str) -> Iterator[list[str]]:
    """Every name in a text, as the words it is made of."""
    if _may_be_told(text):
        for found in _told.finditer(text):
            yield from _trimmed(found.group(1), told=True)
    for found in _introduced.finditer(text) if _capitals.search(text, 1) else ():
        if not _shouted(found.group(1)):
            yield from _trimmed(found.group(1), told=False)
    signed = _signed.search(text)
    if signed is not None:
        listed = any(word.lower() in names_of_people() for word in _words.findall(signed.group(2)))
        # On a line of its own a name need not be on a list: nobody ends a message with another capital word alone.
        if listed or (signed.group("mark") not in ".!?," and not _shouted(signed.group(2))):
            yield from _trimmed(signed.group(2), told=False)
    for found in _here.finditer(text):
        if any(word.lower() in names_of_people() for word in _words.findall(found.group(1))):
            yield from _trimmed(found.group(1), told=True)
    given, family = given_names(), names_of_people()
    for found in _capitals.finditer(text):
        words = _words.findall(found.group(1) if found.lastindex else found.group())
        for start, word in enumerate(words):
            parts = re.split(r"['’-]", word.lower())
            if any(part in given and part not in _WORDS_THAT_ARE_NAMES for part in parts) and _could_be_a_name(word):
                yield from _trimmed(" ".join(words[start:]), told=False)
                break
            following = words[start + 1 : start + 2]
            if (
                word.lower() in given
                and following
                and following[0].lower() in family - given
                and _could_be_a_name(word)
            ):
                yield from _trimmed(" ".join(words[start:]), told=False)
                break
    for one, two in pairwise(_words.findall(text)):
        # In lower case only a given and a family name together: `john smith`.
        if (
            one.islower()
            and two.islower()
            and one in given
            and two in family
            and not _is_word(one)
            and not _is_word(two)
        ):
            yield [one, two]


def _shouted(name: str) -> bool:
    """Whether it is in capitals throughout, and no name that a list has: `XD`, `OK`, `WOW`."""
    return name.isupper() and not any(word.lower() in names_of_people() for word in _words.findall(name))


def _trimmed(name: str, *, told: bool) -> Iterator[list[str]]:
    """The words of a name up to the first that is none."""
    kept: list[str] = []
    for word in _words.findall(name):
        if word.lower() in _PARTICLES and kept:
            continue
        written = word[:1].isupper()
        known = word.lower() in names_of_people()
        if not _could_be_a_name(word) or (told and not written and not known and kept) or (not told and not written):
            break
        if len(word) > 1:
            kept.append(re.sub(r"['’]s$", "", word))
    if kept:
        yield kept
