"""People: their accounts, sessions and invitations, and the roles and parties that follow from the record."""
