// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Pausing} from "../directory/Pausing.sol";
import {IBaseProfiles} from "./IBaseProfiles.sol";
import {IInvites} from "./IInvites.sol";

/// @title Invites
/// @notice See {IInvites}. What is committed on the ledger is the address of a fresh key. Whoever holds the key signs the
/// account that will act for the new base, so a copied transaction admits no one else.
abstract contract Invites is IInvites, Pausing, EIP712 {
    /// @inheritdoc IInvites
    uint256 public constant ADMITTING = 1;

    /// @notice The EIP-712 type that an invite's key signs.
    bytes32 internal constant ADMISSION_TYPEHASH = keccak256(
        "Admission(address account,bytes32 didHash,bytes32 didLogDigest)"
    );

    mapping(uint32 inviter => mapping(address inviteKey => Invite invite)) private _invites;

    /// @inheritdoc IInvites
    function createInvite(
        address inviteKey,
        uint32 inviter,
        uint32 parent,
        uint8 tier,
        uint40 until
    ) external whenNotPaused {
        // Check.
        _checkInviter(inviter, parent);
        _checkPlace(parent, tier);
        // Check: a tier is never 0, so it tells that the key was used here, also after the invite was.
        bool used = _invites[inviter][inviteKey].tier != 0;
        if (inviteKey == address(0) || used || until <= block.timestamp) {
            revert BaseRegistryInviteInvalid(inviteKey, until);
        }

        // Effect.
        _invites[inviter][inviteKey] = Invite({parent: parent, tier: tier, until: until});

        emit InviteCreated(inviteKey, inviter, parent, tier, until);
    }

    /// @inheritdoc IInvites
    function withdrawInvite(address inviteKey, uint32 inviter) external whenNotPaused {
        // Check.
        _checkTimelockOrBase(inviter);
        if (_invites[inviter][inviteKey].until == 0) revert BaseRegistryInviteRefused(inviteKey);

        // Effect.
        _invites[inviter][inviteKey].until = 0;

        emit InviteWithdrawn(inviteKey, inviter);
    }

    /// @inheritdoc IInvites
    function redeemInvite(
        uint32 inviter,
        IBaseProfiles.Identity calldata identity,
        bytes calldata signature
    ) external whenNotPaused returns (uint32 baseId) {
        bytes32 content = keccak256(
            abi.encode(ADMISSION_TYPEHASH, msg.sender, identity.didHash, identity.didLogDigest)
        );
        address inviteKey = ECDSA.recoverCalldata(_hashTypedDataV4(content), signature);
        Invite memory invite = _invites[inviter][inviteKey];

        // Check: open, and given by someone who may still admit. The parent and tier are checked at the admission.
        if (invite.until <= block.timestamp || !_mayAdmit(inviter)) {
            revert BaseRegistryInviteRefused(inviteKey);
        }

        // Effect.
        _invites[inviter][inviteKey].until = 0;
        return _admit(msg.sender, invite.parent, invite.tier, identity, inviteKey);
    }

    /// @inheritdoc IInvites
    function inviteOf(address inviteKey, uint32 inviter) external view returns (Invite memory) {
        return _invites[inviter][inviteKey];
    }

    /// @notice Writes a new base down.
    /// @param account The account that will act for it.
    /// @param parent The base above it.
    /// @param tier Its tier.
    /// @param identity Its DID and log.
    /// @param inviteKey The invite used; the zero address for none.
    /// @return baseId Its number.
    function _admit(
        address account,
        uint32 parent,
        uint8 tier,
        IBaseProfiles.Identity calldata identity,
        address inviteKey
    ) internal virtual returns (uint32 baseId);

    /// @notice Reverts unless the caller is the timelock or acts for the base; for base 0 only the timelock will do.
    /// @param baseId The base; 0 for none.
    function _checkTimelockOrBase(uint32 baseId) internal view virtual;

    /// @notice Reverts unless the caller acts for the open base.
    /// @param baseId The base.
    function _checkBase(uint32 baseId) internal view virtual;

    /// @notice Reverts unless a base may stand at this place.
    /// @param parent The base above it.
    /// @param tier Its tier.
    function _checkPlace(uint32 parent, uint8 tier) internal view virtual;

    /// @notice Whether a base may admit others under itself; the timelock (0) always may.
    /// @param inviter The base; 0 for the timelock.
    /// @return True when it may.
    function _mayAdmit(uint32 inviter) internal view virtual returns (bool);

    /// @notice Reverts unless the caller may invite for `inviter`, under `parent`.
    /// @param inviter The base; 0 for the timelock.
    /// @param parent The parent that the new base will have.
    function _checkInviter(uint32 inviter, uint32 parent) private view {
        if (inviter == 0) {
            _checkTimelockOrBase(0);
            return;
        }
        _checkBase(inviter);
        if (!_mayAdmit(inviter)) revert BaseRegistryServiceMissing(inviter, ADMITTING);
        if (parent != inviter) revert BaseRegistryInviterNotParent(inviter, parent);
    }
}
