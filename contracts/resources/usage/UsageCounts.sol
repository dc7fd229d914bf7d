// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausing} from "../../directory/Pausing.sol";
import {IBaseRegistry} from "../../membership/IBaseRegistry.sol";
import {ILicences} from "../licences/ILicences.sol";
import {IOffers} from "../licences/IOffers.sol";
import {IResourceRegistry} from "../works/IResourceRegistry.sol";
import {IUsageReceipts} from "./IUsageReceipts.sol";
import {MerkleInclusion} from "./MerkleInclusion.sol";

/// @title UsageCounts
/// @notice Counts lines and takes them off again. See {IUsageReceipts}.
abstract contract UsageCounts is IUsageReceipts, Pausing {
    /// @notice How a base used a work.
    /// @param lastDay The last day counted.
    /// @param uses Receipts.
    /// @param teachers Teachers, each once.
    /// @param classes Classes, each once.
    struct Count {
        uint32 lastDay;
        uint64 uses;
        uint64 teachers;
        uint64 classes;
    }

    IBaseRegistry private immutable _REGISTRY;
    IResourceRegistry private immutable _WORKS;
    ILicences internal immutable _LICENCES;

    mapping(uint32 baseId => uint32 sequence) private _sequences;
    mapping(uint32 baseId => mapping(uint32 sequence => bytes32 hash)) private _batches;
    mapping(uint32 baseId => mapping(uint32 workId => Count count)) private _counts;
    mapping(uint32 workId => Usage usage) private _usages;
    mapping(uint32 licenceId => Due due) private _dues;

    /// @notice Ties the counts to bases and licences.
    /// @param registry The BaseRegistry, which knows who acts for a base.
    /// @param works The ResourceRegistry.
    /// @param licences The Licences.
    constructor(IBaseRegistry registry, IResourceRegistry works, ILicences licences) {
        _REGISTRY = registry;
        _WORKS = works;
        _LICENCES = licences;
    }

    /// @inheritdoc IUsageReceipts
    function sequenceOf(uint32 baseId) external view returns (uint32) {
        return _sequences[baseId];
    }

    /// @inheritdoc IUsageReceipts
    function batchHashOf(uint32 baseId, uint32 sequence) external view returns (bytes32) {
        return _batches[baseId][sequence];
    }

    /// @inheritdoc IUsageReceipts
    function usageOf(uint32 workId) external view returns (Usage memory) {
        return _usages[workId];
    }

    /// @inheritdoc IUsageReceipts
    function usageBy(uint32 baseId, uint32 workId) external view returns (Usage memory) {
        Count memory count = _counts[baseId][workId];
        return
            Usage({
                uses: count.uses,
                teachers: count.teachers,
                classes: count.classes,
                bases: count.uses == 0 ? 0 : 1
            });
    }

    /// @inheritdoc IUsageReceipts
    function dueOf(uint32 licenceId) external view returns (Due memory) {
        return _dues[licenceId];
    }

    /// @inheritdoc IUsageReceipts
    function leafOf(Receipt calldata receipt) public pure returns (bytes32) {
        return
            sha256(
                abi.encodePacked(
                    bytes1(0x00),
                    receipt.baseId,
                    receipt.workId,
                    receipt.day,
                    receipt.class,
                    receipt.teacher
                )
            );
    }

    /// @notice Counts a line, or refuses it.
    /// @param batch Its batch.
    /// @param line The line.
    function _countLine(Batch calldata batch, Line calldata line) internal {
        Count memory count = _counts[batch.baseId][line.workId];

        // Check.
        if (line.uses == 0 || line.teachers > line.uses || line.classes > line.uses)
            revert UsageReceiptsLineRefused(line.workId);
        if (batch.fromDay <= count.lastDay)
            revert UsageReceiptsDayCounted(line.workId, count.lastDay);
        uint128 due = _checkLicence(batch, line);

        // Effect.
        Usage memory usage = _usages[line.workId];
        if (count.uses == 0) ++usage.bases;
        (usage.uses, usage.teachers, usage.classes) = (
            usage.uses + line.uses,
            usage.teachers + line.teachers,
            usage.classes + line.classes
        );
        _usages[line.workId] = usage;
        _counts[batch.baseId][line.workId] = Count({
            lastDay: batch.toDay,
            uses: count.uses + line.uses,
            teachers: count.teachers + line.teachers,
            classes: count.classes + line.classes
        });
        if (due > 0) _dues[line.licenceId].owed += due;

        emit UsageCounted(
            line.workId,
            batch.baseId,
            line.licenceId,
            batch.sequence,
            batch.toDay,
            line.uses,
            line.teachers,
            line.classes,
            due
        );
    }

    /// @notice Takes a line off again. What is paid stays paid.
    /// @param baseId The base.
    /// @param line The line.
    function _discountLine(uint32 baseId, Line calldata line) internal {
        Count storage count = _counts[baseId][line.workId];
        Usage storage usage = _usages[line.workId];

        // Effect.
        count.uses -= line.uses;
        count.teachers -= line.teachers;
        count.classes -= line.classes;
        usage.uses -= line.uses;
        usage.teachers -= line.teachers;
        usage.classes -= line.classes;
        if (count.uses == 0) --usage.bases;

        if (line.licenceId == 0) return;
        Due storage due = _dues[line.licenceId];
        uint128 amount = _dueFor(line, _LICENCES.usageTermsOf(line.licenceId));
        uint128 open = due.owed - due.paid;
        if (amount > open) amount = open;
        if (amount == 0) return;
        due.owed -= amount;
        emit DueLowered(line.licenceId, amount);
    }

    /// @notice Notes what is due under a licence as paid.
    /// @param licenceId The licence.
    /// @return amount How much it is.
    function _payDue(uint32 licenceId) internal returns (uint128 amount) {
        Due storage due = _dues[licenceId];
        amount = due.owed - due.paid;
        if (amount == 0) revert UsageReceiptsNothingDue(licenceId);
        due.paid = due.owed;
    }

    /// @notice Keeps a batch, so that it can be shown to be false later.
    /// @param batch The batch.
    /// @param lines Its lines.
    function _keepBatch(Batch calldata batch, Line[] calldata lines) internal {
        _sequences[batch.baseId] = batch.sequence;
        _batches[batch.baseId][batch.sequence] = keccak256(abi.encode(batch, lines));
    }

    /// @notice Forgets a batch.
    /// @param batch The batch.
    function _forgetBatch(Batch calldata batch) internal {
        delete _batches[batch.baseId][batch.sequence];
    }

    /// @notice Reverts unless a batch may be counted, its lines aside.
    /// @param batch The batch.
    /// @param lines Its lines.
    function _checkBatch(Batch calldata batch, Line[] calldata lines) internal view {
        uint32 baseId = batch.baseId;
        if (baseId == 0 || _REGISTRY.accountOf(baseId) != msg.sender)
            revert UsageReceiptsCallerNotBase(msg.sender, baseId);
        uint32 next = _sequences[baseId] + 1;
        if (batch.sequence != next) revert UsageReceiptsOutOfOrder(batch.sequence, next);
        if (batch.fromDay > batch.toDay || batch.toDay > block.timestamp / 1 days)
            revert UsageReceiptsDaysRefused(batch.fromDay, batch.toDay);
        uint256 uses = 0;
        for (uint256 i = 0; i < lines.length; ++i) uses += lines[i].uses;
        if (uses != batch.size || uses == 0 || batch.root == bytes32(0))
            revert UsageReceiptsBatchIncomplete(batch.size, uses);
    }

    /// @notice Reverts unless a batch was recorded with these lines and was not struck.
    /// @param batch The batch.
    /// @param lines Its lines.
    function _checkStands(Batch calldata batch, Line[] calldata lines) internal view {
        bytes32 kept = _batches[batch.baseId][batch.sequence];
        if (kept == bytes32(0) || kept != keccak256(abi.encode(batch, lines)))
            revert UsageReceiptsBatchUnknown(batch.baseId, batch.sequence);
    }

    /// @notice Whether receipts prove a batch false.
    /// @param batch The batch.
    /// @param lines Its lines.
    /// @param shown One receipt that does not belong, or two with one id.
    /// @return True when they do.
    function _provesFalse(
        Batch calldata batch,
        Line[] calldata lines,
        Shown[] calldata shown
    ) internal pure returns (bool) {
        for (uint256 i = 0; i < shown.length; ++i) _checkIncluded(batch, shown[i]);
        if (shown.length == 1) return !_belongs(batch, lines, shown[0]);
        if (shown.length != 2 || shown[0].index == shown[1].index) return false;
        (Receipt calldata a, Receipt calldata b) = (shown[0].receipt, shown[1].receipt);
        return a.baseId == b.baseId && a.workId == b.workId && a.day == b.day && a.class == b.class;
    }

    /// @notice Reverts unless a base has a licence for a line, or vouches for the work itself.
    /// @param batch The batch.
    /// @param line The line.
    /// @return What the line comes to, in the smallest unit of the offer's token.
    function _checkLicence(
        Batch calldata batch,
        Line calldata line
    ) private view returns (uint128) {
        if (line.licenceId == 0) {
            if (_WORKS.baseOf(line.workId) != batch.baseId)
                revert UsageReceiptsLicenceRefused(0, line.workId);
            return 0;
        }
        ILicences.UsageTerms memory terms = _LICENCES.usageTermsOf(line.licenceId);
        bool isForThis = terms.baseId == batch.baseId && terms.workId == line.workId;
        bool holds =
            terms.from < (uint256(batch.fromDay) + 1) * 1 days &&
                terms.end > uint256(batch.toDay) * 1 days;
        if (!isForThis || !holds) revert UsageReceiptsLicenceRefused(line.licenceId, line.workId);
        return _dueFor(line, terms);
    }

    /// @notice What a line comes to.
    /// @param line The line.
    /// @param terms The terms of its licence.
    /// @return In the smallest unit of the offer's token.
    function _dueFor(
        Line calldata line,
        ILicences.UsageTerms memory terms
    ) private pure returns (uint128) {
        if (terms.charge == IOffers.Charge.PerUse) return uint128(terms.price) * line.uses;
        if (terms.charge == IOffers.Charge.PerClass) return uint128(terms.price) * line.classes;
        return 0;
    }

    /// @notice Whether a receipt belongs to its batch at its place.
    /// @param batch The batch.
    /// @param lines Its lines, each of which has as many places as uses.
    /// @param shown The receipt.
    /// @return True when base, day and work are right.
    function _belongs(
        Batch calldata batch,
        Line[] calldata lines,
        Shown calldata shown
    ) private pure returns (bool) {
        Receipt calldata receipt = shown.receipt;
        uint256 line = 0;
        uint256 end = lines[0].uses;
        while (shown.index >= end) end += lines[++line].uses;
        return
            receipt.baseId == batch.baseId &&
            receipt.workId == lines[line].workId &&
            receipt.day >= batch.fromDay &&
            receipt.day <= batch.toDay;
    }

    /// @notice Reverts unless a receipt is in a batch at its place.
    /// @param batch The batch.
    /// @param shown The receipt.
    function _checkIncluded(Batch calldata batch, Shown calldata shown) private pure {
        bytes32 leaf = leafOf(shown.receipt);
        if (!MerkleInclusion.isIncluded(leaf, shown.index, batch.size, batch.root, shown.path))
            revert UsageReceiptsNotInBatch(shown.index);
    }
}
