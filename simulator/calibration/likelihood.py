"""How likely a log is under given weights: the choice model of `customers.mind` on arrays, the crowd integrated out.

For conversation i with choices d_1 ... d_n and a customer z out of the crowd (see `nodes`),

    L_i(w) = mean over z of prod_t P(d_t | F_t(z), T_t(z), what was said; w)

F and T follow the mind's recursion over the turns and do not depend on w, so they are computed once. P is the multinomial
logit of `Mind.odds` and the logit of `Mind.silent_share`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, get_args

from simulator.calibration.history import Choice, History
from simulator.calibration.nodes import Nodes
from simulator.customers.parameters import DEFAULT
from simulator.model.calibration import Weight

WEIGHTS: tuple[Weight, ...] = get_args(Weight)
"""In the order of every vector here."""
_PLACE = {name: place for place, name in enumerate(WEIGHTS)}
_CERTAIN = 50.0
_IMPOSSIBLE = 1e-300
BLOCK = 2000
"""Conversations whose arrays are in memory at a time while a gradient is taken."""


class States(NamedTuple):
    """The choices of some conversations; D choices, C conversations, M points of the crowd."""

    starts: Any
    """[C]: place of the first choice of each."""
    owner: Any
    """[D]: which conversation."""
    choice: Any
    """[D]"""
    frustration: Any
    """[D, M], as are distrust and broke (the waiting budget is spent)."""
    distrust: Any
    broke: Any
    wish: Any
    """[D, M], as are urgency, assertive and impatience."""
    urgency: Any
    assertive: Any
    impatience: Any
    turns: Any
    """[D, 1], as are failures, asks and unmet."""
    failures: Any
    asks: Any
    unmet: Any


class Value(NamedTuple):
    """The log-likelihood at some weights."""

    total: float
    by_conversation: Any
    """[C]"""
    scores: Any
    """[C, weights]: its derivatives, conversation by conversation."""


def states(
    histories: Sequence[History], crowds: Mapping[str, Nodes], *, upset: float = 1.0, loss: float = 1.0
) -> list[States]:
    """What each point of the crowd felt before every choice, in blocks of conversations.

    `crowds`: by persona, all of one size; who is not among them is of the one under the empty name. `upset` and `loss`
    multiply what every harm adds to frustration and takes from trust: to see what that would change.
    """
    blocks = [histories[start : start + BLOCK] for start in range(0, len(histories), BLOCK)]
    return [_block(block, crowds, upset, loss) for block in blocks]


def _block(histories: Sequence[History], crowds: Mapping[str, Nodes], upset: float, loss: float) -> States:
    import numpy as np

    most = DEFAULT.counted_up_to
    rows: dict[str, list[Any]] = {name: [] for name in States._fields}
    for place, one in enumerate(histories):
        crowd = crowds.get(one.persona) or crowds[""]
        f, t, budget = crowd.frustration, crowd.trust, crowd.budget_s
        rows["starts"].append(len(rows["owner"]))
        for step in one.steps:
            stir = step.stir
            harm = np.minimum(crowd.reactivity * (upset * stir.upset), crowd.carry_over)
            f = np.clip(crowd.carry_over * f + harm * (1 - f) - stir.calm * f, 0, 1)
            t = np.clip(t - loss * stir.loss * t + stir.gain * (1 - t), 0, 1)
            if step.slow_s:
                budget = budget - step.slow_s * (1 + crowd.urgency)
            if step.choice is Choice.NONE:
                continue
            rows["owner"].append(place)
            rows["choice"].append(int(step.choice))
            rows["frustration"].append(f)
            rows["distrust"].append(1 - t)
            rows["broke"].append((budget <= 0).astype(float))
            rows["turns"].append([float(step.turns)])
            rows["failures"].append([float(min(step.failures, most))])
            rows["asks"].append([float(min(step.asks, most))])
            rows["unmet"].append([float(step.unmet)])
            for name in ("wish", "urgency", "assertive", "impatience"):
                rows[name].append(getattr(crowd, name))
    arrays = {name: np.asarray(found) for name, found in rows.items()}
    return States(**arrays)


def features(s: States) -> dict[Weight, Any]:
    """What each weight multiplies; broadcasts to [D, M]."""
    return {
        "ask_intercept": 1.0,
        "ask_frustration": s.frustration,
        "ask_distrust": s.distrust,
        "ask_failure": s.failures,
        "ask_unmet": s.unmet,
        "leave_intercept": 1.0,
        "leave_frustration": s.frustration,
        "leave_distrust": s.distrust,
        "leave_turn": s.turns,
        "leave_ask": s.asks,
        "leave_out_of_time": s.broke,
        "silent_intercept": 1.0,
        "silent_frustration": 0.5 - s.frustration,
    }


def _linear(prefix: str, s: States, w: Sequence[float]) -> Any:
    """The linear predictor of one choice; what an unmet ask adds comes in later."""
    p, x = DEFAULT, features(s)
    if prefix == "ask_":
        fixed = p.ask_wish * s.wish + p.ask_urgency * s.urgency
    elif prefix == "leave_":
        fixed = s.impatience * s.failures - p.leave_urgency * s.urgency
    else:
        fixed = -p.silent_assertive * (s.assertive - 0.5)
    for name in WEIGHTS:
        if name.startswith(prefix) and name != "ask_unmet":
            fixed = fixed + w[_PLACE[name]] * x[name]
    return fixed


def value(blocks: Sequence[States], w: Sequence[float]) -> Value:
    """The log-likelihood of all blocks and its scores at the weights `w` (in the order of WEIGHTS)."""
    import numpy as np

    parts = [_value(block, w) for block in blocks]
    by_conversation = np.concatenate([part[0] for part in parts])
    return Value(float(by_conversation.sum()), by_conversation, np.concatenate([part[1] for part in parts]))


def _value(s: States, w: Sequence[float]) -> tuple[Any, Any]:
    import numpy as np
    from scipy.special import expit, log_expit, logsumexp

    quiet, spoke = s.choice == Choice.SILENT, s.choice == Choice.VOICED
    left, chose = quiet | spoke, (s.choice == Choice.ASKED) | (s.choice == Choice.WENT_ON)
    # Whatever the weights, what is as good as certain stays a number.
    ask = np.minimum(_linear("ask_", s, w), _CERTAIN)
    to_ask, to_leave = np.exp(ask), np.exp(np.minimum(_linear("leave_", s, w), _CERTAIN))
    whole = 1 + to_ask + to_leave
    leaves = to_leave / whole
    log_p = np.log(np.maximum(np.where(left[:, None], leaves, (1 + to_ask) / whole), _IMPOSSIBLE))
    d_ask = -to_ask / whole
    d_ask[~left] += (to_ask / (1 + to_ask))[~left]
    d_leave = left[:, None] - leaves

    # Who stays asks or goes on; an unmet ask takes from going on alone.
    asked = s.choice[chose, None] == Choice.ASKED
    again = ask[chose] + w[_PLACE["ask_unmet"]] * s.unmet[chose]
    log_p[chose] += log_expit(np.where(asked, again, -again))
    d_again = asked - expit(again)
    d_ask[chose] += d_again

    silent = _linear("silent_", _rows(s, left), w)
    in_silence = quiet[left, None]
    log_p[left] += log_expit(np.where(in_silence, silent, -silent))

    by_point = np.add.reduceat(log_p, s.starts, axis=0)
    total = logsumexp(by_point, axis=1)
    weight = np.exp(by_point - total[:, None])[s.owner]

    slopes = {"ask_": weight * d_ask, "leave_": weight * d_leave, "silent_": np.zeros_like(weight)}
    slopes["silent_"][left] = weight[left] * (in_silence - expit(silent))
    unmet = np.zeros(len(weight))
    unmet[chose] = (weight[chose] * d_again).sum(axis=1)
    x = features(s)
    sums = {prefix: slope.sum(axis=1) for prefix, slope in slopes.items()}
    scores = np.empty((len(s.starts), len(WEIGHTS)))
    for place, name in enumerate(WEIGHTS):
        prefix = name.partition("_")[0] + "_"
        if name == "ask_unmet":
            by_choice = unmet * s.unmet[:, 0]
        elif np.ndim(x[name]) == 2 and np.shape(x[name])[1] > 1:
            by_choice = np.einsum("dm,dm->d", slopes[prefix], x[name])
        else:
            by_choice = sums[prefix] * np.ravel(x[name])
        scores[:, place] = np.add.reduceat(by_choice, s.starts)
    return total - np.log(by_point.shape[1]), scores


def _rows(s: States, kept: Any) -> States:
    """The states of some of the choices."""
    return s._replace(**{name: getattr(s, name)[kept] for name in s._fields if name not in ("starts",)})
