// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IWorkStandings} from "../works/IWorkStandings.sol";
import {ILicences} from "./ILicences.sol";
import {Offers} from "./Offers.sol";

/// @title HeldLicences
/// @notice The licences that were given, and what they allow at any time. See {ILicences}.
abstract contract HeldLicences is ILicences, Offers {
    uint32 private _licenceCount;
    mapping(uint32 licenceId => Licence licence) private _licences;
    /// A base is kept as its number above the 160 bits that an account may have.
    mapping(uint256 licensee => mapping(uint32 workId => uint32[] licenceIds)) private _held;

    /// @inheritdoc ILicences
    function licenceCount() external view returns (uint32) {
        return _licenceCount;
    }

    /// @inheritdoc ILicences
    function licenceOf(uint32 licenceId) external view returns (Licence memory) {
        return _licences[licenceId];
    }

    /// @inheritdoc ILicences
    function usageTermsOf(uint32 licenceId) external view returns (UsageTerms memory) {
        Licence memory licence = _licences[licenceId];
        Terms memory terms = _termsOf(licence.offerId);
        return
            UsageTerms({
                baseId: licence.baseId,
                workId: licence.workId,
                from: licence.from,
                end: licence.endedAt == 0 ? licence.until : licence.endedAt,
                charge: terms.charge,
                price: terms.price,
                token: terms.token
            });
    }

    /// @inheritdoc ILicences
    function mayOpen(address account, uint32 workId, uint40 time) external view returns (bool) {
        return licenceAt(account, workId, time) != 0;
    }

    /// @inheritdoc ILicences
    function mayBaseOpen(uint32 baseId, uint32 workId, uint40 time) external view returns (bool) {
        return baseLicenceAt(baseId, workId, time) != 0;
    }

    /// @inheritdoc ILicences
    function licenceAt(address account, uint32 workId, uint40 time) public view returns (uint32) {
        return _search(_licensee(0, account), workId, time);
    }

    /// @inheritdoc ILicences
    function baseLicenceAt(uint32 baseId, uint32 workId, uint40 time) public view returns (uint32) {
        return baseId == 0 ? 0 : _search(_licensee(baseId, address(0)), workId, time);
    }

    /// @inheritdoc ILicences
    function unusedPart(uint32 licenceId) public view returns (uint96) {
        Licence memory licence = _licences[licenceId];
        if (licence.until == type(uint40).max || licence.from == licence.until) return licence.paid;
        if (block.timestamp >= licence.until) return 0;
        uint256 left = licence.until - block.timestamp;
        uint256 period = licence.until - licence.from;
        return uint96(Math.mulDiv(licence.paid, left, period, Math.Rounding.Ceil));
    }

    /// @notice Writes a licence down.
    /// @param licence The licence.
    /// @return licenceId Its number.
    function _give(Licence memory licence) internal returns (uint32 licenceId) {
        // Effect.
        licenceId = ++_licenceCount;
        _licences[licenceId] = licence;
        _held[_licensee(licence.baseId, licence.holder)][licence.workId].push(licenceId);

        emit LicenceGiven(
            licenceId,
            licence.workId,
            licence.baseId,
            licence.holder,
            licence.offerId,
            licence.seats,
            licence.until,
            licence.paid
        );
    }

    /// @notice Notes that a licence ended now.
    /// @param licenceId The licence.
    function _noteEnd(uint32 licenceId) internal {
        _licences[licenceId].endedAt = uint40(block.timestamp);
    }

    /// @notice Notes who has a licence's token.
    /// @param licenceId The licence.
    /// @param holder The account.
    function _noteHolder(uint32 licenceId, address holder) internal {
        _licences[licenceId].holder = holder;
    }

    /// @notice A licence that is not over; reverts for any other.
    /// @param licenceId The licence.
    /// @return licence Its record.
    function _openLicence(uint32 licenceId) internal view returns (Licence memory licence) {
        licence = _licences[licenceId];
        if (licence.endedAt != 0 || block.timestamp >= licence.until)
            revert LicencesLicenceOver(licenceId);
    }

    /// @notice The newest licence that holds at a time.
    /// @param licensee The key of the base or account.
    /// @param workId The work.
    /// @param time Unix time in seconds.
    /// @return The licence; 0 for none.
    function _search(uint256 licensee, uint32 workId, uint40 time) private view returns (uint32) {
        if (IWorkStandings(address(_WORKS)).wasTakenDown(workId, time)) return 0;
        uint32[] storage ids = _held[licensee][workId];
        for (uint256 i = ids.length; i > 0; --i) {
            Licence memory licence = _licences[ids[i - 1]];
            bool hasEnded = licence.endedAt != 0 && time >= licence.endedAt;
            if (licence.from <= time && time < licence.until && !hasEnded) return ids[i - 1];
        }
        return 0;
    }

    /// @notice The key of a licensee.
    /// @param baseId The base; 0 for an account.
    /// @param account The account.
    /// @return The key.
    function _licensee(uint32 baseId, address account) private pure returns (uint256) {
        return baseId == 0 ? uint160(account) : uint256(baseId) << 160;
    }
}
