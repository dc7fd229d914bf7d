// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccreditations} from "./IAccreditations.sol";
import {IAssessments} from "./IAssessments.sol";
import {IIssuerKeys} from "./IIssuerKeys.sol";
import {IProgrammes} from "./IProgrammes.sol";

/// @title IEntitlements
/// @notice Whether a base was entitled to issue a programme with a key, at any time: accredited from the network down, with
/// three current assessments, not suspended, with a valid key.
interface IEntitlements is IProgrammes, IAccreditations, IAssessments, IIssuerKeys {
    /// @notice Why a base is or is not entitled; when several things are missing, the first in this order.
    enum Reason {
        Entitled,
        BaseUnknown,
        BaseClosed,
        BaseSuspended,
        InformationLapsed,
        SafetyLapsed,
        GreenLapsed,
        AccreditationMissing,
        AccreditationExpired,
        AccreditationRevoked,
        AncestorExpired,
        AncestorRevoked,
        KeyUnknown,
        KeyExpired,
        KeyRetired,
        KeyCompromised,
        RecordsMismatch
    }

    /// @notice The records that an answer rests on, beside the key, which its id leads to.
    /// @param accreditationId The base's accreditation for the programme.
    /// @param standingId The base's standing at the time: its assessments and suspension.
    struct EntitlementRecords {
        uint32 accreditationId;
        uint32 standingId;
    }

    /// @notice Emitted when the registry tells who acts for a base; the zero address when it closes.
    /// @param baseId The base.
    /// @param account The account.
    event BaseSeated(uint32 indexed baseId, address indexed account);

    /// @notice Someone other than the registry tried to seat a base.
    error EntitlementsCallerNotRegistry(address caller);

    /// @notice The account does not act for the base.
    error EntitlementsCallerNotBase(address caller, uint32 baseId);

    /// @notice There is no such base, or it has closed.
    error EntitlementsBaseUnknown(uint32 baseId);

    /// @notice The base is not entitled, for the reason given.
    error EntitlementsRefused(uint32 baseId, uint32 programmeId, bytes32 keyId, Reason reason);

    /// @notice Seats a base that was just admitted, with no assessment.
    ///
    /// @dev Emits {BaseSeated} and {StandingChanged}.
    ///
    /// Requirements:
    /// - The caller is the registry; the store is not paused.
    ///
    /// @param baseId The base.
    /// @param account The account that acts for it.
    function seat(uint32 baseId, address account) external;

    /// @notice Lets another account act for a base.
    ///
    /// @dev Emits {BaseSeated}.
    ///
    /// Requirements:
    /// - The caller is the registry; the store is not paused.
    ///
    /// @param baseId The base.
    /// @param account The account that acts for it.
    function reseat(uint32 baseId, address account) external;

    /// @notice Closes a base's standing for good.
    ///
    /// @dev Emits {BaseSeated} and {StandingChanged}.
    ///
    /// Requirements:
    /// - The caller is the registry; the store is not paused.
    ///
    /// @param baseId The base.
    function unseat(uint32 baseId) external;

    /// @notice The gate: passes when `sender` acts for the base and the base is entitled at present, else reverts.
    ///
    /// Requirements:
    /// - `accreditationId` is the base's accreditation for the programme. Nothing is searched.
    ///
    /// @param sender The account that would act.
    /// @param baseId The base.
    /// @param programmeId The programme.
    /// @param keyId The issuer key.
    /// @param accreditationId The record that entitles it.
    /// @return standingId The base's present standing, for the event of whoever asks.
    function requireEntitled(
        address sender,
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint32 accreditationId
    ) external view returns (uint32 standingId);

    /// @notice Whether a base was entitled at a time, by records that the caller names and this contract checks.
    /// @param baseId The base.
    /// @param programmeId The programme.
    /// @param keyId The issuer key.
    /// @param time Unix time in seconds; answers are final for times before the present block's.
    /// @param records From {recordsFor}.
    /// @return True when it was.
    function isEntitledByRecords(
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint40 time,
        EntitlementRecords calldata records
    ) external view returns (bool);

    /// @notice Whether a base was entitled at a time; finds the records itself, so it is for reading, not for transactions.
    /// @param baseId The base.
    /// @param programmeId The programme.
    /// @param keyId The issuer key.
    /// @param time Unix time in seconds; answers are final for times before the present block's.
    /// @return True when it was.
    function isEntitled(
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint40 time
    ) external view returns (bool);

    /// @notice Why a base was or was not entitled at a time, and by which records.
    /// @param baseId The base.
    /// @param programmeId The programme.
    /// @param keyId The issuer key.
    /// @param time Unix time in seconds.
    /// @return reason {Reason.Entitled}, or the first thing that is missing.
    /// @return records The records looked at; 0 where there is none.
    /// @return isFinal Whether the time has passed, so that no transaction can change this answer.
    function entitlementOf(
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint40 time
    ) external view returns (Reason reason, EntitlementRecords memory records, bool isFinal);

    /// @notice The records to name in {isEntitledByRecords} and to an anchor.
    /// @param baseId The base.
    /// @param programmeId The programme.
    /// @param keyId The issuer key.
    /// @param time Unix time in seconds.
    /// @return The records; 0 where there is none.
    function recordsFor(
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint40 time
    ) external view returns (EntitlementRecords memory);

    /// @notice The account that acts for a base, as the registry told.
    /// @param baseId The base.
    /// @return The account; the zero address for a base that is unknown or closed.
    function seatedAccountOf(uint32 baseId) external view returns (address);
}
