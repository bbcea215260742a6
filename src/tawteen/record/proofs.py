"""Proofs of RFC 6962, sections 2.1.1 and 2.1.2: that a leaf is in a tree, and that one tree continues another.

A proof is a list of hashes of ranges of leaves. `inclusion_ranges` and `consistency_ranges` say which ranges; a
`StoredTree` or a pass over all leaves (`range_roots`) gives their hashes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tawteen.record.tree import EMPTY_ROOT, HASH_BYTES, MerkleTree, StoredTree, node_hash

Range = tuple[int, int]
"""Leaves from the first number, counted from 0, to before the second."""


def _split(count: int) -> int:
    """The largest power of two below `count`: leaves of the left subtree."""
    return 1 << (count - 1).bit_length() - 1


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Ranges whose hashes prove that leaf `index` (from 0) is in the tree of `size` leaves, the nearest first."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} of {size}")
    ranges: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """Ranges whose hashes prove that the tree of `new` leaves continues that of `old` leaves."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves is no part of one of {new}")
    if old in (0, new):
        return []
    ranges: list[Range] = []
    start, end = 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    # The old tree's own last part is known to the verifier where it is the whole old tree.
    return ([(start, end)] if start > 0 else []) + ranges[::-1]


def inclusion_proof(tree: StoredTree, index: int, size: int) -> list[bytes]:
    """Hashes that prove that leaf `index` (from 0) is in the tree of the first `size` leaves."""
    return [tree.range_root(*leaves) for leaves in inclusion_ranges(index, size)]


def consistency_proof(tree: StoredTree, old: int, new: int) -> list[bytes]:
    """Hashes that prove that the tree of `new` leaves continues that of `old` leaves."""
    return [tree.range_root(*leaves) for leaves in consistency_ranges(old, new)]


def range_roots(leaves: Iterable[bytes], ranges: Sequence[Range]) -> list[bytes]:
    """The hashes of ranges that do not overlap, from one pass over all leaf hashes, in memory of O(log n)."""
    trees = {leaves_of: MerkleTree() for leaves_of in ranges}
    waiting = sorted(ranges, reverse=True)
    for index, leaf in enumerate(leaves):
        while waiting and waiting[-1][1] <= index:
            waiting.pop()
        if not waiting:
            break
        if waiting[-1][0] <= index:
            trees[waiting[-1]].append(leaf)
    if any(tree.size != end - start for (start, end), tree in trees.items()):
        raise ValueError("fewer leaves than the ranges ask for, or ranges that overlap")
    return [trees[leaves_of].root() for leaves_of in ranges]


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the leaf hash `leaf` stands at `index` (from 0) of the tree with this root and size.

    The algorithm is that of RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size or len(leaf) != HASH_BYTES or any(len(part) != HASH_BYTES for part in proof):
        return False
    position, last, node = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_hash(part, node)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            node = node_hash(node, part)
        position >>= 1
        last >>= 1
    return last == 0 and node == root


def continues(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the tree of `new` leaves begins with the `old` leaves of the other.

    The algorithm is that of RFC 9162, section 2.1.4.2.
    """
    if not 0 <= old <= new or any(len(part) != HASH_BYTES for part in proof):
        return False
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    if not path:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position >>= 1
        last >>= 1
    first = second = path[0]
    for part in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            first, second = node_hash(part, first), node_hash(part, second)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            second = node_hash(second, part)
        position >>= 1
        last >>= 1
    return last == 0 and first == old_root and second == new_root
