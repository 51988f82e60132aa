"""What the parts of a turn cost, each measured alone by replaying recorded material in this process."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from statistics import median

import msgspec

from simulator.catalogue.freeze import Catalogue
from simulator.chance import Chance
from simulator.clock.virtual import VirtualClock
from simulator.customers.mind import Mind
from simulator.customers.voice import Intent, Message, Phrases, phrases
from simulator.dialogue.fold import Dialogue
from simulator.engine import Limits, Setting, converse
from simulator.launch.run import hold_on_virtual_clock
from simulator.launch.under_test import UnderTest
from simulator.model.contracts import Clock, Heard, Leave, Reply, Say, Session, Wait
from simulator.model.plan import Case
from simulator.model.scenario import Scenario
from simulator.model.transcript import Part, Transcript
from simulator.store import RunFolder, Segment
from simulator.verdict.stream import scored
from tests.benchmarks.material import reply

REPEATS = 7


class Recorder:
    """A voice that notes what it was asked to word, and how."""

    def __init__(self, voice: Phrases) -> None:
        self.acts = voice.acts
        self.worded: list[tuple[Intent, Chance, int, list[Message]]] = []
        self._voice = voice

    def word(self, intent: Intent, chance: Chance, move: int) -> list[Message]:
        messages = self._voice.word(intent, chance, move)
        self.worded.append((intent, chance, move, messages))
        return messages


class Prompter:
    """A voice that costs nothing: says what was noted, in the same order."""

    def __init__(self, recorder: Recorder) -> None:
        self.acts = recorder.acts
        self._said = iter([messages for *_, messages in recorder.worded])

    def word(self, intent: Intent, chance: Chance, move: int) -> list[Message]:
        return next(self._said)


class Noting(Mind):
    """A mind that notes what it heard, between the messages of a burst too."""

    def __init__(self, case: Case, scenario: Scenario, voice: Phrases) -> None:
        super().__init__(case, scenario, voice)
        self.heard: list[Heard | None] = []
        self.overheard: dict[int, list[Heard]] = {}
        """What came between the messages of a burst, by the number of moves before it."""

    def next(self, heard: Heard | None) -> Say | Wait | Leave:
        self.heard.append(heard)
        return super().next(heard)

    def overhear(self, heard: Heard) -> None:
        self.overheard.setdefault(len(self.heard), []).append(heard)
        super().overhear(heard)


class Numbered:
    """A bot without a wire: the benchmark's replies, one after the other."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count()

    def open(self, case: Case) -> Session:
        return _Talk(self._clock, self._numbers)


class _Talk:
    def __init__(self, clock: Clock, numbers: count[int]) -> None:
        self.greeting: Reply | None = None
        self._clock, self._numbers = clock, numbers

    def send(self, say: Say) -> Reply:
        now = self._clock.now()
        return Reply((Part(reply(next(self._numbers)), now),), now, now)

    def wait(self, seconds: float) -> Reply | None:
        self._clock.sleep(seconds)
        return None

    def close(self) -> None: ...


class Recorded(msgspec.Struct, frozen=True):
    """One conversation with everything that went on in it."""

    case: Case
    heard: list[Heard | None]
    overheard: dict[int, list[Heard]]
    recorder: Recorder
    transcript: Transcript

    def replay(self, mind: Mind, moves: int | None = None) -> None:
        """What was heard, once more, up to so many moves."""
        for at, heard in enumerate(self.heard[:moves], 1):
            mind.next(heard)
            for between in self.overheard.get(at, ()):
                mind.overhear(between)


