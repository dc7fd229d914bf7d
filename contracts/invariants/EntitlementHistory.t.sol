// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EntitlementHandler} from "./EntitlementHandler.sol";

/// @title EntitlementHistoryTest
/// @notice What holds whatever is done to the entitlements:
/// an answer about a past time = the answer given before, by search and by records;
/// the contract's answer = the answer of a plain record of everything that was done;
/// the gate opens = entitled at present; the standings of a base = one chain without gap or overlap.
contract EntitlementHistoryTest {
    EntitlementHandler private _handler;

    /// @notice Begins a new network.
    function setUp() external {
        _handler = new EntitlementHandler();
    }

    /// @notice Answers about past times never change.
    function invariant_PastAnswersNeverChange() external view {
        uint256 count = _handler.answerCount();
        // The last forty are enough: each was among the last forty once, and every later step is checked against those.
        for (uint256 i = count > 40 ? count - 40 : 0; i < count; ++i)
            require(_handler.stillSame(i), "a past answer changed");
        if (count > 0) require(_handler.stillSame(0), "the first answer changed");
    }

    /// @notice The contract agrees with the plain record, now and at times spread over the past.
    function invariant_AgreesWithPlainRecord() external view {
        for (uint32 baseId = 0; baseId < 4; ++baseId) {
            require(_handler.agrees(baseId, uint40(block.timestamp)), "now");
            for (uint256 i = 0; i < 8; ++i) {
                uint256 span = block.timestamp - 999_999;
                uint256 time =
                    1_000_000 + (uint256(keccak256(abi.encode(block.timestamp, i))) % span);
                require(_handler.agrees(baseId, uint40(time)), "past");
            }
        }
    }

    /// @notice The gate opens for a base just when it is entitled at present.
    function invariant_GateOpensWhenEntitled() external view {
        for (uint32 baseId = 0; baseId < 4; ++baseId)
            require(_handler.gateAgrees(baseId), "the gate disagrees");
    }

    /// @notice Every instant since a base's admission is covered by exactly one standing.
    function invariant_StandingsAreChained() external view {
        require(_handler.standingsAreChained(), "gap or overlap");
    }

    /// @notice What the invariants call between checks.
    /// @return targets The handler alone.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }
}
