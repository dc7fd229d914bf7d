// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ILearnerAccountFactory
/// @notice Makes the account of a passkey, at an address that anyone can tell before.
interface ILearnerAccountFactory {
    /// @notice Emitted when an account is made.
    /// @param account The account.
    /// @param x The first half of the passkey's public key.
    /// @param y The second half.
    event LearnerAccountMade(address indexed account, bytes32 x, bytes32 y);

    /// @notice The key is no point of the P-256 curve.
    error LearnerAccountFactoryKeyRefused(bytes32 x, bytes32 y);

    /// @notice Makes the account of a passkey, or does nothing when there is one. Anyone may call: it is nobody's but the passkey's.
    ///
    /// @dev Emits {LearnerAccountMade}.
    ///
    /// Requirements:
    /// - The key is a point of the curve.
    ///
    /// @param x The first half of the passkey's public key.
    /// @param y The second half.
    /// @return account The account.
    function makeAccount(bytes32 x, bytes32 y) external returns (address account);

    /// @notice Where the account of a passkey is, or will be.
    /// @param x The first half of the passkey's public key.
    /// @param y The second half.
    /// @return The account.
    function accountOf(bytes32 x, bytes32 y) external view returns (address);
}
