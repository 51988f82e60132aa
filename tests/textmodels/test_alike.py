from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.language.text import sim
from simulator.textmodels.alike import likeness, most_like


@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=4))
def test_it_is_the_likeness_of_the_definition(text: str, earlier: list[str]) -> None:
    """The same numbers as the formula written out."""
    assert likeness(text, earlier) == pytest.approx([sim(text, one) for one in earlier], abs=1e-9)
    assert most_like(text, earlier) == pytest.approx(max((sim(text, one) for one in earlier), default=0.0), abs=1e-9)
