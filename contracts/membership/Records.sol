// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// The records of Entitlements, each one storage slot. They are packed by hand because the compiler reads a struct's
// members one by one (100 gas each after the first), and an answer through four levels has 20,000 gas in all.
// A field below is named with its lowest bit. Times are Unix seconds; an interval holds its start and not its end.

/// base 0 (32) · programme 32 (32) · parent 64 (32) · from 96 (40) · until 136 (40) · revokedAt 176 (40) · depth 216 (8) ·
/// mayAccredit 224 (1). Zero: no such record. revokedAt 0: not revoked.
type AccreditationRecord is uint256;

/// base 0 (32) · from 32 (40) · until 72 (40) · information 112 (40) · safety 152 (40) · green 192 (40) · suspended 232 (1) ·
/// closed 233 (1). until 0: the base's present standing. information, safety, green: when each assessment lapses.
type StandingRecord is uint256;

/// from 0 (40) · until 40 (40) · retiredAt 80 (40) · compromisedAt 120 (40). Zero: no such key.
type KeyRecord is uint256;

/// account 0 (160) · standing 160 (32) · assessedUntil 192 (40). What the gate needs of a base at present:
/// assessedUntil is the earliest lapse of the three assessments, 0 while the base is suspended or closed.
type Seat is uint256;

using {
    base,
    programme,
    parent,
    from,
    until,
    revokedAt,
    depth,
    mayAccredit,
    withRevokedAt
} for AccreditationRecord global;
using {
    standingBase,
    standingFrom,
    standingUntil,
    lapseOf,
    isSuspended,
    isClosed,
    earliestLapse
} for StandingRecord global;
using {withUntil, withLapse, withSuspended, withClosed} for StandingRecord global;
using {
    keyFrom,
    keyUntil,
    retiredAt,
    compromisedAt,
    withRetiredAt,
    withCompromisedAt
} for KeyRecord global;
using {account, standing, assessedUntil} for Seat global;

uint256 constant SUSPENDED = 1 << 232;
uint256 constant CLOSED = 1 << 233;

function packAccreditation(
    uint32 base_,
    uint32 programme_,
    uint32 parent_,
    uint40 from_,
    uint40 until_,
    uint8 depth_,
    bool mayAccredit_
) pure returns (AccreditationRecord) {
    return
        AccreditationRecord.wrap(
            uint256(base_) |
                (uint256(programme_) << 32) |
                (uint256(parent_) << 64) |
                (uint256(from_) << 96) |
                (uint256(until_) << 136) |
                (uint256(depth_) << 216) |
                (mayAccredit_ ? 1 << 224 : 0)
        );
}

function base(AccreditationRecord record) pure returns (uint32) {
    return uint32(AccreditationRecord.unwrap(record));
}

function programme(AccreditationRecord record) pure returns (uint32) {
    return uint32(AccreditationRecord.unwrap(record) >> 32);
}

function parent(AccreditationRecord record) pure returns (uint32) {
    return uint32(AccreditationRecord.unwrap(record) >> 64);
}

function from(AccreditationRecord record) pure returns (uint40) {
    return uint40(AccreditationRecord.unwrap(record) >> 96);
}

function until(AccreditationRecord record) pure returns (uint40) {
    return uint40(AccreditationRecord.unwrap(record) >> 136);
}

function revokedAt(AccreditationRecord record) pure returns (uint40) {
    return uint40(AccreditationRecord.unwrap(record) >> 176);
}

function depth(AccreditationRecord record) pure returns (uint8) {
    return uint8(AccreditationRecord.unwrap(record) >> 216);
}

function mayAccredit(AccreditationRecord record) pure returns (bool) {
    return AccreditationRecord.unwrap(record) & (1 << 224) != 0;
}

function withRevokedAt(AccreditationRecord record, uint40 time) pure returns (AccreditationRecord) {
    return AccreditationRecord.wrap(AccreditationRecord.unwrap(record) | (uint256(time) << 176));
}

function packStanding(uint32 base_, uint40 from_) pure returns (StandingRecord) {
    return StandingRecord.wrap(uint256(base_) | (uint256(from_) << 32));
}

function standingBase(StandingRecord record) pure returns (uint32) {
    return uint32(StandingRecord.unwrap(record));
}

