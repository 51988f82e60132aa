"""Which language a chat message is in, by its function words: English, Spanish, German or Portuguese.

Chat messages are short, and what they are full of (ids, product names, typos) misleads a model of letters; a table of the
words that make up half of any message does not. It would rather not tell than guess.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = {
    "en": """a about after again agent all already also am an and answer any anybody anyone are as ask at available back be
        been because before but by bye call can cannot can't cheers chat come connect could couldn't did didn't
        do does doesn't doing don't down else enough ever for forget from get getting give go going good goodbye
        got great had has hasn't have haven't he hello help her here hey hi how human i i'd i'll i'm i've if in
        is isn't it it's its just keep know last leave let like listen long look made make me mind money more
        much my need needs never new next not nothing now of off on once one only or order other our out over
        parcel password people perfect person please problem properly put question real really reply reset same
        say should since so some somebody someone something sorry speak still stop such sure take talk tell than
        thank thanks that that's the their them then there these they thing think this those through time to
        today tomorrow too tried try until up us useless very wait waiting want was wasn't we week were what
        what's when where which who why will with without won't work working works would write wrong yes yet you
        you're your yesterday yep yeah nope pls done fine number phone refund fix broken understand""",
    "es": """a agente ahora al algo alguien alguna ando antes aquí así aun aún ayer ayuda ayudar bien bueno buenas buenos
        cada casi como cómo con contigo creo cuál cuando cuándo cuánto dar de decir déjalo del desde después
        dice dijo dónde donde e el él ella ellos en entonces entiendo era es esa ese eso está están estaba estar
        este esto estoy espera esperando factura favor fue gracias ha haber había hablar hace hacer hacia han
        hasta hay he hola hoy igual intenté la las le les llegado llegó lo los luego más mañana me mi mí mis
        mismo misma mucho muchas muy nada nadie necesito ni ninguna ningún no nos nosotros nuestra nuestro nunca
        número o olvídalo os otra otro otros paquete para pedido pero persona pongan por porque perfecto puede
        pueden puedo qué que quien quién quiero quiere quisiera respuesta sabe se sea ser servicio si sí sido
        siempre sigo sigue sin sobre solo sólo son soy su sus también tampoco tan tengo tenía tener tengan tiene
        tienen todavía todo toda todos tu tú un una uno usted ustedes vale va vamos veces vez voy y ya yo adiós
        hablo pasa pasar problema funciona funcionó cuenta tarjeta dinero pasado sirve claro acuerdo listo
        cancelar humano pónganme páseme""",
    "de": """ab aber alle allem alles als also am an auch auf aus bei beim bin bis bitte brauche braucht da damit danke dann
        das dass davon dazu dein dem den denn der des deshalb die dies diese diesem diesen dieser dieses doch
        dort du durch eben ein eine einem einen einer eines endlich er erst es etwas euch euer frage für
        funktioniert gar geht gehen geld genau gern gerne gestern gibt gut guten habe haben hallo hast hat hatte
        hätte heute hier hilfe hilft ich ihm ihn ihnen ihr ihre ihren im immer in ins ist ja jemand jemandem
        jetzt kann kein keine keinen könnte können könnten leider machen mal man mehr mein meine meinem meinen
        meiner mensch menschen mich mir mit mitarbeiter möchte morgen muss müssen nach nachricht nein nicht
        nichts nie niemand noch nochmal nun nur ob oder ohne paket per probiert problem rechnung reicht sagen
        schon schön sehr sein seit sich sie sind so sofort sollte sondern sprechen tschüss tag über um und uns
        unser unsere vergessen verbinden vergiss viel vielen vom von vor war warte warten warum was wegen weg
        weiter welche wenn wer werde werden wie wieder wir wird wirklich wo wollen wollte worden würde zu zum
        zur zurück zwei schlecht gesagt gemacht passt klar nummer bestellung versucht ordnung richtig falsch
        stimmt verstanden""",
    "pt": """a agora ainda ajuda ajudar alguém algum alguma além amanhã ao aos aqui as assim até atendente atendimento bem
        boa bom cada cadê chegou com como consigo conta da dá das de depois desde deixa deixe dele demais dia
        disse do dos e é ela ele eles em encomenda então entendi era essa esse esta está estão este estou eu
        falar favor faz fazer fica ficar foi for gostaria há hoje humano igual isso isto já lá mais mas me mesma
        mesmo meu meus mim minha minhas muita muito na nada não nas nem nenhum nenhuma ninguém no nos nós nossa
        nosso nunca o obrigada obrigado oi olá onde ontem os ou outra outro outros pacote para pedido pela pelo
        pessoa pode podem poderia por porque porquê posso pra preciso problema pro quais qual quando quanto que
        quê quem quer quero responda resposta resolver resolvido são se sei sem sempre ser seu sim só sobre sua
        suas também tchau te tem têm tenho ter tentei teve tinha toda todo tudo um uma umas vai vamos você vocês
        vou vezes esquece esqueça certo funciona funcionou dinheiro cartão número quiser falando transferir
        passar perfeito beleza""",
}
_SIGNS = {"es": "ñ¿¡", "de": "äöüß", "pt": "ãõçâêô"}
"""Letters and marks of one of the four alone; each counts as a word."""
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ADDRESS = re.compile(r"\S+@\S+|\S*://\S+|www\.\S+")
_MARGIN = 0.6
"""Words by which a language must lead: more than half a word's worth, so that one word of its own is enough."""


def _shares() -> dict[str, dict[str, float]]:
    known = {language: set(words.split()) for language, words in _WORDS.items()}
    shares: dict[str, dict[str, float]] = {}
    for language, words in known.items():
        for word in words:
            shares.setdefault(word, {})[language] = 1 / sum(word in others for others in known.values())
    return shares


_SHARES = _shares()
_SIGN_OF = {sign: language for language, signs in _SIGNS.items() for sign in signs}


def words_of(text: str, language: str) -> int:
    """How many words of the text are among the language's commonest."""
    return sum(language in _SHARES.get(token, ()) for token in _tokens(text.lower()))


def is_common(word: str, language: str) -> bool:
    """Whether a word in lower case is among the language's commonest: no name, no code."""
    return language in _SHARES.get(word, ())


def _tokens(lowered: str) -> list[str]:
    if "@" in lowered or "://" in lowered or "www." in lowered:
        lowered = _ADDRESS.sub(" ", lowered)
    return _TOKEN.findall(lowered.replace("’", "'"))


@lru_cache(maxsize=8192)
def language_of(text: str) -> str:
    """`en`, `es`, `de` or `pt`; empty where the text does not tell: too short, ids only, another language, or a mixture."""
    votes = dict.fromkeys(_WORDS, 0.0)
    lowered = text.lower()
    for token in _tokens(lowered):
        for language, share in _SHARES.get(token, {}).items():
            votes[language] += share
    if not lowered.isascii():
        for sign in lowered:
            if sign in _SIGN_OF:
                votes[_SIGN_OF[sign]] += 1
    second, first = sorted(votes.values())[-2:]
    if first - second < _MARGIN or first < 2 * second:
        return ""
    return max(votes, key=lambda language: votes[language])
