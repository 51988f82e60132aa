from __future__ import annotations

import msgspec
import pytest

from simulator.model.score import Metric
from simulator.report.comparison import (
    Column,
    Demo,
    demo_header,
    demo_progress,
    demo_report,
    demo_table,
    never_failed,
    sample_size,
)
from simulator.report.worst import Candidate, Pick, worst
from tests.report.scenes import HANDED_OVER, LOOP, PARCEL, metric, score

Numbers = tuple[float, float, float] | None


def column(target: str, errors: int | None = 0, needed: int = 58, **values: Numbers) -> Column:
    """A target with these estimates and intervals; None = looked for and never reached."""
    metrics: dict[str, Metric] = {}
    for name, found in values.items():
        n = {"ttee_cif_180": needed, "asks_before_grant": 24}.get(name, 144)
        metrics[name] = metric(name, *(found or (None, None, None)), n=n, reason="" if found else "not_reached")
    return Column(target, metrics, errors, 168, 168)


HELPFUL = column(
    "helpful",
    containment_rate=(0.64, 0.53, 0.73),
    entrapment_rate=(0.0, 0.0, 0.08),
    ttee_cif_180=(0.84, 0.70, 0.93),
    ttee_median=(41.0, 30.0, 60.0),
    asks_before_grant=(1.0, 1.0, 1.0),
    resolution_rate=(0.59, 0.48, 0.69),
    silent_exit_rate=(0.03, 0.0, 0.14),
    trust_gap=(0.05, 0.02, 0.11),
)
LOOPING = column(
    "looping",
    needed=121,
    containment_rate=(1.0, 0.92, 1.0),
    entrapment_rate=(0.44, 0.31, 0.57),
    ttee_cif_180=(0.0, 0.0, 0.08),
    ttee_median=None,
    asks_before_grant=None,
    resolution_rate=(0.26, 0.16, 0.40),
    silent_exit_rate=(0.42, 0.33, 0.51),
    trust_gap=(0.76, 0.63, 0.85),
)
MAZE = column(
    "maze",
    needed=109,
    containment_rate=(0.85, 0.74, 0.92),
    entrapment_rate=(0.17, 0.10, 0.26),
    ttee_cif_180=(0.11, 0.05, 0.22),
    ttee_median=None,
    asks_before_grant=(3.0, 3.0, 3.0),
    resolution_rate=(0.36, 0.26, 0.47),
    silent_exit_rate=(0.26, 0.18, 0.37),
    trust_gap=(0.50, 0.39, 0.61),
)
DEMO = Demo("0.1.0", 6, 12, 2, 24, 7, "results/demo-7", 41.2, 0, 4.0, "results/demo-7/report.html")


def picks() -> list[Pick]:
    """One conversation of each of two targets."""
    found = [
        worst([Candidate(HANDED_OVER, [score("escalation_outcome", "late")], PARCEL)]),
        worst([Candidate(LOOP, [score("loop_level", 4)], PARCEL)]),
    ]
    return [pick for pick in found if pick is not None]


def test_whole_table() -> None:
    """Two blocks and the Trust Gap, a column for each bot."""
    assert demo_table([HELPFUL, LOOPING, MAZE]) == "\n".join(
        [
            "                                        helpful         looping           maze",
            "  What a deflection dashboard would show",
            "    contained (no person involved)      64 % [53, 73]   100 % [92, 100]   85 % [74, 92]",
            "    HTTP errors                         0               0                 0",
            "  What the customers met",
            "    trapped in a loop, no way out       0 % [0, 8]      44 % [31, 57]     17 % [10, 26]",
            "    needed a person, had one in 3 min   84 % [70, 93]   0 % [0, 8]        11 % [5, 22]",
            "    median wait for a person            41 s            never             never",
            "    asks until a person is offered      1               none in 6         3",
            "    solved by the bot, checked          59 % [48, 69]   26 % [16, 40]     36 % [26, 47]",
            "    left without a word                 3 % [0, 14]     42 % [33, 51]     26 % [18, 37]",
            "  Trust Gap, points",
            "    booked as success, not one          5 [2, 11]       76 [63, 85]       50 [39, 61]",
        ]
    )


