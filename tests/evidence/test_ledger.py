from __future__ import annotations

import hashlib

import pytest

from evidence.ledger import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    frontier_of,
    inclusion_proof,
    leaf_hash,
    merkle_root,
    verify_consistency,
    verify_inclusion,
)

# The eight leaves and roots that Certificate Transparency implementations test themselves with.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
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
MANY = [leaf_hash(n.to_bytes(4)) for n in range(131)]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_vectors(size):
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]
    assert merkle_root(hashes).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert merkle_root([]) == EMPTY_ROOT == hashlib.sha256().digest()


def defined_root(hashes):
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + defined_root(hashes[:split]) + defined_root(hashes[split:])).digest()


def test_appending_one_by_one_gives_the_root_by_definition_for_every_size():
    frontier = Frontier()
    for size, leaf in enumerate(MANY, start=1):
        frontier = frontier.append(leaf)
        assert frontier.root() == defined_root(MANY[:size])
        assert len(frontier.peaks) == size.bit_count()


def test_every_leaf_of_every_tree_is_proved_and_no_other_in_its_place():
    for size in range(1, len(MANY) + 1):
        leaves = MANY[:size]
        root = frontier_of(leaves).root()
        for index in range(size):
            proof = inclusion_proof(index, leaves)
            assert verify_inclusion(index, size, leaves[index], proof, root)
            assert not verify_inclusion(index, size, leaf_hash(b"other"), proof, root)
            assert not verify_inclusion((index + 1) % size, size, leaves[index], proof, root) or size == 1


def test_every_earlier_tree_is_proved_a_prefix_and_a_changed_one_is_not():
    for size in range(1, 66):
        root = merkle_root(MANY[:size])
        for old in range(1, size + 1):
            proof, old_root = consistency_proof(old, MANY[:size]), merkle_root(MANY[:old])
            assert verify_consistency(old, size, old_root, root, proof)
            assert not verify_consistency(old, size, leaf_hash(b"other"), root, proof)
            assert not verify_consistency(old, size, old_root, leaf_hash(b"other"), proof)


def test_a_proof_with_a_hash_more_or_less_is_refused():
    for size in (2, 7, 8, 100):
        leaves, root = MANY[:size], merkle_root(MANY[:size])
        proof = inclusion_proof(1, leaves)
        assert not verify_inclusion(1, size, leaves[1], proof[:-1], root)
        assert not verify_inclusion(1, size, leaves[1], [*proof, MANY[0]], root)
        consistent = consistency_proof(1, leaves)
        assert not verify_consistency(1, size, leaves[0], root, consistent[:-1])
        assert not verify_consistency(1, size, leaves[0], root, [*consistent, MANY[0]])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index, size):
    with pytest.raises(IndexError):
        inclusion_proof(index, MANY[:size])
    assert not verify_inclusion(index, size, MANY[0], [], merkle_root(MANY[:size]))


@pytest.mark.parametrize("old", [0, 4])
def test_a_tree_that_is_empty_or_larger_is_no_prefix(old):
    with pytest.raises(IndexError):
        consistency_proof(old, MANY[:3])
    assert not verify_consistency(old, 3, EMPTY_ROOT, merkle_root(MANY[:3]), [MANY[0]])
