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
from simulator.verdict.record import Held
from tests.report.scenes import BOOKCASE, HANDED_OVER, LOOP, metric, score

Numbers = tuple[float, float, float] | None


def column(target: str, errors: int | None = 0, needed: int = 71, **values: Numbers) -> Column:
    """A target with these estimates and intervals; None = looked for and never reached."""
    metrics: dict[str, Metric] = {}
    for name, found in values.items():
        n = {"ttee_cif_180": needed, "asks_before_grant": 24}.get(name, 160)
        metrics[name] = metric(name, *(found or (None, None, None)), n=n, reason="" if found else "not_reached")
    return Column(target, metrics, errors, 184, 184)


HELPFUL = column(
    "helpful",
    containment_rate=(0.57, 0.44, 0.69),
    entrapment_rate=(0.0, 0.0, 0.06),
    ttee_cif_180=(0.91, 0.79, 0.97),
    ttee_median=(52.0, 37.0, 71.0),
    asks_before_grant=(1.0, 1.0, 1.0),
    resolution_rate=(0.54, 0.41, 0.66),
    silent_exit_rate=(0.04, 0.01, 0.12),
    trust_gap=(0.03, 0.01, 0.08),
)
LOOPING = column(
    "looping",
    needed=133,
    containment_rate=(1.0, 0.94, 1.0),
    entrapment_rate=(0.38, 0.27, 0.5),
    ttee_cif_180=(0.0, 0.0, 0.07),
    ttee_median=None,
    asks_before_grant=None,
    resolution_rate=(0.29, 0.18, 0.43),
    silent_exit_rate=(0.47, 0.36, 0.58),
    trust_gap=(0.71, 0.58, 0.82),
)
MAZE = column(
    "maze",
    needed=96,
    containment_rate=(0.78, 0.65, 0.87),
    entrapment_rate=(0.21, 0.13, 0.31),
    ttee_cif_180=(0.15, 0.08, 0.27),
    ttee_median=None,
    asks_before_grant=(4.0, 4.0, 4.0),
    resolution_rate=(0.33, 0.21, 0.47),
    silent_exit_rate=(0.22, 0.13, 0.34),
    trust_gap=(0.45, 0.32, 0.58),
)
DEMO = Demo("0.9.2", 5, 8, 4, 24, 19, "results/demo-4", 63.4, 0, 6.0)


def picks() -> list[Pick]:
    """One conversation of each of two targets."""
    found = [
        worst([Candidate(Held.of(HANDED_OVER), [score("escalation_outcome", "late")])]),
        worst([Candidate(Held.of(LOOP), [score("loop_level", 4)])]),
    ]
    talks = (HANDED_OVER, LOOP)
    return [
        msgspec.structs.replace(pick, transcript=talk, scenario=BOOKCASE)
        for pick, talk in zip(found, talks, strict=True)
        if pick is not None
    ]


def test_whole_table() -> None:
    """Two blocks and the Trust Gap, a column for each bot."""
    assert demo_table([HELPFUL, LOOPING, MAZE]) == "\n".join(
        [
            "                                        helpful         looping           maze",
            "  What a deflection dashboard would show",
            "    contained (no person involved)      57 % [44, 69]   100 % [94, 100]   78 % [65, 87]",
            "    HTTP errors                         0               0                 0",
            "  What the customers met",
            "    trapped in a loop, no way out       0 % [0, 6]      38 % [27, 50]     21 % [13, 31]",
            "    needed a person, had one in 3 min   91 % [79, 97]   0 % [0, 7]        15 % [8, 27]",
            "    median wait for a person            52 s            never             never",
            "    asks until a person is offered      1               none in 6         4",
            "    solved by the bot, checked          54 % [41, 66]   29 % [18, 43]     33 % [21, 47]",
            "    left without a word                 4 % [1, 12]     47 % [36, 58]     22 % [13, 34]",
            "  Trust Gap, points",
            "    booked as success, not one          3 [1, 8]        71 [58, 82]       45 [32, 58]",
        ]
    )


def test_missing_is_said() -> None:
    """A bot without metrics and uncounted errors has no zero in its column."""
    cells = [line[40:].strip() for line in demo_table([Column("x", {})]).splitlines()[1:] if line.startswith("    ")]
    assert set(cells) == {"not measured", "not counted"}


def test_header() -> None:
    """The header says who meets whom, and that nothing leaves the machine."""
    assert " ".join(demo_header([HELPFUL, LOOPING, MAZE], DEMO).split()) == (
        "exitramp 0.9.2 demo. Three reference bots on 127.0.0.1, the same 184 customers for each "
        "(5 personas x 8 scenarios x 4, and 24 probes of the way to a person). No network, no key, seed 19."
    )


def test_progress_line() -> None:
    """The last state of the run stands under the header; what was not measured is left out."""
    assert demo_progress([HELPFUL, MAZE], DEMO) == (
        "  helpful 184/184   maze 184/184   in flight 0   own lag p99 6 ms   1 min 3 s"
    )
    bare = msgspec.structs.replace(DEMO, seconds=None, in_flight=None, lag_p99_ms=None)
    assert demo_progress([MAZE], bare) == "  maze 184/184"


def test_sample_size() -> None:
    """The n line is built from the metrics, equal numbers said once."""
    assert sample_size([HELPFUL, LOOPING, MAZE]) == (
        "n = 160 conversations a bot (24 probes for the asks; 71, 133, 96 who needed a person)."
    )
    assert sample_size([HELPFUL, Column("x", {})]) == (
        "n = 160, ? conversations a bot (24, ? probes for the asks; 71, ? who needed a person)."
    )


def test_few_scenarios() -> None:
    """That there are few is said where there are few."""
    few = demo_report([HELPFUL], DEMO)
    many = demo_report([HELPFUL], msgspec.structs.replace(DEMO, scenarios=64))
    assert "intervals over 8 scenarios: few, so they are wide. A release gate needs 40 or more.\n" in few
    assert "intervals over 64 scenarios." in many
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
    title = "  Worst conversation of looping: c-0058, bookcase-late x repeat_caller, entrapment level 4\n"
    assert title + "     1 customer  LK-30518 should be here by now\n" in text
    assert "  Worst of helpful: c-0002, handed over late.\n" in text
    assert text.endswith(
        "  All results        results/demo-4/\n"
        "  Read one           exitramp show results/demo-4 c-0058\n"
        "  Every number       exitramp report results/demo-4\n"
        "  Your own bot       exitramp run --target FILE\n"
        "  A line explained   exitramp metrics explain trust_gap\n"
        "\n"
        "  Nothing was judged: the demo has no gates.\n"
    )
    assert max(map(len, text.splitlines())) <= 100


def test_nothing_to_read() -> None:
    """Without a conversation there is none to show."""
    assert "exitramp show" not in demo_report([HELPFUL], DEMO)