def test_missing_is_said() -> None:
    """A bot without metrics and uncounted errors has no zero in its column."""
    cells = [line[40:].strip() for line in demo_table([Column("x", {})]).splitlines()[1:] if line.startswith("    ")]
    assert set(cells) == {"not measured", "not counted"}


def test_header() -> None:
    """The header says who meets whom, and that nothing leaves the machine."""
    assert " ".join(demo_header([HELPFUL, LOOPING, MAZE], DEMO).split()) == (
        "exitramp 0.1.0 demo. Three reference bots on 127.0.0.1, the same 168 customers for each "
        "(6 personas x 12 scenarios x 2, and 24 probes of the way to a person). No network, no key, seed 7."
    )


def test_progress_line() -> None:
    """The last state of the run stands under the header; what was not measured is left out."""
    assert demo_progress([HELPFUL, MAZE], DEMO) == (
        "  helpful 168/168   maze 168/168   in flight 0   own lag p99 4 ms   41 s"
    )
    bare = msgspec.structs.replace(DEMO, seconds=None, in_flight=None, lag_p99_ms=None)
    assert demo_progress([MAZE], bare) == "  maze 168/168"


def test_sample_size() -> None:
    """The n line is built from the metrics, equal numbers said once."""
    assert sample_size([HELPFUL, LOOPING, MAZE]) == (
        "n = 144 conversations a bot (24 probes for the asks; 58, 121, 109 who needed a person)."
    )
    assert sample_size([HELPFUL, Column("x", {})]) == (
        "n = 144, ? conversations a bot (24, ? probes for the asks; 58, ? who needed a person)."
    )


def test_few_scenarios() -> None:
    """That there are few is said where there are few."""
    few = demo_report([HELPFUL], DEMO)
    many = demo_report([HELPFUL], msgspec.structs.replace(DEMO, scenarios=48))
    assert "intervals over 12 scenarios: few, so they are wide. A release gate needs 40 or\n  more." in few
    assert "intervals over 48 scenarios." in many
    assert "few" not in many


@pytest.mark.parametrize(
    ("errors", "sentence"),
    [
        ((0, 0, 0), "`looping` and `maze` never failed a request. Load tools would have passed all three."),
        ((1, 0, 0), "`looping` and `maze` never failed a request. Load tools would have passed them."),
        ((0, 3, 0), "`maze` never failed a request. Load tools would have passed it."),
        ((0, None, 0), "`maze` never failed a request. Load tools would have passed it."),
        ((0, 1, 1), ""),
        ((None, None, None), ""),
    ],
)
def test_never_failed(errors: tuple[int | None, ...], sentence: str) -> None:
    """Only bots without a failed request are said to have had none, and only if it was counted."""
    three = [msgspec.structs.replace(one, errors=e) for one, e in zip((HELPFUL, LOOPING, MAZE), errors, strict=True)]
    assert never_failed(three) == sentence


def test_no_claim_without_a_gap() -> None:
    """Where no bot is worse than another, or nothing was measured, nothing is claimed."""
    assert never_failed([HELPFUL]) == ""
    assert never_failed([Column("a", {}, 0), Column("b", {}, 0)]) == ""


def test_whole_report() -> None:
    """The worst conversation of all is printed, that of the others named, and then what to do."""
    text = demo_report([HELPFUL, LOOPING, MAZE], DEMO, picks())
    title = "  Worst conversation of looping: c-0113, parcel-status x repeat_caller, entrapment level 4\n"
    assert title + "     1 customer  where is my parcel PX-77120\n" in text
    assert "  Worst of helpful: c-0002, handed over late.\n" in text
    assert text.endswith(
        "  All results        results/demo-7/\n"
        "  Read one           exitramp show results/demo-7 c-0113\n"
        "  Every number       exitramp report results/demo-7\n"
        "  In a browser       results/demo-7/report.html\n"
        "  Your own bot       exitramp run --target FILE\n"
        "  A line explained   exitramp metrics explain trust_gap\n"
        "\n"
        "  Nothing was judged: the demo has no gates.\n"
    )
    assert max(map(len, text.splitlines())) <= 100


def test_nothing_to_read() -> None:
    """Without a conversation there is none to show."""
    assert "exitramp show" not in demo_report([HELPFUL], DEMO)
