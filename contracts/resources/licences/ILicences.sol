// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOffers} from "./IOffers.sol";

/// @title ILicences
/// @notice Who may open which work, until when. A licence is an ERC-1155 token that cannot be transferred: its id is the
/// licence's number, its amount the seats.
interface ILicences is IOffers {
    /// @notice One licence.
    /// @param offerId The offer whose terms it has.
    /// @param workId The work.
    /// @param baseId The base that holds it; 0 when an account holds it for itself.
    /// @param seats How many may use it at the same time; {IOffers.UNLIMITED} for any number.
    /// @param from Unix time in seconds from which it holds.
    /// @param until When it lapses; the largest number for never.
    /// @param endedAt When it was ended before that; 0 when it was not.
    /// @param holder The account that has the token.
    /// @param paid What was paid for it at once, in the smallest unit of the offer's token.
    struct Licence {
        uint32 offerId;
        uint32 workId;
        uint32 baseId;
        uint32 seats;
        uint40 from;
        uint40 until;
        uint40 endedAt;
        address holder;
        uint96 paid;
    }

    /// @notice What counting uses needs to know of a licence.
    /// @param baseId The base that holds it; 0 when an account holds it for itself.
    /// @param workId The work.
    /// @param from Unix time in seconds from which it holds.
    /// @param end When it lapses or was ended.
    /// @param charge What it costs.
    /// @param price For a licence, a use or a class, in the token's smallest unit.
    /// @param token The token; the zero address for the ledger's own coin.
    struct UsageTerms {
        uint32 baseId;
        uint32 workId;
        uint40 from;
        uint40 end;
        Charge charge;
        uint96 price;
        address token;
    }

    /// @notice How a licence ended before its time.
    enum Ending {
        GivenUp,
        Refunded,
        Revoked
    }

    /// @notice Emitted when a licence is given.
    /// @param licenceId Its number.
    /// @param workId The work.
    /// @param baseId The base that holds it; 0 for an account.
    /// @param holder The account that has the token.
    /// @param offerId The offer.
    /// @param seats How many may use it at the same time.
    /// @param until When it lapses.
    /// @param paid What was paid for it at once.
    event LicenceGiven(
        uint32 indexed licenceId,
        uint32 indexed workId,
        uint32 indexed baseId,
        address holder,
        uint32 offerId,
        uint32 seats,
        uint40 until,
        uint96 paid
    );

    /// @notice Emitted when a licence ends before its time.
    /// @param licenceId The licence.
    /// @param ending How.
    /// @param refunded What was paid back, in the smallest unit of the offer's token.
    /// @param reason SHA-256 of the reason, published elsewhere; zero for none.
    event LicenceEnded(uint32 indexed licenceId, Ending ending, uint96 refunded, bytes32 reason);

    /// @notice Emitted when a base's licence follows it to its new account.
    /// @param licenceId The licence.
    /// @param holder The account that has the token from now on.
    event LicenceMoved(uint32 indexed licenceId, address indexed holder);

    /// @notice A licence cannot be transferred, nor lent by an approval.
    error LicencesNotTransferable();

    /// @notice No version of the work is listed now.
    error LicencesWorkNotListed(uint32 workId);

    /// @notice The caller does not act for the base, or does not hold the licence.
    error LicencesCallerNotLicensee(address caller, uint32 baseId);

    /// @notice No licence, or more seats than can be counted.
    error LicencesCountRefused(uint32 count);

    /// @notice Another sum was sent than the one that is due.
    error LicencesSumRefused(uint256 sent, uint256 due);

    /// @notice There is no such licence, or it is over.
    error LicencesLicenceOver(uint32 licenceId);

    /// @notice Nothing was paid for the licence, so that nothing can be paid back for it.
    error LicencesNothingPaid(uint32 licenceId);

    /// @notice Less than the unused part is offered back, or more than was paid.
    error LicencesRefundRefused(uint96 amount, uint96 least, uint96 most);

    /// @notice Takes a licence, for the calling account or for the base that it acts for, and pays for it.
    ///
    /// @dev Emits {LicenceGiven} and ERC-1155's `TransferSingle`.
    ///
    /// Requirements:
    /// - The offer stands; a version of its work is listed; the contract is not paused.
    /// - With a base, the caller acts for it. A contract that calls must receive ERC-1155 tokens.
    /// - A price at once is sent with the call (the ledger's own coin, exactly), or the caller has approved it to this contract.
    ///
    /// Notes:
    /// - What is paid at once goes to the work in the RoyaltyLedger in the same transaction.
    ///
    /// @param offerId The offer.
    /// @param baseId The base that will hold it; 0 for the calling account.
    /// @param count How many times the offer's seats, at as many times its price.
    /// @return licenceId Its number.
    function takeLicence(
        uint32 offerId,
        uint32 baseId,
        uint32 count
    ) external payable returns (uint32 licenceId);

