// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {WorksHandler} from "./WorksHandler.sol";

/// @title WorksTest
/// @notice What holds whatever is reviewed, licensed, used and settled:
/// an answer about a past time = the answer given before, of listings and of licences;
/// listed => approved by both panels or by the experts, and not taken down;
/// uses counted = uses of the batches that stand, each day of a base and a work once; paid <= owed;
/// supply = minted - redeemed, each deposit once; paid for licences and uses = received by works; nothing stays on the way.
contract WorksTest {
    WorksHandler private _handler;

    /// @notice A kind of step never went through.
    error WorksStepIdle(uint256 kind);

    /// @notice Begins a new network.
    function setUp() external {
        _handler = new WorksHandler();
    }

    /// @notice Every kind of step goes through at some time, so that the invariants are about something.
    function test_EveryStepIsReached() external {
        for (uint256 seed = 1; seed <= 60; ++seed) _handler.act(seed);
        uint256 idle = _handler.firstIdle();
        if (idle != _handler.KINDS()) revert WorksStepIdle(idle);
    }

    /// @notice Answers about past times never change.
    function invariant_PastAnswersNeverChange() external view {
        require(_handler.pastAnswersStand(), "a past answer changed");
    }

    /// @notice What is listed was approved.
    function invariant_ListedMeansApproved() external view {
        require(_handler.listedMeansApproved(), "listed without approval");
    }

    /// @notice Counts are those of the batches that stand.
    function invariant_CountsAgree() external view {
        require(_handler.countsAgree(), "the counts disagree");
    }

    /// @notice Nobody paid more than was due, and no deposit was minted for twice.
    function invariant_DuesAreSound() external view {
        require(_handler.duesAreSound(), "paid above due, or minted twice");
    }

    /// @notice Money adds up to the unit.
    function invariant_MoneyAddsUp() external view {
        require(_handler.moneyAddsUp(), "money does not add up");
    }

    /// @notice What the invariants call between checks.
    /// @return targets The handler alone.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }
}
