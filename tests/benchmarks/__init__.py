"""What a customer costs: `make bench`, or `python -m tests.benchmarks`. Loopback only, some three minutes."""
