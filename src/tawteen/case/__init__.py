"""The case: schema, reading and writing, checks, evidence, synthetic cases."""
