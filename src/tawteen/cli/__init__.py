"""The command line: one command per verb, for people and for machines, in Arabic and English."""


def main() -> None:
    """The program `tawteen`."""
    # A process that the program starts loads this module again: it must not load all commands.
    from tawteen.cli.entry import main as entry

    entry()
