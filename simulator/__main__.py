"""`python -m simulator` is the command `exitramp`."""

from simulator.cli.main import main

if __name__ == "__main__":
    main()
