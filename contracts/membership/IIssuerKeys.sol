// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IIssuerKeys
/// @notice The keys that a base signs credentials with, and when each is valid.
interface IIssuerKeys {
    /// @notice One key of one base.
    /// @param from Unix time in seconds from which it is valid; 0 when the base never added it.
    /// @param until Unix time in seconds from which it is no longer valid.
    /// @param retiredAt Unix time in seconds of its retirement; 0 when it was not retired.
    /// @param compromisedAt Unix time in seconds of its revocation as compromised; 0 when it was not.
    struct IssuerKey {
        uint40 from;
        uint40 until;
        uint40 retiredAt;
        uint40 compromisedAt;
    }

    /// @notice Emitted when a base adds a key.
    /// @param baseId The base.
    /// @param keyId SHA-256 of the raw 32-byte Ed25519 public key.
    /// @param until Unix time in seconds from which it is no longer valid; it begins with its block.
    event IssuerKeyAdded(uint32 indexed baseId, bytes32 indexed keyId, uint40 until);

    /// @notice Emitted when a key is retired in good order.
    /// @param baseId The base.
    /// @param keyId The key.
    event IssuerKeyRetired(uint32 indexed baseId, bytes32 indexed keyId);

    /// @notice Emitted when a key is revoked as compromised: void for what is anchored from now on.
    /// @param baseId The base.
    /// @param keyId The key.
    /// @param by The base that revoked it: itself or its parent; 0 for the network.
    event IssuerKeyCompromised(uint32 indexed baseId, bytes32 indexed keyId, uint32 by);

    /// @notice The base has added this key before, or the key id is zero.
    error EntitlementsKeyRefused(uint32 baseId, bytes32 keyId);

    /// @notice The base has not added this key.
    error EntitlementsKeyUnknown(uint32 baseId, bytes32 keyId);

    /// @notice The key has been retired, revoked or has expired already.
    error EntitlementsKeyOver(uint32 baseId, bytes32 keyId);

    /// @notice Adds a key that a base will sign with.
    ///
    /// @dev Emits {IssuerKeyAdded}.
    ///
    /// Requirements:
    /// - The caller acts for the base, which never added this key; `until` is in the future; the store is not paused.
    ///
    /// Notes:
    /// - Another base may have the same key id: keys are looked up by base and id, so nobody can take one away.
    ///
    /// @param baseId The base.
    /// @param keyId SHA-256 of the raw 32-byte Ed25519 public key.
    /// @param until Unix time in seconds from which it is no longer valid.
    function addIssuerKey(uint32 baseId, bytes32 keyId, uint40 until) external;

    /// @notice Retires a key in good order.
    ///
    /// @dev Emits {IssuerKeyRetired}.
    ///
    /// Requirements:
    /// - The caller acts for the base; the key is valid at present; the store is not paused.
    ///
    /// @param baseId The base.
    /// @param keyId The key.
    function retireIssuerKey(uint32 baseId, bytes32 keyId) external;

    /// @notice Revokes a key as compromised; also one that was retired or has expired.
    ///
    /// @dev Emits {IssuerKeyCompromised}.
    ///
    /// Requirements:
    /// - With `by` 0 the caller is the timelock. Else the caller acts for `by`, which is the base itself or its parent.
    /// - It was not revoked before; the store is not paused.
    ///
    /// Notes:
    /// - What was anchored before this block stays valid; a signature dated back cannot be anchored any more.
    ///
    /// @param baseId The base.
    /// @param keyId The key.
    /// @param by The base that revokes it; 0 for the network.
    function revokeIssuerKey(uint32 baseId, bytes32 keyId, uint32 by) external;

    /// @notice One key of one base.
    /// @param baseId The base.
    /// @param keyId The key.
    /// @return Its record; all zero when the base never added it.
    function issuerKeyOf(uint32 baseId, bytes32 keyId) external view returns (IssuerKey memory);
}
