// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IListings} from "./IListings.sol";
import {IPanels} from "./IPanels.sol";
import {IResolutions} from "./IResolutions.sol";

/// @title IReviewPanels
/// @notice The review of every version of every work: members of two panels sign opinions, a version is listed once both panels
/// approve, and the expert committee rules on appeals.
interface IReviewPanels is IResolutions, IPanels, IListings {
    /// @notice What a panel decided about a version.
    enum Decision {
        Open,
        Approved,
        Rejected
    }

    /// @notice One member's opinion of one version, signed by the member (EIP-712).
    /// @param workId The work.
    /// @param version The version.
    /// @param content SHA-256 digest in the version's CID, so that a signature is for what was read.
    /// @param panel The panel that the member speaks for.
    /// @param marks What holds, one bit each: for the content panel 1 political, 2 scientific, 4 suitable, 8 well-formed; for the
    /// others 1. The opinion approves when all hold.
    /// @param until Unix time in seconds after which the opinion cannot be handed in.
    /// @param member The member.
    /// @param reasons SHA-256 of the written reasons, published on IPFS as one raw block (CIDv1 with this digest).
    struct Opinion {
        uint32 workId;
        uint32 version;
        bytes32 content;
        Panel panel;
        uint8 marks;
        uint40 until;
        address member;
        bytes32 reasons;
    }

    /// @notice How far a panel is with a version.
    /// @param decision What it decided.
    /// @param approvals Opinions that approve.
    /// @param rejections Opinions that do not.
    /// @param approvalsNeeded How many that approve decide; as it was when the first opinion came.
    /// @param rejectionsNeeded How many that do not decide; as it was when the first opinion came.
    /// @param openedAt Unix time in seconds of the first opinion; 0 before.
    /// @param decidedAt Unix time in seconds of the decision; 0 before.
    struct Review {
        Decision decision;
        uint8 approvals;
        uint8 rejections;
        uint8 approvalsNeeded;
        uint8 rejectionsNeeded;
        uint40 openedAt;
        uint40 decidedAt;
    }

    /// @notice Emitted for every opinion.
    /// @param workId The work.
    /// @param version The version.
    /// @param member The member.
    /// @param panel The panel.
    /// @param marks What holds.
    /// @param reasons SHA-256 of the written reasons.
    event OpinionGiven(
        uint32 indexed workId,
        uint32 indexed version,
        address indexed member,
        Panel panel,
        uint8 marks,
        bytes32 reasons
    );

    /// @notice Emitted when a panel has decided.
    /// @param workId The work.
    /// @param version The version.
    /// @param panel The panel; the expert committee's decision is final.
    /// @param decision What it decided.
    event VersionDecided(
        uint32 indexed workId,
        uint32 indexed version,
        Panel indexed panel,
        Decision decision
    );

    /// @notice Emitted when a version is taken from the panels to the expert committee.
    /// @param workId The work.
    /// @param version The version.
    /// @param grounds SHA-256 of the written grounds, published on IPFS as one raw block.
    event DecisionAppealed(uint32 indexed workId, uint32 indexed version, bytes32 grounds);

    /// @notice Opinions and signatures are not as many as one another.
    error ReviewPanelsLengthsDiffer(uint256 opinions, uint256 signatures);

    /// @notice There is no such version, or its content is another.
    error ReviewPanelsVersionUnknown(uint32 workId, uint32 version);

    /// @notice The opinion marks something that its panel does not judge, or gives no reasons.
    error ReviewPanelsOpinionEmpty(Panel panel, uint8 marks, bytes32 reasons);

    /// @notice The opinion was handed in too late.
    error ReviewPanelsOpinionLapsed(uint40 until);

    /// @notice The version is not before the expert committee.
    error ReviewPanelsNotAppealed(uint32 workId, uint32 version);

    /// @notice Nothing can be appealed: no panel rejected the version or was too slow, or it was appealed before.
    error ReviewPanelsAppealRefused(uint32 workId, uint32 version);

    /// @notice The caller does not hold the work.
    error ReviewPanelsCallerNotHolder(address caller, uint32 workId);

    /// @notice Counts opinions. Anyone may hand them in.
    ///
    /// @dev Emits {OpinionGiven} for each, {VersionDecided} when a panel has decided, {VersionListed} when a version is listed.
    ///
    /// Requirements:
    /// - Each opinion is signed by its member (EIP-712, or ERC-1271 for a contract), who sits on the panel now.
    /// - The member has no conflict of interest; the expert committee is asked only after an appeal; the contract is not paused.
    ///
    /// Notes:
    /// - A member is counted once a version and panel: a second opinion is passed over, so that nobody can spoil a batch by
    ///   handing in one of its opinions first.
    /// - An opinion that comes after the decision, or after an appeal, is written down and changes nothing.
    ///
    /// @param opinions The opinions.
    /// @param signatures A signature for each.
    function submitOpinions(Opinion[] calldata opinions, bytes[] calldata signatures) external;

    /// @notice Takes a version that a panel rejected, or left undecided for {LONGEST_REVIEW}, to the expert committee, whose
    /// decision takes the place of both panels'.
    ///
    /// @dev Emits {DecisionAppealed}.
    ///
    /// Requirements:
    /// - The caller holds the work; the version was not appealed before; the contract is not paused.
    ///
    /// @param workId The work.
    /// @param version The version.
    /// @param grounds SHA-256 of the written grounds.
    function appeal(uint32 workId, uint32 version, bytes32 grounds) external;

    /// @notice How long a panel may take from its first opinion.
    /// @return Seconds.
    function LONGEST_REVIEW() external view returns (uint40);

    /// @notice How far a panel is with a version.
    /// @param workId The work.
    /// @param version The version.
    /// @param panel The panel.
    /// @return Its record; all zero before the first opinion.
    function reviewOf(
        uint32 workId,
        uint32 version,
        Panel panel
    ) external view returns (Review memory);

    /// @notice When a version was taken to the expert committee.
    /// @param workId The work.
    /// @param version The version.
    /// @return Unix time in seconds; 0 when it was not.
    function appealedAt(uint32 workId, uint32 version) external view returns (uint40);

    /// @notice Whether a member gave an opinion of a version for a panel.
    /// @param workId The work.
    /// @param version The version.
    /// @param panel The panel.
    /// @param member The member.
    /// @return True when it did.
    function hasOpined(
        uint32 workId,
        uint32 version,
        Panel panel,
        address member
    ) external view returns (bool);
}
