"""The load side: Locust as a library. Only `python -m simulator.load` and locustfiles import what is in here."""
