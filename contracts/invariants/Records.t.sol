// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AccreditationRecord,
    KeyRecord,
    packAccreditation,
    packKey,
    packSeat,
    packStanding,
    restart,
    Seat,
    StandingRecord
} from "../membership/Records.sol";

/// @title RecordsTest
/// @notice Every field of a record comes out as it went in, and setting one leaves the others alone.
contract RecordsTest {
    /// @notice An accreditation keeps its fields, and its revocation too.
    /// @param ids Base, programme and parent.
    /// @param times Start, end and revocation.
    /// @param depth Its level.
    /// @param may Whether its holder may accredit.
    function testFuzz_Accreditation(
        uint32[3] memory ids,
        uint40[3] memory times,
        uint8 depth,
        bool may
    ) external pure {
        AccreditationRecord record = packAccreditation(
            ids[0],
            ids[1],
            ids[2],
            times[0],
            times[1],
            depth,
            may
        );
        require(record.revokedAt() == 0, "revoked from the start");
        record = record.withRevokedAt(times[2]);
        require(
            record.base() == ids[0] && record.programme() == ids[1] && record.parent() == ids[2],
            "ids"
        );
        require(
            record.from() == times[0] &&
                record.until() == times[1] &&
                record.revokedAt() == times[2],
            "times"
        );
        require(record.depth() == depth && record.mayAccredit() == may, "depth");
    }

    /// @notice A standing keeps its fields; a restart moves its start and opens its end alone.
    /// @param baseId The base.
    /// @param times Start, end and new start.
    /// @param lapses When each assessment lapses.
    /// @param suspended Whether it is suspended.
    function testFuzz_Standing(
        uint32 baseId,
        uint40[3] memory times,
        uint40[3] memory lapses,
        bool suspended
    ) external pure {
        StandingRecord record = packStanding(baseId, times[0]);
        for (uint256 kind = 0; kind < 3; ++kind) record = record.withLapse(kind, type(uint40).max);
        record = record.withSuspended(true).withSuspended(suspended).withUntil(times[1]);
        for (uint256 kind = 0; kind < 3; ++kind) record = record.withLapse(kind, lapses[kind]);
        require(record.standingFrom() == times[0] && record.standingUntil() == times[1], "times");
        record = restart(record, times[2]);
        require(
            record.standingFrom() == times[2] && record.standingUntil() == 0,
            "restarted times"
        );
        require(
            record.standingBase() == baseId &&
                record.isSuspended() == suspended &&
                !record.isClosed(),
            "base"
        );
        uint40 earliest = type(uint40).max;
        for (uint256 kind = 0; kind < 3; ++kind) {
            require(record.lapseOf(kind) == lapses[kind], "lapse");
            if (lapses[kind] < earliest) earliest = lapses[kind];
        }
        require(record.earliestLapse() == (suspended ? 0 : earliest), "earliest");
        require(
            record.withClosed().isClosed() && record.withClosed().earliestLapse() == 0,
            "closed"
        );
    }

    /// @notice A key and a seat keep their fields.
    /// @param times Start, end, retirement and revocation.
    /// @param account The account that acts.
    /// @param standing The standing's number.
    function testFuzz_KeyAndSeat(
        uint40[4] memory times,
        address account,
        uint32 standing
    ) external pure {
        KeyRecord key = packKey(times[0], times[1]).withRetiredAt(times[2]).withCompromisedAt(
            times[3]
        );
        require(key.keyFrom() == times[0] && key.keyUntil() == times[1], "interval");
        require(key.retiredAt() == times[2] && key.compromisedAt() == times[3], "ends");
        Seat seat = packSeat(account, standing, times[0]);
        require(
            seat.account() == account &&
                seat.standing() == standing &&
                seat.assessedUntil() == times[0],
            "seat"
        );
    }
}
