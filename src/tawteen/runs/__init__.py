"""What the command line and the workspace both do with cases and programmes: load, plan, report, deliver."""