function standingFrom(StandingRecord record) pure returns (uint40) {
    return uint40(StandingRecord.unwrap(record) >> 32);
}

function standingUntil(StandingRecord record) pure returns (uint40) {
    return uint40(StandingRecord.unwrap(record) >> 72);
}

function lapseOf(StandingRecord record, uint256 kind) pure returns (uint40) {
    return uint40(StandingRecord.unwrap(record) >> (112 + 40 * kind));
}

function isSuspended(StandingRecord record) pure returns (bool) {
    return StandingRecord.unwrap(record) & SUSPENDED != 0;
}

function isClosed(StandingRecord record) pure returns (bool) {
    return StandingRecord.unwrap(record) & CLOSED != 0;
}

function earliestLapse(StandingRecord record) pure returns (uint40 earliest) {
    if (StandingRecord.unwrap(record) & (SUSPENDED | CLOSED) != 0) return 0;
    earliest = lapseOf(record, 0);
    if (lapseOf(record, 1) < earliest) earliest = lapseOf(record, 1);
    if (lapseOf(record, 2) < earliest) earliest = lapseOf(record, 2);
}

function withUntil(StandingRecord record, uint40 time) pure returns (StandingRecord) {
    return StandingRecord.wrap(StandingRecord.unwrap(record) | (uint256(time) << 72));
}

function withLapse(StandingRecord record, uint256 kind, uint40 time) pure returns (StandingRecord) {
    uint256 shift = 112 + 40 * kind;
    uint256 cleared = StandingRecord.unwrap(record) & ~(uint256(type(uint40).max) << shift);
    return StandingRecord.wrap(cleared | (uint256(time) << shift));
}

function withSuspended(StandingRecord record, bool suspended) pure returns (StandingRecord) {
    uint256 cleared = StandingRecord.unwrap(record) & ~SUSPENDED;
    return StandingRecord.wrap(suspended ? cleared | SUSPENDED : cleared);
}

function withClosed(StandingRecord record) pure returns (StandingRecord) {
    return StandingRecord.wrap(StandingRecord.unwrap(record) | CLOSED);
}

/// The same standing from `time` on: its start moved, its end open.
function restart(StandingRecord record, uint40 time) pure returns (StandingRecord) {
    uint256 cleared = StandingRecord.unwrap(record) & ~(uint256(type(uint80).max) << 32);
    return StandingRecord.wrap(cleared | (uint256(time) << 32));
}

function packKey(uint40 from_, uint40 until_) pure returns (KeyRecord) {
    return KeyRecord.wrap(uint256(from_) | (uint256(until_) << 40));
}

function keyFrom(KeyRecord record) pure returns (uint40) {
    return uint40(KeyRecord.unwrap(record));
}

function keyUntil(KeyRecord record) pure returns (uint40) {
    return uint40(KeyRecord.unwrap(record) >> 40);
}

function retiredAt(KeyRecord record) pure returns (uint40) {
    return uint40(KeyRecord.unwrap(record) >> 80);
}

function compromisedAt(KeyRecord record) pure returns (uint40) {
    return uint40(KeyRecord.unwrap(record) >> 120);
}

function withRetiredAt(KeyRecord record, uint40 time) pure returns (KeyRecord) {
    return KeyRecord.wrap(KeyRecord.unwrap(record) | (uint256(time) << 80));
}

function withCompromisedAt(KeyRecord record, uint40 time) pure returns (KeyRecord) {
    return KeyRecord.wrap(KeyRecord.unwrap(record) | (uint256(time) << 120));
}

function packSeat(address account_, uint32 standing_, uint40 assessedUntil_) pure returns (Seat) {
    return
        Seat.wrap(
            uint256(uint160(account_)) |
                (uint256(standing_) << 160) |
                (uint256(assessedUntil_) << 192)
        );
}

function account(Seat seat) pure returns (address) {
    return address(uint160(Seat.unwrap(seat)));
}

function standing(Seat seat) pure returns (uint32) {
    return uint32(Seat.unwrap(seat) >> 160);
}

function assessedUntil(Seat seat) pure returns (uint40) {
    return uint40(Seat.unwrap(seat) >> 192);
}
