"""`python -m simulator.load RUN --bots JSON`: the load process of a run. Importing Locust first patches this process."""

from __future__ import annotations

import locust  # noqa: F401, I001  # first of all: it makes every wait below a greenlet switch

import json
import sys
from pathlib import Path

from simulator.load.run import run

if __name__ == "__main__":
    folder, bots = Path(sys.argv[1]), json.loads(sys.argv[2])
    sys.exit(run(folder, bots))
