// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPausing} from "./IPausing.sol";

/// @title Pausing
/// @notice See {IPausing}. The time is kept in the contract itself: asking the Directory would cost every anchor 2,600 gas more.
abstract contract Pausing is IPausing {
    address private immutable _DIRECTORY;
    uint40 private _pausedUntil;

    /// @notice Lets the call through only when the contract is not paused.
    modifier whenNotPaused() {
        _checkNotPaused();
        _;
    }

    /// @notice Ties the contract to the Directory that may pause it.
    /// @param directory_ The Directory's address.
    constructor(address directory_) {
        _DIRECTORY = directory_;
    }

    /// @inheritdoc IPausing
    function pauseUntil(uint40 until) external {
        // Check: the Directory alone, which has bounded the time.
        if (msg.sender != _DIRECTORY) revert PausingCallerNotDirectory(msg.sender);

        // Effect.
        _pausedUntil = until;

        emit PauseChanged(until);
    }

    /// @inheritdoc IPausing
    function directory() external view returns (address) {
        return _DIRECTORY;
    }

    /// @inheritdoc IPausing
    function pausedUntil() external view returns (uint40) {
        return _pausedUntil;
    }

    /// @notice Reverts while the contract is paused.
    function _checkNotPaused() internal view {
        uint40 until = _pausedUntil;
        if (block.timestamp < until) revert PausingPaused(until);
    }
}
