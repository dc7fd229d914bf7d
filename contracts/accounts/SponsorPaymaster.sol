// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Paymaster} from "@openzeppelin/contracts/account/paymaster/Paymaster.sol";
import {ERC4337Utils} from "@openzeppelin/contracts/account/utils/ERC4337Utils.sol";
import {IEntryPoint, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ISponsorPaymaster} from "./ISponsorPaymaster.sol";

/// @title SponsorPaymaster
/// @notice See {ISponsorPaymaster}. What an operation may cost at most counts against the limit, also when it costs less.
contract SponsorPaymaster is Paymaster, ISponsorPaymaster {
    struct Used {
        uint40 day;
        uint32 operations;
        uint128 cost;
    }

    address private immutable _BASE;

    Limits private _limits;
    mapping(address account => bool sponsored) private _sponsored;
    mapping(address account => Used used) private _used;

    modifier onlyBase() {
        if (msg.sender != _BASE) revert SponsorPaymasterCallerNotBase(msg.sender);
        _;
    }

    /// @notice Starts without accounts.
    /// @param base_ The base's account.
    /// @param limits_ What it pays for each account in a day.
    constructor(address base_, Limits memory limits_) {
        _BASE = base_;
        _limits = limits_;
        emit SponsorLimitsChanged(limits_.operations, limits_.cost);
    }

    /// @inheritdoc ISponsorPaymaster
    function sponsor(address account, bool sponsored) external onlyBase {
        _sponsored[account] = sponsored;
        emit SponsorshipChanged(account, sponsored);
    }

    /// @inheritdoc ISponsorPaymaster
    function setLimits(Limits calldata limits_) external onlyBase {
        _limits = limits_;
        emit SponsorLimitsChanged(limits_.operations, limits_.cost);
    }

    /// @inheritdoc ISponsorPaymaster
    function deposit() external payable {
        _deposit(msg.value);
    }

    /// @inheritdoc ISponsorPaymaster
    function withdraw(address payable to, uint256 amount) external onlyBase {
        _withdraw(to, amount);
    }

    /// @inheritdoc ISponsorPaymaster
    function base() external view returns (address) {
        return _BASE;
    }

    /// @inheritdoc ISponsorPaymaster
    function isSponsored(address account) external view returns (bool) {
        return _sponsored[account];
    }

    /// @inheritdoc ISponsorPaymaster
    function limits() external view returns (Limits memory) {
        return _limits;
    }

    /// @notice The EntryPoint 0.8, as for the accounts.
    /// @return The EntryPoint.
    function entryPoint() public pure override returns (IEntryPoint) {
        return ERC4337Utils.ENTRYPOINT_V08;
    }

    /// @notice Pays for an account of the base within its limits. Whether the account's signature is good is for the account to say.
    /// @param operation The operation.
    /// @param maxCost What it may cost at most, in wei.
    /// @return context Nothing: there is nothing to do afterwards.
    /// @return validationData 0: good at any time.
    function _validatePaymasterUserOp(
        PackedUserOperation calldata operation,
        bytes32,
        uint256 maxCost
    ) internal override returns (bytes memory context, uint256 validationData) {
        // Check.
        address account = operation.sender;
        if (!_sponsored[account]) revert SponsorPaymasterAccountUnknown(account);
        uint40 day = uint40(block.timestamp / 1 days);
        Used memory used = _used[account];
        if (used.day != day) used = Used(day, 0, 0);
        if (used.operations >= _limits.operations || used.cost + maxCost > _limits.cost)
            revert SponsorPaymasterLimitReached(account, day);

        // Effect.
        _used[account] = Used(day, used.operations + 1, used.cost + uint128(maxCost));
        return ("", 0);
    }
}
