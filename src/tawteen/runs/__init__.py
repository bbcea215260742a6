"""Verbs that the command line and the workspace share: load, plan, report and deliver."""