class Recording:
    """Conversations of a run's cases with the benchmark's replies, held on a computed clock."""

    def __init__(self, folder: RunFolder) -> None:
        self.catalogue = Catalogue.read(folder.catalogue)
        self.held: list[Recorded] = []
        clock = VirtualClock()
        bot = Numbered(clock)

        def hold() -> None:
            for case in folder.read_cases():
                recorder = Recorder(phrases())
                scenario = self.catalogue.scenarios[case.scenario]
                mind = Noting(case, scenario, recorder)  # type: ignore[arg-type]  # of a voice the mind uses these two
                transcript = converse(case, scenario, mind, bot, clock, Limits(), Setting())
                self.held.append(Recorded(case, mind.heard, mind.overheard, recorder, transcript))

        clock.spawn(hold)
        clock.run()
        self.turns = sum(turn.speaker == "customer" for one in self.held for turn in one.transcript.turns)

    def texts(self) -> list[str]:
        """What the customers said, in order."""
        return [turn.text for one in self.held for turn in one.transcript.turns if turn.speaker == "customer"]

    def hearing(self) -> None:
        """Every turn into a fold of its own conversation."""
        for one in self.held:
            dialogue = Dialogue(self.catalogue.scenarios[one.case.scenario], one.case.truth)
            for turn in one.transcript.turns:
                if turn.speaker == "customer":
                    dialogue.say(turn.act, turn.need, turn.told)
                else:
                    dialogue.hear(turn.text)

    def speaking(self) -> None:
        """Every mind once more with its own voice: what a turn of the customer takes."""
        voice = phrases()
        for one in self.held:
            mind = Mind(one.case, self.catalogue.scenarios[one.case.scenario], voice)
            one.replay(mind)

    def states(self) -> list[float]:
        """Bytes that each customer's mind keeps at its sixth turn, shared objects such as cases aside."""
        long = [one for one in self.held if len(one.heard) >= 6]
        scenarios, voice = self.catalogue.scenarios, phrases()
        kept = []
        for _ in range(REPEATS):
            gc.collect()
            tracemalloc.start()
            minds = [Mind(one.case, scenarios[one.case.scenario], voice) for one in long]
            for mind, one in zip(minds, long, strict=True):
                one.replay(mind, 6)
            kept.append(tracemalloc.get_traced_memory()[0] / len(minds))
            tracemalloc.stop()
        return kept

    def deciding(self) -> None:
        """Every mind once more, its words prompted."""
        for one in self.held:
            voice = Prompter(one.recorder)
            mind = Mind(one.case, self.catalogue.scenarios[one.case.scenario], voice)
            one.replay(mind)

    def wording(self) -> None:
        """Every intent into words once more."""
        voice = phrases()
        for one in self.held:
            for intent, chance, move, _ in one.recorder.worded:
                voice.word(intent, chance, move)

    def recorder(self, folder: Path) -> Callable[[], None]:
        """Every transcript into a file."""
        segment = Segment(folder / "record.jsonl")

        def record() -> None:
            for one in self.held:
                segment.append(one.transcript)

        return record

    def scoring(self) -> None:
        """Every stock scorer over every transcript."""
        list(scored((one.transcript for one in self.held), self.catalogue.scenarios))


def cost(work: Callable[[], None], units: int, repeats: int = REPEATS) -> list[float]:
    """Processor microseconds a unit, once for each repeat; the first time, unmeasured, fills caches."""
    work()
    spent = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        spent.append((time.process_time() - begun) * 1e6 / units)
    return spent


def conversations_per_second(cases: Sequence[Case], catalogue: Catalogue, bot: str = "helpful") -> list[float]:
    """Conversations a second with a reference bot in this process, on the virtual clock, 1,000 under way at once."""
    target = UnderTest(bot, "reference", bot)
    mine = [msgspec.structs.replace(case, target=bot) for case in cases]

    def hold() -> None:
        hold_on_virtual_clock(mine, catalogue, [target], Limits(), seats=1000)

    return [1e6 / each for each in cost(hold, len(mine), repeats=5)]


def middle(values: Sequence[float]) -> str:
    """Median and range, for people."""
    return f"{median(values):.3g} [{min(values):.3g}-{max(values):.3g}]"
