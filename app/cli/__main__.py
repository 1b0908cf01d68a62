"""`python -m app.cli`: the same as `hilum`."""

from app.cli import main

main(prog_name="hilum")
