"""`python -m netwright` is `netwright`."""

from netwright.cli import main

main()
