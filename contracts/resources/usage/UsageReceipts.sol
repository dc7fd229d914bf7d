// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Pausing} from "../../directory/Pausing.sol";
import {Governed} from "../../governance/Governed.sol";
import {IBaseRegistry} from "../../membership/IBaseRegistry.sol";
import {ILicences} from "../licences/ILicences.sol";
import {IRoyaltyLedger} from "../royalties/IRoyaltyLedger.sol";
import {IResourceRegistry} from "../works/IResourceRegistry.sol";
import {IUsageReceipts} from "./IUsageReceipts.sol";
import {UsageCounts} from "./UsageCounts.sol";

/// @title UsageReceipts
/// @notice See {IUsageReceipts}. Of a batch one word is kept; money passes through and never stays.
contract UsageReceipts is IUsageReceipts, UsageCounts, Governed, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    IRoyaltyLedger private immutable _ROYALTIES;

    uint32 private _settlementCount;

    /// @notice Starts with nothing counted.
    /// @param directory_ The Directory that may pause it.
    /// @param timelock_ The NetworkTimelock.
    /// @param registry The BaseRegistry, which knows who acts for a base.
    /// @param works The ResourceRegistry.
    /// @param licences The Licences.
    /// @param royalties The RoyaltyLedger, which is paid.
    constructor(
        address directory_,
        address timelock_,
        IBaseRegistry registry,
        IResourceRegistry works,
        ILicences licences,
        IRoyaltyLedger royalties
    ) Pausing(directory_) Governed(timelock_) UsageCounts(registry, works, licences) {
        _ROYALTIES = royalties;
    }

    /// @inheritdoc IUsageReceipts
    function recordUsage(
        Batch calldata batch,
        Line[] calldata lines,
        string calldata cid
    ) external whenNotPaused {
        // Check.
        _checkBatch(batch, lines);
        for (uint256 i = 0; i < lines.length; ++i) {
            if (i > 0 && lines[i].workId <= lines[i - 1].workId)
                revert UsageReceiptsLineRefused(lines[i].workId);
            // Check and effect.
            _countLine(batch, lines[i]);
        }

        // Effect.
        _keepBatch(batch, lines);

        emit UsageRecorded(
            batch.baseId,
            batch.sequence,
            batch.root,
            batch.fromDay,
            batch.toDay,
            batch.size,
            cid
        );
    }

    /// @inheritdoc IUsageReceipts
    function strikeBatch(
        Batch calldata batch,
        Line[] calldata lines,
        Shown[] calldata shown
    ) external whenNotPaused {
        // Check.
        _checkStands(batch, lines);
        if (!_isTimelock(msg.sender) && !_provesFalse(batch, lines, shown))
            revert UsageReceiptsNothingProved();

        // Effect.
        _forgetBatch(batch);
        for (uint256 i = 0; i < lines.length; ++i) _discountLine(batch.baseId, lines[i]);

        emit UsageStruck(batch.baseId, batch.sequence, msg.sender);
    }

    /// @inheritdoc IUsageReceipts
    function settleUsage(
        uint32[] calldata licenceIds
    ) external payable whenNotPaused nonReentrant returns (uint256 total) {
        uint32[] memory workIds = new uint32[](licenceIds.length);
        uint256[] memory amounts = new uint256[](licenceIds.length);
        address token;
        uint32 settlement = ++_settlementCount;
        for (uint256 i = 0; i < licenceIds.length; ++i) {
            ILicences.UsageTerms memory terms = _LICENCES.usageTermsOf(licenceIds[i]);
            if (i == 0) token = terms.token;
            // Check.
            if (token != terms.token) revert UsageReceiptsNothingDue(licenceIds[i]);

            // Effect.
            amounts[i] = _payDue(licenceIds[i]);
            workIds[i] = terms.workId;
            total += amounts[i];

            emit UsageSettled(licenceIds[i], settlement, msg.sender, uint128(amounts[i]));
        }

        // Interaction: the token and the royalties; none can come back in.
        _receive(token, total);
        _ROYALTIES.payMany{value: msg.value}(
            token,
            workIds,
            amounts,
            bytes32("usage") | bytes32(uint256(settlement))
        );
    }

    /// @notice Takes a sum in from the caller, exactly, and lets the RoyaltyLedger have it.
    /// @param token The token; the zero address for the ledger's own coin.
    /// @param amount How much.
    function _receive(address token, uint256 amount) private {
        uint256 expected = token == address(0) ? amount : 0;
        if (msg.value != expected) revert UsageReceiptsSumRefused(msg.value, expected);
        if (token == address(0)) return;
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        uint256 got = IERC20(token).balanceOf(address(this)) - before;
        if (got != amount) revert UsageReceiptsSumRefused(got, amount);
        IERC20(token).forceApprove(address(_ROYALTIES), amount);
    }
}
