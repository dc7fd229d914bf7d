// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ERC165, IERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IResourceRegistry} from "../works/IResourceRegistry.sol";
import {IWorkShares} from "../works/IWorkShares.sol";
import {Shares} from "../works/Shares.sol";
import {IRoyaltyLedger} from "./IRoyaltyLedger.sol";
import {RoyaltyReceiver} from "./RoyaltyReceiver.sol";
import {TokenPool} from "./TokenPool.sol";

/// @title RoyaltyLedger
/// @notice See {IRoyaltyLedger}. Effects come before interactions, and no function that moves money can be entered from another.
contract RoyaltyLedger is TokenPool, ReentrancyGuardTransient, Multicall, ERC165, IERC2981 {
    uint256 private constant WHOLE = 1_000_000;

    IResourceRegistry private immutable _WORKS;
    address private immutable _RECEIVER;

    // An account's key is its token, work and epoch side by side: 160 + 32 + 24 bits.
    mapping(uint256 account => Sums sums) private _sums;
    mapping(uint256 account => mapping(address contributor => uint256 amount)) private _withdrawn;

    /// @notice Starts empty, accepting the native coin only.
    /// @param directory_ The Directory that may pause it.
    /// @param timelock_ The NetworkTimelock.
    /// @param works The ResourceRegistry.
    constructor(
        address directory_,
        address timelock_,
        IResourceRegistry works
    ) TokenPool(directory_, timelock_) {
        _WORKS = works;
        _RECEIVER = address(new RoyaltyReceiver());
    }

    /// @inheritdoc IRoyaltyLedger
    function pay(
        uint32 workId,
        address token,
        uint256 amount,
        bytes32 cause
    ) external payable whenNotPaused nonReentrant {
        // Check and effect.
        _credit(workId, token, amount, cause);

        // Interaction.
        _take(token, amount);
    }

    /// @inheritdoc IRoyaltyLedger
    function payMany(
        address token,
        uint32[] calldata workIds,
        uint256[] calldata amounts,
        bytes32 cause
    ) external payable whenNotPaused nonReentrant {
        // Check.
        if (workIds.length == 0 || workIds.length != amounts.length)
            revert RoyaltyLedgerListMismatch(workIds.length, amounts.length);

        // Check and effect.
        uint256 total = 0;
        for (uint256 i = 0; i < workIds.length; ++i) {
            _credit(workIds[i], token, amounts[i], cause);
            total += amounts[i];
        }

        // Interaction.
        _take(token, total);
    }

    /// @inheritdoc IRoyaltyLedger
    function flow(address token, uint32[] calldata workIds) external whenNotPaused nonReentrant {
        for (uint256 i = 0; i < workIds.length; ++i) _flow(token, workIds[i], 0);
    }

    /// @inheritdoc IRoyaltyLedger
    function flowEpoch(
        address token,
        uint32 workId,
        uint24 epoch
    ) external whenNotPaused nonReentrant {
        if (epoch != 0) _flow(token, workId, epoch);
    }

    /// @inheritdoc IRoyaltyLedger
    function withdraw(
        Withdrawal calldata withdrawal
    ) external whenNotPaused nonReentrant returns (uint256 amount) {
        (uint32 workId, uint24 epoch, address token) = (
            withdrawal.workId,
            withdrawal.epoch,
            withdrawal.token
        );

        // Check.
        IWorkShares.Contributor calldata contributor = _contributorOf(withdrawal);
        address account = contributor.account;
        if (withdrawal.to != account && msg.sender != account)
            revert RoyaltyLedgerCallerNotContributor(msg.sender, account);
        uint256 key = _keyOf(token, workId, epoch);
        uint256 earned =
            (uint256(_sums[key].flowed) * withdrawal.ownShare * contributor.share) /
                (WHOLE * WHOLE);
        amount = earned - _withdrawn[key][account];
        if (amount == 0) revert RoyaltyLedgerNothingOwed(workId, epoch, account);

        // Effect.
        _withdrawn[key][account] = earned;

        emit RoyaltiesWithdrawn(workId, token, account, epoch, withdrawal.to, amount);

        // Interaction.
        _give(token, withdrawal.to, amount);
    }

    /// @inheritdoc IRoyaltyLedger
    function collect(uint32 workId, address token) external whenNotPaused returns (uint256 amount) {
        address receiver = receiverOf(workId);

        // Interaction: the work's own receiver, which can do nothing but pay this contract.
        if (receiver.code.length == 0)
            Clones.cloneDeterministicWithImmutableArgs(_RECEIVER, abi.encode(workId), bytes32(0));
        return RoyaltyReceiver(payable(receiver)).sweep(token);
    }

    /// @inheritdoc IRoyaltyLedger
    function sumsOf(
        uint32 workId,
        uint24 epoch,
        address token
    ) external view returns (Sums memory) {
        return _sums[_keyOf(token, workId, epoch)];
    }

    /// @inheritdoc IRoyaltyLedger
    function withdrawnOf(
        uint32 workId,
        uint24 epoch,
        address token,
        address account
    ) external view returns (uint256) {
        return _withdrawn[_keyOf(token, workId, epoch)][account];
    }

    /// @notice ERC-2981: what a sale of a work owes, and where to send it. It asks of a sale what it asks of works made from it.
    /// @param workId The work.
    /// @param price The price, in any unit.
    /// @return receiver The work's own address.
    /// @return amount What is owed, in the same unit; 0 for a work that there is not, or whose holder is to be asked.
    function royaltyInfo(
        uint256 workId,
        uint256 price
    ) external view returns (address receiver, uint256 amount) {
        if (workId > type(uint32).max) return (address(0), 0);
        IResourceRegistry.Work memory work = _WORKS.workOf(uint32(workId));
        if (work.homeBase == 0 || work.askedShare > WHOLE) return (address(0), 0);
        return (receiverOf(uint32(workId)), Math.mulDiv(price, work.askedShare, WHOLE));
    }

    /// @inheritdoc IRoyaltyLedger
    function receiverOf(uint32 workId) public view returns (address) {
        return
            Clones.predictDeterministicAddressWithImmutableArgs(
                _RECEIVER,
                abi.encode(workId),
                bytes32(0)
            );
    }

    /// @notice ERC-165.
    /// @param interfaceId The interface asked about.
    /// @return True for ERC-165 and ERC-2981.
    function supportsInterface(
        bytes4 interfaceId
    ) public view override(ERC165, IERC165) returns (bool) {
        return interfaceId == type(IERC2981).interfaceId || super.supportsInterface(interfaceId);
    }

    /// @notice Adds a payment to what the work has received.
    /// @param workId The work.
    /// @param token The token.
    /// @param amount How much.
    /// @param cause What for.
    function _credit(uint32 workId, address token, uint256 amount, bytes32 cause) private {
        // Check: a view of the network's own registry, which calls nobody.
        uint24 epoch = _WORKS.requirePayable(workId);
        if (amount == 0 || amount > type(uint128).max) revert RoyaltyLedgerAmountRefused(amount);

        // Effect: too much of a token for 128 bits is refused here, by overflow.
        _sums[_keyOf(token, workId, epoch)].received += uint128(amount);

        emit WorkPaid(workId, token, msg.sender, epoch, amount, cause);
    }

    /// @notice Lets what arrived at a work in one epoch flow on, if it may.
    /// @param token The token.
    /// @param workId The work.
    /// @param epoch The epoch; 0 for the present one.
    function _flow(address token, uint32 workId, uint24 epoch) private {
        // Check: a view of the network's own registry, which calls nobody.
        IWorkShares.Flow memory work = _WORKS.flowOf(workId);
        if (epoch == 0) epoch = work.epoch;
        uint256 key = _keyOf(token, workId, epoch);
        Sums memory sums = _sums[key];
        if (work.isFrozen || sums.received == sums.flowed) return;

        // Effect.
        if (epoch < work.ruledEpoch) {
            uint128 amount = sums.received - sums.flowed;
            _sums[key].received = sums.flowed;
            _sums[_keyOf(token, workId, work.ruledEpoch)].received += amount;
            emit RoyaltiesRerouted(workId, token, epoch, work.ruledEpoch, amount);
            return;
        }
        _sums[key].flowed = sums.received;
        emit RoyaltiesFlowed(workId, token, epoch, sums.received);
        for (uint256 i = 0; i < work.parents.length; ++i)
            _arrive(token, workId, sums, work.parents[i]);
    }

    /// @notice Gives a parent its part of what flows: the difference of two floors, so that only the sums are ever rounded.
    /// @param token The token.
    /// @param workId The work that it comes from.
    /// @param sums What that work had received, and what of it had flowed before.
    /// @param parent The parent.
    function _arrive(
        address token,
        uint32 workId,
        Sums memory sums,
        IWorkShares.Outlet memory parent
    ) private {
        uint256 amount =
            (uint256(sums.received) * parent.share) / WHOLE -
                (uint256(sums.flowed) * parent.share) / WHOLE;
        if (amount == 0) return;
        _sums[_keyOf(token, parent.parentId, parent.epoch)].received += uint128(amount);
        emit RoyaltyArrived(parent.parentId, token, workId, parent.epoch, amount);
    }

    /// @notice The contributor who withdraws; reverts when the list is not the one of that epoch.
    /// @param withdrawal What is withdrawn.
    /// @return The contributor.
    function _contributorOf(
        Withdrawal calldata withdrawal
    ) private view returns (IWorkShares.Contributor calldata) {
        bytes32 commitment = Shares.commit(
            withdrawal.ownShare,
            Shares.hashContributors(withdrawal.contributors)
        );
        // A view of the network's own registry, which calls nobody.
        bytes32 expected = _WORKS.sharesHashOf(withdrawal.workId, withdrawal.epoch);
        if (commitment != expected || withdrawal.index >= withdrawal.contributors.length)
            revert RoyaltyLedgerSharesUnknown(withdrawal.workId, withdrawal.epoch);
        return withdrawal.contributors[withdrawal.index];
    }

    /// @notice The key of an account.
    /// @param token The token.
    /// @param workId The work.
    /// @param epoch The epoch.
    /// @return All three side by side.
    function _keyOf(address token, uint32 workId, uint24 epoch) private pure returns (uint256) {
        return (uint256(uint160(token)) << 56) | (uint256(workId) << 24) | epoch;
    }
}
