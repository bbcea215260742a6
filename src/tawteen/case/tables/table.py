"""What all tables of a case have in common."""

from functools import cache

import dataframely as dy


class Table(dy.Schema):
    """A table of a case, whose columns are looked up once: pages of the workspace ask for them hundreds of times."""

    @classmethod
    @cache
    def columns(cls) -> dict[str, dy.Column]:
        """The columns by name; not to be changed."""
        return super().columns()
