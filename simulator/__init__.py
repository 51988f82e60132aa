"""exitramp: synthetic customers, trust metrics and a verdict for support bots under load."""

__version__ = "0.1.0"
