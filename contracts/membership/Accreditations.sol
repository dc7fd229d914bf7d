// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccreditations} from "./IAccreditations.sol";
import {Programmes} from "./Programmes.sol";
import {AccreditationRecord, packAccreditation} from "./Records.sol";

/// @title Accreditations
/// @notice See {IAccreditations}. A parent's number is lower than its child's, so there are no circles.
abstract contract Accreditations is Programmes {
    uint8 private constant MOST_LEVELS = 8;

    mapping(uint32 accreditationId => AccreditationRecord record) private _accreditations;
    mapping(uint32 baseId => mapping(uint32 programmeId => uint32[] ids)) private _accreditationsOf;
    uint32 private _accreditationCount;

    /// @inheritdoc IAccreditations
    function accredit(
        uint32 parent,
        uint32 baseId,
        uint32 programmeId,
        uint40 until,
        bool mayAccredit
    ) external whenNotPaused returns (uint32 accreditationId) {
        // Check.
        _checkOpen(baseId);
        if (programmeDigestOf(programmeId) == bytes32(0))
            revert EntitlementsProgrammeUnknown(programmeId);
        uint8 depth = 1;
        if (parent == 0) {
            _checkActsFor(0);
            _checkEnd(until, type(uint40).max);
        } else {
            depth = _checkParent(parent, baseId, programmeId, until) + 1;
        }

        // Effect.
        accreditationId = ++_accreditationCount;
        _accreditations[accreditationId] = packAccreditation(
            baseId,
            programmeId,
            parent,
            uint40(block.timestamp),
            until,
            depth,
            mayAccredit
        );
        _accreditationsOf[baseId][programmeId].push(accreditationId);

        emit BaseAccredited(accreditationId, baseId, programmeId, parent, until, mayAccredit);
    }

    /// @inheritdoc IAccreditations
    function revokeAccreditation(
        uint32 accreditationId,
        uint32 above,
        bytes32 reason
    ) external whenNotPaused {
        AccreditationRecord record = _accreditations[accreditationId];

        // Check.
        if (record.base() == 0) revert EntitlementsAccreditationUnknown(accreditationId);
        if (record.revokedAt() != 0) revert EntitlementsAlreadyRevoked(accreditationId);
        if (above == 0) {
            _checkActsFor(0);
        } else {
            _checkAbove(accreditationId, above);
            _checkActsFor(_accreditations[above].base());
        }

        // Effect.
        _accreditations[accreditationId] = record.withRevokedAt(uint40(block.timestamp));

        emit AccreditationRevoked(accreditationId, above, reason);
    }

    /// @inheritdoc IAccreditations
    function accreditationCount() external view returns (uint32) {
        return _accreditationCount;
    }

    /// @inheritdoc IAccreditations
    function accreditationOf(uint32 accreditationId) external view returns (Accreditation memory) {
        AccreditationRecord record = _accreditations[accreditationId];
        return
            Accreditation({
                baseId: record.base(),
                programmeId: record.programme(),
                parent: record.parent(),
                from: record.from(),
                until: record.until(),
                revokedAt: record.revokedAt(),
                depth: record.depth(),
                mayAccredit: record.mayAccredit()
            });
    }

    /// @inheritdoc IAccreditations
    function accreditationsOf(
        uint32 baseId,
        uint32 programmeId
    ) external view returns (uint32[] memory) {
        return _accreditationsOf[baseId][programmeId];
    }

    /// @notice Why an accreditation does or does not entitle its base at a time.
    /// @param accreditationId The record.
    /// @param baseId The base that must hold it.
    /// @param programmeId The programme that it must be for.
    /// @param time Unix time in seconds.
    /// @return {Reason.Entitled}, or what is missing in it or above it.
    function _accreditationReason(
        uint32 accreditationId,
        uint32 baseId,
        uint32 programmeId,
        uint256 time
    ) internal view returns (Reason) {
        AccreditationRecord record = _accreditations[accreditationId];
        // Base and programme numbers are never 0 on a record, so a record that is not there fails here for any number but 0.
        if (record.base() != baseId || record.programme() != programmeId || baseId == 0) {
            return Reason.RecordsMismatch;
        }
        if (time < record.from()) return Reason.AccreditationMissing;
        if (time >= record.until()) return Reason.AccreditationExpired;
        if (record.revokedAt() != 0 && time >= record.revokedAt())
            return Reason.AccreditationRevoked;

        uint32 parent = record.parent();
        while (parent != 0) {
            record = _accreditations[parent];
            // A child begins with its parent at the earliest, so only the end is left to look at. It ends with its parent at the
            // latest too; that is checked all the same, because this answer should rest on the records and not on {accredit}.
            if (time >= record.until()) return Reason.AncestorExpired;
            if (record.revokedAt() != 0 && time >= record.revokedAt())
                return Reason.AncestorRevoked;
            parent = record.parent();
        }
        return Reason.Entitled;
    }

    /// @notice Finds the accreditation that entitles a base at a time, the latest first.
    /// @param baseId The base.
    /// @param programmeId The programme.
    /// @param time Unix time in seconds.
    /// @return reason {Reason.Entitled}, or what is missing in the latest one that had begun.
    /// @return accreditationId The record found or looked at last; 0 when none had begun.
    function _findAccreditation(
        uint32 baseId,
        uint32 programmeId,
        uint40 time
    ) internal view returns (Reason reason, uint32 accreditationId) {
        uint32[] storage ids = _accreditationsOf[baseId][programmeId];
        reason = Reason.AccreditationMissing;
        for (uint256 i = ids.length; i > 0; --i) {
            Reason found = _accreditationReason(ids[i - 1], baseId, programmeId, time);
            if (found == Reason.Entitled) return (found, ids[i - 1]);
            if (accreditationId == 0 && found != Reason.AccreditationMissing) {
                reason = found;
                accreditationId = ids[i - 1];
            }
        }
    }

    /// @notice Reverts unless the caller may accredit a base under `parent` until `until`.
    /// @param parent The accreditation that it would be given under.
    /// @param baseId The base that would hold it.
    /// @param programmeId The programme.
    /// @param until Unix time in seconds.
    /// @return depth The parent's depth.
    function _checkParent(
        uint32 parent,
        uint32 baseId,
        uint32 programmeId,
        uint40 until
    ) private view returns (uint8 depth) {
        AccreditationRecord record = _accreditations[parent];
        uint32 holder = record.base();
        if (holder == 0) revert EntitlementsAccreditationUnknown(parent);
        _checkActsFor(holder);
        if (_presentStanding(holder).isSuspended()) revert EntitlementsBaseSuspended(holder);
        if (!record.mayAccredit()) revert EntitlementsMayNotAccredit(parent);
        if (_accreditationReason(parent, holder, programmeId, block.timestamp) != Reason.Entitled) {
            revert EntitlementsAccreditationLapsed(parent);
        }
        _checkEnd(until, record.until());
        depth = record.depth();
        if (depth >= MOST_LEVELS || holder == baseId)
            revert EntitlementsChainRefused(parent, baseId);
    }

    /// @notice Reverts unless `above` is the accreditation itself or one that it was given under.
    /// @param accreditationId The record.
    /// @param above The record named.
    function _checkAbove(uint32 accreditationId, uint32 above) private view {
        uint32 current = accreditationId;
        while (current != above) {
            current = _accreditations[current].parent();
            if (current == 0) revert EntitlementsNotAbove(accreditationId, above);
        }
    }
}
