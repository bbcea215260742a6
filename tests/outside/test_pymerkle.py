"""pymerkle, a Merkle tree by others, finds the roots and proofs that the record has."""

from __future__ import annotations

import pytest
from tests.record.entries import cells

from tawteen.record.proofs import inclusion_proof
from tawteen.record.tree import StoredTree, leaf_hash

pymerkle = pytest.importorskip("pymerkle")

LINES = [entry.line() for entry in cells(40)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 32, 33, 40])
def test_roots_and_proofs_are_the_same(size: int) -> None:
    ours = StoredTree(map(leaf_hash, LINES))
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for line in LINES:
        theirs.append_entry(line)
    root = theirs.get_root(size)
    assert ours.root(size) == root
    for index in range(size):
        proof = theirs.prove_inclusion(index + 1, size)
        assert proof.path == [leaf_hash(LINES[index]), *inclusion_proof(ours, index, size)]
        pymerkle.verify_inclusion(leaf_hash(LINES[index]), ours.root(size), proof)
    for old in range(1, size + 1):
        pymerkle.verify_consistency(ours.root(old), ours.root(size), theirs.prove_consistency(old, size))
