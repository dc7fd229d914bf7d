// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {IWorkShares} from "./IWorkShares.sol";

/// @title Shares
/// @notice How lists of shares are hashed: once, for signatures (EIP-712) and for what the ledger keeps of them.
library Shares {
    bytes32 internal constant CONTRIBUTOR_TYPEHASH = keccak256(
        "Contributor(address account,uint24 share)"
    );
    bytes32 internal constant EDGE_TYPEHASH = keccak256(
        "Edge(uint32 parentId,uint24 share,uint8 kind)"
    );

    /// @notice The hash of a list of contributors, as EIP-712 hashes an array of structs.
    /// @param contributors The list.
    /// @return The hash.
    function hashContributors(
        IWorkShares.Contributor[] calldata contributors
    ) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](contributors.length);
        for (uint256 i = 0; i < contributors.length; ++i)
            hashes[i] = hashContributor(contributors[i].account, contributors[i].share);
        return hashAll(hashes);
    }

    /// @notice The hash of a list of edges, as EIP-712 hashes an array of structs.
    /// @param edges The list.
    /// @return The hash.
    function hashEdges(IWorkShares.Edge[] calldata edges) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](edges.length);
        for (uint256 i = 0; i < edges.length; ++i)
            hashes[i] = keccak256(
                abi.encode(EDGE_TYPEHASH, edges[i].parentId, edges[i].share, edges[i].kind)
            );
        return hashAll(hashes);
    }

    /// @notice The hash of one contributor, as EIP-712 hashes a struct.
    /// @param account The account.
    /// @param share Its share, in millionths.
    /// @return The hash.
    function hashContributor(address account, uint256 share) internal pure returns (bytes32) {
        return keccak256(abi.encode(CONTRIBUTOR_TYPEHASH, account, share));
    }

    /// @notice What the ledger keeps of an epoch.
    /// @param ownShare What the parents leave to the contributors, in millionths.
    /// @param contributors The hash of the list of contributors.
    /// @return The hash of both.
    function commit(uint256 ownShare, bytes32 contributors) internal pure returns (bytes32) {
        return Hashes.efficientKeccak256(bytes32(ownShare), contributors);
    }

    /// @notice The hash of hashes side by side. By hand: copying them first would cost every registration 600 gas.
    /// @param hashes The hashes.
    /// @return result Their hash.
    function hashAll(bytes32[] memory hashes) internal pure returns (bytes32 result) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            result := keccak256(add(hashes, 0x20), mul(mload(hashes), 0x20))
        }
    }
}
