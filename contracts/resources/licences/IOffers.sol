// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IOffers
/// @notice On what terms a work may be used. An offer never changes; other terms are another offer.
interface IOffers {
    /// @notice What a licence costs.
    enum Charge {
        Free,
        Once,
        PerUse,
        PerClass
    }

    /// @notice The terms of an offer; the plain-language text in both languages is made from them.
    /// @param token The ERC-20 in which it is paid; the zero address for the ledger's own coin.
    /// @param price In the token's smallest unit: for a licence, a use or a class; 0 when free.
    /// @param workId The work.
    /// @param period Seconds that a licence lasts; 0 for ever.
    /// @param seats How many may use it at the same time; {UNLIMITED} for any number.
    /// @param territory Where: an ISO 3166 code in ASCII (`CN`, `CN-44`), zero-padded on the right; zero for everywhere.
    /// @param royaltyShare What an adaptation owes of all that it earns, in millionths.
    /// @param rights One bit each: {REUSE}, {ADAPT}, {COMMERCIAL}.
    /// @param charge What it costs.
    // The linter takes an enum for a whole word; it is one byte, and all of this is two words.
    // solhint-disable-next-line gas-struct-packing
    struct Terms {
        address token;
        uint96 price;
        uint32 workId;
        uint40 period;
        uint32 seats;
        bytes6 territory;
        uint24 royaltyShare;
        uint8 rights;
        Charge charge;
    }

    /// @notice One offer.
    /// @param terms Its terms.
    /// @param textZh SHA-256 of its text in Chinese.
    /// @param textEn SHA-256 of its text in English.
    /// @param withdrawnAt Unix time in seconds from which no licence is given any more; 0 while it stands.
    struct Offer {
        Terms terms;
        bytes32 textZh;
        bytes32 textEn;
        uint40 withdrawnAt;
    }

    /// @notice Emitted when a work is offered on terms.
    /// @param offerId The offer's number.
    /// @param workId The work.
    /// @param terms The terms.
    /// @param textZh SHA-256 of the text in Chinese.
    /// @param textEn SHA-256 of the text in English.
    event OfferMade(
        uint32 indexed offerId,
        uint32 indexed workId,
        Terms terms,
        bytes32 textZh,
        bytes32 textEn
    );

    /// @notice Emitted when an offer gives no licence any more.
    /// @param offerId The offer.
    event OfferWithdrawn(uint32 indexed offerId);

    /// @notice The caller does not hold the work.
    error LicencesCallerNotHolder(address caller, uint32 workId);

    /// @notice The terms contradict themselves, or a text is missing.
    error LicencesTermsRefused(string field);

    /// @notice There is no such offer, or it was withdrawn.
    error LicencesOfferClosed(uint32 offerId);

    /// @notice Offers a work on terms.
    ///
    /// @dev Emits {OfferMade}.
    ///
    /// Requirements:
    /// - The caller holds the work; the contract is not paused.
    /// - At least one right and one seat; a price unless it is free; a share of at most the whole; both texts.
    ///
    /// Notes:
    /// - Licences are given once a version of the work is listed.
    ///
    /// @param terms The terms.
    /// @param textZh SHA-256 of the text in Chinese.
    /// @param textEn SHA-256 of the text in English.
    /// @return offerId Its number.
    function makeOffer(
        Terms calldata terms,
        bytes32 textZh,
        bytes32 textEn
    ) external returns (uint32 offerId);

    /// @notice Ends an offer. Licences that were given stay.
    ///
    /// @dev Emits {OfferWithdrawn}.
    ///
    /// Requirements:
    /// - The caller holds the work; the offer stands; the contract is not paused.
    ///
    /// @param offerId The offer.
    function withdrawOffer(uint32 offerId) external;

    /// @notice The right to use the work in teaching and to show it.
    /// @return The bit.
    function REUSE() external view returns (uint8);

    /// @notice The right to make other works from it.
    /// @return The bit.
    function ADAPT() external view returns (uint8);

    /// @notice The right to earn with it.
    /// @return The bit.
    function COMMERCIAL() external view returns (uint8);

    /// @notice The number of seats that means any number.
    /// @return The number.
    function UNLIMITED() external view returns (uint32);

    /// @notice How many offers there are; their numbers go from 1 to this.
    /// @return The number.
    function offerCount() external view returns (uint32);

    /// @notice One offer.
    /// @param offerId The offer.
    /// @return Its record; all zero for a number that was never given.
    function offerOf(uint32 offerId) external view returns (Offer memory);
}
