// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Pausing} from "../directory/Pausing.sol";
import {IBaseRegistry} from "../membership/IBaseRegistry.sol";
import {IStatusLists} from "./IStatusLists.sol";

/// @title StatusLists
/// @notice See {IStatusLists}.
contract StatusLists is IStatusLists, Pausing, Multicall {
    IBaseRegistry private immutable _REGISTRY;

    mapping(uint32 baseId => mapping(uint32 listId => StatusHead head)) private _heads;

    /// @notice Starts with no list.
    /// @param directory_ The Directory that may pause it.
    /// @param registry The BaseRegistry, which knows who acts for a base.
    constructor(address directory_, IBaseRegistry registry) Pausing(directory_) {
        _REGISTRY = registry;
    }

    /// @inheritdoc IStatusLists
    function publishHead(
        uint32 baseId,
        uint32 listId,
        bytes32 previous,
        bytes32 digest,
        string calldata cid
    ) external whenNotPaused {
        StatusHead memory head = _heads[baseId][listId];

        // Check.
        if (_REGISTRY.accountOf(baseId) != msg.sender)
            revert StatusListsCallerNotBase(msg.sender, baseId);
        if (listId == 0 || digest == bytes32(0)) revert StatusListsListEmpty();
        if (previous != head.digest) revert StatusListsHeadMoved(previous, head.digest);

        // Effect.
        uint32 sequence = head.sequence + 1;
        _heads[baseId][listId] = StatusHead({
            digest: digest,
            sequence: sequence,
            time: uint40(block.timestamp),
            blockNumber: uint40(block.number)
        });

        emit StatusListPublished(baseId, listId, sequence, digest, previous, cid);
    }

    /// @inheritdoc IStatusLists
    function headOf(uint32 baseId, uint32 listId) external view returns (StatusHead memory) {
        return _heads[baseId][listId];
    }
}
