// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IPanels
/// @notice Who sits on the panels that review works, for what term, and how many of them decide.
interface IPanels {
    /// @notice The panels. Content and technical review every version; the expert committee rules on appeals and disputes.
    enum Panel {
        Content,
        Technical,
        Expert
    }

    /// @notice A member's term on a panel.
    /// @param from Unix time in seconds from which the member may give opinions.
    /// @param until Unix time in seconds at which the term ends.
    /// @param baseId The base that the member belongs to; 0 for none.
    struct Seat {
        uint40 from;
        uint40 until;
        uint32 baseId;
    }

    /// @notice How many opinions decide.
    /// @param approvals Opinions that approve a version.
    /// @param rejections Opinions that reject it.
    struct Quorum {
        uint8 approvals;
        uint8 rejections;
    }

    /// @notice Emitted when a member gets a term, or another one.
    /// @param panel The panel.
    /// @param member The member's account.
    /// @param baseId The base that the member belongs to; 0 for none.
    /// @param from When the term begins.
    /// @param until When it ends.
    event MemberSeated(
        Panel indexed panel,
        address indexed member,
        uint32 indexed baseId,
        uint40 from,
        uint40 until
    );

    /// @notice Emitted when a member's term ends before its time.
    /// @param panel The panel.
    /// @param member The member's account.
    event MemberUnseated(Panel indexed panel, address indexed member);

    /// @notice Emitted when another number of opinions decides.
    /// @param panel The panel.
    /// @param approvals Opinions that approve a version.
    /// @param rejections Opinions that reject it.
    event QuorumChanged(Panel indexed panel, uint8 approvals, uint8 rejections);

    /// @notice The term is empty or over, or the account is the zero address.
    error ReviewPanelsTermRefused(address member, uint40 from, uint40 until);

    /// @notice The account has no term on the panel that holds now.
    error ReviewPanelsNotSeated(Panel panel, address member);

    /// @notice The member did not sign this.
    error ReviewPanelsSignatureRefused(address member);

    /// @notice The member holds the work, belongs to its base or its holder's, or judged the version on another panel before.
    error ReviewPanelsConflict(uint32 workId, address member);

    /// @notice No opinion, or none of a kind, could ever decide.
    error ReviewPanelsQuorumEmpty(Panel panel);

    /// @notice Seats a member; a member who has a term on the panel gets this one instead.
    ///
    /// @dev Emits {MemberSeated}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the term is not over; the contract is not paused.
    ///
    /// @param panel The panel.
    /// @param member The member's account.
    /// @param baseId The base that the member belongs to, whose works the member cannot review; 0 for none.
    /// @param from When the term begins.
    /// @param until When it ends.
    function seatMember(
        Panel panel,
        address member,
        uint32 baseId,
        uint40 from,
        uint40 until
    ) external;

    /// @notice Ends a member's term. Opinions that the member gave stay.
    ///
    /// @dev Emits {MemberUnseated}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the member has a term that is not over; the contract is not paused.
    ///
    /// @param panel The panel.
    /// @param member The member's account.
    function unseatMember(Panel panel, address member) external;

    /// @notice Sets how many opinions decide. Reviews that have begun keep the number that they began with.
    ///
    /// @dev Emits {QuorumChanged}.
    ///
    /// Requirements:
    /// - The caller is the timelock; both numbers are at least 1; the contract is not paused.
    ///
    /// @param panel The panel.
    /// @param approvals Opinions that approve a version.
    /// @param rejections Opinions that reject it.
    function setQuorum(Panel panel, uint8 approvals, uint8 rejections) external;

    /// @notice A member's term.
    /// @param panel The panel.
    /// @param member The member's account.
    /// @return The term, past or present; all zero for an account that never had one.
    function seatOf(Panel panel, address member) external view returns (Seat memory);

    /// @notice How many opinions decide a review that begins now.
    /// @param panel The panel.
    /// @return The numbers; zero before they were first set.
    function quorumOf(Panel panel) external view returns (Quorum memory);
}
