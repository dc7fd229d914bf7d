// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";
import {Pausing} from "../directory/Pausing.sol";
import {Governed} from "../governance/Governed.sol";
import {ISettlementToken} from "./ISettlementToken.sol";

/// @title SettlementToken
/// @notice See {ISettlementToken}. An ERC-20 with permit (ERC-2612).
contract SettlementToken is ISettlementToken, ERC20Permit, Pausing, Governed {
    using RateLimiter for RateLimiter.RefillingBucket;

    /// One limit for all minters together.
    bytes32 private constant ALL = bytes32(0);

    RateLimiter.RefillingBucket private _limit;
    mapping(address account => bool allowed) private _minters;
    mapping(bytes32 depositReceipt => bool minted) private _deposits;
    mapping(address holder => mapping(bytes32 payoutReceipt => bool used)) private _payouts;

    /// @notice Starts with no money, no minter and a limit of nothing.
    /// @param directory_ The Directory that may pause it.
    /// @param timelock_ The NetworkTimelock.
    constructor(
        address directory_,
        address timelock_
    )
        ERC20("Guildhall settlement", "GHS")
        ERC20Permit("Guildhall settlement")
        Pausing(directory_)
        Governed(timelock_)
    {}

    /// @inheritdoc ISettlementToken
    function setMinter(address minter, bool allowed) external onlyTimelock whenNotPaused {
        // Effect.
        _minters[minter] = allowed;

        emit MinterChanged(minter, allowed);
    }

    /// @inheritdoc ISettlementToken
    function setMintLimit(uint128 amount, uint40 period) external onlyTimelock whenNotPaused {
        // Check.
        if (period == 0) revert SettlementTokenPeriodEmpty();

        // Effect: what has become free so far is counted at the old rate.
        _limit.sync(ALL);
        _limit.updateSettings(period, amount);

        emit MintLimitChanged(amount, period);
    }

    /// @inheritdoc ISettlementToken
    function mint(address to, uint256 amount, bytes32 depositReceipt) external whenNotPaused {
        // Check.
        if (!_minters[msg.sender]) revert SettlementTokenCallerNotMinter(msg.sender);
        if (amount == 0 || depositReceipt == bytes32(0)) revert SettlementTokenEmpty();
        if (_deposits[depositReceipt]) revert SettlementTokenDepositUsed(depositReceipt);
        uint256 free = _limit.available(ALL);
        if (amount > free) revert SettlementTokenLimitReached(amount, free);

        // Effect.
        _limit.consume(ALL, amount);
        _deposits[depositReceipt] = true;
        _mint(to, amount);

        emit Minted(depositReceipt, to, msg.sender, amount);
    }

    /// @inheritdoc ISettlementToken
    function redeem(uint256 amount, bytes32 payoutReceipt) external whenNotPaused {
        // Check: that the holder has the amount is for the burning to check.
        if (amount == 0 || payoutReceipt == bytes32(0)) revert SettlementTokenEmpty();
        if (_payouts[msg.sender][payoutReceipt])
            revert SettlementTokenPayoutUsed(msg.sender, payoutReceipt);

        // Effect.
        _payouts[msg.sender][payoutReceipt] = true;
        _burn(msg.sender, amount);

        emit Redeemed(payoutReceipt, msg.sender, amount);
    }

    /// @inheritdoc ISettlementToken
    function isMinter(address account) external view returns (bool) {
        return _minters[account];
    }

    /// @inheritdoc ISettlementToken
    function mintLimit() external view returns (uint128 amount, uint40 period, uint256 free) {
        return (uint128(_limit._capacity), uint40(_limit._window), _limit.available(ALL));
    }

    /// @inheritdoc ISettlementToken
    function isDepositMinted(bytes32 depositReceipt) external view returns (bool) {
        return _deposits[depositReceipt];
    }

    /// @inheritdoc ISettlementToken
    function isPayoutUsed(address holder, bytes32 payoutReceipt) external view returns (bool) {
        return _payouts[holder][payoutReceipt];
    }

    /// @inheritdoc ERC20
    function decimals() public pure override returns (uint8) {
        return 2;
    }

    /// @notice Moves, mints or burns money, unless the token is paused.
    /// @param from Whose it was; the zero address when it is minted.
    /// @param to Whose it will be; the zero address when it is burnt.
    /// @param value Fen.
    function _update(address from, address to, uint256 value) internal override whenNotPaused {
        super._update(from, to, value);
    }

    /// @notice Lets another spend, unless the token is paused.
    /// @param owner Whose money it is.
    /// @param spender Who may spend it.
    /// @param value Fen.
    /// @param emitEvent Whether an event tells of it.
    function _approve(
        address owner,
        address spender,
        uint256 value,
        bool emitEvent
    ) internal override whenNotPaused {
        super._approve(owner, spender, value, emitEvent);
    }
}
