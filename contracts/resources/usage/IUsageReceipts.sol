// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IUsageReceipts
/// @notice How often works are used, by whom and in how many classes, counted from receipts that the using bases sign in batches,
/// and what is due for it.
///
/// A receipt is one use of a work by one class on one day. Its id is SHA-256(base, work, class, day); class and teacher are HMACs
/// under the base's own secret. A batch is the root of the Merkle tree (RFC 9162) over its receipts in the order of its lines.
/// No receipt is counted twice: batches of a base for a work never share a day, and whoever shows two receipts of one id in a
/// batch, or one where it does not belong, has the whole batch struck.
interface IUsageReceipts {
    /// @notice A batch of receipts.
    /// @param baseId The base that used the works.
    /// @param sequence 1 for the base's first batch, then in order.
    /// @param fromDay The first day that it covers, in whole days since 1970-01-01 UTC.
    /// @param toDay The last day that it covers; it may be today.
    /// @param size How many receipts it has (RFC 9162's tree size).
    /// @param root The root of their Merkle tree.
    struct Batch {
        uint32 baseId;
        uint32 sequence;
        uint32 fromDay;
        uint32 toDay;
        uint32 size;
        bytes32 root;
    }

    /// @notice The uses of one work in a batch.
    /// @param workId The work.
    /// @param licenceId The base's licence; 0 for a work that the base vouches for itself.
    /// @param uses How many receipts there are for it.
    /// @param teachers How many teachers used it whom this base never counted for it before.
    /// @param classes How many classes used it that this base never counted for it before.
    struct Line {
        uint32 workId;
        uint32 licenceId;
        uint32 uses;
        uint32 teachers;
        uint32 classes;
    }

    /// @notice One receipt. Its leaf is SHA-256(0x00, baseId, workId, day, class, teacher), the numbers as four bytes each.
    /// @param baseId The base.
    /// @param workId The work.
    /// @param day Whole days since 1970-01-01 UTC.
    /// @param class HMAC of the class under the base's secret.
    /// @param teacher HMAC of the teacher under the base's secret.
    struct Receipt {
        uint32 baseId;
        uint32 workId;
        uint32 day;
        bytes32 class;
        bytes32 teacher;
    }

    /// @notice A receipt with its place in a batch.
    /// @param receipt The receipt.
    /// @param index Its place, from 0.
    /// @param path The hashes beside its way to the root, from the bottom (RFC 9162, 2.1.3).
    struct Shown {
        Receipt receipt;
        uint32 index;
        bytes32[] path;
    }

    /// @notice What is known of a work's use.
    /// @param uses Receipts.
    /// @param teachers Teachers, each counted once a base, as the bases claim.
    /// @param classes Classes, each counted once, as the bases claim.
    /// @param bases Bases that used it.
    struct Usage {
        uint64 uses;
        uint64 teachers;
        uint64 classes;
        uint32 bases;
    }

    /// @notice What a base owes under a licence.
    /// @param owed Everything that its receipts came to, in the smallest unit of the offer's token.
    /// @param paid How much of it is paid.
    struct Due {
        uint128 owed;
        uint128 paid;
    }

    /// @notice Emitted for every batch, after its lines.
    /// @param baseId The base.
    /// @param sequence The batch's number.
    /// @param root The root of its Merkle tree.
    /// @param fromDay The first day.
    /// @param toDay The last day.
    /// @param size How many receipts it has.
    /// @param cid Where the receipts are on IPFS, so that anyone can check them.
    event UsageRecorded(
        uint32 indexed baseId,
        uint32 indexed sequence,
        bytes32 indexed root,
        uint32 fromDay,
        uint32 toDay,
        uint32 size,
        string cid
    );

    /// @notice Emitted for every line of a batch.
    /// @param workId The work.
    /// @param baseId The base.
    /// @param licenceId The licence; 0 for a work of its own.
    /// @param sequence The batch's number.
    /// @param toDay The last day that it covers.
    /// @param uses How many receipts.
    /// @param teachers Teachers counted for the first time.
    /// @param classes Classes counted for the first time.
    /// @param due What they come to.
    event UsageCounted(
        uint32 indexed workId,
        uint32 indexed baseId,
        uint32 indexed licenceId,
        uint32 sequence,
        uint32 toDay,
        uint32 uses,
        uint32 teachers,
        uint32 classes,
        uint128 due
    );

    /// @notice Emitted when a batch is struck for being false. What it counted is taken off.
    /// @param baseId The base.
    /// @param sequence The batch's number.
    /// @param by Who showed it.
    event UsageStruck(uint32 indexed baseId, uint32 indexed sequence, address indexed by);

    /// @notice Emitted when less is due under a licence because a batch was struck.
    /// @param licenceId The licence.
    /// @param amount How much less; what is paid stays paid.
    event DueLowered(uint32 indexed licenceId, uint128 amount);

    /// @notice Emitted when what is due under a licence is paid.
    /// @param licenceId The licence.
    /// @param settlement The number that the RoyaltyLedger's payment has as its cause.
    /// @param payer Who paid.
    /// @param amount How much.
    event UsageSettled(
        uint32 indexed licenceId,
        uint32 indexed settlement,
        address indexed payer,
        uint128 amount
    );

