// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ILearnerAccount
/// @notice An account that one passkey moves, and nobody else: not the base that pays for it, not the factory that made it. It holds no
/// native coin; its calls come as user operations of ERC-4337 through the EntryPoint 0.8, in batches of ERC-7821.
///
/// The passkey signs the EntryPoint's own hash of an operation, which names account, nonce, calls, paymaster, chain and EntryPoint, as
/// the challenge of a WebAuthn assertion with user verification.
interface ILearnerAccount {
    /// @notice What a passkey signs so that another contract may ask {isValidSignature} about `hash`: bound to this account and chain.
    /// @param hash What the other contract asks about.
    /// @return The challenge of the WebAuthn assertion.
    function challengeOf(bytes32 hash) external view returns (bytes32);

    /// @notice ERC-1271.
    ///
    /// Notes:
    /// - The signature is over {challengeOf}, so that one made for another account of the same passkey, or for an operation, is refused.
    ///
    /// @param hash What was signed.
    /// @param signature The six fields of a WebAuthn assertion, ABI-encoded side by side.
    /// @return 0x1626ba7e when the passkey signed it.
    function isValidSignature(
        bytes32 hash,
        bytes calldata signature
    ) external view returns (bytes4);
}
