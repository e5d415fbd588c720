"""`python -m gameday`: the same as the command `gameday`."""

from gameday.cli.entry import main

if __name__ == "__main__":
    main()
