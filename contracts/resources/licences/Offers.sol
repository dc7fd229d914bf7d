// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausing} from "../../directory/Pausing.sol";
import {IResourceRegistry} from "../works/IResourceRegistry.sol";
import {IOffers} from "./IOffers.sol";

/// @title Offers
/// @notice See {IOffers}.
abstract contract Offers is IOffers, Pausing {
    /// @inheritdoc IOffers
    uint8 public constant REUSE = 1;
    /// @inheritdoc IOffers
    uint8 public constant ADAPT = 2;
    /// @inheritdoc IOffers
    uint8 public constant COMMERCIAL = 4;
    /// @inheritdoc IOffers
    uint32 public constant UNLIMITED = type(uint32).max;

    uint24 private constant WHOLE = 1_000_000;

    IResourceRegistry internal immutable _WORKS;

    uint32 private _offerCount;
    mapping(uint32 offerId => Offer offer) private _offers;

    /// @notice Ties the offers to the works.
    /// @param works The ResourceRegistry.
    constructor(IResourceRegistry works) {
        _WORKS = works;
    }

    /// @inheritdoc IOffers
    function makeOffer(
        Terms calldata terms,
        bytes32 textZh,
        bytes32 textEn
    ) external whenNotPaused returns (uint32 offerId) {
        // Check.
        _checkHolder(terms.workId);
        _checkTerms(terms);
        if (textZh == bytes32(0) || textEn == bytes32(0)) revert LicencesTermsRefused("text");

        // Effect.
        offerId = ++_offerCount;
        _offers[offerId] = Offer({terms: terms, textZh: textZh, textEn: textEn, withdrawnAt: 0});

        emit OfferMade(offerId, terms.workId, terms, textZh, textEn);
    }

    /// @inheritdoc IOffers
    function withdrawOffer(uint32 offerId) external whenNotPaused {
        // Check.
        Terms memory terms = _openTerms(offerId);
        _checkHolder(terms.workId);

        // Effect.
        _offers[offerId].withdrawnAt = uint40(block.timestamp);

        emit OfferWithdrawn(offerId);
    }

    /// @inheritdoc IOffers
    function offerCount() external view returns (uint32) {
        return _offerCount;
    }

    /// @inheritdoc IOffers
    function offerOf(uint32 offerId) external view returns (Offer memory) {
        return _offers[offerId];
    }

    /// @notice The terms of an offer that stands; reverts for any other.
    /// @param offerId The offer.
    /// @return terms Its terms.
    function _openTerms(uint32 offerId) internal view returns (Terms memory terms) {
        terms = _termsOf(offerId);
        if (terms.workId == 0 || _offers[offerId].withdrawnAt != 0)
            revert LicencesOfferClosed(offerId);
    }

    /// @notice The terms of an offer.
    /// @param offerId The offer.
    /// @return Its terms.
    function _termsOf(uint32 offerId) internal view returns (Terms memory) {
        return _offers[offerId].terms;
    }

    /// @notice Reverts unless the caller holds a work.
    /// @param workId The work.
    function _checkHolder(uint32 workId) internal view {
        if (_WORKS.holderOf(workId) != msg.sender)
            revert LicencesCallerNotHolder(msg.sender, workId);
    }

    /// @notice Reverts when terms contradict themselves.
    /// @param terms The terms.
    function _checkTerms(Terms calldata terms) private pure {
        bool isFree = terms.charge == Charge.Free;
        if (isFree != (terms.price == 0)) revert LicencesTermsRefused("price");
        if (isFree && terms.token != address(0)) revert LicencesTermsRefused("token");
        if (terms.rights == 0 || terms.rights > (REUSE | ADAPT | COMMERCIAL))
            revert LicencesTermsRefused("rights");
        if (terms.seats == 0) revert LicencesTermsRefused("seats");
        if (terms.royaltyShare > WHOLE) revert LicencesTermsRefused("royaltyShare");
    }
}
