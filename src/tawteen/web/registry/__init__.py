"""The registry: cells of the case that follow from the record, lists and pages of rows, and changes of them."""
