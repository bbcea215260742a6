"""Options as quarters from their start."""
