// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IWorkShares} from "../works/IWorkShares.sol";

/// @title IRoyaltyLedger
/// @notice What works earn, and how it reaches everyone along the derivation. One pool holds all money. What is paid to a work is
/// added to one word, whatever its depth; anyone lets it flow on to the parents, and each contributor withdraws.
///
/// An account is a work in one epoch with one token. Of each account the ledger keeps two sums that only grow (but see {flow} after
/// a ruling): what it has received, and how much of that has flowed. Everyone's part is the floor of (flowed x share), never a
/// part of one payment, so what is lost to rounding is less than one unit for each parent and contributor of an account, for
/// ever, however many payments there were.
interface IRoyaltyLedger {
    /// @notice The sums of an account.
    /// @param received All that arrived: paid to the work, or flowed from works made from it.
    /// @param flowed How much of it has been shared out.
    struct Sums {
        uint128 received;
        uint128 flowed;
    }

    /// @notice What a contributor withdraws.
    /// @param workId The work.
    /// @param epoch The epoch in which the money arrived.
    /// @param token The token; the zero address for the ledger's native coin.
    /// @param ownShare What the parents leave to the contributors in that epoch, in millionths.
    /// @param index The contributor's place in the list, from 0.
    /// @param to Where it goes; anywhere when the contributor calls, else to the contributor.
    /// @param contributors The list of that epoch.
    struct Withdrawal {
        uint32 workId;
        uint24 epoch;
        address token;
        uint24 ownShare;
        uint256 index;
        address to;
        IWorkShares.Contributor[] contributors;
    }

    /// @notice Emitted when a work is paid.
    /// @param workId The work.
    /// @param token The token; the zero address for the native coin.
    /// @param payer Who paid.
    /// @param epoch The epoch whose list shares it.
    /// @param amount How much, in the token's smallest units.
    /// @param cause What for: a licence, a batch of usage receipts; zero for a gift.
    event WorkPaid(
        uint32 indexed workId,
        address indexed token,
        address indexed payer,
        uint24 epoch,
        uint256 amount,
        bytes32 cause
    );

    /// @notice Emitted when an account's money flowed: everyone's part grew to the floor of (flowed x share).
    /// @param workId The work.
    /// @param token The token.
    /// @param epoch The epoch.
    /// @param flowed How much of what arrived has been shared out now.
    event RoyaltiesFlowed(
        uint32 indexed workId,
        address indexed token,
        uint24 indexed epoch,
        uint256 flowed
    );

    /// @notice Emitted when money reached a parent.
    /// @param parentId The parent.
    /// @param token The token.
    /// @param workId The work that it came from.
    /// @param parentEpoch The parent's epoch, whose list shares it.
    /// @param amount How much.
    event RoyaltyArrived(
        uint32 indexed parentId,
        address indexed token,
        uint32 indexed workId,
        uint24 parentEpoch,
        uint256 amount
    );

    /// @notice Emitted when money that had not flowed before a ruling went to the epoch that the ruling began.
    /// @param workId The work.
    /// @param token The token.
    /// @param from The epoch in which it arrived.
    /// @param to The epoch that the ruling began.
    /// @param amount How much.
    event RoyaltiesRerouted(
        uint32 indexed workId,
        address indexed token,
        uint24 from,
        uint24 to,
        uint256 amount
    );

    /// @notice Emitted when a contributor is paid out.
    /// @param workId The work.
    /// @param token The token.
    /// @param account The contributor.
    /// @param epoch The epoch in which the money arrived.
    /// @param to Where it went.
    /// @param amount How much.
    event RoyaltiesWithdrawn(
        uint32 indexed workId,
        address indexed token,
        address indexed account,
        uint24 epoch,
        address to,
        uint256 amount
    );

    /// @notice Emitted when a token is accepted from now on, or not any more.
    /// @param token The token.
    /// @param accepted Whether it is.
    event TokenAccepted(address indexed token, bool accepted);

    /// @notice Works are not paid with this token.
    error RoyaltyLedgerTokenRefused(address token);

    /// @notice The amount is zero, or too large to be counted.
    error RoyaltyLedgerAmountRefused(uint256 amount);

    /// @notice The native coin that was sent is not the amount named.
    error RoyaltyLedgerValueMismatch(uint256 sent, uint256 amount);

    /// @notice The token moved something other than the amount.
    error RoyaltyLedgerTransferMismatch(address token, uint256 moved, uint256 amount);

    /// @notice The two lists are not of the same length, or are empty.
    error RoyaltyLedgerListMismatch(uint256 works, uint256 amounts);

    /// @notice The list of shares is not the one of that epoch, or has no such place.
    error RoyaltyLedgerSharesUnknown(uint32 workId, uint24 epoch);

    /// @notice Only the contributor may send the money elsewhere.
    error RoyaltyLedgerCallerNotContributor(address caller, address account);

    /// @notice There is nothing to withdraw.
    error RoyaltyLedgerNothingOwed(uint32 workId, uint24 epoch, address account);

    /// @notice The native coin could not be sent there.
    error RoyaltyLedgerReceiverRefused(address to);

