"""People as an application of Django."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People of the workspace."""

    name = "tawteen.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Adds the tables of people to those that follow from the record; sessions note when they begin."""
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415

        from tawteen.web.accounts import parties, party_rules, resets, roles, sessions  # noqa: PLC0415 - models are there from here on
        from tawteen.web.log.derived import register  # noqa: PLC0415

        user_logged_in.connect(sessions.note_begin)
        register(roles.DERIVED_ROLES)
        register(parties.DERIVED_PARTIES)
        register(party_rules.DERIVED_RULES)
        register(resets.DERIVED_RESETS)
