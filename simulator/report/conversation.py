"""One conversation on a screen, with what proves its scores marked at the turns themselves.

The marks are read from `settle`, the same reading of the dialogue that the scorers use: a mark and a score cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from rich.cells import cell_len

from simulator.dialogue.settle import Answer, Settled, ended, settle, visible
from simulator.model.errors import SETUP_CAUSES
from simulator.model.scenario import UNSEEN, Scenario
from simulator.model.score import Score
from simulator.model.transcript import Feeling, Signal, Transcript, Turn
from simulator.report import numbers
from simulator.report.terminal import WIDTH, Paint, Style, fold, one_line, pad, pad_left, painter, plain, table, wrap
from simulator.report.words import says_no, score_label, score_value
from simulator.scorers.resolution import claimed, contained, resolution
from simulator.scorers.stock import score as score_all
from simulator.scorers.truth import findings

Mark = tuple[str, Style]

LONGEST = 240
"""Characters of one turn in an excerpt."""

_FELT = 13
_BARS = "▁▂▃▄▅▆▇█"
_REFORMULATION = ("RESTATE", "ASK_HUMAN")
_SPEAKERS = {"customer": "customer", "bot": "bot", "human": "person"}
_LEFT_OPEN = ("left_silent", "left_voiced", "bot_closed", "limit")


class _Page(msgspec.Struct, frozen=True):
    """What the lines of one conversation are laid out with."""

    width: int
    paint: Paint
    margin: bool
    """Times on the left."""
    right: int = 0
    """Cells kept on the right for feelings."""
    longest: int | None = None


def show(
    transcript: Transcript,
    scenario: Scenario | None,
    scores: Sequence[Score] = (),
    width: int = WIDTH,
    *,
    run: str = "",
    colour: bool = False,
) -> str:
    """The whole conversation: who, the turns with their marks, the ending in words, the scores, how to run it again.

    `run` is the run's folder as people type it; without it there is no rerun line. Turns are numbered from 1 and count what
    anybody said; what only happened on the wire stands between them without a number.
    """
    settled = settle(transcript, scenario)
    page = _Page(width, painter(colour), margin=True, right=_FELT if transcript.feelings else 0)
    lines = [*_heading(transcript, page), "", *_talk(transcript, scenario, settled, page), ""]
    lines += _ending(transcript, scenario, settled, page)
    lines += _shown_by_others(transcript, settled, page)
    if scores:
        lines += ["", *_scores(settled, scores, page)]
    if run and transcript.id:
        again = f"exitramp rerun {one_line(run)} {one_line(transcript.id)}"
        lines += ["", f"  {again}      the same customer again, same target"]
    return "\n".join(lines) + "\n"


def verdict_lines(
    transcript: Transcript, scenario: Scenario | None, *, width: int = WIDTH, colour: bool = False
) -> list[str]:
    """The ending in words and the scores, without the turns: for whoever has just seen them."""
    settled = settle(transcript, scenario)
    page = _Page(width, painter(colour), margin=True)
    scores = score_all(transcript, scenario)
    lines = [*_ending(transcript, scenario, settled, page), *_shown_by_others(transcript, settled, page)]
    return [*lines, "", *_scores(settled, scores, page)]


def excerpt(
    transcript: Transcript,
    scenario: Scenario | None,
    width: int = WIDTH,
    *,
    most: int = 12,
    colour: bool = False,
) -> str:
    """The turns alone with their marks and the ending; of a long conversation the beginning and the end."""
    settled = settle(transcript, scenario)
    page = _Page(width, painter(colour), margin=False, longest=LONGEST)
    lines = list(_talk(transcript, scenario, settled, page, most))
    return "\n".join([*lines, *_ending(transcript, scenario, settled, page)])


def ending_in_words(transcript: Transcript, scenario: Scenario | None) -> str:
    """How it ended and when: `left without a word after 2 min 5 s. The dashboard books this as contained.`"""
    settled = settle(transcript, scenario)
    after = f"after {numbers.seconds(ended(transcript))}"
    ending = transcript.ending
    if ending in ("target_failed", "simulator_failed"):
        error = transcript.error
        cause = one_line(": ".join(part for part in (error.cause, error.detail) if part)) if error is not None else ""
        who = "the bot failed" if ending == "target_failed" else "exitramp itself failed"
        setup = error is not None and error.cause in SETUP_CAUSES
        if setup:
            who = "your test system failed"
        words = f"{who} {after}" + (f": {cause}" if cause else "") + "."
        return words if ending == "target_failed" and not setup else f"{words} Not charged to the bot."
    if ending == "satisfied":
        return _satisfied(transcript, scenario, settled, after)
    words = {
        "handed_off": f"handed over to a person, done {after}",
        "left_voiced": f"left {after}, saying why",
        "left_silent": f"left without a word {after}",
        "bot_closed": f"the bot ended the conversation {after}",
        "limit": f"stopped {after} at the limit of {_limit(transcript)}",
        "interrupted": f"cut off {after} when the run was interrupted; in no rate",
    }[ending]
    booked = contained(transcript, settled)[0] == 1
    if ending in _LEFT_OPEN and booked and resolution(transcript, scenario, settled).whole != 1:
        return f"{words}. The dashboard books this as contained."
    return f"{words}."


def _satisfied(transcript: Transcript, scenario: Scenario | None, settled: Settled, after: str) -> str:
    if scenario is None:
        return f"ended content {after}."
    whole = resolution(transcript, scenario, settled).whole
    if whole is None:
        return f"ended content {after}; whether it is solved, nobody can see from here."
    if whole == 1:
        return f"ended content {after}, and it is solved."
    if settled.joined is not None:
        return f"ended content {after}, with a person's help."
    return f"ended content {after}, believing it solved. It is not."


def _limit(transcript: Transcript) -> str:
    return {"turn_cap": "turns", "time_cap": "time"}.get(
        transcript.ended_why, one_line(transcript.ended_why) or "the run"
    )


def _heading(transcript: Transcript, page: _Page) -> Iterator[str]:
    what = [
        f"{name} {one_line(value)}"
        for name, value in (
            ("target", transcript.target),
            ("scenario", transcript.scenario),
            ("persona", transcript.persona),
        )
        if value
    ]
    if transcript.session > 1:
        what.append(f"session {transcript.session}")
    if transcript.attempt > 1:
        what.append(f"attempt {transcript.attempt}")
    lines = fold(", ".join(what), page.width, "    ", f"{one_line(transcript.id)}  ")
    yield page.paint(lines[0], "bold")
    yield from lines[1:]
    for title, values in (("Customer holds", transcript.facts), ("Bot could know", transcript.truth)):
        if values:
            told = "; ".join(f"{one_line(name).replace('_', ' ')}: {one_line(value)}" for name, value in values.items())
            yield from fold(told, page.width, " " * 18, f"  {title}  ")


def numbering(turns: Sequence[Turn]) -> dict[int, int]:
    """Number on the screen by index: everything said counts from 1, system turns have none."""
    found: dict[int, int] = {}
    for index, turn in enumerate(turns):
        if turn.speaker != "system":
            found[index] = len(found) + 1
    return found


def _talk(
    transcript: Transcript, scenario: Scenario | None, settled: Settled, page: _Page, most: int | None = None
) -> Iterator[str]:
    number = numbering(settled.turns)
    marks = marks_of(transcript, scenario, settled)
    # Feelings carry the indices of the turns as recorded; a foreign log whose turns had to be joined has none.
    same = len(settled.turns) == len(transcript.turns)
    feelings = {feeling.turn: feeling for feeling in transcript.feelings} if same and page.margin else {}
    if feelings:
        yield page.paint(pad_left("frustration, trust", page.width), "dim")
    shown = _shown(settled, number, most)
    last = -1
    for index in shown:
        skipped = _between(number, last, index)
        if skipped:
            yield page.paint(f"     ... {numbers.plural(skipped, 'turn')} ...", "dim")
        last = index
        yield from _row(settled.turns[index], number.get(index), marks.get(index, []), feelings.get(index), page)


def _between(number: Mapping[int, int], before: int, index: int) -> int:
    """How many numbered turns lie between two indices."""
    return sum(1 for other in number if before < other < index)


def _shown(settled: Settled, number: Mapping[int, int], most: int | None) -> list[int]:
    everything = list(range(len(settled.turns)))
    if most is None or len(number) <= most:
        return everything
    opening = min(2, most)
    rest = len(number) - (most - opening)
    kept = {index for index in number if number[index] <= opening or number[index] > rest}
    tail = min((index for index in kept if number[index] > rest), default=len(settled.turns))
    return [index for index in everything if index in kept or (index not in number and index > tail)]


def _row(turn: Turn, number: int | None, marks: Sequence[Mark], feeling: Feeling | None, page: _Page) -> Iterator[str]:
    time = pad_left(numbers.elapsed(visible(turn)), 7) if page.margin else "  "
    if number is None:
        notes = ", ".join(text for text, _ in marks)
        if plain(turn.text).strip():
            notes = ": ".join(part for part in (notes, one_line(turn.text)) if part)
        if notes:
            lead = f"{time}      "
            yield from (
                page.paint(line, "dim") for line in fold(notes, page.width - page.right, " " * cell_len(lead), lead)
            )
        return
    lead = f"{time} {number:>3} {pad(_SPEAKERS[turn.speaker], 9)} "
    room = max(20, page.width - page.right - cell_len(lead))
    lines = wrap(_said(turn, page.longest), room)
    hung = _hang(lines, marks, room, page.paint)
    for place, (line, length) in enumerate(hung):
        start = lead if place == 0 else " " * cell_len(lead)
        if place == 0 and feeling is not None:
            line += " " * max(0, room - length) + "  " + page.paint(_felt(feeling), "dim")
        yield f"{start}{line}".rstrip()


def _said(turn: Turn, longest: int | None) -> str:
    text = plain(turn.text).strip()
    if turn.button is not None:
        text = f"{text} [pressed: {one_line(turn.button)}]".strip()
    if longest is not None:
        text = " ".join(text.split())
        text = text if len(text) <= longest else text[:longest].rstrip() + " ..."
    return text or ("(no answer)" if turn.speaker == "bot" else "(nothing)")


def _hang(lines: list[str], marks: Sequence[Mark], room: int, paint: Paint) -> list[tuple[str, int]]:
    """The marks at the right of the last line, or on lines of their own below it; each line with its length in cells."""
    laid = [(line, cell_len(line)) for line in lines]
    if not marks:
        return laid
    groups: list[list[Mark]] = [[]]
    for mark in marks:
        if groups[-1] and _length([*groups[-1], mark]) > room:
            groups.append([])
        groups[-1].append(mark)
    last, length = laid[-1]
    if len(groups) == 1 and length + 2 + _length(groups[0]) <= room:
        space = room - length - _length(groups[0])
        laid[-1] = (last + " " * space + _painted(groups[0], paint), room)
        return laid
    return laid + [(" " * max(0, room - _length(group)) + _painted(group, paint), room) for group in groups]


def _length(marks: Sequence[Mark]) -> int:
    return 2 + sum(cell_len(text) for text, _ in marks) + 2 * (len(marks) - 1)


def _painted(marks: Sequence[Mark], paint: Paint) -> str:
    return "< " + "  ".join(paint(text, style) for text, style in marks)


def _felt(feeling: Feeling) -> str:
    return " ".join(_bar(value) for value in (feeling.frustration, feeling.trust))


def _bar(value: float) -> str:
    """`▄.42`: a share as a bar and in hundredths."""
    share = min(1.0, max(0.0, value))
    digits = f"{share:.2f}"
    return _BARS[min(7, int(share * 8))] + (digits[1:] if digits[0] == "0" else "1.0")


def marks_of(transcript: Transcript, scenario: Scenario | None, settled: Settled) -> dict[int, list[Mark]]:
    """What is to be seen at each turn, by index: repeats, cycles, asks, promises, hand-offs, claims."""
    number = numbering(settled.turns)
    marks: dict[int, list[Mark]] = {}
    for answer in settled.answers:
        marks.setdefault(answer.turn, []).extend(_of_answer(answer, settled, number))
    for ordinal, ask in enumerate(settled.asks, start=1):
        found = marks.setdefault(ask.turn, [])
        found.append((f"asked, {_ordinal(ordinal)}", "warn"))
        if ask.met is False:
            found.append(("unmet", "bad"))
    for promise in settled.promises:
        words: Mark = ("promised a person", "dim")
        if promise.kept is not None:
            words = ("promise kept", "good") if promise.kept else ("false promise", "bad")
        marks.setdefault(promise.turn, []).append(words)
    for index, mark in _of_claims(transcript, scenario, settled):
        marks.setdefault(index, []).append(mark)
    for index, turn in enumerate(settled.turns):
        marks.setdefault(index, []).extend(one for signal in turn.signals if (one := _of_signal(signal)) is not None)
    return {index: found for index, found in marks.items() if found}


def _of_answer(answer: Answer, settled: Settled, number: Mapping[int, int]) -> Iterator[Mark]:
    heard = answer.heard
    if heard.repeat:
        before = settled.answers[heard.repeat_of - 1].turn if 0 < heard.repeat_of <= len(settled.answers) else None
        yield (f"repeat of {number[before]}" if before is not None else "repeat", "warn")
        if answer.to >= 0 and settled.turns[answer.to].act in _REFORMULATION:
            yield (f"cycle {heard.cycles}", "warn")
            if heard.cycles == 2:
                yield ("LOOP", "bad")
    for slot in heard.redundant:
        yield (f"asks again: {one_line(slot).replace('_', ' ')}", "warn")
    for truth in heard.wrong:
        yield (f"wrong: {one_line(truth).replace('_', ' ')}", "bad")
    if "refuse_human" in heard.signature:
        yield ("refuses a person", "bad")
    if "offer_human" in heard.signature or "offered" in heard.events:
        held = "human" in answer.exits
        yield ("offers a person", "good") if held else ("offers a person in vain", "bad")


def _of_claims(transcript: Transcript, scenario: Scenario | None, settled: Settled) -> Iterator[tuple[int, Mark]]:
    found = findings(transcript, scenario, settled) if scenario is not None else []
    for index in sorted({*settled.resolved.values(), *(turn for one in found if one.met for turn in one.turns)}):
        yield index, ("solved", "good")
    known = resolution(transcript, scenario, settled).whole is not None
    # What a state or a judge says holds for the whole conversation, so a claim before its end is no lie.
    whole = {one.need: bool(one.met) for one in found if one.basis in UNSEEN}
    needs = {answer.turn: answer.heard.need for answer in settled.answers}
    for index in claimed(transcript, settled) or ():
        every = [need.name for need in scenario.needs] if scenario is not None else []
        meant = [name for name in every if name == needs.get(index)] or every
        false = any(
            not whole[name] if name in whole else settled.resolved.get(name, len(settled.turns)) > index
            for name in meant
        )
        if known and false:
            yield index, ("claimed solved, is not", "bad")
        else:
            yield index, ("claimed solved", "good" if known else "warn")


def _of_signal(signal: Signal) -> Mark | None:
    detail = {key: one_line(str(value)) for key, value in signal.detail.items() if key != "packet" and value}
    queue = f" ({detail['queue']})" if "queue" in detail else ""
    why = f" ({detail['reason']})" if "reason" in detail else ""
    found: dict[str, Mark] = {
        "requested": (f"hand-off requested{queue}", "good"),
        "queued": (f"in the queue{queue}", "dim"),
        "accepted": (f"a person joined: {detail['agent']}" if "agent" in detail else "a person joined", "good"),
        "denied": (f"hand-off refused{why}", "bad"),
        "failed": (f"hand-off failed{why}", "bad"),
        "returned": ("sent back to the bot", "bad"),
        "ticket": (f"ticket {detail['reference']}" if "reference" in detail else "ticket without a reference", "good"),
        "callback": (f"callback {detail['reference']}" if "reference" in detail else "callback arranged", "good"),
        "action": (f"did: {detail['name']}" if "name" in detail else "did something", "dim"),
        "error": ("error", "bad"),
    }
    return found.get(signal.kind)


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _ending(transcript: Transcript, scenario: Scenario | None, settled: Settled, page: _Page) -> list[str]:
    indent = " " * (12 if page.margin else 7)
    bad = transcript.ending in (*_LEFT_OPEN, "target_failed")
    lines = fold(ending_in_words(transcript, scenario), page.width, indent)
    return [page.paint(line, "bad" if bad else "bold") for line in lines]


def _shown_by_others(transcript: Transcript, settled: Settled, page: _Page) -> Iterator[str]:
    """What the company's test system and the judges say: what no turn can prove."""
    number = numbering(settled.turns)
    for one in transcript.probes:
        name = one_line(one.need)
        lead = f"  State of {name} {'before' if one.when == 'before' else 'at the end'}: "
        tries = f", asked {one.reads} times in {numbers.seconds(one.seconds)}" if one.reads > 1 else ""
        style: Style = "warn" if one.cause else "good" if one.holds else "dim"
        if one.cause:
            why = one_line(": ".join(part for part in (one.cause, one.detail) if part))
            text = f"could not be read ({why}){tries}; not charged to the bot"
        else:
            wanted = " or ".join(map(_json, one.expected))
            text = f"{_json(one.value)}; solved is {wanted}{tries}"
        yield from (page.paint(line, style) for line in fold(text, page.width, "      ", lead))
    for note in transcript.notes:
        said = {True: "solved", False: "not solved", None: "cannot tell"}[note.verdict]
        quoted = "; ".join(f"turn {number.get(one.turn, one.turn)}: {one_line(one.text)}" for one in note.quotes)
        text = f"{said}{f', quoting {quoted}' if quoted else ''}"
        yield from fold(
            text, page.width, "      ", f"  Judge {one_line(f'{note.judge} {note.version}')} on {note.need}: "
        )


