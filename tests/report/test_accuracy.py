"""How often the scorers are right, as people read it."""

from __future__ import annotations

import pytest

from simulator.registry.accuracy import Accuracy, Arm, Dose, Figure, Floor, Headline, KindCount, Measured, Slip
from simulator.report.accuracy import accuracy_markdown, accuracy_report, figure, margin
from simulator.report.terminal import painter

GOOD, NONE = Measured(0.952, 0.873, 0.991, 60), Measured(None, None, None, 0, "it never alarmed")


def loops(split: str) -> Figure:
    measures = {"answered": Measured(1.0, 0.96, 1.0, 115), "precision": GOOD, "recall": Measured(0.9, 0.8, 0.96, 60)}
    return Figure(
        name="loop",
        question="going round in circles",
        label="loop",
        score="loop",
        tier="T1",
        unit="conversation",
        split=split,
        n=115,
        positives=60,
        unanswered=0,
        measures=measures | {"f1": NONE, "specificity": GOOD, "mcc": GOOD},
        languages={},
        kinds=[KindCount("mirror", 9, 9, 2, 0), KindCount("plain", 7, 0, 0, 0)],
        slips=[Slip("en-mirror-02", "mirror", "en", "missed")],
    )


DOSE = Dose(
    "late", "late", "", "ttee_cif_180", "had one in 3 min", "share", False,
    [Arm("late:n=1", 1, Measured(0.5, 0.4, 0.6, 120)), Arm("late:n=8", 8, Measured(0.03, 0.0, 0.06, 120))],
    Measured(0.66, 0.5, 0.8, 120), 0.31, 1e-9, 240, 0.0, True, False,
)  # fmt: skip
FOUND = Accuracy(
    version="9.9", date="2026-01-01", source="a set", hashes={}, conversations={"held_out": 115}, languages={"en": 115},
    unread=2, unusable=1, figures=[loops("held_out")], each=200, seed=1, doses=[DOSE],
)  # fmt: skip


@pytest.mark.parametrize(
    ("measured", "text"),
    [
        (GOOD, ".952 [.873, .991]"),
        (Measured(1.0, 0.99, 1.0, 5), "1 [.99, 1]"),
        (Measured(0.9999, 0.5, 1.0, 5), ".9999 [.5, 1]"),
        (Measured(0.0, 0.0, 0.2, 5), "0 [0, .2]"),
        (Measured(-0.25, None, None, 5), "-.25"),
        (NONE, "-"),
    ],
)
def test_a_figure_is_short_and_never_looks_like_what_it_is_not(measured: Measured, text: str) -> None:
    """Almost 1 is not 1; what was not measured is no number."""
    assert figure(measured) == text


def test_the_page_says_n_interval_kinds_and_what_was_left_out() -> None:
    """Each figure with its n; kinds that went wrong, and no others."""
    page = accuracy_report(FOUND)
    row = next(line.split() for line in page.splitlines() if line.startswith("  loop  T1"))
    assert row[2:] == ["115", "60", ".952", "[.873,", ".991]", ".9", "[.8,", ".96]", "-"]
    assert "2 lines that held none, 1 without a label known here" in page
    assert "mirror" in page
    assert "plain" not in page


def test_single_dialogues_are_named_only_where_asked_for() -> None:
    """Held-out mistakes stay unread unless somebody wants to read them."""
    assert "en-mirror-02" not in accuracy_report(FOUND)
    assert "loop missed: en-mirror-02" in accuracy_report(FOUND, named=["held_out"])


def test_a_dose_is_shown_with_bars_and_its_verdict() -> None:
    """In order but not apart: both are said."""
    page = accuracy_report(FOUND)
    assert "ordered, NOT apart from helpful; tau 0.31, p < .001, n 240" in page
    assert "late:n=1  ##########            .5 [.4, .6]" in page


def test_a_floor_that_fell_short_shouts() -> None:
    """What was found beside what was asked for; an open one says why."""
    floors = [
        Floor("loop.recall", 0.95, 0.9, "fail"),
        Floor("loop.f1", 0.5, None, "inconclusive", "it never alarmed"),
    ]
    page = accuracy_report(FOUND, floors)
    assert "loop.recall  .95       .9     FAIL" in page
    assert "inconclusive: it never alarmed" in page


def test_the_readme_has_the_same_figures() -> None:
    """As Markdown, doses among them."""
    text = accuracy_markdown(FOUND)
    assert "| `loop` | going round in circles | T1 | 115 | 60 | .952 [.873, .991] | .9 [.8, .96] | - | - |" in text
    assert "| `late` | ttee_cif_180 | .66 [.5, .8] | .5 [.4, .6] | .03 [0, .06] | .03 [0, .06] | yes | no |" in text


def test_the_margin_of_a_report_is_a_few_lines() -> None:
    """Scorers of what was seen, none that guess; nothing at all where nothing was published."""
    seen = Headline("loop", "T1", GOOD, GOOD, 115, 60)
    guess = Headline("loop_t0", "T0", GOOD, GOOD, 115, 60)
    lines = " ".join(" ".join(margin([seen, guess], 100, painter(False))).split())
    assert "loop precision .952 [.873, .991], recall .952 [.873, .991], n 115" in lines
    assert "loop_t0" not in lines
    assert margin([guess], 100, painter(False)) == margin([], 100, painter(False)) == []
