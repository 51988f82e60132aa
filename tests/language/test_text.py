from __future__ import annotations

import re
import unicodedata
from collections import Counter
from math import sqrt
from threading import Thread

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator.language.text import Likeness, norm, novelty, sim, trigrams

SPOKEN = "please clear the cache try again order number your to in sign signing "
FOREIGN = "Été Straße naïve ﬁx İstanbul dotlıs 注文番号 をご確認ください ２０２６ ① <b> < > _x_ don't e-mail"
WRITTEN = "https://a.example/x?y=1. http://b ftp://c me@shop.example a.b+c@d-e.co.uk, 12 3.50 12:30-14:00 5G #7 …"
PIECES = st.sampled_from([*(SPOKEN * 2).split(), *FOREIGN.split(), *WRITTEN.split(), "\x1c", "\n"])
"""Words that between them hold everything the normal form treats in a way of its own."""
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(PIECES, max_size=14).map(" ".join), st.lists(PIECES, max_size=6).map("".join)
)


def literal_norm(text: str) -> str:
    """The definition's words: NFKC, case fold, link, address, number, tokens."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"https?://\S+", "<url>", folded)
    folded = re.sub(r"[\w.+-]+@[\w-]+\.[\w.]+", "<email>", folded)
    folded = re.sub(r"\d[\d:.,/-]*", "<num>", folded)
    return " ".join(re.findall(r"<\w+>|\w+", folded))


def grams(text: str) -> Counter[str]:
    padded = f" {literal_norm(text)} "
    return Counter(padded[i : i + 3] for i in range(len(padded) - 2)) if padded.strip() else Counter()


def literal_sim(a: str, b: str) -> float:
    if literal_norm(a) == literal_norm(b):
        return 1.0 if literal_norm(a) else 0.0
    ga, gb = grams(a), grams(b)
    if not ga or not gb:
        return 0.0
    return sum(ga[g] * gb[g] for g in ga) / sqrt(sum(c * c for c in ga.values()) * sum(c * c for c in gb.values()))


@settings(deadline=None)
@given(TEXTS)
@example("a@b.https://x.y")
@example("1a2 3/4-me@x.y 5:")
@example("http://x\x1cy")
def test_the_fast_normal_form_is_the_definition(text: str) -> None:
    """However a text is normalised, it comes out as the definition's steps one after the other."""
    assert norm(text) == literal_norm(text)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_sim_is_the_cosine_of_trigram_counts(a: str, b: str) -> None:
    """1 for equal normal forms, 0 where either is empty, else the cosine; the same from both sides."""
    assert sim(a, b) == pytest.approx(literal_sim(a, b), abs=1e-12)
    assert sim(a, b) == sim(b, a)


@settings(deadline=None)
@given(TEXTS, st.lists(TEXTS, max_size=5))
def test_a_comparison_gives_sim_and_novelty(text: str, earlier: list[str]) -> None:
    """`Likeness.to` answers as the two definitions do, whatever the script, for any number of earlier texts."""
    before = [Likeness(norm(other)) for other in earlier]
    comparison = Likeness(norm(text)).to(before)
    assert comparison.sims == pytest.approx([sim(text, other) for other in earlier], abs=1e-12)
    assert comparison.novelty == novelty(text, earlier)


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=6))
def test_a_window_that_moves_on_compares_alike(texts: list[str]) -> None:
    """An earlier text keeps what was measured of it; comparing leaves nothing behind that the next one would see."""
    seen: list[Likeness] = []
    for index, text in enumerate(texts):
        one = Likeness(norm(text))
        window = seen[-4:]
        expected = [sim(text, other) for other in texts[max(0, index - 4) : index]]
        assert one.to(window).sims == pytest.approx(expected, abs=1e-12)
        seen.append(one)


@settings(deadline=None)
@given(TEXTS, st.lists(TEXTS, max_size=5), st.floats(0.1, 1), st.floats(0, 1))
def test_the_bound_never_rules_out_a_repeat(text: str, earlier: list[str], alike: float, stale: float) -> None:
    """Whatever reaches `alike` or stays at `stale` may repeat."""
    window = [Likeness(norm(other)) for other in earlier]
    one = Likeness(norm(text))
    comparison = one.to(window)
    if any(sim >= alike for sim in comparison.sims) or (one.types and comparison.novelty <= stale):
        assert one.may_repeat(window, alike, stale)


def test_the_bound_rules_out_what_is_plainly_something_else() -> None:
    """Two sentences about different things never get to be counted."""
    first = Likeness(norm("Please restart the router and tell me what the light in front shows after a minute."))
    other = Likeness(norm("Your refund of twenty euros has been booked and reaches your account by Friday noon."))
    assert not other.may_repeat([first], 0.85, 0.2)


def test_a_cosine_counted_by_hand() -> None:
    """` aaaa ` holds {_aa 1, aaa 2, aa_ 1} and ` aaa ` {1, 1, 1}: 4 / sqrt(6 * 3)."""
    assert sim("aaaa", "AAA!") == pytest.approx(4 / sqrt(18))


def test_a_paraphrase_stays_under_the_bound_of_a_repeat() -> None:
    """The same step with its words moved about is alike at .804: text alone does not see the repeat."""
    step = "Please update the app to its newest version and open it again."
    moved = "Please update your app to the newest version, then open it again."
    assert sim(step, moved) == pytest.approx(0.8039, abs=0.0005)


def test_novelty_counts_types_not_occurrences() -> None:
    """` abab ` has the types _ab aba bab ab_ ; `ab` brings _ab and ab_ : half of them are new."""
    assert novelty("abab", ["ab"]) == 0.5
    assert novelty("abababababab", ["ab"]) == 0.5


def test_novelty_of_exactly_a_fifth_is_a_fifth() -> None:
    """At the bound no digit may be off: 2 new of 10 types is .2, not a hair more."""
    text, earlier = "abcdefghij", "abcdefgh ghi"
    assert novelty(text, [earlier]) == 0.2
    assert Likeness(norm(text)).to([Likeness(norm(earlier))]).novelty == 0.2


def test_nothing_is_like_nothing() -> None:
    """Two texts without words are not alike, and a text without words has nothing new."""
    assert sim("", "?!") == 0.0
    assert novelty("…", ["a"]) == 0.0
    assert Likeness("").to([Likeness("")]).sims == [0.0]


@settings(deadline=None)
@given(TEXTS)
def test_types_are_counted_in_every_script(text: str) -> None:
    """The number of trigram types is the same by codes and by counting."""
    assert Likeness(norm(text)).types == len(trigrams(norm(text)))


def test_threads_do_not_disturb_each_other() -> None:
    """Customers in threads share the scratch table one at a time."""
    texts = [
        f"please restart the {word} and tell me what the light shows" for word in ("router", "modem", "phone", "box")
    ]
    wrong: list[float] = []

    def compare(text: str) -> None:
        others = [other for other in texts if other != text]
        expected = [sim(text, other) for other in others]
        for _ in range(300):
            found = Likeness(norm(text)).to([Likeness(norm(other)) for other in others])
            wrong.extend(x for x, y in zip(found.sims, expected, strict=True) if abs(x - y) > 1e-12)

    threads = [Thread(target=compare, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