def _json(value: object) -> str:
    """A value as it came: a text in quotes, so that "20" is not 20."""
    return one_line(msgspec.json.encode(value).decode())


def _scores(settled: Settled, scores: Sequence[Score], page: _Page) -> Iterator[str]:
    number = numbering(settled.turns)
    by_name: dict[str, list[Score]] = {}
    for score in scores:
        by_name.setdefault(score.name, []).append(score)
    rows = [["Scores", "", "turns", ""]]
    absent: list[str] = []
    silent: dict[str, list[str]] = {}
    for name, found in by_name.items():
        told = [score for score in found if score.value is not None]
        if not told:
            silent.setdefault(one_line(found[0].reason) or "no reason given", []).append(score_label(name))
        elif all(says_no(score) for score in told):
            absent.append(score_label(name))
        else:
            turns = ", ".join(_place(index, number) for score in told for index in score.turns)
            reasons = dict.fromkeys(one_line(score.reason) for score in told if score.reason)
            rows.append([f"  {score_label(name)}", _value(told), turns, "; ".join(reasons)])
    if len(rows) > 1:
        yield from _columns(rows, page.width)
    if absent:
        yield from fold("; ".join(absent), page.width, " " * 16, "  No, or none:  ")
    for reason, labels in silent.items():
        yield from fold(f"{'; '.join(labels)} ({reason})", page.width, " " * 16, "  Cannot say:   ")


