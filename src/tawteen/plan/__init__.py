"""The programme: problem, solving, verification, reasons, scenarios."""
