// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IResourceRegistry} from "../../resources/works/IResourceRegistry.sol";
import {IWorkShares} from "../../resources/works/IWorkShares.sol";
import {IWorkStandings} from "../../resources/works/IWorkStandings.sol";
import {IRoyaltyLedger} from "../../resources/royalties/IRoyaltyLedger.sol";
import {OddToken} from "./OddToken.sol";
import {WillingWallet} from "./WillingWallet.sol";

/// @title RoyaltyHistory
/// @notice Carries out a whole history of works and money in one call and answers with all sums, so that thousands of histories can be
/// compared with exact arithmetic outside. It acts for the base that registers, holds the works, rules on them and pays them.
///
/// A history is a list of words. A step is one word, from its lowest bits: kind (8), work (32), epoch (24), token (8), index (8), how many
/// edges or entries of a first list follow (8), how many contributors follow (8), amount (128). An edge is parent (32) and share
/// (24); a contributor is the wallet's place (8) and share (24).
contract RoyaltyHistory {
    /// @notice What a step does.
    enum Kind {
        Register,
        Pay,
        Flow,
        FlowEpoch,
        Withdraw,
        Change,
        Freeze,
        Unfreeze,
        Rule,
        TakeDown,
        PutBack
    }

    uint256 private constant WALLETS = 4;
    uint32 private constant BASE = 2;

    /// @notice The token that it pays in beside the native coin.
    OddToken public immutable TOKEN;

    IResourceRegistry private immutable _WORKS;
    IRoyaltyLedger private immutable _LEDGER;

    // By rising address, as lists of contributors are.
    address[] private _wallets;

    /// @notice Makes its token and wallets.
    /// @param works The ResourceRegistry, whose arbiter this becomes.
    /// @param ledger The RoyaltyLedger.
    constructor(IResourceRegistry works, IRoyaltyLedger ledger) payable {
        _WORKS = works;
        _LEDGER = ledger;
        TOKEN = new OddToken();
        TOKEN.mint(address(this), type(uint128).max);
        TOKEN.approve(address(ledger), type(uint256).max);
        for (uint256 i = 0; i < WALLETS; ++i) {
            _wallets.push(address(new WillingWallet()));
            for (uint256 j = i; j > 0 && _wallets[j - 1] > _wallets[j]; --j)
                (_wallets[j], _wallets[j - 1]) = (_wallets[j - 1], _wallets[j]);
        }
    }

    /// @notice Carries a history out.
    /// @param words The history.
    /// @param steps How many steps it has.
    /// @return outcome For each step 1 when it went through and 0 when it was refused; then for each work, epoch and token received (128 bits,
    /// higher) and flowed, and what each wallet has withdrawn; last what the pool holds of each token.
    function run(
        uint256[] calldata words,
        uint256 steps
    ) external returns (uint256[] memory outcome) {
        uint256[] memory passed = new uint256[](steps);
        uint256 cursor = 0;
        for (uint256 i = 0; i < steps; ++i) {
            uint256 size = 1 + uint8(words[cursor] >> 80) + uint8(words[cursor] >> 88);
            try this.step(words[cursor:cursor + size]) {
                passed[i] = 1;
            } catch {
                passed[i] = 0;
            }
            cursor += size;
        }
        return _append(passed, _sums());
    }

    /// @notice Carries one step out; called by this contract itself, so that a refusal ends the step alone.
    /// @param words The step's words.
    function step(uint256[] calldata words) external {
        uint256 word = words[0];
        Kind kind = Kind(uint8(word));
        uint32 workId = uint32(word >> 8);
        uint24 epoch = uint24(word >> 40);
        address token = uint8(word >> 64) == 0 ? address(0) : address(TOKEN);
        uint256 amount = word >> 96;
        if (kind == Kind.Pay)
            _LEDGER.pay{value: token == address(0) ? amount : 0}(workId, token, amount, bytes32(0));
        else if (kind == Kind.Flow) _LEDGER.flow(token, _only(workId));
        else if (kind == Kind.FlowEpoch) _LEDGER.flowEpoch(token, workId, epoch);
        else if (kind == Kind.Withdraw) _withdraw(words, workId, epoch, token);
        else if (kind == Kind.Freeze) _WORKS.freeze(workId, type(uint40).max, bytes32(0));
        else if (kind == Kind.Unfreeze) _WORKS.unfreeze(workId, bytes32(0));
        else if (kind == Kind.TakeDown) _WORKS.takeDown(workId, bytes32(0));
        else if (kind == Kind.PutBack) _WORKS.putBack(workId, bytes32(0));
        else _share(kind, words, workId, amount);
    }

    /// @notice Registers a work, changes its contributors, or rules on it.
    /// @param kind Which of these.
    /// @param words The step's words.
    /// @param workId The work.
    /// @param losers How many lose by a change.
    function _share(Kind kind, uint256[] calldata words, uint32 workId, uint256 losers) private {
        uint256 first = uint8(words[0] >> 80);
        IWorkShares.Contributor[] memory contributors = _contributorsIn(words[1 + first:]);
        if (kind == Kind.Change) {
            bytes[] memory signatures = new bytes[](losers);
            for (uint256 i = 0; i < losers; ++i) signatures[i] = "yes";
            _WORKS.changeContributors(
                workId,
                _contributorsIn(words[1:1 + first]),
                contributors,
                signatures
            );
            return;
        }
        IWorkShares.Edge[] memory edges = new IWorkShares.Edge[](first);
        for (uint256 i = 0; i < first; ++i)
            edges[i] = IWorkShares.Edge(
                uint32(words[1 + i]),
                uint24(words[1 + i] >> 32),
                IWorkShares.Derivation.Excerpt
            );
        if (kind == Kind.Rule) {
            _WORKS.rule(
                workId,
                IWorkStandings.Ruling(address(this), edges, contributors, bytes32(0))
            );
            return;
        }
        IResourceRegistry.Registration memory registration;
        registration.holder = address(this);
        registration.homeBase = BASE;
        registration.contentDigest = keccak256("content");
        registration.termsHash = keccak256("terms");
        registration.parents = edges;
        registration.contributors = contributors;
        _WORKS.register(registration, "", new bytes[](0));
    }

    /// @notice Withdraws.
    /// @param words The step's words; the amount is the own share.
    /// @param workId The work.
    /// @param epoch The epoch.
    /// @param token The token.
    function _withdraw(
        uint256[] calldata words,
        uint32 workId,
        uint24 epoch,
        address token
    ) private {
        IWorkShares.Contributor[] memory contributors = _contributorsIn(words[1:]);
        uint256 index = uint8(words[0] >> 72);
        _LEDGER.withdraw(
            IRoyaltyLedger.Withdrawal(
                workId,
                epoch,
                token,
                uint24(words[0] >> 96),
                index,
                contributors[index].account,
                contributors
            )
        );
    }

    /// @notice All sums of all works, and what the pool holds.
    /// @return sums The words.
    function _sums() private view returns (uint256[] memory sums) {
        uint256 count = _WORKS.workCount();
        uint256 size = 2;
        for (uint32 workId = 1; workId <= count; ++workId)
            size += _WORKS.workOf(workId).epoch * 2 * (1 + WALLETS);
        sums = new uint256[](size);
        uint256 cursor = 0;
        for (uint32 workId = 1; workId <= count; ++workId)
            for (uint24 epoch = 1; epoch <= _WORKS.workOf(workId).epoch; ++epoch)
                for (uint256 coin = 0; coin < 2; ++coin) {
                    address token = coin == 0 ? address(0) : address(TOKEN);
                    IRoyaltyLedger.Sums memory each = _LEDGER.sumsOf(workId, epoch, token);
                    sums[cursor] = (uint256(each.received) << 128) | each.flowed;
                    ++cursor;
                    for (uint256 i = 0; i < WALLETS; ++i) {
                        sums[cursor] = _LEDGER.withdrawnOf(workId, epoch, token, _wallets[i]);
                        ++cursor;
                    }
                }
        sums[cursor] = address(_LEDGER).balance;
        sums[cursor + 1] = TOKEN.balanceOf(address(_LEDGER));
    }

    /// @notice Reads a list of contributors.
    /// @param words One word each.
    /// @return contributors The list.
    function _contributorsIn(
        uint256[] calldata words
    ) private view returns (IWorkShares.Contributor[] memory contributors) {
        contributors = new IWorkShares.Contributor[](words.length);
        for (uint256 i = 0; i < words.length; ++i)
            contributors[i] = IWorkShares.Contributor(
                _wallets[uint8(words[i])],
                uint24(words[i] >> 8)
            );
    }

    /// @notice A list of one.
    /// @param workId The work.
    /// @return workIds The list.
    function _only(uint32 workId) private pure returns (uint32[] memory workIds) {
        workIds = new uint32[](1);
        workIds[0] = workId;
    }

    /// @notice One list behind another.
    /// @param first The first.
    /// @param second The second.
    /// @return both Both.
    function _append(
        uint256[] memory first,
        uint256[] memory second
    ) private pure returns (uint256[] memory both) {
        both = new uint256[](first.length + second.length);
        for (uint256 i = 0; i < first.length; ++i) both[i] = first[i];
        for (uint256 i = 0; i < second.length; ++i) both[first.length + i] = second[i];
    }
}
