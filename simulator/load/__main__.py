"""`python -m simulator.load RUN --bots JSON`: the load process of a run. Importing Locust first patches this process."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import locust  # noqa: F401  # before anything of ours: it makes every wait a greenlet switch

from simulator.load.run import run
from simulator.model.errors import Exit, InputError

if __name__ == "__main__":
    folder, bots = Path(sys.argv[1]), json.loads(sys.argv[2])
    try:
        sys.exit(run(folder, bots))
    except InputError as wrong:
        # Only here is a Python callable imported, or a target's templates compiled: the parent tells the user.
        print("\n".join(str(problem) for problem in wrong.problems), file=sys.stderr)
        sys.exit(Exit.WRONG_INPUT)
