"""The registry: cells of the case that follow from the record, lists and pages of sites, and imports."""
