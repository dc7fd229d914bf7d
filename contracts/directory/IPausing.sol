// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IPausing
/// @notice A contract of the network whose every state change the Directory can hold back until a given time.
interface IPausing {
    /// @notice Emitted when the pause of this contract changes.
    /// @param until The time before which nothing changes here; not in the future when the pause was lifted.
    event PauseChanged(uint40 until);

    /// @notice A state change was tried while the contract is paused.
    error PausingPaused(uint40 until);

    /// @notice Someone other than the Directory tried to pause the contract.
    error PausingCallerNotDirectory(address caller);

    /// @notice Holds back every state change of this contract until `until`; the pause ends by itself.
    ///
    /// @dev Emits {PauseChanged}.
    ///
    /// Requirements:
    /// - The caller is the Directory, which bounds the time.
    ///
    /// @param until Unix time in seconds; a time that has passed lifts the pause.
    function pauseUntil(uint40 until) external;

    /// @notice The Directory that may pause this contract.
    /// @return The Directory's address.
    function directory() external view returns (address);

    /// @notice Until when this contract is paused.
    /// @return Unix time in seconds; 0 or a past time when it is not paused.
    function pausedUntil() external view returns (uint40);
}
