// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILicences} from "../../resources/licences/ILicences.sol";
import {IOffers} from "../../resources/licences/IOffers.sol";
import {IPanels} from "../../resources/review/IPanels.sol";
import {IReviewPanels} from "../../resources/review/IReviewPanels.sol";
import {IUsageReceipts} from "../../resources/usage/IUsageReceipts.sol";
import {vm} from "../Vm.sol";
import {WorksRecord} from "./WorksRecord.sol";

/// @title WorksHandler
/// @notice Reviews, licenses, uses and settles at random. What the contracts refuse is refused; what they accept is written down.
contract WorksHandler is WorksRecord {
    /// @notice How many kinds of step there are.
    uint256 public constant KINDS = 14;

    uint256 private constant STEPS = 12;

    uint256 private _state;

    /// @notice How often each kind of step went through.
    mapping(uint256 kind => uint256 count) public passed;

    /// @notice Offers both works free, once, for each use and for each class.
    constructor() {
        for (uint32 workId = 1; workId <= WORKS; ++workId) {
            for (uint256 charge = 0; charge < 4; ++charge) _offer(workId, IOffers.Charge(charge));
        }
    }

    /// @notice Does twelve random things, a while apart.
    /// @param seed Any number; picks them.
    function act(uint256 seed) external {
        _state = seed;
        for (uint256 i = 0; i < STEPS; ++i) {
            vm.warp(block.timestamp + 1 + _draw(20_000));
            uint256 kind = _draw(KINDS);
            if (_do(kind)) ++passed[kind];
            _noteAnswers(uint32(1 + _draw(WORKS)), uint32(1 + _draw(BASES)));
        }
    }

    /// @notice The first kind of step that never went through.
    /// @return kind It; the number of kinds when there is none.
    function firstIdle() external view returns (uint256 kind) {
        while (kind < KINDS && passed[kind] > 0) ++kind;
    }

    /// @notice Does one thing.
    /// @param kind Which.
    /// @return Whether it went through.
    function _do(uint256 kind) private returns (bool) {
        (uint32 workId, uint32 baseId) = (uint32(1 + _draw(WORKS)), uint32(1 + _draw(BASES)));
        if (kind < 3) return _opine(workId, kind);
        if (kind == 3) return _publish(workId);
        if (kind == 4) return _call(1, address(_panels), _appealOf(workId));
        if (kind == 5) return _takeDownOrPutBack(workId);
        if (kind == 6) return _mint(baseId);
        if (kind == 7) return _redeem(baseId);
        if (kind == 8) return _take(baseId);
        if (kind == 9) return _call(baseId, address(_licences), _endingOf());
        if (kind == 10) return _refund();
        if (kind == 11) return _use(workId, baseId);
        if (kind == 12) return _strike(baseId);
        return _settle(baseId);
    }

    /// @notice Has a member give an opinion of a random version.
    /// @param workId The work.
    /// @param panel The panel.
    /// @return Whether it went through.
    function _opine(uint32 workId, uint256 panel) private returns (bool) {
        uint32 version = panel == 2 ? _appealed(workId) : _drawVersion(workId);
        IReviewPanels.Opinion[] memory opinions = new IReviewPanels.Opinion[](1);
        opinions[0] = IReviewPanels.Opinion({
            workId: workId,
            version: version,
            content: _works.contentOf(workId, version),
            panel: IPanels.Panel(panel),
            marks: _draw(3) == 0 ? 0 : (panel == 0 ? 15 : 1),
            until: FOREVER,
            member: _members[panel * MEMBERS + _draw(MEMBERS)],
            reasons: keccak256("reasons")
        });
        bytes[] memory signatures = new bytes[](1);
        signatures[0] = "yes";
        return
            _call(
                2,
                address(_panels),
                abi.encodeCall(_panels.submitOpinions, (opinions, signatures))
            );
    }

    /// @notice Publishes another version, up to five.
    /// @param workId The work.
    /// @return Whether it went through.
    function _publish(uint32 workId) private returns (bool) {
        uint32 version = _works.workOf(workId).versionCount + 1;
        if (version > 5) return false;
        bytes32 content = keccak256(abi.encode(workId, version));
        return
            _call(
                1,
                address(_works),
                abi.encodeCall(_works.publishVersion, (workId, content, bytes1(0x55)))
            );
    }

    /// @notice Takes a work down, or puts it back.
    /// @param workId The work.
    /// @return Always true.
    function _takeDownOrPutBack(uint32 workId) private returns (bool) {
        if (_works.isTakenDown(workId))
            _works.putBack(workId, 0);
            // Rarely, so that the rest has its time.
        else if (_draw(3) == 0) _works.takeDown(workId, 0);
        return true;
    }

    /// @notice Mints for a base.
    /// @param baseId The base.
    /// @return Whether it went through.
    function _mint(uint32 baseId) private returns (bool) {
        uint256 amount = 1 + _draw(900_000);
        bytes32 receipt = bytes32(1 + _draw(1_000));
        try _money.mint(_accountOf(baseId), amount, receipt) {
            _noteMint(receipt, amount);
            return true;
        } catch {
            return false;
        }
    }

    /// @notice Redeems some of what a base has.
    /// @param baseId The base.
    /// @return Whether it went through.
    function _redeem(uint32 baseId) private returns (bool) {
        uint256 amount = 1 + _draw(_money.balanceOf(_accountOf(baseId)) / 4 + 1);
        bytes memory data = abi.encodeCall(_money.redeem, (amount, bytes32(1 + _draw(1_000))));
        if (!_call(baseId, address(_money), data)) return false;
        redeemed += amount;
        return true;
    }

    /// @notice Has a base take a licence.
    /// @param baseId The base.
    /// @return Whether it went through.
    function _take(uint32 baseId) private returns (bool) {
        uint32 offerId = uint32(1 + _draw(_licences.offerCount()));
        bytes memory data = abi.encodeCall(_licences.takeLicence, (offerId, baseId, 1));
        if (!_call(baseId, address(_licences), data)) return false;
        paidIn += _licences.licenceOf(_licences.licenceCount()).paid;
        return true;
    }

    /// @notice Has the holder of the works give a licence's price back.
    /// @return Whether it went through.
    function _refund() private returns (bool) {
        uint32 licenceId = _drawLicence();
        uint96 amount = _licences.unusedPart(licenceId);
        vm.prank(_accountOf(1));
        _money.approve(address(_licences), type(uint256).max);
        return
            _call(
                1,
                address(_licences),
                abi.encodeCall(_licences.refundLicence, (licenceId, amount))
            );
    }

    /// @notice Records a batch of one line.
    /// @param workId The work.
    /// @param baseId The base.
    /// @return Whether it went through.
    function _use(uint32 workId, uint32 baseId) private returns (bool) {
        uint32 uses = uint32(1 + _draw(50));
        IUsageReceipts.Line[] memory lines = new IUsageReceipts.Line[](1);
        uint32 licenceId = _licences.baseLicenceAt(baseId, workId, uint40(block.timestamp));
        lines[0] = IUsageReceipts.Line(
            workId,
            licenceId,
            uses,
            uint32(_draw(uses + 1)),
            uint32(_draw(uses + 1))
        );
        uint32 today = uint32(block.timestamp / 1 days);
        IUsageReceipts.Batch memory batch = IUsageReceipts.Batch(
            baseId,
            _usage.sequenceOf(baseId) + 1,
            today,
            today,
            uses,
            keccak256("root")
        );
        bytes memory data = abi.encodeCall(_usage.recordUsage, (batch, lines, "cid"));
        if (!_call(baseId, address(_usage), data)) return false;
        _noteUse(batch, lines[0]);
        return true;
    }

    /// @notice Strikes the last batch of a base.
    /// @param baseId The base.
    /// @return Whether it went through.
    function _strike(uint32 baseId) private returns (bool) {
        if (_uses[baseId].length == 0) return false;
        Use memory use = _uses[baseId][_draw(_uses[baseId].length)];
        IUsageReceipts.Line[] memory lines = new IUsageReceipts.Line[](1);
        lines[0] = use.line;
        try _usage.strikeBatch(use.batch, lines, new IUsageReceipts.Shown[](0)) {
            _noteStrike(use);
            return true;
        } catch {
            return false;
        }
    }

    /// @notice Has a base settle what is due under a licence that it used.
    /// @param baseId The base.
    /// @return Whether it went through.
    function _settle(uint32 baseId) private returns (bool) {
        if (_uses[baseId].length == 0) return false;
        uint32[] memory licenceIds = new uint32[](1);
        licenceIds[0] = _uses[baseId][_draw(_uses[baseId].length)].line.licenceId;
        IUsageReceipts.Due memory due = _usage.dueOf(licenceIds[0]);
        bytes memory data = abi.encodeCall(_usage.settleUsage, (licenceIds));
        if (!_call(baseId, address(_usage), data)) return false;
        paidIn += due.owed - due.paid;
        return true;
    }

    /// @notice Offers a work.
    /// @param workId The work.
    /// @param charge What it costs.
    function _offer(uint32 workId, IOffers.Charge charge) private {
        IOffers.Terms memory terms;
        (terms.workId, terms.charge, terms.rights, terms.seats) = (workId, charge, 1, 30);
        terms.period = workId == 1 ? 0 : 10 days;
        if (charge != IOffers.Charge.Free) (terms.token, terms.price) = (address(_money), 700);
        vm.prank(_accountOf(1));
        _licences.makeOffer(terms, keccak256("zh"), keccak256("en"));
    }

    /// @notice A call that gives a random licence up.
    /// @return The call.
    function _endingOf() private returns (bytes memory) {
        return abi.encodeCall(ILicences.giveUpLicence, (_drawLicence()));
    }

    /// @notice A call that appeals against the decision about a random version.
    /// @param workId The work.
    /// @return The call.
    function _appealOf(uint32 workId) private returns (bytes memory) {
        uint32 version = _drawVersion(workId);
        return abi.encodeCall(_panels.appeal, (workId, version, keccak256("grounds")));
    }

    /// @notice A random version of a work.
    /// @param workId The work.
    /// @return Its number.
    function _drawVersion(uint32 workId) private returns (uint32) {
        return uint32(1 + _draw(_works.workOf(workId).versionCount));
    }

    /// @notice A version of a work that is before the experts and not decided; the first one when there is none.
    /// @param workId The work.
    /// @return version Its number.
    function _appealed(uint32 workId) private view returns (uint32 version) {
        for (version = _works.workOf(workId).versionCount; version > 1; --version) {
            bool isOpen = _panels.reviewOf(workId, version, IPanels.Panel.Expert).decidedAt == 0;
            if (isOpen && _panels.appealedAt(workId, version) != 0) return version;
        }
    }

    /// @notice A random licence.
    /// @return Its number; 1 before there is one.
    function _drawLicence() private returns (uint32) {
        return uint32(1 + _draw(_licences.licenceCount() + 1));
    }

    /// @notice The next random number.
    /// @param bound What it is below.
    /// @return The number.
    function _draw(uint256 bound) private returns (uint256) {
        _state = uint256(keccak256(abi.encode(_state)));
        return _state % bound;
    }

    /// @notice Makes a call as a base.
    /// @param baseId The base.
    /// @param target The contract.
    /// @param data The call.
    /// @return done Whether it went through.
    function _call(uint32 baseId, address target, bytes memory data) private returns (bool done) {
        vm.prank(_accountOf(baseId));
        // solhint-disable-next-line avoid-low-level-calls
        (done, ) = target.call(data);
    }
}
