"""`python -m tawteen` is the program `tawteen`."""

from tawteen.cli import main

if __name__ == "__main__":
    main()
