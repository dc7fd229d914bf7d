// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Pausing} from "../../directory/Pausing.sol";
import {Governed} from "../../governance/Governed.sol";
import {IBaseRegistry} from "../../membership/IBaseRegistry.sol";
import {IListings} from "../review/IListings.sol";
import {IRoyaltyLedger} from "../royalties/IRoyaltyLedger.sol";
import {IResourceRegistry} from "../works/IResourceRegistry.sol";
import {HeldLicences} from "./HeldLicences.sol";
import {ILicences} from "./ILicences.sol";
import {Offers} from "./Offers.sol";

/// @title Licences
/// @notice See {ILicences}. Money passes through and never stays.
contract Licences is HeldLicences, Governed, ERC1155, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    IBaseRegistry private immutable _REGISTRY;
    IListings private immutable _LISTINGS;
    IRoyaltyLedger private immutable _ROYALTIES;

    /// @notice Starts with no offer and no licence.
    /// @param directory_ The Directory that may pause it.
    /// @param timelock_ The NetworkTimelock.
    /// @param registry The BaseRegistry, which knows who acts for a base.
    /// @param works The ResourceRegistry.
    /// @param listings The ReviewPanels, which list the works.
    /// @param royalties The RoyaltyLedger, which is paid.
    constructor(
        address directory_,
        address timelock_,
        IBaseRegistry registry,
        IResourceRegistry works,
        IListings listings,
        IRoyaltyLedger royalties
    ) ERC1155("") Pausing(directory_) Governed(timelock_) Offers(works) {
        _REGISTRY = registry;
        _LISTINGS = listings;
        _ROYALTIES = royalties;
    }

    /// @inheritdoc ILicences
    function takeLicence(
        uint32 offerId,
        uint32 baseId,
        uint32 count
    ) external payable whenNotPaused nonReentrant returns (uint32 licenceId) {
        // Check.
        Terms memory terms = _openTerms(offerId);
        _checkLicensee(baseId, msg.sender);
        if (_LISTINGS.listedVersion(terms.workId) == 0) revert LicencesWorkNotListed(terms.workId);
        uint32 seats = _seatsOf(terms, count);
        uint96 due = _dueOf(terms, count);

        // Effect.
        licenceId = _give(
            Licence({
                offerId: offerId,
                workId: terms.workId,
                baseId: baseId,
                seats: seats,
                from: uint40(block.timestamp),
                until: _endOf(terms),
                endedAt: 0,
                holder: msg.sender,
                paid: due
            })
        );

        // Interaction: the token, the royalties and a holder that is a contract; none can come back in.
        _receive(terms.token, due);
        if (due > 0) _payRoyalties(terms, due, licenceId);
        _mint(msg.sender, licenceId, seats, "");
    }

    /// @inheritdoc ILicences
    function giveUpLicence(uint32 licenceId) external whenNotPaused nonReentrant {
        // Check.
        Licence memory licence = _openLicence(licenceId);
        _checkLicensee(licence.baseId, licence.holder);

        // Effect.
        _end(licenceId, Ending.GivenUp, 0, bytes32(0));
    }

    /// @inheritdoc ILicences
    function refundLicence(
        uint32 licenceId,
        uint96 amount
    ) external payable whenNotPaused nonReentrant {
        // Check.
        Licence memory licence = _openLicence(licenceId);
        _checkHolder(licence.workId);
        if (licence.paid == 0) revert LicencesNothingPaid(licenceId);
        uint96 least = unusedPart(licenceId);
        if (amount < least || amount > licence.paid)
            revert LicencesRefundRefused(amount, least, licence.paid);
        address token = _termsOf(licence.offerId).token;

        // Effect.
        _end(licenceId, Ending.Refunded, amount, bytes32(0));

        // Interaction.
        address to = _presentHolder(licence);
        _receive(token, amount);
        if (token == address(0)) Address.sendValue(payable(to), amount);
        else IERC20(token).safeTransfer(to, amount);
    }

    /// @inheritdoc ILicences
    function revokeLicence(
        uint32 licenceId,
        bytes32 reason
    ) external onlyTimelock whenNotPaused nonReentrant {
        // Check.
        _openLicence(licenceId);

        // Effect.
        _end(licenceId, Ending.Revoked, 0, reason);
    }

    /// @inheritdoc ILicences
    function moveLicence(uint32 licenceId) external whenNotPaused nonReentrant {
        Licence memory licence = _openLicence(licenceId);
        address next = _presentHolder(licence);

        // Check.
        if (next == licence.holder) revert LicencesCallerNotLicensee(next, licence.baseId);

        // Effect.
        _noteHolder(licenceId, next);
        _burn(licence.holder, licenceId, licence.seats);

        emit LicenceMoved(licenceId, next);

        // Interaction: a holder that is a contract.
        _mint(next, licenceId, licence.seats, "");
    }

    /// @notice Lends nothing: an approval would be of no use.
    /// @param operator Who was to be approved.
    /// @param approved Whether.
    function setApprovalForAll(address operator, bool approved) public pure override {
        (operator, approved);
        revert LicencesNotTransferable();
    }

    /// @notice Gives or takes tokens, and never moves them from one account to another.
    /// @param from Whose they were; the zero address when they are given.
    /// @param to Whose they will be; the zero address when they are taken.
    /// @param ids The licences.
    /// @param values The seats of each.
    function _update(
        address from,
        address to,
        uint256[] memory ids,
        uint256[] memory values
    ) internal override {
        if (from != address(0) && to != address(0)) revert LicencesNotTransferable();
        super._update(from, to, ids, values);
    }

    /// @notice Ends a licence.
    /// @param licenceId The licence, which is open.
    /// @param ending How.
    /// @param refunded What is paid back.
    /// @param reason SHA-256 of the reason; zero for none.
    function _end(uint32 licenceId, Ending ending, uint96 refunded, bytes32 reason) private {
        Licence memory licence = _openLicence(licenceId);
        _noteEnd(licenceId);
        _burn(licence.holder, licenceId, licence.seats);

        emit LicenceEnded(licenceId, ending, refunded, reason);
    }

    /// @notice Takes a sum in from the caller, exactly.
    /// @param token The token; the zero address for the ledger's own coin.
    /// @param amount How much.
    function _receive(address token, uint96 amount) private {
        uint256 expected = token == address(0) ? amount : 0;
        if (msg.value != expected) revert LicencesSumRefused(msg.value, expected);
        if (token == address(0) || amount == 0) return;
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        uint256 got = IERC20(token).balanceOf(address(this)) - before;
        if (got != amount) revert LicencesSumRefused(got, amount);
    }

    /// @notice Pays a work for a licence.
    /// @param terms The terms.
    /// @param amount How much.
    /// @param licenceId The licence: `licence` in ASCII from the left and its number from the right are the cause.
    function _payRoyalties(Terms memory terms, uint96 amount, uint32 licenceId) private {
        bytes32 cause = bytes32("licence") | bytes32(uint256(licenceId));
        if (terms.token == address(0)) {
            _ROYALTIES.pay{value: amount}(terms.workId, terms.token, amount, cause);
            return;
        }
        IERC20(terms.token).forceApprove(address(_ROYALTIES), amount);
        _ROYALTIES.pay(terms.workId, terms.token, amount, cause);
    }

    /// @notice The account that a licence belongs to now.
    /// @param licence The licence.
    /// @return The account; for a base that has closed, the one that had it.
    function _presentHolder(Licence memory licence) private view returns (address) {
        if (licence.baseId == 0) return licence.holder;
        address account = _REGISTRY.accountOf(licence.baseId);
        return account == address(0) ? licence.holder : account;
    }

    /// @notice Reverts unless the caller acts for a base, or is the account when there is no base.
    /// @param baseId The base; 0 for none.
    /// @param account The account.
    function _checkLicensee(uint32 baseId, address account) private view {
        address needed = baseId == 0 ? account : _REGISTRY.accountOf(baseId);
        if (msg.sender != needed) revert LicencesCallerNotLicensee(msg.sender, baseId);
    }

    /// @notice When a licence taken now lapses.
    /// @param terms The terms.
    /// @return Unix time in seconds; the largest number for never.
    function _endOf(Terms memory terms) private view returns (uint40) {
        if (terms.period == 0) return type(uint40).max;
        return uint40(Math.min(block.timestamp + terms.period, type(uint40).max));
    }

    /// @notice The seats of some licences together.
    /// @param terms The terms.
    /// @param count How many.
    /// @return The seats.
    function _seatsOf(Terms memory terms, uint32 count) private pure returns (uint32) {
        if (terms.seats == UNLIMITED && count == 1) return UNLIMITED;
        uint256 seats = uint256(terms.seats) * count;
        if (count == 0 || seats >= UNLIMITED) revert LicencesCountRefused(count);
        return uint32(seats);
    }

    /// @notice What some licences cost at once.
    /// @param terms The terms.
    /// @param count How many.
    /// @return The sum.
    function _dueOf(Terms memory terms, uint32 count) private pure returns (uint96) {
        if (terms.charge != Charge.Once) return 0;
        uint256 due = uint256(terms.price) * count;
        if (due > type(uint96).max) revert LicencesCountRefused(count);
        return uint96(due);
    }
}
