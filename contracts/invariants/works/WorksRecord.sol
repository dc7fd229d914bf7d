// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPanels} from "../../resources/review/IPanels.sol";
import {IReviewPanels} from "../../resources/review/IReviewPanels.sol";
import {IUsageReceipts} from "../../resources/usage/IUsageReceipts.sol";
import {WorksNetwork} from "./WorksNetwork.sol";

/// @title WorksRecord
/// @notice A plain record of what was done, and whether the contracts agree with it.
abstract contract WorksRecord is WorksNetwork {
    /// @notice An answer about a time that had passed.
    struct Answer {
        uint32 workId;
        uint32 baseId;
        uint40 time;
        uint32 listed;
        uint32 licence;
    }

    /// @notice A batch with its only line.
    struct Use {
        IUsageReceipts.Batch batch;
        IUsageReceipts.Line line;
        bool struck;
    }

    /// @notice All that was minted, redeemed, and paid to works.
    uint256 public minted;
    /// @notice All that was burnt against payouts.
    uint256 public redeemed;
    /// @notice All that was paid for licences and uses.
    uint256 public paidIn;

    Answer[] internal _answers;
    mapping(uint256 baseId => Use[] uses) internal _uses;
    mapping(bytes32 receipt => uint256 times) internal _mintsOf;

    bool private _mintedTwice;

    /// @notice Whether every answer about the past is still given.
    /// @return True when it is.
    function pastAnswersStand() external view returns (bool) {
        uint256 count = _answers.length;
        for (uint256 i = count > 60 ? count - 60 : 0; i < count; ++i) {
            if (!_stands(_answers[i])) return false;
        }
        return count == 0 || _stands(_answers[0]);
    }

    /// @notice Whether every listed version was approved by both panels or the experts, and by nobody's leave but theirs.
    /// @return True when it was.
    function listedMeansApproved() external view returns (bool) {
        for (uint32 workId = 1; workId <= WORKS; ++workId) {
            uint32 version = _panels.listedVersion(workId);
            if (version == 0) continue;
            if (_works.isTakenDown(workId)) return false;
            bool experts = _approves(workId, version, IPanels.Panel.Expert);
            bool panels =
                _approves(workId, version, IPanels.Panel.Content) &&
                    _approves(workId, version, IPanels.Panel.Technical);
            if (!experts && !panels) return false;
        }
        return true;
    }

    /// @notice Whether uses counted = uses of the batches that stand, by work and by base.
    /// @return True when they are.
    function countsAgree() external view returns (bool) {
        for (uint32 workId = 1; workId <= WORKS; ++workId) {
            IUsageReceipts.Usage memory sum;
            for (uint32 baseId = 1; baseId <= BASES; ++baseId) {
                IUsageReceipts.Usage memory plain = _plainUsage(workId, baseId);
                if (!_same(plain, _usage.usageBy(baseId, workId))) return false;
                sum.uses += plain.uses;
                sum.teachers += plain.teachers;
                sum.classes += plain.classes;
                sum.bases += plain.bases;
            }
            if (!_same(sum, _usage.usageOf(workId))) return false;
        }
        return true;
    }

    /// @notice Whether paid <= owed under every licence, and a batch counted none of its days twice.
    /// @return True when it is.
    function duesAreSound() external view returns (bool) {
        for (uint32 id = 1; id <= _licences.licenceCount(); ++id) {
            IUsageReceipts.Due memory due = _usage.dueOf(id);
            if (due.paid > due.owed) return false;
        }
        return !_mintedTwice;
    }

    /// @notice Whether supply = minted - redeemed, works received what was paid, and nothing stayed on the way.
    /// @return True when it is.
    function moneyAddsUp() external view returns (bool) {
        uint256 received = 0;
        for (uint32 workId = 1; workId <= WORKS; ++workId)
            received += _royalties.sumsOf(workId, 1, address(_money)).received;
        return
            _money.totalSupply() == minted - redeemed &&
            received == paidIn &&
            _money.balanceOf(address(_royalties)) == paidIn &&
            _money.balanceOf(address(_licences)) == 0 &&
            _money.balanceOf(address(_usage)) == 0;
    }

    /// @notice Notes what the contracts answer about the second that has just passed.
    /// @param workId The work.
    /// @param baseId The base.
    function _noteAnswers(uint32 workId, uint32 baseId) internal {
        uint40 time = uint40(block.timestamp) - 1;
        _answers.push(
            Answer(
                workId,
                baseId,
                time,
                _panels.listedVersionAt(workId, time),
                _licences.baseLicenceAt(baseId, workId, time)
            )
        );
    }

    /// @notice Notes money made.
    /// @param receipt The deposit's.
    /// @param amount How much.
    function _noteMint(bytes32 receipt, uint256 amount) internal {
        minted += amount;
        if (++_mintsOf[receipt] > 1) _mintedTwice = true;
    }

    /// @notice Notes a batch.
    /// @param batch The batch.
    /// @param line Its line.
    function _noteUse(IUsageReceipts.Batch memory batch, IUsageReceipts.Line memory line) internal {
        _uses[batch.baseId].push(Use(batch, line, false));
    }

    /// @notice Notes that a batch was struck.
    /// @param use The batch.
    function _noteStrike(Use memory use) internal {
        _uses[use.batch.baseId][use.batch.sequence - 1].struck = true;
    }

    /// @notice Whether an answer is still given.
    /// @param answer The answer.
    /// @return True when it is.
    function _stands(Answer memory answer) private view returns (bool) {
        return
            _panels.listedVersionAt(answer.workId, answer.time) == answer.listed &&
            _licences.baseLicenceAt(answer.baseId, answer.workId, answer.time) == answer.licence;
    }

    /// @notice Whether a panel approved a version.
    /// @param workId The work.
    /// @param version The version.
    /// @param panel The panel.
    /// @return True when it did.
    function _approves(
        uint32 workId,
        uint32 version,
        IPanels.Panel panel
    ) private view returns (bool) {
        IReviewPanels.Review memory review = _panels.reviewOf(workId, version, panel);
        return
            review.decision == IReviewPanels.Decision.Approved &&
            review.approvals >= review.approvalsNeeded;
    }

    /// @notice A base's use of a work, counted again from its batches that stand.
    /// @param workId The work.
    /// @param baseId The base.
    /// @return usage The counts.
    function _plainUsage(
        uint32 workId,
        uint32 baseId
    ) private view returns (IUsageReceipts.Usage memory usage) {
        for (uint256 i = 0; i < _uses[baseId].length; ++i) {
            Use storage use = _uses[baseId][i];
            if (use.struck || use.line.workId != workId) continue;
            usage.uses += use.line.uses;
            usage.teachers += use.line.teachers;
            usage.classes += use.line.classes;
            usage.bases = 1;
        }
    }

    /// @notice Whether two counts are the same.
    /// @param one One.
    /// @param other The other.
    /// @return True when they are.
    function _same(
        IUsageReceipts.Usage memory one,
        IUsageReceipts.Usage memory other
    ) private pure returns (bool) {
        return keccak256(abi.encode(one)) == keccak256(abi.encode(other));
    }
}
