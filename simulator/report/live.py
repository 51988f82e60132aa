"""A conversation while it is held: each side's words as they come, and what the customer feels as small bars."""

from __future__ import annotations

from simulator.model.transcript import Act
from simulator.report.terminal import WIDTH, Style, fold, painter, plain

_CELLS = 8
_LABEL = 10

ACTS: dict[Act, str] = {
    "STATE": "says what it is about",
    "RESTATE": "says it again",
    "PROVIDE": "answers",
    "ASK_HUMAN": "asks for a person",
    "ACCEPT": "takes the offer",
    "ASK_IF_BOT": "asks whether this is a bot",
    "EXEC": "goes above support",
    "THANK": "thanks",
    "CONFIRM": "goes along",
    "LEAVE_VOICED": "leaves, saying so",
    "LEAVE_SILENT": "leaves",
    "OTHER": "has nothing to answer",
}


def bar(value: float, cells: int = _CELLS) -> str:
    """A share of 1 as so many cells: `███▌····`."""
    eighths = round(min(max(value, 0.0), 1.0) * cells * 8)
    full, rest = divmod(eighths, 8)
    text = "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")
    return text + "·" * (cells - len(text))


def feelings(frustration: float, trust: float, patience: float, *, colour: bool = False) -> str:
    """The line of bars: frustration and trust from 0 to 1, patience as the share that is left."""
    paint = painter(colour)
    style: Style = "bad" if frustration >= 0.67 else "warn" if frustration >= 0.34 else "good"
    return "{}frustration {}  trust {}  patience {}".format(
        " " * (_LABEL + 2), paint(bar(frustration), style), bar(trust), bar(patience)
    )


def line(who: str, text: str, *, aside: str = "", width: int = WIDTH, colour: bool = False) -> str:
    """What one side says, folded under its name; `aside`: what it does beside the words."""
    paint = painter(colour)
    words = plain(text).replace("\n", " / ")
    folded = fold(words, width, " " * (_LABEL + 2), f"{who:>{_LABEL}}  ")
    if aside:
        folded.append(" " * (_LABEL + 2) + paint(f"({aside})", "dim"))
    return "\n".join(folded)
