// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Pausing} from "../directory/Pausing.sol";
import {Governed} from "../governance/Governed.sol";
import {BaseProfiles} from "./BaseProfiles.sol";
import {IBaseProfiles} from "./IBaseProfiles.sol";
import {IBaseRegistry} from "./IBaseRegistry.sol";
import {IEntitlements} from "./IEntitlements.sol";
import {Invites} from "./Invites.sol";

/// @title BaseRegistry
/// @notice See {IBaseRegistry}. Whoever acts for a base is told to Entitlements at every change, so that the gate reads
/// it from the slot it reads anyway.
contract BaseRegistry is IBaseRegistry, Invites, BaseProfiles, Multicall {
    uint32 private constant ROOT = 1;

    IEntitlements private immutable _ENTITLEMENTS;

    uint32 private _baseCount;
    mapping(uint32 baseId => Base base) private _bases;
    mapping(address account => uint32 baseId) private _baseByAccount;
    mapping(uint32 baseId => address account) private _offered;

    /// @notice Starts with no base.
    /// @param directory_ The Directory that may pause it.
    /// @param timelock_ The NetworkTimelock.
    /// @param entitlements The store of entitlements, which seats every base.
    constructor(
        address directory_,
        address timelock_,
        IEntitlements entitlements
    ) EIP712("Guildhall BaseRegistry", "1") Pausing(directory_) Governed(timelock_) {
        _ENTITLEMENTS = entitlements;
    }

    /// @inheritdoc IBaseRegistry
    function admit(
        address account,
        uint32 parent,
        uint8 tier,
        IBaseProfiles.Identity calldata identity
    ) external onlyTimelock whenNotPaused returns (uint32 baseId) {
        return _admit(account, parent, tier, identity, address(0));
    }

    /// @inheritdoc IBaseRegistry
    function offerAccount(uint32 baseId, address account) external whenNotPaused {
        // Check.
        _checkBase(baseId);

        // Effect.
        _offered[baseId] = account;

        emit AccountOffered(baseId, account);
    }

    /// @inheritdoc IBaseRegistry
    function acceptAccount(uint32 baseId) external whenNotPaused {
        // Check: closing a base withdraws its offer, so an offer means an open base.
        if (_offered[baseId] != msg.sender) revert BaseRegistryCallerNotBase(msg.sender, baseId);

        // Effect.
        _changeAccount(baseId, msg.sender);
    }

    /// @inheritdoc IBaseRegistry
    function replaceAccount(uint32 baseId, address account) external onlyTimelock whenNotPaused {
        // Check.
        _checkOpen(baseId);

        // Effect.
        _changeAccount(baseId, account);
    }

    /// @inheritdoc IBaseRegistry
    function closeBase(uint32 baseId) external onlyTimelock whenNotPaused {
        // Check.
        _checkOpen(baseId);
        if (baseId == ROOT) revert BaseRegistryBaseUnknown(baseId);

        // Effect.
        delete _baseByAccount[_bases[baseId].account];
        delete _offered[baseId];
        _bases[baseId].account = address(0);

        emit BaseClosed(baseId);

        // Interaction: the network's own store, which calls nobody.
        _ENTITLEMENTS.unseat(baseId);
    }

    /// @inheritdoc IBaseRegistry
    function placeBase(
        uint32 baseId,
        uint32 parent,
        uint8 tier
    ) external onlyTimelock whenNotPaused {
        // Check.
        _checkOpen(baseId);
        if (baseId == ROOT) revert BaseRegistryPlaceRefused(parent, tier);
        _checkPlace(parent, tier);
        _checkNoCircle(baseId, parent, tier);

        // Effect.
        _bases[baseId].parent = parent;
        _bases[baseId].tier = tier;

        emit BasePlaced(baseId, parent, tier);
    }

    /// @inheritdoc IBaseRegistry
    function baseOf(uint32 baseId) external view returns (Base memory) {
        return _bases[baseId];
    }

    /// @inheritdoc IBaseRegistry
    function baseCount() external view returns (uint32) {
        return _baseCount;
    }

    /// @inheritdoc IBaseRegistry
    function admittedAt(uint32 baseId) external view returns (uint40) {
        return _bases[baseId].admittedAt;
    }

    /// @inheritdoc IBaseRegistry
    function accountOf(uint32 baseId) external view returns (address) {
        return _bases[baseId].account;
    }

    /// @inheritdoc IBaseRegistry
    function offeredAccountOf(uint32 baseId) external view returns (address) {
        return _offered[baseId];
    }

    /// @inheritdoc IBaseRegistry
    function baseByAccount(address account) external view returns (uint32) {
        return _baseByAccount[account];
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
    ) internal override returns (uint32 baseId) {
        // Check.
        _checkPlace(parent, tier);
        _checkAccountFree(account);

        // Effect.
        baseId = ++_baseCount;
        _bases[baseId] = Base({
            account: account,
            parent: parent,
            tier: tier,
            admittedAt: uint40(block.timestamp)
        });
        _baseByAccount[account] = baseId;
        _setDid(baseId, identity.didHash);

        emit BaseAdmitted(baseId, account, parent, tier, identity.didHash, inviteKey);
        _setDidLog(baseId, identity.didLogDigest, identity.didLogCid);

        // Interaction: the network's own store, which calls nobody.
        _ENTITLEMENTS.seat(baseId, account);
    }

    /// @notice Reverts unless the caller is the timelock or acts for the base; for base 0 only the timelock will do.
    /// @param baseId The base; 0 for none.
    function _checkTimelockOrBase(uint32 baseId) internal view override {
        if (_isTimelock(msg.sender)) return;
        if (baseId == 0) revert GovernedCallerNotTimelock(msg.sender);
        _checkBase(baseId);
    }

    /// @notice Reverts unless the caller acts for the open base.
    /// @param baseId The base.
    function _checkBase(uint32 baseId) internal view override(Invites, BaseProfiles) {
        if (baseId == 0 || _baseByAccount[msg.sender] != baseId) {
            revert BaseRegistryCallerNotBase(msg.sender, baseId);
        }
    }

    /// @notice Reverts unless the base is open.
    /// @param baseId The base.
    function _checkOpen(uint32 baseId) internal view override {
        if (!_isOpen(baseId)) revert BaseRegistryBaseUnknown(baseId);
    }

    /// @notice Whether the base is open.
    /// @param baseId The base.
    /// @return True when an account acts for it.
    function _isOpen(uint32 baseId) internal view override returns (bool) {
        return _bases[baseId].account != address(0);
    }

    /// @notice Reverts unless a base may stand at this place.
    /// @param parent The base above it.
    /// @param tier Its tier.
    function _checkPlace(uint32 parent, uint8 tier) internal view override {
        if (parent == 0) {
            if (_baseCount != 0 || tier != 1) revert BaseRegistryPlaceRefused(parent, tier);
            return;
        }
        if (!_isOpen(parent) || tier <= _bases[parent].tier)
            revert BaseRegistryPlaceRefused(parent, tier);
    }

    /// @notice Whether a base may admit others under itself; the timelock (0) always may.
    /// @param inviter The base; 0 for the timelock.
    /// @return True when it may.
    function _mayAdmit(uint32 inviter) internal view override returns (bool) {
        if (inviter == 0) return true;
        return servicesOf(inviter) & ADMITTING != 0 && !_ENTITLEMENTS.isSuspended(inviter);
    }

    /// @notice Lets another account act for a base.
    /// @param baseId The base.
    /// @param account The account.
    function _changeAccount(uint32 baseId, address account) private {
        _checkAccountFree(account);
        address previous = _bases[baseId].account;
        delete _baseByAccount[previous];
        delete _offered[baseId];
        _bases[baseId].account = account;
        _baseByAccount[account] = baseId;

        emit AccountChanged(baseId, previous, account);

        // Interaction: the network's own store, which calls nobody.
        _ENTITLEMENTS.reseat(baseId, account);
    }

    /// @notice Reverts unless the account can act for a base.
    /// @param account The account.
    function _checkAccountFree(address account) private view {
        if (account == address(0) || _baseByAccount[account] != 0)
            revert BaseRegistryAccountRefused(account);
    }

    /// @notice Reverts when the base is above its new parent.
    /// @param baseId The base.
    /// @param parent Its new parent.
    /// @param tier Its new tier.
    function _checkNoCircle(uint32 baseId, uint32 parent, uint8 tier) private view {
        // Ends: parents were circle-free before this change, so the way up reaches the root.
        for (uint32 above = parent; above != 0; above = _bases[above].parent) {
            if (above == baseId) revert BaseRegistryPlaceRefused(parent, tier);
        }
    }
}
