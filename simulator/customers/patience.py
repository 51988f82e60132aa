"""How long a customer stays in a queue for a person.

The hazard of giving up after s seconds is h(s) = (k / Pi) (s / Pi)^(k - 1) [1 + c N(s)]: it falls with time (k < 1), and
N(s), the announcements of the last 15 s, make it jump: hearing where one stands is when people give up. A customer has one
exposure, -log of a uniform number, and leaves when the hazard summed so far has reached it.
"""

from __future__ import annotations

from collections.abc import Sequence

from simulator.customers.parameters import DEFAULT, Parameters


def gives_up_at(
    exposure: float, patience_s: float, announced: Sequence[float], parameters: Parameters = DEFAULT
) -> float:
    """The second in the queue at which the summed hazard reaches `exposure` (> 0), no announcement but these being made.

    `announced`: the seconds in the queue at which one was heard, rising.
    """
    k, c, bump = parameters.queue_shape, parameters.queue_announced, parameters.queue_announced_s

    def inverse(total: float) -> float:
        return float(patience_s * total ** (1 / k))

    edges = sorted({edge for at in announced for edge in (at, at + bump)})
    left, begun = exposure, 0.0
    for edge in [*edges, None]:
        heard = sum(at <= begun < at + bump for at in announced)
        rate = 1 + c * heard
        base = (begun / patience_s) ** k
        if edge is None:
            return inverse(base + left / rate)
        step = rate * ((edge / patience_s) ** k - base)
        if step >= left:
            return inverse(base + left / rate)
        left -= step
        begun = edge
    raise AssertionError("the last stretch has no end")


class Queueing:
    """One customer in one queue."""

    __slots__ = ("_announced", "_exposure", "_parameters", "_patience_s", "_waited")

    def __init__(self, exposure: float, patience_s: float, parameters: Parameters = DEFAULT) -> None:
        self._exposure, self._patience_s, self._parameters = exposure, patience_s, parameters
        self._waited = 0.0
        self._announced: tuple[float, ...] = ()

    def waited(self, seconds: float) -> None:
        """So many experienced seconds have passed."""
        self._waited += max(seconds, 0.0)

    def announced(self) -> None:
        """The position in the queue has just been announced."""
        self._announced += (self._waited,)

    @property
    def left_s(self) -> float:
        """Seconds that the customer will still wait, as far as announcements are known; 0 or less: gives up."""
        return gives_up_at(self._exposure, self._patience_s, self._announced, self._parameters) - self._waited
