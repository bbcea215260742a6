"""The table of the record: entries are appended, and the database refuses all else."""
