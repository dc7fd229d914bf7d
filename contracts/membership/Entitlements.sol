// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Pausing} from "../directory/Pausing.sol";
import {Governed} from "../governance/Governed.sol";
import {Accreditations} from "./Accreditations.sol";
import {Assessments} from "./Assessments.sol";
import {IBaseRegistry} from "./IBaseRegistry.sol";
import {IEntitlements} from "./IEntitlements.sol";
import {IssuerKeys} from "./IssuerKeys.sol";
import {Seat, StandingRecord} from "./Records.sol";
import {Standings} from "./Standings.sol";

/// @title Entitlements
/// @notice See {IEntitlements}. One store, so that an answer is one call and a slot a record.
contract Entitlements is Accreditations, Assessments, IssuerKeys, Multicall {
    /// @notice Starts with nobody entitled to anything.
    /// @param directory_ The Directory that may pause it.
    /// @param timelock_ The NetworkTimelock.
    /// @param registry The BaseRegistry, which seats the bases.
    constructor(
        address directory_,
        address timelock_,
        IBaseRegistry registry
    ) Pausing(directory_) Governed(timelock_) Standings(registry) {}

    /// @inheritdoc IEntitlements
    function requireEntitled(
        address sender,
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint32 accreditationId
    ) external view returns (uint32 standingId) {
        Seat current = _seats[baseId];
        if (current.account() != sender || sender == address(0))
            revert EntitlementsCallerNotBase(sender, baseId);
        standingId = current.standing();

        // The seat sums the standing up; the standing itself is read only to name the reason.
        Reason reason =
            block.timestamp < current.assessedUntil()
                ? Reason.Entitled
                : _standingReason(_standings[standingId], block.timestamp);
        if (reason == Reason.Entitled) {
            reason = _accreditationReason(accreditationId, baseId, programmeId, block.timestamp);
        }
        if (reason == Reason.Entitled) reason = _keyReason(baseId, keyId, block.timestamp);
        if (reason != Reason.Entitled)
            revert EntitlementsRefused(baseId, programmeId, keyId, reason);
    }

    /// @inheritdoc IEntitlements
    function isEntitledByRecords(
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint40 time,
        EntitlementRecords calldata records
    ) external view returns (bool) {
        StandingRecord record = _standings[records.standingId];
        if (record.standingBase() != baseId || time < record.standingFrom()) return false;
        if (record.standingUntil() != 0 && time >= record.standingUntil()) return false;
        return
            _standingReason(record, time) == Reason.Entitled &&
            _accreditationReason(records.accreditationId, baseId, programmeId, time) ==
                Reason.Entitled &&
            _keyReason(baseId, keyId, time) == Reason.Entitled;
    }

    /// @inheritdoc IEntitlements
    function isEntitled(
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint40 time
    ) external view returns (bool) {
        (Reason reason, , ) = entitlementOf(baseId, programmeId, keyId, time);
        return reason == Reason.Entitled;
    }

    /// @inheritdoc IEntitlements
    function recordsFor(
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint40 time
    ) external view returns (EntitlementRecords memory records) {
        (, records, ) = entitlementOf(baseId, programmeId, keyId, time);
    }

    /// @inheritdoc IEntitlements
    function entitlementOf(
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint40 time
    ) public view returns (Reason reason, EntitlementRecords memory records, bool isFinal) {
        isFinal = time < block.timestamp;
        records.standingId = standingAt(baseId, time);
        Reason accreditation;
        (accreditation, records.accreditationId) = _findAccreditation(baseId, programmeId, time);

        reason =
            records.standingId == 0
                ? Reason.BaseUnknown
                : _standingReason(_standings[records.standingId], time);
        if (reason == Reason.Entitled) reason = accreditation;
        if (reason == Reason.Entitled) reason = _keyReason(baseId, keyId, time);
    }

    /// @notice Why a standing does or does not let its base act at a time that it covers.
    /// @param record The standing.
    /// @param time Unix time in seconds.
    /// @return {Reason.Entitled}, or the first thing that is missing.
    function _standingReason(StandingRecord record, uint256 time) private pure returns (Reason) {
        if (record.isClosed()) return Reason.BaseClosed;
        if (record.isSuspended()) return Reason.BaseSuspended;
        if (time >= record.lapseOf(uint256(Kind.Information))) return Reason.InformationLapsed;
        if (time >= record.lapseOf(uint256(Kind.Safety))) return Reason.SafetyLapsed;
        if (time >= record.lapseOf(uint256(Kind.Green))) return Reason.GreenLapsed;
        return Reason.Entitled;
    }
}
