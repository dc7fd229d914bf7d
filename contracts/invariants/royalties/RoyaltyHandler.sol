// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IResourceRegistry} from "../../resources/works/IResourceRegistry.sol";
import {IWorkShares} from "../../resources/works/IWorkShares.sol";
import {IWorkStandings} from "../../resources/works/IWorkStandings.sol";
import {IRoyaltyLedger} from "../../resources/royalties/IRoyaltyLedger.sol";
import {vm} from "../Vm.sol";
import {RoyaltyRecord} from "./RoyaltyRecord.sol";

/// @title RoyaltyHandler
/// @notice Does random things to works and their money, and writes them down in a {RoyaltyRecord}. Whatever it does is allowed, so a
/// call that reverts is a finding; what is not allowed it tries too, and that must be refused.
contract RoyaltyHandler is RoyaltyRecord {
    uint256 private constant STEPS = 17;
    uint256 private constant MOST_WORKS = 14;
    uint256 private constant MOST_EPOCHS = 5;

    uint256 private _state;

    /// @notice Something went through that must not.
    error RoyaltyHandlerNotRefused(string what);

    /// @notice Gives this contract money, and registers three works.
    constructor() {
        vm.deal(address(this), type(uint128).max);
        _TOKEN.mint(address(this), type(uint128).max);
        _TOKEN.approve(address(_LEDGER), type(uint256).max);
        for (uint256 i = 0; i < 3; ++i) _register();
    }

    /// @notice Does seventeen random things.
    /// @param seed Any number; picks them.
    function act(uint256 seed) external {
        _state = seed;
        for (uint256 i = 0; i < STEPS; ++i) {
            uint256 which = _draw(32);
            ++calls;
            if (which < 9) _pay();
            else if (which < 12) _payMany();
            else if (which < 18) _flow();
            else if (which < 20) _flowEpoch();
            else if (which < 27) _withdraw();
            else if (which < 28) _changeContributors();
            else if (which < 30) _judge();
            else if (which < 31) _takeDownOrPutBack();
            else _register();
        }
    }

    /// @notice Whether everything that is to be tried has happened: both tokens withdrawn, works frozen, down, ruled on and shared anew.
    /// @return True when it has.
    function hasReachedEverything() external view returns (bool) {
        (bool ruled, bool shared, bool frozen, bool down, bool deep) = (
            false,
            false,
            false,
            false,
            false
        );
        for (uint32 workId = 1; workId <= _WORKS.workCount(); ++workId) {
            IResourceRegistry.Work memory work = _WORKS.workOf(workId);
            ruled = ruled || work.ruledEpoch != 0;
            shared = shared || (work.epoch > 1 && work.ruledEpoch != work.epoch);
            frozen = frozen || work.frozenUntil != 0;
            down = down || work.takenDown;
            deep = deep || work.parentCount > 2;
        }
        return ruled && shared && frozen && down && deep && _paidOut[0] != 0 && _paidOut[1] != 0;
    }

    /// @notice Pays a work, or sees the payment refused.
    function _pay() private {
        (uint32 workId, uint256 token, uint256 amount) = (_pickWork(), _draw(TOKENS), _amount());
        uint256 value = token == 0 ? amount : 0;
        try _LEDGER.pay{value: value}(workId, _addressOf(token), amount, bytes32(0)) {
            if (_isClosed(workId)) revert RoyaltyHandlerNotRefused("a payment");
            _notePaid(workId, token, amount);
        } catch {
            if (!_isClosed(workId)) revert RoyaltyHandlerNotRefused("a refusal");
        }
    }

    /// @notice Pays two works at once.
    function _payMany() private {
        (uint256 token, uint32[] memory workIds) = (_draw(TOKENS), new uint32[](2));
        uint256[] memory amounts = new uint256[](2);
        for (uint256 i = 0; i < 2; ++i) (workIds[i], amounts[i]) = (_pickWork(), _amount());
        if (_isClosed(workIds[0]) || _isClosed(workIds[1])) return;
        uint256 value = token == 0 ? amounts[0] + amounts[1] : 0;
        _LEDGER.payMany{value: value}(_addressOf(token), workIds, amounts, bytes32(0));
        for (uint256 i = 0; i < 2; ++i) _notePaid(workIds[i], token, amounts[i]);
    }

    /// @notice Lets three works flow, which must never be refused; a frozen one must stay as it is.
    function _flow() private {
        (uint256 token, uint32[] memory workIds) = (_draw(TOKENS), new uint32[](3));
        for (uint256 i = 0; i < 3; ++i) workIds[i] = _pickWork();
        uint24 epoch = _WORKS.workOf(workIds[0]).epoch;
        uint256 flowed = _sumsOf(workIds[0], epoch, token).flowed;
        _LEDGER.flow(_addressOf(token), workIds);
        bool moved = _sumsOf(workIds[0], epoch, token).flowed != flowed;
        if (moved && _WORKS.isFrozen(workIds[0])) revert RoyaltyHandlerNotRefused("a flow");
    }

    /// @notice Lets any epoch of a work flow, also one that has not begun.
    function _flowEpoch() private {
        _LEDGER.flowEpoch(_addressOf(_draw(TOKENS)), _pickWork(), uint24(_draw(MOST_EPOCHS + 2)));
    }

    /// @notice Withdraws what a contributor is owed, if anything.
    function _withdraw() private {
        (uint32 workId, uint256 token) = (_pickWork(), _draw(TOKENS));
        uint24 epoch = uint24(1 + _draw(_epochs[workId].length - 1));
        Epoch storage shares = _epochs[workId][epoch];
        uint256 index = _draw(shares.contributors.length);
        address account = shares.contributors[index].account;
        uint256 earned = _earned(_sumsOf(workId, epoch, token).flowed, shares, index);
        uint256 owed = earned - _LEDGER.withdrawnOf(workId, epoch, _addressOf(token), account);
        if (owed == 0) return;
        uint256 before = _balanceOf(account, token);
        uint256 amount = _LEDGER.withdraw(
            IRoyaltyLedger.Withdrawal(
                workId,
                epoch,
                _addressOf(token),
                uint24(shares.ownShare),
                index,
                account,
                shares.contributors
            )
        );
        if (amount != owed || _balanceOf(account, token) != before + owed)
            revert RoyaltyHandlerNotRefused("a wrong amount");
        _paidOut[token] += amount;
    }

    /// @notice Gives a work another list of contributors, signed by everyone who loses by it.
    function _changeContributors() private {
        uint32 workId = _pickWork();
        uint256 last = _epochs[workId].length - 1;
        if (last == MOST_EPOCHS || _WORKS.isFrozen(workId)) return;
        IWorkShares.Contributor[] memory present = _epochs[workId][last].contributors;
        IWorkShares.Contributor[] memory next = _drawContributors();
        uint256 losers = 0;
        for (uint256 i = 0; i < present.length; ++i)
            if (_shareIn(next, present[i].account) < present[i].share) ++losers;
        bytes[] memory signatures = new bytes[](losers);
        for (uint256 i = 0; i < losers; ++i) signatures[i] = "yes";
        vm.prank(_accountOf(1));
        _WORKS.changeContributors(workId, present, next, signatures);
        _noteEpoch(workId, next, _epochs[workId][last].edges);
    }

    /// @notice Freezes a work, or ends its freeze with or without a ruling.
    function _judge() private {
        uint32 workId = _pickWork();
        if (!_WORKS.isFrozen(workId)) {
            _WORKS.freeze(workId, uint40(block.timestamp + 1 + _draw(1000)), bytes32(0));
            return;
        }
        if (_draw(2) == 0 || _epochs[workId].length > MOST_EPOCHS) {
            vm.warp(block.timestamp + _draw(100));
            if (_WORKS.isFrozen(workId)) _WORKS.unfreeze(workId, bytes32(0));
            return;
        }
        IWorkShares.Edge[] memory edges = _drawEdges(workId);
        IWorkShares.Contributor[] memory contributors = _drawContributors();
        _WORKS.rule(workId, IWorkStandings.Ruling(_accountOf(1), edges, contributors, bytes32(0)));
        _noteEpoch(workId, contributors, edges);
    }

    /// @notice Takes a work down or puts it back.
    function _takeDownOrPutBack() private {
        uint32 workId = _pickWork();
        if (_WORKS.isTakenDown(workId)) _WORKS.putBack(workId, bytes32(0));
        else _WORKS.takeDown(workId, bytes32(0));
    }

    /// @notice Registers a work made from up to four earlier ones.
    function _register() private {
        uint32 workId = _WORKS.workCount() + 1;
        if (workId > MOST_WORKS) return;
        IResourceRegistry.Registration memory registration;
        registration.holder = _accountOf(1);
        registration.homeBase = 1;
        registration.contentDigest = keccak256(abi.encode("content", workId));
        registration.termsHash = keccak256("terms");
        registration.codec = 0x55;
        registration.parents = _drawEdges(workId);
        registration.contributors = _drawContributors();
        for (uint256 i = 0; i < registration.parents.length; ++i)
            if (_isClosed(registration.parents[i].parentId)) return;
        vm.prank(_accountOf(1));
        _WORKS.register(registration, "", new bytes[](0));
        _epochs[workId].push();
        _noteEpoch(workId, registration.contributors, registration.parents);
    }

    /// @notice Writes a payment down.
    /// @param workId The work.
    /// @param token The token.
    /// @param amount How much.
    function _notePaid(uint32 workId, uint256 token, uint256 amount) private {
        _paidTo[workId][token] += amount;
        _paidIn[token] += amount;
    }

    /// @notice Writes an epoch down.
    /// @param workId The work.
    /// @param contributors Who shares in it.
    /// @param edges What the parents are owed in it.
    function _noteEpoch(
        uint32 workId,
        IWorkShares.Contributor[] memory contributors,
        IWorkShares.Edge[] memory edges
    ) private {
        Epoch storage epoch = _epochs[workId].push();
        epoch.ownShare = WHOLE;
        for (uint256 i = 0; i < contributors.length; ++i) epoch.contributors.push(contributors[i]);
        for (uint256 i = 0; i < edges.length; ++i) {
            epoch.edges.push(edges[i]);
            epoch.ownShare -= edges[i].share;
        }
    }

    /// @notice Up to four parents, which may be owed nothing, or everything.
    /// @param workId The work that they are for.
    /// @return edges The edges.
    function _drawEdges(uint32 workId) private returns (IWorkShares.Edge[] memory edges) {
        edges = new IWorkShares.Edge[](workId == 1 ? 0 : _draw(workId < 5 ? workId : 5));
        uint256 left = WHOLE;
        uint256 parentId = workId;
        for (uint256 i = edges.length; i > 0; --i) {
            parentId = i + _draw(parentId - i);
            uint256 share = _draw(5) == 0 ? left : _draw(left + 1) / (1 + _draw(3));
            left -= share;
            edges[i - 1] = IWorkShares.Edge(
                uint32(parentId),
                uint24(share),
                IWorkShares.Derivation.Adaptation
            );
        }
    }

    /// @notice One to five contributors.
    /// @return contributors The list.
    function _drawContributors() private returns (IWorkShares.Contributor[] memory contributors) {
        uint256 count = 1 + _draw(WALLETS - 1);
        contributors = new IWorkShares.Contributor[](count);
        (uint256 left, uint256 first) = (WHOLE, _draw(WALLETS - count + 1));
        for (uint256 i = 0; i < count; ++i) {
            uint256 share = i + 1 == count ? left : 1 + _draw(left - (count - i - 1));
            left -= share;
            contributors[i] = IWorkShares.Contributor(_wallets[first + i], uint24(share));
        }
    }

    /// @notice Mostly a few units, where rounding tells; sometimes a great many.
    /// @return How much.
    function _amount() private returns (uint256) {
        uint256 size = _draw(8);
        if (size < 5) return 1 + _draw(12);
        return 1 + _draw(size == 7 ? 2 ** 90 : 1_000_000);
    }

    /// @notice One of the works.
    /// @return Its number.
    function _pickWork() private returns (uint32) {
        return uint32(1 + _draw(_WORKS.workCount()));
    }

    /// @notice The next random number.
    /// @param bound What it is below.
    /// @return The number.
    function _draw(uint256 bound) private returns (uint256) {
        _state = uint256(keccak256(abi.encode(_state)));
        return _state % bound;
    }

    /// @notice Whether a work may not be paid or built on.
    /// @param workId The work.
    /// @return True when it is frozen or taken down.
    function _isClosed(uint32 workId) private view returns (bool) {
        return _WORKS.isFrozen(workId) || _WORKS.isTakenDown(workId);
    }

    /// @notice The share of an account in a list.
    /// @param list The list.
    /// @param account The account.
    /// @return Its share; 0 when it is not in the list.
    function _shareIn(
        IWorkShares.Contributor[] memory list,
        address account
    ) private pure returns (uint256) {
        for (uint256 i = 0; i < list.length; ++i)
            if (list[i].account == account) return list[i].share;
        return 0;
    }
}
