// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssessments} from "./IAssessments.sol";
import {StandingRecord} from "./Records.sol";
import {Standings} from "./Standings.sol";

/// @title Assessments
/// @notice See {IAssessments}.
abstract contract Assessments is Standings {
    uint32 private _assessmentCount;
    mapping(uint32 assessmentId => Assessment assessment) private _assessments;
    mapping(uint32 baseId => mapping(Kind kind => uint32 assessmentId)) private _lastAssessment;
    mapping(uint32 baseId => uint32 by) private _suspendedBy;

    /// @inheritdoc IAssessments
    function signAssessment(
        uint32 assessor,
        uint32 baseId,
        Kind kind,
        uint40 until,
        bytes32 reportDigest,
        string calldata reportCid
    ) external whenNotPaused returns (uint32 assessmentId) {
        // Check.
        if (assessor == 0) revert EntitlementsCallerNotBase(msg.sender, assessor);
        _checkActsFor(assessor);
        if (_REGISTRY.servicesOf(assessor) & _serviceOf(kind) == 0)
            revert EntitlementsNotAssessor(assessor, kind);
        if (_presentStanding(assessor).isSuspended()) revert EntitlementsBaseSuspended(assessor);
        _checkOpen(baseId);
        _checkEnd(until, type(uint40).max);
        if (reportDigest == bytes32(0)) revert EntitlementsDigestEmpty();

        // Effect.
        assessmentId = ++_assessmentCount;
        _assessments[assessmentId] = Assessment({
            baseId: baseId,
            kind: kind,
            assessor: assessor,
            from: uint40(block.timestamp),
            until: until,
            withdrawnAt: 0
        });
        _lastAssessment[baseId][kind] = assessmentId;

        bool self = assessor == baseId;
        emit AssessmentSigned(
            assessmentId,
            baseId,
            kind,
            assessor,
            until,
            self,
            reportDigest,
            reportCid
        );
        _changeStanding(baseId, _presentStanding(baseId).withLapse(uint256(kind), until));
    }

    /// @inheritdoc IAssessments
    function withdrawAssessment(uint32 assessmentId, bytes32 reason) external whenNotPaused {
        Assessment memory assessment = _assessments[assessmentId];
        uint32 baseId = assessment.baseId;

        // Check.
        if (baseId == 0) revert EntitlementsAssessmentUnknown(assessmentId);
        if (!_isTimelock(msg.sender)) _checkActsFor(assessment.assessor);
        bool isLast = _lastAssessment[baseId][assessment.kind] == assessmentId;
        if (!isLast || assessment.withdrawnAt != 0 || assessment.until <= block.timestamp) {
            revert EntitlementsAssessmentOver(assessmentId);
        }
        _checkOpen(baseId);

        // Effect.
        _assessments[assessmentId].withdrawnAt = uint40(block.timestamp);

        emit AssessmentWithdrawn(assessmentId, baseId, assessment.kind, reason);
        _changeStanding(baseId, _presentStanding(baseId).withLapse(uint256(assessment.kind), 0));
    }

    /// @inheritdoc IAssessments
    function suspend(uint32 baseId, uint32 by, bytes32 reason) external whenNotPaused {
        // Check.
        _checkActsFor(by);
        _checkOpen(baseId);
        if (by != 0 && _REGISTRY.baseOf(baseId).parent != by)
            revert EntitlementsSuspensionRefused(baseId, by);
        StandingRecord present = _presentStanding(baseId);
        // Check: the network may take a parent's suspension over, so that the parent cannot lift it.
        bool takenOver = present.isSuspended() && by == 0 && _suspendedBy[baseId] != 0;
        if (present.isSuspended() && !takenOver) revert EntitlementsBaseSuspended(baseId);

        // Effect.
        _suspendedBy[baseId] = by;

        emit BaseSuspended(baseId, by, reason);
        if (!takenOver) _changeStanding(baseId, present.withSuspended(true));
    }

    /// @inheritdoc IAssessments
    function liftSuspension(uint32 baseId, uint32 by) external whenNotPaused {
        // Check.
        _checkActsFor(by);
        _checkOpen(baseId);
        StandingRecord present = _presentStanding(baseId);
        bool mayLift = by == 0 || _suspendedBy[baseId] == by;
        if (!present.isSuspended() || !mayLift) revert EntitlementsSuspensionRefused(baseId, by);

        // Effect.
        delete _suspendedBy[baseId];

        emit SuspensionLifted(baseId, by);
        _changeStanding(baseId, present.withSuspended(false));
    }

    /// @inheritdoc IAssessments
    function assessmentCount() external view returns (uint32) {
        return _assessmentCount;
    }

    /// @inheritdoc IAssessments
    function assessmentOf(uint32 assessmentId) external view returns (Assessment memory) {
        return _assessments[assessmentId];
    }

    /// @inheritdoc IAssessments
    function lastAssessmentOf(uint32 baseId, Kind kind) external view returns (uint32) {
        return _lastAssessment[baseId][kind];
    }

    /// @inheritdoc IAssessments
    function isSuspended(uint32 baseId) external view returns (bool) {
        return _presentStanding(baseId).isSuspended();
    }

    /// @notice The service that a base needs to assess a kind: bits 1, 2 and 3, after {IInvites.ADMITTING}.
    /// @param kind What is assessed.
    /// @return The bit.
    function _serviceOf(Kind kind) private pure returns (uint256) {
        return 2 << uint256(kind);
    }
}
