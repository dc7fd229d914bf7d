// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IAuthorship
/// @notice Claims of authorship, signed by those who make them (EIP-712; ERC-1271 for accounts that are contracts).
interface IAuthorship {
    /// @notice Emitted when an author's claim is put on the ledger.
    /// @param workId The work.
    /// @param version The version that the author made.
    /// @param author The author's account.
    /// @param contributors The EIP-712 hash of the list of shares that the author agreed to.
    event AuthorshipClaimed(
        uint32 indexed workId,
        uint32 indexed version,
        address indexed author,
        bytes32 contributors
    );

    /// @notice The author has claimed this version before.
    error ResourceRegistryAlreadyClaimed(uint32 workId, uint32 version, address author);

    /// @notice Puts an author's claim on the ledger: "I made this content, and these are our shares".
    ///
    /// @dev Emits {AuthorshipClaimed}.
    ///
    /// Requirements:
    /// - The author calls, or has signed `Authorship(contentDigest, contributors, homeBase, author)`.
    /// - The author has not claimed this version before; the contract is not paused.
    ///
    /// Notes:
    /// - The signature names no work, so it can be collected before the work is registered.
    /// - Claiming gives no rights. Who holds a work and who is paid is decided by its registration and its list of shares.
    ///
    /// @param workId The work.
    /// @param version The version.
    /// @param author The author's account.
    /// @param contributors The EIP-712 hash of the list of shares.
    /// @param signature The author's; empty when the author calls.
    function claimAuthorship(
        uint32 workId,
        uint32 version,
        address author,
        bytes32 contributors,
        bytes calldata signature
    ) external;

    /// @notice When an author claimed a version.
    /// @param workId The work.
    /// @param version The version.
    /// @param author The author's account.
    /// @return Unix time in seconds; 0 when there is no claim.
    function claimedAt(
        uint32 workId,
        uint32 version,
        address author
    ) external view returns (uint40);
}
