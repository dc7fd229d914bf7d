// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CredentialAnchors} from "../../contracts/credentials/CredentialAnchors.sol";
import {ICredentialAnchors} from "../../contracts/credentials/ICredentialAnchors.sol";
import {Directory} from "../../contracts/directory/Directory.sol";
import {Entitlements} from "../../contracts/membership/Entitlements.sol";
import {IAssessments} from "../../contracts/membership/IAssessments.sol";
import {IBaseRegistry} from "../../contracts/membership/IBaseRegistry.sol";
import {
    AccreditationRecord,
    packAccreditation,
    packKey,
    KeyRecord,
    packSeat,
    Seat,
    StandingRecord
} from "../../contracts/membership/Records.sol";

interface Vm {
    function warp(uint256 time) external;

    function prank(address sender) external;

    function assume(bool condition) external pure;
}

/// @title Properties
/// @notice What halmos proves for every input, not for samples: who may anchor and when, and what a record keeps.
/// This contract is the network's timelock and its registry; base 1 acts through ACCOUNT.
contract Properties {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address private constant ACCOUNT = address(0x1001);
    bytes32 private constant KEY = keccak256("key");
    uint40 private constant START = 1_000_000;
    uint40 private constant KEY_UNTIL = START + 900;
    uint40 private constant SAFETY_UNTIL = START + 800;
    uint40 private constant ACCREDITED_UNTIL = START + 700;

    Entitlements private entitlements;
    CredentialAnchors private anchors;

    function setUp() public {
        vm.warp(START);
        Directory directory = new Directory(address(this), address(this));
        entitlements = new Entitlements(
            address(directory),
            address(this),
            IBaseRegistry(address(this))
        );
        anchors = new CredentialAnchors(address(directory), entitlements);
        entitlements.seat(1, ACCOUNT);
        entitlements.registerProgramme(0, keccak256("programme"), "cid");
        for (uint256 kind; kind < 3; ++kind) {
            vm.prank(ACCOUNT);
            entitlements.signAssessment(
                1,
                1,
                IAssessments.Kind(kind),
                kind == 1 ? SAFETY_UNTIL : START + 1_000,
                keccak256("report"),
                "cid"
            );
        }
        entitlements.accredit(0, 1, 1, ACCREDITED_UNTIL, false);
        vm.prank(ACCOUNT);
        entitlements.addIssuerKey(1, KEY, KEY_UNTIL);
    }

    /// @notice What {Entitlements} asks of its registry: base 1 may assess.
    function servicesOf(uint32) external pure returns (uint256) {
        return 15;
    }

    /// @notice An anchor is only ever written by the base's own account, with all three records in force at that time.
    function check_onlyAnEntitledBaseAnchors(
        address caller,
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint40 time
    ) external {
        vm.assume(time >= START);
        vm.warp(time);
        vm.prank(caller);
        try anchors.anchor(baseId, programmeId, keyId, 1, 1, keccak256("root")) {
            assert(caller == ACCOUNT && baseId == 1 && programmeId == 1 && keyId == KEY);
            assert(time < ACCREDITED_UNTIL);
        } catch {}
    }

    /// @notice Within the rights of a base no anchor is refused, and it is read back as it was given.
    function check_anAnchorIsReadBack(bytes32 root, uint32 size, uint40 time) external {
        vm.assume(root != bytes32(0) && size != 0 && time >= START && time < ACCREDITED_UNTIL);
        vm.warp(time);
        vm.prank(ACCOUNT);
        try anchors.anchor(1, 1, KEY, 1, size, root) {} catch {
            assert(false);
        }
        ICredentialAnchors.Anchor memory held = anchors.anchorOf(1, root);
        assert(held.size == size && held.time == time && held.programmeId == 1);
        assert(held.accreditationId == 1 && held.keyTag == bytes6(uint48(uint256(KEY))));
    }

    /// @notice A root is anchored once.
    function check_aRootIsAnchoredOnce(bytes32 root, uint32 size, uint32 again) external {
        vm.assume(root != bytes32(0) && size != 0 && again != 0);
        vm.prank(ACCOUNT);
        anchors.anchor(1, 1, KEY, 1, size, root);
        vm.prank(ACCOUNT);
        try anchors.anchor(1, 1, KEY, 1, again, root) {
            assert(false);
        } catch {}
    }

    /// @notice Entitlement is the meeting of the three intervals, for any base, programme, key and time.
    function check_entitledExactlyWithinItsRecords(
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint40 time
    ) external view {
        bool expected =
            baseId == 1 &&
                programmeId == 1 &&
                keyId == KEY &&
                time >= START &&
                time < ACCREDITED_UNTIL;
        assert(entitlements.isEntitled(baseId, programmeId, keyId, time) == expected);
    }

    /// @notice What was so before a revocation stays so, and nothing is entitled after it.
    function check_aRevocationLeavesThePast(uint40 revokedAt, uint40 time) external {
        vm.assume(revokedAt > START && revokedAt < ACCREDITED_UNTIL);
        bool before = entitlements.isEntitled(1, 1, KEY, time);
        vm.warp(revokedAt);
        entitlements.revokeAccreditation(1, 0, keccak256("reason"));
        bool later = entitlements.isEntitled(1, 1, KEY, time);
        assert(later == (before && time < revokedAt));
    }

    /// @notice Only the timelock accredits from the network down.
    function check_onlyTheTimelockAccredits(address caller, uint40 until, bool further) external {
        vm.assume(caller != address(this));
        vm.prank(caller);
        try entitlements.accredit(0, 1, 1, until, further) {
            assert(false);
        } catch {}
    }

    /// @notice A head moves on only from the head that its base knew, and only by that base.
    function check_aHeadFollowsItsPredecessor(
        address caller,
        bytes32 purpose,
        bytes32 previous,
        bytes32 digest
    ) external {
        vm.prank(ACCOUNT);
        anchors.anchorHead(1, purpose, bytes32(0), keccak256("first"));
        vm.prank(caller);
        try anchors.anchorHead(1, purpose, previous, digest) {
            assert(caller == ACCOUNT && previous == keccak256("first") && digest != bytes32(0));
            assert(anchors.headOf(1, purpose).sequence == 2);
        } catch {}
    }

    /// @notice A packed accreditation keeps each of its fields, whatever the others are.
    function check_anAccreditationKeepsItsFields(
        uint32 base,
        uint32 programme,
        uint40 from,
        uint40 until,
        uint40 revokedAt,
        uint8 depth
    ) external pure {
        AccreditationRecord record = packAccreditation(base, programme, 7, from, until, depth, true)
            .withRevokedAt(revokedAt);
        assert(record.base() == base && record.programme() == programme && record.parent() == 7);
        assert(record.from() == from && record.until() == until);
        assert(record.revokedAt() == revokedAt && record.depth() == depth && record.mayAccredit());
    }

    /// @notice Keys, seats and standings keep their fields too.
    function check_otherRecordsKeepTheirFields(
        uint40 from,
        uint40 until,
        address account,
        uint32 standing,
        uint256 word,
        uint8 kind
    ) external pure {
        KeyRecord key = packKey(from, until).withRetiredAt(from);
        assert(key.keyFrom() == from && key.keyUntil() == until && key.retiredAt() == from);
        assert(key.compromisedAt() == 0);
        Seat seat = packSeat(account, standing, until);
        assert(seat.account() == account && seat.standing() == standing);
        assert(seat.assessedUntil() == until);
        vm.assume(kind < 3);
        StandingRecord record = StandingRecord.wrap(word).withLapse(kind, until);
        assert(record.lapseOf(kind) == until && record.standingBase() == uint32(word));
        assert(record.isSuspended() == StandingRecord.wrap(word).isSuspended());
    }
}
