"""The first page: the map, what changed since the last visit, and what waits for a person."""
