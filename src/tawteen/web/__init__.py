"""The workspace: the registry in a browser, for parties that do not trust each other blindly (Django)."""
