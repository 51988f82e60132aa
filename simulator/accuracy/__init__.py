"""How often the scorers are right: on labelled dialogues, and on bots whose faults are known and dialled."""
