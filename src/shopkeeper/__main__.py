"""`python -m shopkeeper` is the same as `shopkeeper`."""

from shopkeeper.doors.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
