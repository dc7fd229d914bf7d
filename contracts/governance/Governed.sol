// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGoverned} from "./IGoverned.sol";

/// @title Governed
/// @notice See {IGoverned}. There is no owner to hand over: a new timelock means new contracts in the Directory.
abstract contract Governed is IGoverned {
    address private immutable _TIMELOCK;

    /// @notice Lets the call through only when it comes from the timelock.
    modifier onlyTimelock() {
        if (!_isTimelock(msg.sender)) revert GovernedCallerNotTimelock(msg.sender);
        _;
    }

    /// @notice Ties the contract to its timelock.
    /// @param timelock_ The NetworkTimelock's address.
    constructor(address timelock_) {
        _TIMELOCK = timelock_;
    }

    /// @inheritdoc IGoverned
    function timelock() external view returns (address) {
        return _TIMELOCK;
    }

    /// @notice Whether an account is the timelock.
    /// @param account The account asked about.
    /// @return True for the timelock.
    function _isTimelock(address account) internal view returns (bool) {
        return account == _TIMELOCK;
    }
}