def _value(told: Sequence[Score]) -> str:
    """One value, or the range of several: a latency has one for each answer."""
    if len(told) == 1 or not all(isinstance(score.value, int | float) for score in told):
        return score_value(told[0])
    least, most = (score_value(pick(told, key=_size)) for pick in (min, max))
    return f"{least} to {most}" if least != most else least


def _size(score: Score) -> float:
    return float(score.value) if isinstance(score.value, int | float) else 0.0


def _columns(rows: list[list[str]], width: int) -> Iterator[str]:
    """The table; a reason that does not fit behind its row stands below it, a long list of turns is cut."""
    fixed = table([[label, value, _few(turns), "|"] for label, value, turns, _ in rows])
    for line, row in zip(fixed, rows, strict=True):
        lead, reason = line[:-1], row[3]
        if not reason or cell_len(lead) + cell_len(reason) <= width:
            yield f"{lead}{reason}".rstrip()
        else:
            yield lead.rstrip()
            yield from fold(reason, width, "      ")


def _few(turns: str, most: int = 20) -> str:
    if len(turns) <= most:
        return turns
    return turns[:most].rpartition(",")[0] + " ..."


def _place(index: int, number: Mapping[int, int]) -> str:
    if index in number:
        return str(number[index])
    before = max((number[other] for other in number if other < index), default=0)
    return f"after {before}"
