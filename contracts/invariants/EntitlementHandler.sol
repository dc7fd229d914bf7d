// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssessments} from "../membership/IAssessments.sol";
import {IEntitlements} from "../membership/IEntitlements.sol";
import {PlainRecord} from "./PlainRecord.sol";
import {SampleNetwork} from "./SampleNetwork.sol";
import {vm} from "./Vm.sol";

/// @title EntitlementHandler
/// @notice Does random things to the entitlements of four bases, one below the other, and writes them down in a {PlainRecord}.
/// It asks about past times after every step and remembers the answers, which must never change.
contract EntitlementHandler is SampleNetwork, PlainRecord {
    /// @notice An answer about a time that had passed when it was given.
    struct Answer {
        uint32 baseId;
        uint40 time;
        IEntitlements.Reason reason;
        IEntitlements.EntitlementRecords records;
    }

    uint32 private constant BASES = 4;

    /// @notice All answers so far.
    Answer[] private _answers;

    /// @notice Admits the bases, each with three assessments, a key and an accreditation by the one above.
    constructor() {
        for (uint32 baseId = 1; baseId <= BASES; ++baseId) {
            if (baseId > 1) _admit(baseId - 1);
            for (uint256 kind = 0; kind < 3; ++kind) assess(baseId - 1, kind, 5000);
            vm.prank(_accountOf(baseId));
            _ENTITLEMENTS.addIssuerKey(baseId, _keyOf(baseId), START + 50_000);
            _keys[baseId] = Span(START, START + 50_000, 0, 0, 0);
            _accredit(baseId - 1, baseId, START + 90_000);
        }
    }

    /// @notice Lets time pass.
    /// @param seconds_ Any number; up to 2,000 seconds.
    function wait(uint16 seconds_) external {
        vm.warp(block.timestamp + (seconds_ % 2000));
        _ask(seconds_);
    }

    /// @notice Withdraws the last assessment of a kind, if it is open.
    /// @param which Any number; picks the base.
    /// @param kind Any number; picks the kind.
    function withdraw(uint32 which, uint256 kind) external {
        uint32 baseId = _pick(which);
        kind %= 3;
        Span storage span = _assessments[baseId][kind][_assessments[baseId][kind].length - 1];
        if (_closedAt[baseId] != 0 || span.ended != 0 || span.until <= block.timestamp) return;
        vm.prank(_accountOf(1));
        _ENTITLEMENTS.withdrawAssessment(span.record, bytes32(0));
        span.ended = uint40(block.timestamp);
        _ask(which);
    }

    /// @notice Suspends a base or lifts its suspension.
    /// @param which Any number; picks the base.
    function suspendOrLift(uint32 which) external {
        uint32 baseId = _pick(which);
        if (_closedAt[baseId] != 0) return;
        Span[] storage spans = _suspensions[baseId];
        if (spans.length != 0 && spans[spans.length - 1].ended == 0) {
            _ENTITLEMENTS.liftSuspension(baseId, 0);
            spans[spans.length - 1].ended = uint40(block.timestamp);
        } else {
            _ENTITLEMENTS.suspend(baseId, 0, bytes32(0));
            spans.push(Span(uint40(block.timestamp), FOREVER, 0, 0, 0));
        }
        _ask(which);
    }

    /// @notice Revokes an accreditation.
    /// @param which Any number; picks the accreditation.
    function revoke(uint256 which) external {
        which %= _accreditations.length;
        if (_accreditations[which].ended != 0) return;
        _ENTITLEMENTS.revokeAccreditation(_accreditations[which].record, 0, bytes32(0));
        _accreditations[which].ended = uint40(block.timestamp);
        _ask(uint32(which));
    }

    /// @notice Accredits a base anew, under an accreditation that still holds.
    /// @param which Any number; picks the parent.
    /// @param length Any number; up to 20,000 seconds.
    function accreditAgain(uint256 which, uint16 length) external {
        which %= _accreditations.length;
        uint32 holder = _holders[which];
        uint40 until = uint40(block.timestamp) + 1 + (length % 20_000);
        bool held = _accreditationHolds(which + 1, block.timestamp);
        bool blocked =
            _suspendedAt(holder, block.timestamp) ||
                _closedAt[holder] != 0 ||
                _closedAt[(holder % BASES) + 1] != 0;
        bool deep = _ENTITLEMENTS.accreditationOf(_accreditations[which].record).depth >= 8;
        if (!held || blocked || deep || until > _accreditations[which].until) return;
        _accredit(which + 1, (holder % BASES) + 1, until);
        _ask(uint32(which));
    }

    /// @notice Retires a base's key or revokes it.
    /// @param which Any number; picks the base.
    /// @param compromised Whether to revoke.
    function endKey(uint32 which, bool compromised) external {
        uint32 baseId = _pick(which);
        Span storage key = _keys[baseId];
        if (_closedAt[baseId] != 0 || key.ended != 0 || key.until <= block.timestamp) return;
        vm.prank(_accountOf(baseId));
        if (compromised) _ENTITLEMENTS.revokeIssuerKey(baseId, _keyOf(baseId), baseId);
        else _ENTITLEMENTS.retireIssuerKey(baseId, _keyOf(baseId));
        key.ended = uint40(block.timestamp);
        _ask(which);
    }

    /// @notice Closes a base, rarely.
    /// @param which Any number; picks the base.
    /// @param chance Any number; one in eight does it.
    function close(uint32 which, uint8 chance) external {
        uint32 baseId = _pick(which);
        if (baseId == 1 || chance % 8 != 0 || _closedAt[baseId] != 0) return;
        _REGISTRY.closeBase(baseId);
        _closedAt[baseId] = uint40(block.timestamp);
        _ask(which);
    }

    /// @notice How many answers there are.
    /// @return The number.
    function answerCount() external view returns (uint256) {
        return _answers.length;
    }

    /// @notice Whether an answer is still the same, and by records too.
    /// @param index Which answer.
    /// @return True when it is.
    function stillSame(uint256 index) external view returns (bool) {
        Answer memory answer = _answers[index];
        bytes32 keyId = _keyOf(answer.baseId);
        (
            IEntitlements.Reason reason,
            IEntitlements.EntitlementRecords memory records,
            bool isFinal
        ) = _ENTITLEMENTS.entitlementOf(answer.baseId, 1, keyId, answer.time);
        bool entitled = reason == IEntitlements.Reason.Entitled;
        bool byRecords = _ENTITLEMENTS.isEntitledByRecords(
            answer.baseId,
            1,
            keyId,
            answer.time,
            answer.records
        );
        return
            isFinal &&
            reason == answer.reason &&
            records.standingId == answer.records.standingId &&
            byRecords == entitled;
    }

    /// @notice Whether the contract says of a base and time what this handler's own record says.
    /// @param which Any number; picks the base.
    /// @param time Unix time in seconds.
    /// @return True when they agree.
    function agrees(uint32 which, uint40 time) external view returns (bool) {
        uint32 baseId = _pick(which);
        bool expected = _isEntitled(baseId, time);
        return _ENTITLEMENTS.isEntitled(baseId, 1, _keyOf(baseId), time) == expected;
    }

    /// @notice Whether the gate lets a base through just when it is entitled at present, by the record that a search finds.
    /// @param which Any number; picks the base.
    /// @return True when it does.
    function gateAgrees(uint32 which) external view returns (bool) {
        uint32 baseId = _pick(which);
        bytes32 keyId = _keyOf(baseId);
        uint40 time = uint40(block.timestamp);
        uint32 record = _ENTITLEMENTS.recordsFor(baseId, 1, keyId, time).accreditationId;
        try _ENTITLEMENTS.requireEntitled(_accountOf(baseId), baseId, 1, keyId, record) returns (
            uint32 standingId
        ) {
            return
                _isEntitled(baseId, time) && standingId == _ENTITLEMENTS.standingAt(baseId, time);
        } catch {
            return !_isEntitled(baseId, time);
        }
    }

    /// @notice Whether the standings of a base follow each other without gap or overlap.
    /// @return True when they do.
    function standingsAreChained() external view returns (bool) {
        uint40[5] memory ends;
        uint32 count = _ENTITLEMENTS.standingCount();
        for (uint32 id = 1; id <= count; ++id) {
            IAssessments.Standing memory standing = _ENTITLEMENTS.standingOf(id);
            uint40 end = ends[standing.baseId];
            if (end == FOREVER || (end != 0 && standing.from != end)) return false;
            ends[standing.baseId] = standing.until == 0 ? FOREVER : standing.until;
        }
        for (uint32 baseId = 1; baseId <= BASES; ++baseId)
            if (ends[baseId] != FOREVER) return false;
        return true;
    }

    /// @notice Has base 1 sign an assessment of a base.
    /// @param which Any number; picks the base.
    /// @param kind Any number; picks the kind.
    /// @param length Any number; up to 10,000 seconds.
    function assess(uint32 which, uint256 kind, uint16 length) public {
        uint32 baseId = _pick(which);
        if (_closedAt[baseId] != 0 || _suspendedAt(1, block.timestamp)) return;
        uint40 until = uint40(block.timestamp) + 1 + (length % 10_000);
        _assess(baseId, kind % 3, until);
        _assessments[baseId][kind % 3].push(
            Span(uint40(block.timestamp), until, 0, _ENTITLEMENTS.assessmentCount(), 0)
        );
        _ask(which);
    }

    /// @notice Accredits a base, and writes it down.
    /// @param parent Which accreditation it is given under, from 1; 0 for the network.
    /// @param baseId The base.
    /// @param until When it ends.
    function _accredit(uint256 parent, uint32 baseId, uint40 until) private {
        if (parent != 0) vm.prank(_accountOf(_holders[parent - 1]));
        uint32 record = parent == 0 ? 0 : _accreditations[parent - 1].record;
        _ENTITLEMENTS.accredit(record, baseId, 1, until, true);
        _accreditations.push(
            Span(uint40(block.timestamp), until, 0, _ENTITLEMENTS.accreditationCount(), parent)
        );
        _holders.push(baseId);
    }

    /// @notice Asks about a past time and remembers the answer.
    /// @param seed Any number; picks the base and the time.
    function _ask(uint32 seed) private {
        uint32 baseId = _pick(seed);
        uint40 span = uint40(block.timestamp) - START;
        if (span == 0) return;
        uint40 time = START + uint40(uint256(keccak256(abi.encode(seed, _answers.length))) % span);
        (
            IEntitlements.Reason reason,
            IEntitlements.EntitlementRecords memory records,

        ) = _ENTITLEMENTS.entitlementOf(baseId, 1, _keyOf(baseId), time);
        _answers.push(Answer(baseId, time, reason, records));
    }

    /// @notice One of the four bases.
    /// @param which Any number.
    /// @return The base.
    function _pick(uint32 which) private pure returns (uint32) {
        return (which % BASES) + 1;
    }

    /// @notice The key of a base.
    /// @param baseId The base.
    /// @return Its id.
    function _keyOf(uint32 baseId) private pure returns (bytes32) {
        return keccak256(abi.encode("key", baseId));
    }
}
