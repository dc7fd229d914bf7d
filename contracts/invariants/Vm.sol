// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Vm
/// @notice What these tests use of the test runner's cheat codes.
interface Vm {
    /// @notice Sets the time of the present block.
    /// @param time Unix time in seconds.
    function warp(uint256 time) external;

    /// @notice Makes the next call come from another account.
    /// @param sender The account.
    function prank(address sender) external;

    /// @notice Sets what an account has of the native coin.
    /// @param account The account.
    /// @param balance How much, in wei.
    function deal(address account, uint256 balance) external;

    /// @notice Gives up the present fuzz run unless a condition holds.
    /// @param condition The condition.
    function assume(bool condition) external pure;

    /// @notice Expects the next call to revert.
    function expectRevert() external;

    /// @notice The address of the contract that a deployer creates with a nonce.
    /// @param deployer The deployer.
    /// @param nonce Its nonce.
    /// @return The address.
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);

    /// @notice The nonce of a contract or account.
    /// @param account The account.
    /// @return Its nonce.
    function getNonce(address account) external view returns (uint64);
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
