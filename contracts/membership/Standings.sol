// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausing} from "../directory/Pausing.sol";
import {Governed} from "../governance/Governed.sol";
import {IAssessments} from "./IAssessments.sol";
import {IBaseRegistry} from "./IBaseRegistry.sol";
import {IEntitlements} from "./IEntitlements.sol";
import {packSeat, packStanding, restart, Seat, StandingRecord} from "./Records.sol";

/// @title Standings
/// @notice Who acts for each base, and its standing over time: a chain of intervals without gap or overlap.
abstract contract Standings is IEntitlements, Pausing, Governed {
    IBaseRegistry internal immutable _REGISTRY;

    mapping(uint32 baseId => Seat seat) internal _seats;
    mapping(uint32 standingId => StandingRecord record) internal _standings;
    mapping(uint32 baseId => uint32[] standingIds) private _standingsOf;
    uint32 private _standingCount;

    /// @notice Lets only the registry through.
    modifier onlyRegistry() {
        if (msg.sender != address(_REGISTRY)) revert EntitlementsCallerNotRegistry(msg.sender);
        _;
    }

    /// @notice Ties the store to its registry.
    /// @param registry The BaseRegistry.
    constructor(IBaseRegistry registry) {
        _REGISTRY = registry;
    }

    /// @inheritdoc IEntitlements
    function seat(uint32 baseId, address account) external onlyRegistry whenNotPaused {
        // Effect: {_changeStanding} fills the seat's standing in.
        _seats[baseId] = packSeat(account, 0, 0);

        emit BaseSeated(baseId, account);
        _changeStanding(baseId, packStanding(baseId, uint40(block.timestamp)));
    }

    /// @inheritdoc IEntitlements
    function reseat(uint32 baseId, address account) external onlyRegistry whenNotPaused {
        Seat current = _seats[baseId];

        // Effect.
        _seats[baseId] = packSeat(account, current.standing(), current.assessedUntil());

        emit BaseSeated(baseId, account);
    }

    /// @inheritdoc IEntitlements
    function unseat(uint32 baseId) external onlyRegistry whenNotPaused {
        StandingRecord present = _standings[_seats[baseId].standing()];

        // Effect.
        _changeStanding(baseId, present.withClosed());
        _seats[baseId] = packSeat(address(0), _seats[baseId].standing(), 0);

        emit BaseSeated(baseId, address(0));
    }

    /// @inheritdoc IEntitlements
    function seatedAccountOf(uint32 baseId) external view returns (address) {
        return _seats[baseId].account();
    }

    /// @inheritdoc IAssessments
    function standingCount() external view returns (uint32) {
        return _standingCount;
    }

    /// @inheritdoc IAssessments
    function standingOf(uint32 standingId) external view returns (Standing memory) {
        StandingRecord record = _standings[standingId];
        return
            Standing({
                baseId: record.standingBase(),
                from: record.standingFrom(),
                until: record.standingUntil(),
                informationUntil: record.lapseOf(uint256(Kind.Information)),
                safetyUntil: record.lapseOf(uint256(Kind.Safety)),
                greenUntil: record.lapseOf(uint256(Kind.Green)),
                suspended: record.isSuspended(),
                closed: record.isClosed()
            });
    }

    /// @inheritdoc IAssessments
    function standingAt(uint32 baseId, uint40 time) public view returns (uint32) {
        uint32[] storage ids = _standingsOf[baseId];
        // The last one that begins at or before `time`: of several that begin together, only the last has any length.
        uint256 low = 0;
        uint256 high = ids.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (_standings[ids[middle]].standingFrom() <= time) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? 0 : ids[low - 1];
    }

    /// @notice Ends a base's present standing with this block and begins the next.
    /// @param baseId The base.
    /// @param next The next standing; its interval is set here.
    function _changeStanding(uint32 baseId, StandingRecord next) internal {
        uint40 time = uint40(block.timestamp);
        Seat current = _seats[baseId];
        uint32 previousId = current.standing();
        if (previousId != 0) _standings[previousId] = _standings[previousId].withUntil(time);

        uint32 standingId = ++_standingCount;
        next = restart(next, time);
        _standings[standingId] = next;
        _standingsOf[baseId].push(standingId);
        _seats[baseId] = packSeat(current.account(), standingId, next.earliestLapse());

        emit StandingChanged(
            standingId,
            baseId,
            next.lapseOf(uint256(Kind.Information)),
            next.lapseOf(uint256(Kind.Safety)),
            next.lapseOf(uint256(Kind.Green)),
            next.isSuspended(),
            next.isClosed()
        );
    }

    /// @notice A base's present standing.
    /// @param baseId The base, which is open.
    /// @return The record.
    function _presentStanding(uint32 baseId) internal view returns (StandingRecord) {
        return _standings[_seats[baseId].standing()];
    }

    /// @notice Reverts unless the caller acts for the base, or for base 0 is the timelock.
    /// @param baseId The base; 0 for the network.
    function _checkActsFor(uint32 baseId) internal view {
        if (baseId == 0) {
            if (!_isTimelock(msg.sender)) revert GovernedCallerNotTimelock(msg.sender);
            return;
        }
        if (_seats[baseId].account() != msg.sender)
            revert EntitlementsCallerNotBase(msg.sender, baseId);
    }

    /// @notice Reverts unless the base is open.
    /// @param baseId The base.
    function _checkOpen(uint32 baseId) internal view {
        if (_seats[baseId].account() == address(0)) revert EntitlementsBaseUnknown(baseId);
    }

    /// @notice Reverts unless an end lies in the future and not after another.
    /// @param until The end.
    /// @param latest The latest that it may be.
    function _checkEnd(uint40 until, uint40 latest) internal view {
        if (until <= block.timestamp || until > latest)
            revert EntitlementsEndOutOfBounds(until, latest);
    }
}