    /// @notice Pays a work. The gas is the same whatever the work was made from.
    ///
    /// @dev Emits {WorkPaid}.
    ///
    /// Requirements:
    /// - The work is neither frozen nor taken down (see {IWorkShares.requirePayable}).
    /// - The token is accepted, and the caller has allowed the ledger to take the amount; for the native coin, the amount is sent along.
    /// - Exactly the amount arrives; the contract is not paused.
    ///
    /// @param workId The work.
    /// @param token The token; the zero address for the native coin.
    /// @param amount How much, in the token's smallest units, above 0.
    /// @param cause What for; zero for a gift.
    function pay(uint32 workId, address token, uint256 amount, bytes32 cause) external payable;

    /// @notice Pays many works with one transfer.
    ///
    /// @dev Emits {WorkPaid} for each.
    ///
    /// Requirements:
    /// - As for {pay}, for each work. One that may not be paid refuses the whole call.
    ///
    /// @param token The token; the zero address for the native coin.
    /// @param workIds The works.
    /// @param amounts How much for each, above 0.
    /// @param cause What for; zero for a gift.
    function payMany(
        address token,
        uint32[] calldata workIds,
        uint256[] calldata amounts,
        bytes32 cause
    ) external payable;

    /// @notice Lets what arrived at works in their present epoch flow on to their parents. Anyone may call.
    ///
    /// @dev Emits {RoyaltiesFlowed} and {RoyaltyArrived}.
    ///
    /// Requirements:
    /// - The contract is not paused.
    ///
    /// Notes:
    /// - A work that is frozen, unknown or has nothing to flow is passed over, so that nobody can spoil a batch.
    /// - To bring a chain's money up in one call, name the deepest work first. About 1,000 fit one transaction.
    ///
    /// @param token The token; the zero address for the native coin.
    /// @param workIds The works.
    function flow(address token, uint32[] calldata workIds) external;

    /// @notice Lets what arrived in an earlier epoch flow on, or, when a ruling came after that epoch, go to the epoch that the ruling began.
    ///
    /// @dev Emits {RoyaltiesFlowed} and {RoyaltyArrived}, or {RoyaltiesRerouted}.
    ///
    /// Requirements:
    /// - The contract is not paused.
    ///
    /// Notes:
    /// - Does nothing when the work is frozen or nothing is there.
    ///
    /// @param token The token; the zero address for the native coin.
    /// @param workId The work.
    /// @param epoch The epoch.
    function flowEpoch(address token, uint32 workId, uint24 epoch) external;

    /// @notice Pays a contributor everything that it is owed of one account. Anyone may call.
    ///
    /// @dev Emits {RoyaltiesWithdrawn}.
    ///
    /// Requirements:
    /// - The list is the one of that epoch; something is owed; the contract is not paused.
    /// - The money goes to the contributor, or the contributor calls.
    ///
    /// Notes:
    /// - Only what has flowed can be withdrawn: call {flow} first, in the same `multicall`.
    ///
    /// @param withdrawal What is withdrawn.
    /// @return amount How much.
    function withdraw(Withdrawal calldata withdrawal) external returns (uint256 amount);

    /// @notice Takes what outsiders sent to a work's own address (see {receiverOf}) as a payment of the work. Anyone may call.
    ///
    /// @dev Emits {WorkPaid} with the receiver as the payer.
    ///
    /// Requirements:
    /// - As for {pay}.
    ///
    /// @param workId The work.
    /// @param token The token; the zero address for the native coin.
    /// @return amount How much.
    function collect(uint32 workId, address token) external returns (uint256 amount);

    /// @notice Begins or stops to accept a token. What was paid in it before still flows and can be withdrawn.
    ///
    /// @dev Emits {TokenAccepted}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the contract is not paused.
    ///
    /// Notes:
    /// - Tokens that take a fee or report falsely are refused at each transfer. Tokens whose balances change by themselves must not
    ///   be accepted: nothing here would notice. Nor must tokens of which someone could pay 2^128 units: what a work receives is
    ///   counted in 128 bits, and more is refused.
    ///
    /// @param token The token; not the zero address, as the native coin is always accepted.
    /// @param accepted Whether it is accepted from now on.
    function acceptToken(address token, bool accepted) external;

    /// @notice Whether works are paid with a token.
    /// @param token The token; the zero address for the native coin.
    /// @return True when they are.
    function isAccepted(address token) external view returns (bool);

    /// @notice The sums of an account.
    /// @param workId The work.
    /// @param epoch The epoch.
    /// @param token The token.
    /// @return What was received and how much of it has flowed.
    function sumsOf(uint32 workId, uint24 epoch, address token) external view returns (Sums memory);

    /// @notice What a contributor has withdrawn of an account.
    /// @param workId The work.
    /// @param epoch The epoch.
    /// @param token The token.
    /// @param account The contributor.
    /// @return How much.
    function withdrawnOf(
        uint32 workId,
        uint24 epoch,
        address token,
        address account
    ) external view returns (uint256);

    /// @notice An address of the work's own to which outsiders, such as a market that knows ERC-2981, can send money.
    /// @param workId The work.
    /// @return The address, known before there is a contract at it.
    function receiverOf(uint32 workId) external view returns (address);
}
