"""From transcripts, whoever wrote them, to a calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from simulator import __version__
from simulator.calibration.fit import FEWEST, events, fit, unheard
from simulator.calibration.guess import guessed, has_acts
from simulator.calibration.history import History, history
from simulator.calibration.nodes import nodes
from simulator.dialogue.fold import VERSION
from simulator.model.calibration import Calibration, Logs
from simulator.model.errors import InputError, Problem
from simulator.model.persona import Persona
from simulator.model.scenario import Scenario, spoken
from simulator.model.transcript import Transcript
from simulator.scorers.observable import misfit
from simulator.statistics.running import KeyedSample

MOST = 20_000
"""Conversations that a fit takes; of more, so many are drawn at random. Standard errors are small by then, and memory is not:
about 20 kB each."""
OnProgress = Callable[[str, int, int], None]


class Gathered(msgspec.Struct, frozen=True):
    """The choices of some logs; no word of them is left in it."""

    histories: Sequence[History]
    left_out: int
    """Conversations without a choice that can be used."""
    not_drawn: int
    """Conversations beyond MOST."""


def gather(
    transcripts: Iterable[Transcript],
    scenarios: Mapping[str, Scenario],
    personas: Mapping[str, Persona],
    *,
    most: int = MOST,
    on_progress: OnProgress = unheard,
) -> Gathered:
    """The choices in transcripts, one at a time, so that a log may be larger than memory.

    A transcript of ours is heard in its scenario; one without acts has them guessed. Probes choose nothing and are left out.
    """
    sample = KeyedSample[History](most)
    left_out = 0
    for number, transcript in enumerate(transcripts, 1):
        if number % 100 == 0:
            on_progress("reading", number, 0)
        found = None if _is_probe(transcript, personas) else _history(transcript, scenarios)
        if found is None:
            left_out += 1
            continue
        # By its name and not by its place: another order of the file draws the same ones.
        sample.add(f"{transcript.target}\x1f{transcript.id}", found)
    kept = [history for _, history in sample.items]
    return Gathered(kept, left_out, sample.seen - len(kept))


def calibration(
    gathered: Gathered,
    personas: Mapping[str, Persona],
    *,
    file: str,
    sha256: str,
    unread: int = 0,
    about: str = "",
    on_progress: OnProgress = unheard,
) -> Calibration:
    """Fit the choice to what was gathered from `file`. Raises InputError where it holds too little."""
    histories = gathered.histories
    if not histories:
        read = f"read: {gathered.left_out:,}, unreadable lines: {unread:,}"
        message = f"no conversation in which a customer answers a bot or leaves it ({read})"
        raise InputError([Problem(message, file, hint="one transcript a line, as in a run's transcripts/*.jsonl")])
    counts = events(histories)
    if counts.asks < FEWEST and counts.leaves < FEWEST:
        message = (
            f"{counts.asks} asks for a person and {counts.leaves} leaves in {len(histories):,} conversations; "
            f"expected at least {FEWEST} of either"
        )
        raise InputError([Problem(message, file, hint="give the logs of more conversations")])
    known = {one.persona for one in histories} & personas.keys()
    crowds = {"": nodes(), **{name: nodes(personas[name]) for name in sorted(known)}}
    fitted = fit(histories, crowds, on_progress=on_progress)
    return Calibration(
        calibration=1,
        logs=Logs(
            sha256=sha256,
            conversations=len(histories),
            turns=counts.choices,
            asks=counts.asks,
            left_silent=counts.silent,
            left_voiced=counts.voiced,
            acts="guessed" if any(one.guessed for one in histories) else "told",
            progress="unknown" if any(one.blind for one in histories) else "heard",
            left_out=gathered.left_out,
            not_drawn=gathered.not_drawn,
            unread=unread,
        ),
        estimates=fitted.estimates,
        held=fitted.held,
        correlations=fitted.correlations,
        assumed=fitted.assumed,
        about=about,
        log_likelihood=round(fitted.log_likelihood, 3),
        exitramp=__version__,
        hearing=VERSION,
    )


def _history(transcript: Transcript, scenarios: Mapping[str, Scenario]) -> History | None:
    if not has_acts(transcript):
        return history(guessed(transcript), None, guessed=True)
    scenario = scenarios.get(transcript.scenario)
    if scenario is None or misfit(transcript, scenario):
        return history(transcript, None)
    return history(transcript, spoken(scenario, transcript.language))


def _is_probe(transcript: Transcript, personas: Mapping[str, Persona]) -> bool:
    persona = personas.get(transcript.persona)
    return persona is not None and persona.probe is not None
