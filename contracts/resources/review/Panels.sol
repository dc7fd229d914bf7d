// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausing} from "../../directory/Pausing.sol";
import {Governed} from "../../governance/Governed.sol";
import {IPanels} from "./IPanels.sol";

/// @title Panels
/// @notice See {IPanels}.
abstract contract Panels is IPanels, Pausing, Governed {
    mapping(Panel panel => mapping(address member => Seat seat)) private _seats;
    mapping(Panel panel => Quorum quorum) private _quorums;

    /// @inheritdoc IPanels
    function seatMember(
        Panel panel,
        address member,
        uint32 baseId,
        uint40 from,
        uint40 until
    ) external onlyTimelock whenNotPaused {
        // Check.
        if (member == address(0) || from >= until || until <= block.timestamp) {
            revert ReviewPanelsTermRefused(member, from, until);
        }

        // Effect.
        _seats[panel][member] = Seat({from: from, until: until, baseId: baseId});

        emit MemberSeated(panel, member, baseId, from, until);
    }

    /// @inheritdoc IPanels
    function unseatMember(Panel panel, address member) external onlyTimelock whenNotPaused {
        Seat storage seat = _seats[panel][member];

        // Check: a term that has not begun ends as well.
        if (block.timestamp >= seat.until) revert ReviewPanelsNotSeated(panel, member);

        // Effect.
        seat.until = uint40(block.timestamp);

        emit MemberUnseated(panel, member);
    }

    /// @inheritdoc IPanels
    function setQuorum(
        Panel panel,
        uint8 approvals,
        uint8 rejections
    ) external onlyTimelock whenNotPaused {
        // Check.
        if (approvals == 0 || rejections == 0) revert ReviewPanelsQuorumEmpty(panel);

        // Effect.
        _quorums[panel] = Quorum({approvals: approvals, rejections: rejections});

        emit QuorumChanged(panel, approvals, rejections);
    }

    /// @inheritdoc IPanels
    function seatOf(Panel panel, address member) public view returns (Seat memory) {
        return _seats[panel][member];
    }

    /// @inheritdoc IPanels
    function quorumOf(Panel panel) public view returns (Quorum memory) {
        return _quorums[panel];
    }
}
