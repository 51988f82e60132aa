"""Which of four languages a chat message is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.language.identify import is_common, language_of, words_of

SAMPLES = {
    "en": """my parcel still hasn't arrived|I want to talk to a person|yes please|thanks, that was all
that doesn't help me|doesn't work|already tried it, still the same|the order number is OD-123456
can you put me through to an agent?|forget it, bye|I can't pay my rent
my card has been blocked since yesterday|hi, I need help with my bill|you said that already
how long will this take?|this is a disgrace""",
    "es": """mi paquete todavía no ha llegado|quiero hablar con una persona|sí, por favor|gracias, eso era todo
eso no me ayuda|ya lo intenté y sigue igual|el número de pedido es OD-123456
¿me puede pasar con un agente?|olvídalo, adiós|no puedo pagar el alquiler
tengo la tarjeta bloqueada desde ayer|hola, necesito ayuda con mi factura|eso ya me lo has dicho
cuánto va a tardar esto?""",
    "de": """mein Paket ist noch nicht da|ich möchte mit einem Menschen sprechen|ja bitte|danke, das wars
das hilft mir nicht|habe ich schon probiert|die Bestellnummer ist OD-123456|können Sie mich verbinden?
vergessen Sie es, tschüss|das ist eine Frechheit|meine Karte ist seit gestern gesperrt
hallo, ich brauche Hilfe|das haben Sie schon gesagt|wie lange dauert das noch?""",
    "pt": """minha encomenda ainda não chegou|quero falar com uma pessoa|sim, por favor|obrigado, era só isso
isso não me ajuda|já tentei e continua igual|o número do pedido é OD-123456
pode me passar para um atendente?|esquece, tchau|isso é um absurdo|meu cartão está bloqueado desde ontem
preciso de ajuda com a minha fatura|isso você já disse|quanto tempo vai demorar?""",
}
LINES = [(language, line) for language, text in SAMPLES.items() for line in text.replace("\n", "|").split("|")]


@pytest.mark.parametrize(("language", "line"), LINES)
def test_a_customers_line_is_told_by_its_small_words(language: str, line: str) -> None:
    """As short as they are."""
    assert language_of(line) == language


@pytest.mark.parametrize(
    "text", ["", "OD-123456", "12:30", "ok", "no", "...", "ana@example.com", "да, пожалуйста", "不行"]
)
def test_it_would_rather_not_tell(text: str) -> None:
    """Ids, words that several languages share, and other scripts."""
    assert language_of(text) == ""


def test_two_languages_in_equal_parts_are_none() -> None:
    """Which is a mixture, not an answer."""
    assert language_of("where is my parcel, wo ist mein Paket") == ""


def test_common_words_are_counted_by_language() -> None:
    """A name is not among them."""
    assert words_of("Where is Rosalind?", "en") == 2
    assert is_common("where", "en")
    assert not is_common("rosalind", "en")


@given(st.text(max_size=80))
def test_any_text_gets_an_answer(text: str) -> None:
    """One of the four or none."""
    assert language_of(text) in ("", "en", "es", "de", "pt")
    assert language_of(text) == language_of(text.replace("'", "’"))
