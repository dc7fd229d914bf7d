// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IStatusLists
/// @notice The heads of each base's Bitstring Status Lists, one after the other, so that "since when" can be answered from the
/// ledger: the first head whose list has the bit.
interface IStatusLists {
    /// @notice The latest head of a list.
    /// @param digest SHA-256 of the published status list credential.
    /// @param sequence 1 for the first head, then in order.
    /// @param time Unix time in seconds of the block that published it.
    /// @param blockNumber That block, where its event with the CID is found.
    struct StatusHead {
        bytes32 digest;
        uint32 sequence;
        uint40 time;
        uint40 blockNumber;
    }

    /// @notice Emitted when a base publishes a state of a status list. The time is the block's.
    /// @param baseId The base.
    /// @param listId The list's number, which the base gives.
    /// @param sequence 1 for the first head, then in order.
    /// @param digest SHA-256 of the status list credential.
    /// @param previous The head before; zero for the first.
    /// @param cid Where the status list credential is on IPFS.
    event StatusListPublished(
        uint32 indexed baseId,
        uint32 indexed listId,
        uint32 indexed sequence,
        bytes32 digest,
        bytes32 previous,
        string cid
    );

    /// @notice The caller does not act for the base.
    error StatusListsCallerNotBase(address caller, uint32 baseId);

    /// @notice The list's number is 0, or the digest is zero.
    error StatusListsListEmpty();

    /// @notice Another head than the one named is the latest one.
    error StatusListsHeadMoved(bytes32 expected, bytes32 actual);

    /// @notice Publishes the next state of a status list; the first one begins the list.
    ///
    /// @dev Emits {StatusListPublished}.
    ///
    /// Requirements:
    /// - The caller acts for the base. No entitlement is needed: a base that has lapsed must still be able to revoke.
    /// - `previous` is the latest head's digest, zero for a new list; the contract is not paused.
    ///
    /// Notes:
    /// - The base numbers its lists itself, so that it can issue under a new list before the ledger has seen it.
    ///
    /// @param baseId The base.
    /// @param listId The list's number, from 1.
    /// @param previous The head that this one follows.
    /// @param digest SHA-256 of the status list credential.
    /// @param cid Where the status list credential is on IPFS.
    function publishHead(
        uint32 baseId,
        uint32 listId,
        bytes32 previous,
        bytes32 digest,
        string calldata cid
    ) external;

    /// @notice The latest head of a list.
    /// @param baseId The base.
    /// @param listId The list.
    /// @return Its record; all zero for a list that was never published.
    function headOf(uint32 baseId, uint32 listId) external view returns (StatusHead memory);
}
