// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Pausing} from "../directory/Pausing.sol";
import {IEntitlements} from "../membership/IEntitlements.sol";
import {ICredentialAnchors} from "./ICredentialAnchors.sol";

/// @title CredentialAnchors
/// @notice See {ICredentialAnchors}.
contract CredentialAnchors is ICredentialAnchors, Pausing, Multicall {
    IEntitlements private immutable _ENTITLEMENTS;

    // {Anchor} packed by hand, its first field lowest: written member by member it would cost 1,000 gas more.
    mapping(uint32 baseId => mapping(bytes32 root => uint256 anchored)) private _anchors;
    mapping(uint32 baseId => mapping(bytes32 purpose => Head head)) private _heads;

    /// @notice Starts with nothing anchored.
    /// @param directory_ The Directory that may pause it.
    /// @param entitlements The store that holds the gate.
    constructor(address directory_, IEntitlements entitlements) Pausing(directory_) {
        _ENTITLEMENTS = entitlements;
    }

    /// @inheritdoc ICredentialAnchors
    function anchor(
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint32 accreditationId,
        uint32 size,
        bytes32 root
    ) external whenNotPaused {
        // Check.
        if (root == bytes32(0) || size == 0) revert CredentialAnchorsBatchEmpty();
        mapping(bytes32 root => uint256 anchored) storage anchors = _anchors[baseId];
        if (anchors[root] != 0) revert CredentialAnchorsAlreadyAnchored(baseId, root);
        // Check: a view of the network's own store, which calls nobody.
        uint32 standingId = _ENTITLEMENTS.requireEntitled(
            msg.sender,
            baseId,
            programmeId,
            keyId,
            accreditationId
        );

        // Effect.
        anchors[root] =
            uint256(programmeId) |
            (uint256(accreditationId) << 32) |
            (uint256(standingId) << 64) |
            (uint256(size) << 96) |
            (uint256(uint40(block.timestamp)) << 128) |
            (uint256(uint40(block.number)) << 168) |
            (uint256(keyId) << 208);

        emit CredentialsAnchored(
            baseId,
            programmeId,
            root,
            keyId,
            size,
            accreditationId,
            standingId
        );
    }

    /// @inheritdoc ICredentialAnchors
    function anchorHead(
        uint32 baseId,
        bytes32 purpose,
        bytes32 previous,
        bytes32 digest
    ) external whenNotPaused {
        Head memory head = _heads[baseId][purpose];

        // Check.
        if (_ENTITLEMENTS.seatedAccountOf(baseId) != msg.sender) {
            revert CredentialAnchorsCallerNotBase(msg.sender, baseId);
        }
        if (previous != head.digest || digest == bytes32(0))
            revert CredentialAnchorsHeadMoved(previous, head.digest);

        // Effect.
        uint32 sequence = head.sequence + 1;
        _heads[baseId][purpose] = Head({
            digest: digest,
            sequence: sequence,
            time: uint40(block.timestamp)
        });

        emit HeadAnchored(baseId, purpose, digest, sequence, previous);
    }

    /// @inheritdoc ICredentialAnchors
    function anchorOf(uint32 baseId, bytes32 root) external view returns (Anchor memory) {
        uint256 anchored = _anchors[baseId][root];
        return
            Anchor({
                programmeId: uint32(anchored),
                accreditationId: uint32(anchored >> 32),
                standingId: uint32(anchored >> 64),
                size: uint32(anchored >> 96),
                time: uint40(anchored >> 128),
                blockNumber: uint40(anchored >> 168),
                keyTag: bytes6(uint48(anchored >> 208))
            });
    }

    /// @inheritdoc ICredentialAnchors
    function headOf(uint32 baseId, bytes32 purpose) external view returns (Head memory) {
        return _heads[baseId][purpose];
    }
}
