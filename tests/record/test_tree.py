"""The Merkle tree and its proofs against published vectors and against the recursive definition of RFC 6962."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tawteen.record.proofs import (
    consistency_proof,
    consistency_ranges,
    continues,
    includes,
    inclusion_proof,
    inclusion_ranges,
    range_roots,
)
from tawteen.record.tree import MerkleTree, StoredTree, leaf_hash, node_hash

# Published with Certificate Transparency: leaves of its reference tree, and the roots of its first sizes.
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): INCLUSION[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}


def published() -> StoredTree:
    return StoredTree(leaf_hash(content) for content in LEAVES)


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % i) for i in range(count)]


def defined_root(hashes: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return node_hash(defined_root(hashes[:k]), defined_root(hashes[k:]))


def defined_path(m: int, hashes: list[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.1."""
    if len(hashes) == 1:
        return []
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    if m < k:
        return [*defined_path(m, hashes[:k]), defined_root(hashes[k:])]
    return [*defined_path(m - k, hashes[k:]), defined_root(hashes[:k])]


def defined_subproof(m: int, hashes: list[bytes], *, whole: bool) -> list[bytes]:
    """RFC 6962, section 2.1.2."""
    if m == len(hashes):
        return [] if whole else [defined_root(hashes)]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    if m <= k:
        return [*defined_subproof(m, hashes[:k], whole=whole), defined_root(hashes[k:])]
    return [*defined_subproof(m - k, hashes[k:], whole=False), defined_root(hashes[:k])]


def test_the_published_roots() -> None:
    growing, stored = MerkleTree(), published()
    assert growing.root() == stored.root(0) == sha256(b"").digest()
    for size, root in enumerate(ROOTS, 1):
        growing.append(leaf_hash(LEAVES[size - 1]))
        assert growing.root().hex() == stored.root(size).hex() == root


@pytest.mark.parametrize("place", INCLUSION)
def test_the_published_proofs_of_inclusion(place: tuple[int, int]) -> None:
    index, size = place
    proof = inclusion_proof(published(), index, size)
    assert [part.hex() for part in proof] == INCLUSION[place]
    assert includes(bytes.fromhex(ROOTS[size - 1]), size, index, leaf_hash(LEAVES[index]), proof)


@pytest.mark.parametrize("sizes", CONSISTENCY)
def test_the_published_proofs_of_consistency(sizes: tuple[int, int]) -> None:
    old, new = sizes
    proof = consistency_proof(published(), old, new)
    assert [part.hex() for part in proof] == CONSISTENCY[sizes]
    assert continues(old, bytes.fromhex(ROOTS[old - 1]), new, bytes.fromhex(ROOTS[new - 1]), proof)


@settings(deadline=None)
@given(st.integers(0, 70), st.data())
def test_roots_and_proofs_are_those_of_the_definition(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    stored, growing = StoredTree(hashes), MerkleTree()
    growing.extend(hashes)
    assert stored.root() == growing.root() == defined_root(hashes)
    old = data.draw(st.integers(0, size))
    assert stored.root(old) == defined_root(hashes[:old])
    proof = consistency_proof(stored, old, size)
    assert proof == ([] if old == 0 else defined_subproof(old, hashes, whole=True))
    assert proof == range_roots(hashes, consistency_ranges(old, size))
    assert continues(old, stored.root(old), size, stored.root(), proof)
    if size:
        index = data.draw(st.integers(0, size - 1))
        path = inclusion_proof(stored, index, size)
        assert path == defined_path(index, hashes) == range_roots(hashes, inclusion_ranges(index, size))
        assert includes(stored.root(), size, index, hashes[index], path)


@settings(deadline=None)
@given(st.integers(1, 40), st.data())
def test_no_other_proof_is_accepted(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    stored, stray = StoredTree(hashes), leaf_hash(b"stray")
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    path, proof = inclusion_proof(stored, index, size), consistency_proof(stored, old, size)
    assert not includes(stored.root(), size, index, stray, path)
    assert not includes(stray, size, index, hashes[index], path)
    assert not includes(stored.root(), size, size, hashes[index], path)
    assert not continues(old, stray, size, stored.root(), proof)
    assert not continues(old, stored.root(old), size, stray, proof)
    for wrong in ([*path, stray], [stray, *path], [*path, b""], path[:-1], path[1:]):
        assert wrong == path or not includes(stored.root(), size, index, hashes[index], wrong)
    for wrong in ([*proof, stray], [stray, *proof], [*proof, b""], proof[:-1], proof[1:]):
        assert wrong == proof or not continues(old, stored.root(old), size, stored.root(), wrong)
    for changed in range(len(path)):
        assert not includes(stored.root(), size, index, hashes[index], [*path[:changed], stray, *path[changed + 1 :]])
    for changed in range(len(proof)):
        wrong = [*proof[:changed], stray, *proof[changed + 1 :]]
        assert not continues(old, stored.root(old), size, stored.root(), wrong)


def test_a_tree_that_shrinks_is_no_continuation() -> None:
    stored = published()
    assert not continues(8, stored.root(8), 6, stored.root(6), [])
    assert not continues(0, stored.root(1), 8, stored.root(8), [])
    assert continues(0, stored.root(0), 8, stored.root(8), [])


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_tree_goes_on_from_its_peaks(first: int, second: int) -> None:
    hashes = leaves(first + second)
    begun, whole = MerkleTree(), MerkleTree()
    begun.extend(hashes[:first])
    resumed = MerkleTree(begun.size, begun.peaks)
    resumed.extend(hashes[first:])
    whole.extend(hashes)
    assert (resumed.size, resumed.root(), resumed.peaks) == (whole.size, whole.root(), whole.peaks)
    assert len(whole.peaks) <= whole.size.bit_length()


def test_what_is_no_tree_or_range_is_refused() -> None:
    with pytest.raises(ValueError, match="peaks"):
        MerkleTree(3, [b"\0" * 32])
    with pytest.raises(ValueError, match="leaves"):
        published().range_root(4, 9)
    with pytest.raises(ValueError, match="leaf"):
        inclusion_ranges(8, 8)
    with pytest.raises(ValueError, match="no part"):
        consistency_ranges(9, 8)
    with pytest.raises(ValueError, match="fewer"):
        range_roots(leaves(3), [(0, 4)])
