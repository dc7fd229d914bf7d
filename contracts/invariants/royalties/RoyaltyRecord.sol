// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ResourceRegistry} from "../../resources/works/ResourceRegistry.sol";
import {IWorkShares} from "../../resources/works/IWorkShares.sol";
import {IRoyaltyLedger} from "../../resources/royalties/IRoyaltyLedger.sol";
import {RoyaltyLedger} from "../../resources/royalties/RoyaltyLedger.sol";
import {SampleNetwork} from "../SampleNetwork.sol";
import {OddToken} from "./OddToken.sol";
import {WillingWallet} from "./WillingWallet.sol";

/// @title RoyaltyRecord
/// @notice A network with works, and a plain record of what was registered, paid and withdrawn, from which the books are added up anew.
abstract contract RoyaltyRecord is SampleNetwork {
    /// @notice Who is owed what of the money that arrived in one epoch.
    struct Epoch {
        uint256 ownShare;
        IWorkShares.Contributor[] contributors;
        IWorkShares.Edge[] edges;
    }

    uint256 internal constant WHOLE = 1_000_000;
    uint256 internal constant WALLETS = 6;
    uint256 internal constant TOKENS = 2;

    ResourceRegistry internal immutable _WORKS;
    RoyaltyLedger internal immutable _LEDGER;
    OddToken internal immutable _TOKEN;

    /// @notice How many calls of the ledger and the registry were made.
    uint256 public calls;

    // By rising address, as lists of contributors are.
    address[] internal _wallets;
    // The epochs of each work from 1 on; index 0 of both is unused.
    mapping(uint256 workId => Epoch[] epochs) internal _epochs;
    mapping(uint256 workId => mapping(uint256 token => uint256 amount)) internal _paidTo;
    mapping(uint256 token => uint256 amount) internal _paidIn;
    mapping(uint256 token => uint256 amount) internal _paidOut;

    /// @notice Founds the network with wallets and no work.
    constructor() {
        _WORKS = new ResourceRegistry(
            address(_DIRECTORY),
            address(this),
            _ENTITLEMENTS,
            address(this)
        );
        _LEDGER = new RoyaltyLedger(address(_DIRECTORY), address(this), _WORKS);
        _TOKEN = new OddToken();
        _LEDGER.acceptToken(address(_TOKEN), true);
        for (uint256 i = 0; i < WALLETS; ++i) _insert(address(new WillingWallet()));
    }

    /// @notice Paid in - paid out = what the pool holds.
    /// @return True when it does, for each token.
    function poolHoldsTheRest() external view returns (bool) {
        for (uint256 token = 0; token < TOKENS; ++token)
            if (_balanceOf(address(_LEDGER), token) != _paidIn[token] - _paidOut[token])
                return false;
        return true;
    }

    /// @notice What the pool holds = not yet flowed + owed to contributors + dust; and the dust of an account is less than one unit
    /// for each parent and contributor.
    /// @return True when it is, for each token.
    function booksBalance() external view returns (bool) {
        for (uint256 token = 0; token < TOKENS; ++token) {
            uint256 sum = 0;
            for (uint256 workId = 1; workId <= _WORKS.workCount(); ++workId)
                for (uint256 epoch = 1; epoch < _epochs[workId].length; ++epoch) {
                    (uint256 held, bool isBounded) = _heldBy(workId, epoch, token);
                    if (!isBounded) return false;
                    sum += held;
                }
            if (sum != _balanceOf(address(_LEDGER), token)) return false;
        }
        return true;
    }

    /// @notice What all epochs of a work received = what was paid to it + the floor of (flowed x share) of everything made from it.
    /// @return True when it is, for each work and token.
    function everyShareArrived() external view returns (bool) {
        uint256 count = _WORKS.workCount();
        for (uint256 token = 0; token < TOKENS; ++token) {
            uint256[] memory expected = new uint256[](count + 1);
            uint256[] memory received = new uint256[](count + 1);
            for (uint256 workId = 1; workId <= count; ++workId) {
                expected[workId] += _paidTo[workId][token];
                for (uint256 epoch = 1; epoch < _epochs[workId].length; ++epoch) {
                    IRoyaltyLedger.Sums memory sums = _sumsOf(workId, epoch, token);
                    received[workId] += sums.received;
                    IWorkShares.Edge[] storage edges = _epochs[workId][epoch].edges;
                    for (uint256 i = 0; i < edges.length; ++i)
                        expected[edges[i].parentId] +=
                            (uint256(sums.flowed) * edges[i].share) / WHOLE;
                }
            }
            for (uint256 workId = 1; workId <= count; ++workId)
                if (expected[workId] != received[workId]) return false;
        }
        return true;
    }

    /// @notice What the pool holds for one account, and whether its dust is bounded and nobody had more than was owed.
    /// @param workId The work.
    /// @param epoch The epoch.
    /// @param token The token.
    /// @return held Not yet flowed + owed + dust.
    /// @return isBounded Whether it is as it should be.
    function _heldBy(
        uint256 workId,
        uint256 epoch,
        uint256 token
    ) private view returns (uint256 held, bool isBounded) {
        IRoyaltyLedger.Sums memory sums = _sumsOf(workId, epoch, token);
        if (sums.received < sums.flowed) return (0, false);
        Epoch storage shares = _epochs[workId][epoch];
        uint256 given = 0;
        for (uint256 i = 0; i < shares.edges.length; ++i)
            given += (uint256(sums.flowed) * shares.edges[i].share) / WHOLE;
        uint256 owed = 0;
        for (uint256 i = 0; i < shares.contributors.length; ++i) {
            uint256 earned = _earned(sums.flowed, shares, i);
            uint256 had = _LEDGER.withdrawnOf(
                uint32(workId),
                uint24(epoch),
                _addressOf(token),
                shares.contributors[i].account
            );
            if (had > earned) return (0, false);
            given += earned;
            owed += earned - had;
        }
        if (given > sums.flowed) return (0, false);
        uint256 dust = sums.flowed - given;
        uint256 most = shares.edges.length + shares.contributors.length;
        return (sums.received - sums.flowed + owed + dust, dust == 0 || dust < most);
    }

    /// @notice The sums of an account.
    /// @param workId The work.
    /// @param epoch The epoch.
    /// @param token The token.
    /// @return The sums.
    function _sumsOf(
        uint256 workId,
        uint256 epoch,
        uint256 token
    ) internal view returns (IRoyaltyLedger.Sums memory) {
        return _LEDGER.sumsOf(uint32(workId), uint24(epoch), _addressOf(token));
    }

    /// @notice What one contributor has earned of what has flowed.
    /// @param flowed What has flowed.
    /// @param shares The shares of the epoch.
    /// @param index Which contributor.
    /// @return The floor of (flowed x own share x the contributor's).
    function _earned(
        uint256 flowed,
        Epoch storage shares,
        uint256 index
    ) internal view returns (uint256) {
        return (flowed * shares.ownShare * shares.contributors[index].share) / (WHOLE * WHOLE);
    }

    /// @notice What an account holds of a token.
    /// @param account The account.
    /// @param token The token.
    /// @return The balance.
    function _balanceOf(address account, uint256 token) internal view returns (uint256) {
        return token == 0 ? account.balance : _TOKEN.balanceOf(account);
    }

    /// @notice The address of a token.
    /// @param token 0 for the native coin, 1 for the other.
    /// @return The address.
    function _addressOf(uint256 token) internal view returns (address) {
        return token == 0 ? address(0) : address(_TOKEN);
    }

    /// @notice Adds a wallet where its address belongs.
    /// @param wallet The wallet.
    function _insert(address wallet) private {
        _wallets.push(wallet);
        for (uint256 i = _wallets.length - 1; i > 0 && _wallets[i - 1] > wallet; --i)
            (_wallets[i], _wallets[i - 1]) = (_wallets[i - 1], _wallets[i]);
    }
}
