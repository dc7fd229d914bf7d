// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RegistryHandler} from "./RegistryHandler.sol";

/// @title BaseRegistryTest
/// @notice What holds whatever is done to the registry: account of base n ⇔ base of that account, the same in Entitlements;
/// every base below the root, no circles; numbers without gaps.
contract BaseRegistryTest {
    RegistryHandler private _handler;

    /// @notice Begins a new network.
    function setUp() external {
        _handler = new RegistryHandler();
    }

    /// @notice Accounts and bases lead to one another.
    function invariant_AccountsMatch() external view {
        require(_handler.accountsMatch(), "an account and its base do not match");
    }

    /// @notice The way up from every base ends at the root.
    function invariant_AllReachTheRoot() external view {
        require(_handler.allReachTheRoot(), "a circle or a second root");
    }

    /// @notice What the invariants call between checks.
    /// @return targets The handler alone.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }
}
