"""The Merkle tree of RFC 6962, section 2.1: its root from leaves that come one by one, in memory of O(log n)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

LEAF_PREFIX, NODE_PREFIX = b"\x00", b"\x01"
HASH_BYTES = 32
"""Size of a SHA-256 hash."""
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf, domain-separated from that of a node."""
    return sha256(LEAF_PREFIX + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node from those of its two subtrees."""
    return sha256(NODE_PREFIX + left + right).digest()


class MerkleTree:
    """The tree over leaf hashes that are appended; it keeps the roots of its complete subtrees alone.

    `peaks` are these roots, the largest subtree first: one for each binary digit 1 of `size`.
    """

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if len(peaks) != size.bit_count() or any(len(peak) != HASH_BYTES for peak in peaks):
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks of {HASH_BYTES} bytes")
        self.size = size
        self._peaks = list(peaks)

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """Roots of the complete subtrees; `MerkleTree(tree.size, tree.peaks)` goes on where `tree` stands."""
        return tuple(self._peaks)

    def append(self, leaf: bytes) -> None:
        """Adds the hash of the next leaf."""
        node, size, peaks = leaf, self.size, self._peaks
        while size & 1:
            node = sha256(NODE_PREFIX + peaks.pop() + node).digest()
            size >>= 1
        peaks.append(node)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Adds the hashes of the next leaves."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """The Merkle tree hash of all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1]
        for left in self._peaks[-2::-1]:
            node = node_hash(left, node)
        return node


class StoredTree:
    """A tree that keeps the hash of every complete subtree, for proofs: 64 bytes for each leaf."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels = [bytearray()]
        for leaf in leaves:
            self.append(leaf)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0]) // HASH_BYTES

    def append(self, leaf: bytes) -> None:
        """Adds the hash of the next leaf."""
        node, position = leaf, self.size
        self._levels[0] += node
        for level in range(position.bit_length() + 1):
            if not position >> level & 1:
                return
            nodes = self._levels[level]
            node = node_hash(bytes(nodes[-2 * HASH_BYTES : -HASH_BYTES]), node)
            if level + 1 == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level + 1] += node

    def range_root(self, start: int, end: int) -> bytes:
        """The Merkle tree hash of the leaves `start` (from 0) to before `end`, as RFC 6962 splits that range."""
        if not 0 <= start < end <= self.size:
            raise ValueError(f"leaves {start} to {end} of {self.size}")
        count = end - start
        level = count.bit_length() - 1
        if count == 1 << level and start % count == 0:
            first = (start >> level) * HASH_BYTES
            return bytes(self._levels[level][first : first + HASH_BYTES])
        middle = start + (1 << (count - 1).bit_length() - 1)
        return node_hash(self.range_root(start, middle), self.range_root(middle, end))

    def root(self, size: int | None = None) -> bytes:
        """The root of the tree as it was with `size` leaves; with all of them without it."""
        size = self.size if size is None else size
        return EMPTY_ROOT if size == 0 else self.range_root(0, size)
