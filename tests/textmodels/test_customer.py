from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.textmodels.customer import LANGUAGES, families


@pytest.mark.parametrize(
    ("language", "text", "family"),
    [
        ("en", "That's not what I asked.", "correction"),
        ("en", "As I said, I restarted it.", "repetition"),
        ("en", "Forget it, I'll go elsewhere.", "giving_up"),
        ("de", "Das habe ich doch schon probiert.", "repetition"),
        ("de", "Vergessen Sie es, ich kündige.", "giving_up"),
        ("es", "Eso no es lo que pregunté.", "correction"),
        ("es", "Esto es una vergüenza.", "complaint"),
        ("pt", "Já falei isso três vezes.", "repetition"),
        ("pt", "Que palhaçada, não resolve nada.", "complaint"),
    ],
)
def test_a_family_is_heard_in_its_language(language: str, text: str, family: str) -> None:
    """The plainest wording of a sign is found."""
    assert family in families(text, language)


def test_every_language_has_the_same_families() -> None:
    """Weights are shared, so a family that one table lacks would be no sign there at all."""
    from simulator.textmodels.customer import _phrases

    names = [set(_phrases(language)._names) for language in LANGUAGES]
    assert all(one == names[0] for one in names)


@pytest.mark.parametrize("text", ["Hello, my parcel has number 123456.", "Could I speak to an agent, please?"])
def test_a_plain_first_turn_shows_nothing_bad(text: str) -> None:
    """Neutral words and a polite ask are no complaint."""
    assert not families(text, "en") & {"complaint", "correction", "repetition", "giving_up", "irony", "demand_human"}


def test_a_language_without_a_table_is_no_english() -> None:
    """It is refused."""
    with pytest.raises(KeyError):
        families("c'est nul", "fr")


@given(st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_any_text_can_be_read(text: str, language: str) -> None:
    """No text raises, and twice is the same."""
    assert families(text, language) == families(text, language)
