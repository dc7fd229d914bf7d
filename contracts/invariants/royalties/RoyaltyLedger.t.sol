// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RoyaltyHandler} from "./RoyaltyHandler.sol";

/// @title RoyaltyLedgerTest
/// @notice What holds whatever is done to works and their money:
/// paid in - paid out = what the pool holds;
/// what the pool holds = not yet flowed + owed to contributors + dust, where of each account (work, epoch, token)
/// 0 <= dust < parents + contributors, flowed <= received, and withdrawn <= floor(flowed x own share x contributor's share);
/// received by a work = paid to it + the sum of floor(flowed x share) of all that was made from it;
/// a flow is never refused; a frozen work's money does not move; a work that is frozen or down is not paid.
contract RoyaltyLedgerTest {
    RoyaltyHandler private _handler;

    /// @notice Begins a new network.
    function setUp() external {
        _handler = new RoyaltyHandler();
    }

    /// @notice The pool holds what was paid in and not out.
    function invariant_PoolHoldsTheRest() external view {
        require(_handler.poolHoldsTheRest(), "money was lost or made");
    }

    /// @notice Everything that the pool holds is someone's, but for bounded dust.
    function invariant_BooksBalance() external view {
        require(_handler.booksBalance(), "the books do not balance");
    }

    /// @notice No share of what flowed is missing at a parent, and none came twice.
    function invariant_EveryShareArrives() external view {
        require(_handler.everyShareArrived(), "a share is missing or came twice");
    }

    /// @notice The random things are not idle: within a few runs everything that they try has happened.
    function test_TheHandlerReachesEverything() external {
        for (uint256 seed = 0; seed < 40; ++seed) _handler.act(seed);
        require(_handler.calls() == 40 * 17, "calls were not made");
        require(_handler.hasReachedEverything(), "something was never tried");
    }

    /// @notice What the invariants call between checks.
    /// @return targets The handler alone.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }
}
