// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IGoverned
/// @notice A contract whose privileges belong to the network's timelock from its first block, for good.
interface IGoverned {
    /// @notice Someone other than the timelock called a function that only the timelock may call.
    error GovernedCallerNotTimelock(address caller);

    /// @notice The timelock that holds this contract's privileges.
    /// @return The NetworkTimelock's address.
    function timelock() external view returns (address);
}
