"""The command line: one command per verb, for people and for machines, in Arabic and English."""

from tawteen.cli.entry import main

__all__ = ["main"]
