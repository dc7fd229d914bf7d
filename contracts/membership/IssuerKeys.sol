// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIssuerKeys} from "./IIssuerKeys.sol";
import {KeyRecord, packKey} from "./Records.sol";
import {Standings} from "./Standings.sol";

/// @title IssuerKeys
/// @notice See {IIssuerKeys}.
abstract contract IssuerKeys is Standings {
    mapping(uint32 baseId => mapping(bytes32 keyId => KeyRecord record)) private _keys;

    /// @inheritdoc IIssuerKeys
    function addIssuerKey(uint32 baseId, bytes32 keyId, uint40 until) external whenNotPaused {
        // Check.
        if (baseId == 0) revert EntitlementsCallerNotBase(msg.sender, baseId);
        _checkActsFor(baseId);
        if (keyId == bytes32(0) || _keys[baseId][keyId].keyFrom() != 0)
            revert EntitlementsKeyRefused(baseId, keyId);
        _checkEnd(until, type(uint40).max);

        // Effect.
        _keys[baseId][keyId] = packKey(uint40(block.timestamp), until);

        emit IssuerKeyAdded(baseId, keyId, until);
    }

    /// @inheritdoc IIssuerKeys
    function retireIssuerKey(uint32 baseId, bytes32 keyId) external whenNotPaused {
        // Check.
        if (baseId == 0) revert EntitlementsCallerNotBase(msg.sender, baseId);
        _checkActsFor(baseId);
        Reason reason = _keyReason(baseId, keyId, block.timestamp);
        if (reason == Reason.KeyUnknown) revert EntitlementsKeyUnknown(baseId, keyId);
        if (reason != Reason.Entitled) revert EntitlementsKeyOver(baseId, keyId);

        // Effect.
        _keys[baseId][keyId] = _keys[baseId][keyId].withRetiredAt(uint40(block.timestamp));

        emit IssuerKeyRetired(baseId, keyId);
    }

    /// @inheritdoc IIssuerKeys
    function revokeIssuerKey(uint32 baseId, bytes32 keyId, uint32 by) external whenNotPaused {
        KeyRecord record = _keys[baseId][keyId];

        // Check.
        _checkActsFor(by);
        if (by != 0 && by != baseId && _REGISTRY.baseOf(baseId).parent != by) {
            revert EntitlementsCallerNotBase(msg.sender, baseId);
        }
        if (record.keyFrom() == 0) revert EntitlementsKeyUnknown(baseId, keyId);
        if (record.compromisedAt() != 0) revert EntitlementsKeyOver(baseId, keyId);

        // Effect.
        _keys[baseId][keyId] = record.withCompromisedAt(uint40(block.timestamp));

        emit IssuerKeyCompromised(baseId, keyId, by);
    }

    /// @inheritdoc IIssuerKeys
    function issuerKeyOf(uint32 baseId, bytes32 keyId) external view returns (IssuerKey memory) {
        KeyRecord record = _keys[baseId][keyId];
        return
            IssuerKey({
                from: record.keyFrom(),
                until: record.keyUntil(),
                retiredAt: record.retiredAt(),
                compromisedAt: record.compromisedAt()
            });
    }

    /// @notice Why a key was or was not valid at a time.
    /// @param baseId The base.
    /// @param keyId The key.
    /// @param time Unix time in seconds.
    /// @return {Reason.Entitled}, or what is wrong with the key.
    function _keyReason(uint32 baseId, bytes32 keyId, uint256 time) internal view returns (Reason) {
        KeyRecord record = _keys[baseId][keyId];
        if (record.keyFrom() == 0 || time < record.keyFrom()) return Reason.KeyUnknown;
        if (record.compromisedAt() != 0 && time >= record.compromisedAt())
            return Reason.KeyCompromised;
        if (record.retiredAt() != 0 && time >= record.retiredAt()) return Reason.KeyRetired;
        if (time >= record.keyUntil()) return Reason.KeyExpired;
        return Reason.Entitled;
    }
}
