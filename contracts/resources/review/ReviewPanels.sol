// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Pausing} from "../../directory/Pausing.sol";
import {Governed} from "../../governance/Governed.sol";
import {IBaseRegistry} from "../../membership/IBaseRegistry.sol";
import {IResourceRegistry} from "../works/IResourceRegistry.sol";
import {IWorkStandings} from "../works/IWorkStandings.sol";
import {IReviewPanels} from "./IReviewPanels.sol";
import {Listings} from "./Listings.sol";
import {Resolutions} from "./Resolutions.sol";

/// @title ReviewPanels
/// @notice See {IReviewPanels}.
contract ReviewPanels is IReviewPanels, Resolutions, Listings {
    /// @inheritdoc IReviewPanels
    uint40 public constant LONGEST_REVIEW = 60 days;

    bytes32 private constant OPINION_TYPEHASH = keccak256(
        "Opinion(uint32 workId,uint32 version,bytes32 content,uint8 panel,uint8 marks,uint40 until,address member,bytes32 reasons)"
    );
    uint8 private constant FOUR_DIMENSIONS = 15;

    mapping(uint32 workId => mapping(uint32 version => mapping(Panel panel => Review)))
        private _reviews;
    /// One bit a panel that the member spoke for.
    mapping(uint32 workId => mapping(uint32 version => mapping(address member => uint256)))
        private _opined;
    mapping(uint32 workId => mapping(uint32 version => uint40 time)) private _appealedAt;

    /// @notice Starts with empty panels.
    /// @param directory_ The Directory that may pause it.
    /// @param timelock_ The NetworkTimelock.
    /// @param registry The BaseRegistry, which knows who acts for a base.
    /// @param works The ResourceRegistry.
    constructor(
        address directory_,
        address timelock_,
        IBaseRegistry registry,
        IResourceRegistry works
    )
        EIP712("Guildhall ReviewPanels", "1")
        Pausing(directory_)
        Governed(timelock_)
        Resolutions(registry, works)
    {}

    /// @inheritdoc IReviewPanels
    function submitOpinions(
        Opinion[] calldata opinions,
        bytes[] calldata signatures
    ) external whenNotPaused {
        // Check.
        if (opinions.length != signatures.length) {
            revert ReviewPanelsLengthsDiffer(opinions.length, signatures.length);
        }
        for (uint256 i = 0; i < opinions.length; ++i) {
            Opinion calldata opinion = opinions[i];
            if (hasOpined(opinion.workId, opinion.version, opinion.panel, opinion.member)) continue;
            _checkOpinion(opinion, signatures[i]);
            _count(opinion);
        }
    }

    /// @inheritdoc IReviewPanels
    function appeal(uint32 workId, uint32 version, bytes32 grounds) external whenNotPaused {
        // Check.
        if (_WORKS.holderOf(workId) != msg.sender)
            revert ReviewPanelsCallerNotHolder(msg.sender, workId);
        bool mayAppeal =
            _mayAppeal(_reviews[workId][version][Panel.Content]) ||
                _mayAppeal(_reviews[workId][version][Panel.Technical]);
        if (!mayAppeal || _appealedAt[workId][version] != 0)
            revert ReviewPanelsAppealRefused(workId, version);

        // Effect.
        _appealedAt[workId][version] = uint40(block.timestamp);

        emit DecisionAppealed(workId, version, grounds);
    }

    /// @inheritdoc IReviewPanels
    function reviewOf(
        uint32 workId,
        uint32 version,
        Panel panel
    ) external view returns (Review memory) {
        return _reviews[workId][version][panel];
    }

    /// @inheritdoc IReviewPanels
    function appealedAt(uint32 workId, uint32 version) external view returns (uint40) {
        return _appealedAt[workId][version];
    }

    /// @inheritdoc IReviewPanels
    function hasOpined(
        uint32 workId,
        uint32 version,
        Panel panel,
        address member
    ) public view returns (bool) {
        return _opined[workId][version][member] & _bitOf(panel) != 0;
    }

    /// @notice Writes an opinion down, and what follows from it.
    /// @param opinion The opinion, which was checked.
    function _count(Opinion calldata opinion) private {
        (uint32 workId, uint32 version, Panel panel) = (
            opinion.workId,
            opinion.version,
            opinion.panel
        );
        Review memory review = _reviews[workId][version][panel];

        // Effect.
        _opined[workId][version][opinion.member] |= _bitOf(panel);
        if (review.openedAt == 0) {
            review.openedAt = uint40(block.timestamp);
            Quorum memory quorum = quorumOf(panel);
            review.approvalsNeeded = quorum.approvals;
            review.rejectionsNeeded = quorum.rejections;
        }
        if (opinion.marks == _allOf(panel)) ++review.approvals;
        else ++review.rejections;
        bool decides = _decide(review, panel, _appealedAt[workId][version] != 0);
        _reviews[workId][version][panel] = review;

        emit OpinionGiven(workId, version, opinion.member, panel, opinion.marks, opinion.reasons);
        if (!decides) return;
        emit VersionDecided(workId, version, panel, review.decision);
        if (_isApproved(workId, version, panel)) _list(workId, version);
    }

    /// @notice Reverts unless an opinion counts.
    /// @param opinion The opinion.
    /// @param signature The member's signature.
    function _checkOpinion(Opinion calldata opinion, bytes calldata signature) private view {
        (Panel panel, address member) = (opinion.panel, opinion.member);
        if (block.timestamp > opinion.until) revert ReviewPanelsOpinionLapsed(opinion.until);
        if (opinion.marks > _allOf(panel) || opinion.reasons == bytes32(0)) {
            revert ReviewPanelsOpinionEmpty(panel, opinion.marks, opinion.reasons);
        }
        if (quorumOf(panel).approvals == 0) revert ReviewPanelsQuorumEmpty(panel);
        if (
            opinion.content == bytes32(0) ||
            _WORKS.contentOf(opinion.workId, opinion.version) != opinion.content
        ) revert ReviewPanelsVersionUnknown(opinion.workId, opinion.version);
        _checkMember(panel, member, opinion.workId);
        _checkTurn(opinion);
        bytes32 hash = _hashTypedDataV4(keccak256(abi.encode(OPINION_TYPEHASH, opinion)));
        _checkSignature(member, hash, signature);
    }

    /// @notice Reverts for an expert when there is no appeal, and for whoever judged the version on another panel.
    /// @param opinion The opinion.
    function _checkTurn(Opinion calldata opinion) private view {
        (uint32 workId, uint32 version) = (opinion.workId, opinion.version);
        if (opinion.panel == Panel.Expert && _appealedAt[workId][version] == 0)
            revert ReviewPanelsNotAppealed(workId, version);
        if (_opined[workId][version][opinion.member] != 0)
            revert ReviewPanelsConflict(workId, opinion.member);
    }

    /// @notice Whether a version may be listed after a panel's decision.
    /// @param workId The work.
    /// @param version The version.
    /// @param panel The panel that decided last.
    /// @return True when the expert committee approves, or both panels do.
    function _isApproved(uint32 workId, uint32 version, Panel panel) private view returns (bool) {
        mapping(Panel panel => Review) storage reviews = _reviews[workId][version];
        if (panel == Panel.Expert) return reviews[panel].decision == Decision.Approved;
        return
            reviews[Panel.Content].decision == Decision.Approved &&
            reviews[Panel.Technical].decision == Decision.Approved;
    }

    /// @notice Whether a panel's review can be appealed.
    /// @param review The review.
    /// @return True when it rejected the version, or took too long.
    function _mayAppeal(Review memory review) private view returns (bool) {
        if (review.decision != Decision.Open || review.openedAt == 0)
            return review.decision == Decision.Rejected;
        return block.timestamp >= review.openedAt + LONGEST_REVIEW;
    }

    /// @notice Decides a review when enough opinions are in, once.
    /// @param review The review, which is changed.
    /// @param panel The panel.
    /// @param isAppealed Whether the version is before the expert committee.
    /// @return True when it is decided by this.
    function _decide(
        Review memory review,
        Panel panel,
        bool isAppealed
    ) private view returns (bool) {
        if (review.decision != Decision.Open || (isAppealed && panel != Panel.Expert)) return false;
        if (review.approvals >= review.approvalsNeeded) review.decision = Decision.Approved;
        else if (review.rejections >= review.rejectionsNeeded) review.decision = Decision.Rejected;
        else return false;
        review.decidedAt = uint40(block.timestamp);
        return true;
    }

    /// @notice Whether a work was taken down at a time.
    /// @param workId The work.
    /// @param time Unix time in seconds.
    /// @return True when it was.
    function _wasTakenDown(uint32 workId, uint40 time) internal view override returns (bool) {
        return IWorkStandings(address(_WORKS)).wasTakenDown(workId, time);
    }

    /// @notice The bit of a panel.
    /// @param panel The panel.
    /// @return The bit.
    function _bitOf(Panel panel) private pure returns (uint256) {
        return 1 << uint256(panel);
    }

    /// @notice The marks of an opinion that approves.
    /// @param panel The panel.
    /// @return All dimensions that it judges.
    function _allOf(Panel panel) private pure returns (uint8) {
        return panel == Panel.Content ? FOUR_DIMENSIONS : 1;
    }
}