    /// @notice Ends the caller's own licence; nothing is paid back.
    ///
    /// @dev Emits {LicenceEnded}.
    ///
    /// Requirements:
    /// - The caller holds the licence or acts for the base that does; it is not over; the contract is not paused.
    ///
    /// @param licenceId The licence.
    function giveUpLicence(uint32 licenceId) external;

    /// @notice Ends a licence that was paid for at once, by paying back at least the part that was not used yet.
    ///
    /// @dev Emits {LicenceEnded}.
    ///
    /// Requirements:
    /// - The caller holds the work; the licence is not over and was paid for; the contract is not paused.
    /// - The amount is at least {unusedPart} and at most what was paid; it is sent with the call or approved, as in {takeLicence}.
    ///
    /// Notes:
    /// - The money comes from the holder of the work: what the royalties have taken in is others' already.
    ///
    /// @param licenceId The licence.
    /// @param amount In the smallest unit of the offer's token.
    function refundLicence(uint32 licenceId, uint96 amount) external payable;

    /// @notice Ends a licence whose terms were broken, by a vote.
    ///
    /// @dev Emits {LicenceEnded}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the licence is not over; the contract is not paused.
    ///
    /// @param licenceId The licence.
    /// @param reason SHA-256 of the reason, published elsewhere.
    function revokeLicence(uint32 licenceId, bytes32 reason) external;

    /// @notice Brings a base's licence to the account that acts for it now. Anyone may call it.
    ///
    /// @dev Emits {LicenceMoved} and ERC-1155's `TransferSingle` twice.
    ///
    /// Requirements:
    /// - The base is open and has another account than the licence; the licence is not over; the contract is not paused.
    ///
    /// @param licenceId The licence.
    function moveLicence(uint32 licenceId) external;

    /// @notice How many licences were given; their numbers go from 1 to this.
    /// @return The number.
    function licenceCount() external view returns (uint32);

    /// @notice One licence.
    /// @param licenceId The licence.
    /// @return Its record; all zero for a number that was never given.
    function licenceOf(uint32 licenceId) external view returns (Licence memory);

    /// @notice The least that must be paid back to end a licence now: what was paid, for the rest of its period, rounded up.
    /// @param licenceId The licence.
    /// @return In the smallest unit of the offer's token.
    function unusedPart(uint32 licenceId) external view returns (uint96);

    /// @notice The licence by which an account may open a work at a time.
    /// @param account The account.
    /// @param workId The work.
    /// @param time Unix time in seconds. An answer about a time that has passed never changes.
    /// @return The licence; 0 for none, also while the work is taken down.
    function licenceAt(address account, uint32 workId, uint40 time) external view returns (uint32);

    /// @notice The licence by which a base may open a work at a time.
    /// @param baseId The base.
    /// @param workId The work.
    /// @param time Unix time in seconds. An answer about a time that has passed never changes.
    /// @return The licence; 0 for none, also while the work is taken down.
    function baseLicenceAt(
        uint32 baseId,
        uint32 workId,
        uint40 time
    ) external view returns (uint32);

    /// @notice Whether an account may open a work at a time.
    /// @param account The account.
    /// @param workId The work.
    /// @param time Unix time in seconds. An answer about a time that has passed never changes.
    /// @return True when it has a licence that holds then, and the work is not taken down then.
    function mayOpen(address account, uint32 workId, uint40 time) external view returns (bool);

    /// @notice Whether a base may open a work at a time.
    /// @param baseId The base.
    /// @param workId The work.
    /// @param time Unix time in seconds. An answer about a time that has passed never changes.
    /// @return True when it has a licence that holds then, and the work is not taken down then.
    function mayBaseOpen(uint32 baseId, uint32 workId, uint40 time) external view returns (bool);

    /// @notice What counting uses needs to know of a licence.
    /// @param licenceId The licence.
    /// @return Its terms; all zero for a number that was never given.
    function usageTermsOf(uint32 licenceId) external view returns (UsageTerms memory);
}
