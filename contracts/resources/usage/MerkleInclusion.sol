// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title MerkleInclusion
/// @notice Inclusion proofs of RFC 9162's Merkle trees: SHA-256, a zero byte before a leaf and a one before two nodes.
library MerkleInclusion {
    /// @notice Whether a leaf is in a tree at a place (RFC 9162, 2.1.3.2).
    /// @param leaf The leaf's hash.
    /// @param index Its place, from 0.
    /// @param size The tree's size.
    /// @param root The tree's root.
    /// @param path The hashes beside its way to the root, from the bottom.
    /// @return True when it is.
    function isIncluded(
        bytes32 leaf,
        uint256 index,
        uint256 size,
        bytes32 root,
        bytes32[] calldata path
    ) internal pure returns (bool) {
        if (index >= size) return false;
        uint256 last = size - 1;
        bytes32 node = leaf;
        for (uint256 i = 0; i < path.length; ++i) {
            if (last == 0) return false;
            if (index & 1 == 1 || index == last) {
                node = sha256(abi.encodePacked(bytes1(0x01), path[i], node));
                while (index & 1 == 0 && index != 0) (index, last) = (index >> 1, last >> 1);
            } else {
                node = sha256(abi.encodePacked(bytes1(0x01), node, path[i]));
            }
            (index, last) = (index >> 1, last >> 1);
        }
        return last == 0 && node == root;
    }
}