    /// @notice The caller does not act for the base.
    error UsageReceiptsCallerNotBase(address caller, uint32 baseId);

    /// @notice Another batch is the base's next.
    error UsageReceiptsOutOfOrder(uint32 sequence, uint32 next);

    /// @notice The days end before they begin, or in the future.
    error UsageReceiptsDaysRefused(uint32 fromDay, uint32 toDay);

    /// @notice The batch has no root or no lines, or its lines are not as many receipts as it says.
    error UsageReceiptsBatchIncomplete(uint256 size, uint256 uses);

    /// @notice The line has no uses, more teachers or classes than uses, or is not by rising work.
    error UsageReceiptsLineRefused(uint32 workId);

    /// @notice The base has counted this work for one of these days before.
    error UsageReceiptsDayCounted(uint32 workId, uint32 lastDay);

    /// @notice The licence is not the base's for this work, or did not hold on one of the days.
    error UsageReceiptsLicenceRefused(uint32 licenceId, uint32 workId);

    /// @notice This is not a batch that stands, or these are not its lines.
    error UsageReceiptsBatchUnknown(uint32 baseId, uint32 sequence);

    /// @notice The receipt is not in the batch at that place.
    error UsageReceiptsNotInBatch(uint32 index);

    /// @notice What is shown proves nothing against the batch.
    error UsageReceiptsNothingProved();

    /// @notice Nothing is due, or the licences are not paid in one token.
    error UsageReceiptsNothingDue(uint32 licenceId);

    /// @notice Another sum was sent than the one that is due.
    error UsageReceiptsSumRefused(uint256 sent, uint256 due);

    /// @notice Counts a batch of receipts.
    ///
    /// @dev Emits {UsageCounted} for each line and {UsageRecorded}.
    ///
    /// Requirements:
    /// - The caller acts for the base; the batch is its next; its days are past or today; the contract is not paused.
    /// - The lines are by rising work, and their uses are the batch's size.
    /// - The base counted none of these days for any of these works before.
    /// - Each line has a licence of the base for the work that held from the end of the first day to the beginning of the last, or the
    ///   base vouches for the work itself.
    ///
    /// Notes:
    /// - Teachers and classes are what the base claims; the receipts, published under `cid`, let anyone count again.
    ///
    /// @param batch The batch.
    /// @param lines Its lines.
    /// @param cid Where the receipts are on IPFS.
    function recordUsage(Batch calldata batch, Line[] calldata lines, string calldata cid) external;

    /// @notice Strikes a batch that is false: two of its receipts have one id, or one is for another base, for a day outside or for
    /// another work than its place says. Anyone may show it.
    ///
    /// @dev Emits {UsageStruck} and {DueLowered}.
    ///
    /// Requirements:
    /// - The batch stands, with these lines; the receipts are in it and prove it false; the contract is not paused.
    ///
    /// Notes:
    /// - The base cannot count these days again: who signs a false batch loses them.
    ///
    /// @param batch The batch.
    /// @param lines Its lines.
    /// @param shown One receipt that does not belong, or two with one id.
    function strikeBatch(
        Batch calldata batch,
        Line[] calldata lines,
        Shown[] calldata shown
    ) external;

    /// @notice Pays what is due under licences to their works, in one transfer. Anyone may pay.
    ///
    /// @dev Emits {UsageSettled} for each.
    ///
    /// Requirements:
    /// - Something is due under each, all in one token; it is sent with the call (the ledger's own coin, exactly), or the caller has
    ///   approved it to this contract. No work is frozen or taken down; the contract is not paused.
    ///
    /// @param licenceIds The licences.
    /// @return total How much was paid, in the token's smallest unit.
    function settleUsage(uint32[] calldata licenceIds) external payable returns (uint256 total);

    /// @notice How many batches a base has recorded.
    /// @param baseId The base.
    /// @return The number of its last batch.
    function sequenceOf(uint32 baseId) external view returns (uint32);

    /// @notice What a batch is kept as: keccak256 of the encoded batch and lines.
    /// @param baseId The base.
    /// @param sequence The batch's number.
    /// @return The hash; zero for a batch that does not exist or was struck.
    function batchHashOf(uint32 baseId, uint32 sequence) external view returns (bytes32);

    /// @notice How a work was used.
    /// @param workId The work.
    /// @return Its counts.
    function usageOf(uint32 workId) external view returns (Usage memory);

    /// @notice How a base used a work.
    /// @param baseId The base.
    /// @param workId The work.
    /// @return Its counts; `bases` is 1 when the base used it.
    function usageBy(uint32 baseId, uint32 workId) external view returns (Usage memory);

    /// @notice What was due and paid under a licence.
    /// @param licenceId The licence.
    /// @return The sums.
    function dueOf(uint32 licenceId) external view returns (Due memory);

    /// @notice A receipt's leaf in the Merkle tree.
    /// @param receipt The receipt.
    /// @return SHA-256 of its bytes after a zero byte.
    function leafOf(Receipt calldata receipt) external pure returns (bytes32);
}
