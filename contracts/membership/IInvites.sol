// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBaseProfiles} from "./IBaseProfiles.sol";

/// @title IInvites
/// @notice Admissions that the holder of a key can use once.
interface IInvites {
    /// @notice An admission that one holder of the invite's key can use once.
    /// @param parent The parent that the new base will have.
    /// @param tier The tier that it will have; 0 for an invite that was never set up.
    /// @param until Unix time in seconds at which the invite lapses; 0 for an invite that is unknown, used or withdrawn.
    struct Invite {
        uint32 parent;
        uint8 tier;
        uint40 until;
    }

    /// @notice Emitted when an invite is set up.
    /// @param inviteKey The address of the invite's key, which whoever is invited holds.
    /// @param inviter The base that gave it; 0 for the timelock.
    /// @param parent The parent that the new base will have.
    /// @param tier The tier that it will have.
    /// @param until Unix time in seconds at which it lapses.
    event InviteCreated(
        address indexed inviteKey,
        uint32 indexed inviter,
        uint32 parent,
        uint8 tier,
        uint40 until
    );

    /// @notice Emitted when an invite is withdrawn unused.
    /// @param inviteKey The invite.
    /// @param inviter The base that gave it; 0 for the timelock.
    event InviteWithdrawn(address indexed inviteKey, uint32 indexed inviter);

    /// @notice The invite is unknown, used, withdrawn or has lapsed, or its inviter may no longer admit.
    error BaseRegistryInviteRefused(address inviteKey);

    /// @notice The invite would lapse in the past, or the inviter has used its key for an invite before.
    error BaseRegistryInviteInvalid(address inviteKey, uint40 until);

    /// @notice A base tried to invite under another base than itself.
    error BaseRegistryInviterNotParent(uint32 inviter, uint32 parent);

    /// @notice The base does not have the service role that this needs.
    error BaseRegistryServiceMissing(uint32 baseId, uint256 service);

    /// @notice Sets up an admission that the holder of a key can use once.
    ///
    /// @dev Emits {InviteCreated}.
    ///
    /// Requirements:
    /// - The caller is the timelock (with `inviter` 0), or acts for `inviter`, which has the service {ADMITTING} and is
    ///   not suspended.
    /// - An inviter admits under itself only.
    /// - `until` is in the future, and the inviter never used the key for an invite.
    ///
    /// Notes:
    /// - Invites are kept inviter by inviter: nobody can take a key that was seen in the pool or in the timelock.    ///
    /// @param inviteKey The address of a fresh secp256k1 key; the key itself goes to the invited base.
    /// @param inviter The base that invites; 0 for the timelock.
    /// @param parent The parent that the new base will have.
    /// @param tier The tier that it will have.
    /// @param until Unix time in seconds at which the invite lapses.
    function createInvite(
        address inviteKey,
        uint32 inviter,
        uint32 parent,
        uint8 tier,
        uint40 until
    ) external;

    /// @notice Withdraws an invite that was not used.
    ///
    /// @dev Emits {InviteWithdrawn}.
    ///
    /// Requirements:
    /// - The caller is the timelock or acts for the inviter; the invite is open; the registry is not paused.
    ///
    /// @param inviteKey The invite.
    /// @param inviter The base that gave it; 0 for the timelock.
    function withdrawInvite(address inviteKey, uint32 inviter) external;

    /// @notice Admits the caller by an invite.
    ///
    /// @dev Emits {BaseAdmitted} and {DidLogPublished}.
    ///
    /// Requirements:
    /// - `signature` is the invite key's EIP-712 signature over
    ///   `Admission(address account,bytes32 didHash,bytes32 didLogDigest)` with the caller as account.
    /// - The invite is open and its inviter may still admit; the registry is not paused.
    ///
    /// Notes:
    /// - The signature names the caller, so whoever copies it from the pool cannot use it.
    ///
    /// @param inviter The base that gave the invite; 0 for the timelock.
    /// @param identity The new base's DID and log.
    /// @param signature 65 bytes, r, s and v.
    /// @return baseId The new base's number.
    function redeemInvite(
        uint32 inviter,
        IBaseProfiles.Identity calldata identity,
        bytes calldata signature
    ) external returns (uint32 baseId);

    /// @notice The service role of a base that may invite others under itself.
    /// @return The bit.
    function ADMITTING() external view returns (uint256);

    /// @notice One invite.
    /// @param inviteKey The address of its key.
    /// @param inviter The base that gave it; 0 for the timelock.
    /// @return Its record; `until` is 0 when it cannot be used.
    function inviteOf(address inviteKey, uint32 inviter) external view returns (Invite memory);
}
