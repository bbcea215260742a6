"""The append-only record: entries, their Merkle tree, signed checkpoints, and the check of all of them."""
