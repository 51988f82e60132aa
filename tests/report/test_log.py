"""What a log says, on a screen."""

from __future__ import annotations

from simulator.report.log import LogReport, log_report
from simulator.verdict.tally import Line


def line(name: str, estimate: float | None, **more: object) -> Line:
    known: dict[str, object] = {
        "label": "",
        "unit": "share",
        "low": None,
        "high": None,
        "n": 0,
        "skipped": 0,
        "reasons": {},
    }
    known |= {"method": "Wilson", "guess": name.endswith("_t0"), **more}
    return Line(name=name, estimate=estimate, **known)  # type: ignore[arg-type]  # fields by name


def shown(*lines: Line, rejected: int = 0) -> str:
    report = LogReport(
        source="chats.jsonl",
        taken_for="a table",
        conversations=1_200,
        left_out=0,
        rejected=rejected,
        tiers={"T0": 1_200},
        lines=lines,
        pseudonymised=True,
    )
    return log_report(report, width=100)


def test_each_metric_has_interval_n_and_who_could_not_say() -> None:
    """In one row; the commonest reason with its count, and that there are others."""
    text = shown(
        line("loop_rate", 0.125, low=0.1, high=0.15, n=900, skipped=300, reasons={"no scenario": 200, "x": 100})
    )
    assert "loop_rate  12.5 %    10.0 % to 15.0 %  900  300: no scenario (200), and 1 other reason" in text


def test_guesses_stand_in_a_block_of_their_own() -> None:
    """Below everything seen, with the accuracy that was published, or that none was."""
    text = shown(
        line("asks_t0", 0.5, low=0.4, high=0.6, n=9, accuracy="F1 .80 [.75, .84], n = 659"),
        line("gives_up_t0", 0.1, n=9),
        line("loop_rate", 0.2, n=9),
    )
    seen, guessed = text.split("Guesses from text")
    assert ("loop_rate" in seen, "_t0" in seen) == (True, False)
    assert "asks_t0: F1 .80 [.75, .84], n = 659" in guessed
    assert "gives_up_t0: how often it is right is not published" in guessed


def test_what_was_not_measured_says_why_and_never_looks_like_zero() -> None:
    """Names together by reason; a time that was never reached is `never`."""
    text = shown(
        line("a", None, reason="no times"),
        line("b", None, reason="no times"),
        line("c", None, reason="not reached", n=4),
    )
    assert "  no times: a, b" in text
    assert "c       never" in text
    assert "0 %" not in text


def test_bad_records_are_counted() -> None:
    """Beside the numbers, not in a footnote."""
    assert "3 records could not be read" in shown(rejected=3)
