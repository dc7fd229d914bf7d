// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title INetworkTimelock
/// @notice The holder of every privilege of the network: OpenZeppelin's TimelockController, with no delay while the
/// network has one base, the full delay from the second base on, and the Directory's pause honoured.
interface INetworkTimelock {
    /// @notice The operation was scheduled without the full delay, when the network had one base.
    error NetworkTimelockScheduledByOne(bytes32 operationId, uint256 readyAt, uint256 earliest);

    /// @notice The delay that holds from the second base on.
    /// @return Seconds.
    function networkDelay() external view returns (uint256);
}
