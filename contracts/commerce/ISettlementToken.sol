// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ISettlementToken
/// @notice Money on the ledger: minted against deposits at the consortium's bank, burnt against payouts. Amounts are in fen, the
/// hundredth part of a yuan.
interface ISettlementToken {
    /// @notice Emitted when an account may mint from now on, or no longer.
    /// @param minter The account.
    /// @param allowed Whether it may.
    event MinterChanged(address indexed minter, bool allowed);

    /// @notice Emitted when the limit changes.
    /// @param amount What may be minted at once, in fen, when nothing was minted for a whole period.
    /// @param period Seconds in which the whole amount becomes free again, evenly.
    event MintLimitChanged(uint128 amount, uint40 period);

    /// @notice Emitted when money is minted against a deposit.
    /// @param depositReceipt Hash of the bank's deposit receipt; never used again.
    /// @param to Who gets it.
    /// @param minter Who minted it.
    /// @param amount Fen.
    event Minted(
        bytes32 indexed depositReceipt,
        address indexed to,
        address indexed minter,
        uint256 amount
    );

    /// @notice Emitted when money is burnt against a payout.
    /// @param payoutReceipt Hash of the payout order, which names the bank account off the ledger.
    /// @param holder Whose money it was.
    /// @param amount Fen.
    event Redeemed(bytes32 indexed payoutReceipt, address indexed holder, uint256 amount);

    /// @notice The caller is not a minter.
    error SettlementTokenCallerNotMinter(address caller);

    /// @notice The amount or the receipt is zero.
    error SettlementTokenEmpty();

    /// @notice Money was minted for this deposit before.
    error SettlementTokenDepositUsed(bytes32 depositReceipt);

    /// @notice The holder redeemed under this payout receipt before.
    error SettlementTokenPayoutUsed(address holder, bytes32 payoutReceipt);

    /// @notice More is asked for than the limit leaves free now.
    error SettlementTokenLimitReached(uint256 amount, uint256 free);

    /// @notice The period is zero.
    error SettlementTokenPeriodEmpty();

    /// @notice Names a minter, or dismisses one.
    ///
    /// @dev Emits {MinterChanged}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the token is not paused.
    ///
    /// @param minter The account.
    /// @param allowed Whether it may mint.
    function setMinter(address minter, bool allowed) external;

    /// @notice Sets how much all minters together may mint.
    ///
    /// @dev Emits {MintLimitChanged}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the period is not zero; the token is not paused.
    ///
    /// Notes:
    /// - What is used of the old limit stays used; it becomes free at the new rate from now on.
    /// - Before the first vote nothing can be minted.
    ///
    /// @param amount Fen that may be minted at once.
    /// @param period Seconds in which the whole amount becomes free again, evenly.
    function setMintLimit(uint128 amount, uint40 period) external;

    /// @notice Mints against a deposit.
    ///
    /// @dev Emits {Minted}.
    ///
    /// Requirements:
    /// - The caller is a minter; the amount and the receipt are not zero; nothing was minted for this receipt.
    /// - The limit leaves the amount free; the token is not paused.
    ///
    /// @param to Who gets it.
    /// @param amount Fen.
    /// @param depositReceipt Hash of the bank's deposit receipt.
    function mint(address to, uint256 amount, bytes32 depositReceipt) external;

    /// @notice Burns the caller's money against a payout by the bank.
    ///
    /// @dev Emits {Redeemed}.
    ///
    /// Requirements:
    /// - The amount and the receipt are not zero; the caller has the amount and never used the receipt.
    /// - The token is not paused.
    ///
    /// Notes:
    /// - Receipts are kept holder by holder, so that nobody can use up another's.
    ///
    /// @param amount Fen.
    /// @param payoutReceipt Hash of the payout order.
    function redeem(uint256 amount, bytes32 payoutReceipt) external;

    /// @notice Whether an account may mint.
    /// @param account The account.
    /// @return True when it may.
    function isMinter(address account) external view returns (bool);

    /// @notice The limit on minting.
    /// @return amount Fen that may be minted at once.
    /// @return period Seconds in which the whole amount becomes free again.
    /// @return free Fen that may be minted now.
    function mintLimit() external view returns (uint128 amount, uint40 period, uint256 free);

    /// @notice Whether money was minted for a deposit.
    /// @param depositReceipt Hash of the bank's deposit receipt.
    /// @return True when it was.
    function isDepositMinted(bytes32 depositReceipt) external view returns (bool);

    /// @notice Whether a holder redeemed under a payout receipt.
    /// @param holder The holder.
    /// @param payoutReceipt Hash of the payout order.
    /// @return True when it did.
    function isPayoutUsed(address holder, bytes32 payoutReceipt) external view returns (bool);
}
