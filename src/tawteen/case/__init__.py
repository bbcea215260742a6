"""What is known: the schema, reading and writing, checks, evidence, synthetic cases."""
