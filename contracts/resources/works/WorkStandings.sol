// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IDirectory} from "../../directory/IDirectory.sol";
import {Governed} from "../../governance/Governed.sol";
import {IWorkStandings} from "./IWorkStandings.sol";
import {WorkShares} from "./WorkShares.sol";

/// @title WorkStandings
/// @notice See {IWorkStandings}.
abstract contract WorkStandings is WorkShares, Governed, IWorkStandings {
    using Checkpoints for Checkpoints.Trace208;

    /// @inheritdoc IWorkStandings
    uint40 public constant LONGEST_FREEZE = 7 days;

    IDirectory private immutable _GUARDED_BY;

    address private _arbiter;
    // 1 from a takedown on, 0 from a return on.
    mapping(uint32 workId => Checkpoints.Trace208 trace) private _takedowns;

    /// @notice Names the first arbiter.
    /// @param directory_ The Directory, whose guardian may freeze for a while.
    /// @param arbiter_ The arbiter.
    constructor(address directory_, address arbiter_) {
        _GUARDED_BY = IDirectory(directory_);
        _arbiter = arbiter_;
        emit ArbiterChanged(address(0), arbiter_);
    }

    /// @inheritdoc IWorkStandings
    function freeze(uint32 workId, uint40 until, bytes32 reason) external whenNotPaused {
        // Check.
        State memory state = _states[workId];
        if (state.homeBase == 0) revert ResourceRegistryWorkUnknown(workId);
        uint40 latest = msg.sender == _arbiter ? type(uint40).max : _latestByGuardian(state);
        if (until <= block.timestamp || until > latest)
            revert ResourceRegistryFreezeRefused(workId, until, latest);

        // Effect.
        _states[workId].frozenUntil = until;

        emit WorkFrozen(workId, until, msg.sender, reason);
    }

    /// @inheritdoc IWorkStandings
    function unfreeze(uint32 workId, bytes32 reason) external whenNotPaused {
        // Check.
        _checkArbiterOrTimelock();
        if (!isFrozen(workId)) revert ResourceRegistryWorkNotFrozen(workId);

        // Effect.
        _endFreeze(workId, reason);
    }

    /// @inheritdoc IWorkStandings
    function rule(
        uint32 workId,
        Ruling calldata ruling
    ) external whenNotPaused returns (uint24 epoch) {
        // Check.
        if (msg.sender != _arbiter) revert ResourceRegistryCallerNotArbiter(msg.sender);
        if (!isFrozen(workId)) revert ResourceRegistryWorkNotFrozen(workId);
        if (ruling.holder == address(0)) revert ResourceRegistryHolderMissing();
        uint24 ownShare = _checkEdges(ruling.parents, workId);
        bytes32 contributors = _checkContributors(ruling.contributors);

        // Effect.
        State storage state = _states[workId];
        epoch = state.epoch + 1;
        state.epoch = epoch;
        state.ruledEpoch = epoch;
        state.parentCount = uint8(ruling.parents.length);
        state.firstEdge = ruling.parents.length == 0 ? 0 : _pack(ruling.parents[0]);
        _writeFurtherEdges(workId, ruling.parents);
        _commitShares(workId, epoch, ownShare, contributors);

        emit WorkRuled(workId, epoch, ruling.parents, ruling.reason);
        _changeHolder(workId, ruling.holder);
        _endFreeze(workId, ruling.reason);
        emit EpochBegan(workId, epoch, ownShare, ruling.contributors);
    }

    /// @inheritdoc IWorkStandings
    function takeDown(uint32 workId, bytes32 reason) external whenNotPaused {
        _setTakenDown(workId, true, reason);
    }

    /// @inheritdoc IWorkStandings
    function putBack(uint32 workId, bytes32 reason) external whenNotPaused {
        _setTakenDown(workId, false, reason);
    }

    /// @inheritdoc IWorkStandings
    function setArbiter(address next) external onlyTimelock whenNotPaused {
        address previous = _arbiter;

        // Effect.
        _arbiter = next;

        emit ArbiterChanged(previous, next);
    }

    /// @inheritdoc IWorkStandings
    function arbiter() external view returns (address) {
        return _arbiter;
    }

    /// @inheritdoc IWorkStandings
    function isTakenDown(uint32 workId) external view returns (bool) {
        return _states[workId].isTakenDown;
    }

    /// @inheritdoc IWorkStandings
    function wasTakenDown(uint32 workId, uint40 time) external view returns (bool) {
        return _takedowns[workId].upperLookupRecent(time) == 1;
    }

    /// @inheritdoc IWorkStandings
    function isFrozen(uint32 workId) public view returns (bool) {
        return block.timestamp < _states[workId].frozenUntil;
    }

    /// @notice Gives a work another holder.
    /// @param workId The work.
    /// @param next The holder from now on.
    function _changeHolder(uint32 workId, address next) internal virtual;

    /// @notice Takes a work down or puts it back.
    /// @param workId The work.
    /// @param isDown Whether it is down from now on.
    /// @param reason SHA-256 of the reason.
    function _setTakenDown(uint32 workId, bool isDown, bytes32 reason) private {
        // Check.
        _checkArbiterOrTimelock();
        State storage state = _states[workId];
        if (state.homeBase == 0) revert ResourceRegistryWorkUnknown(workId);
        if (state.isTakenDown == isDown) revert ResourceRegistryWorkTakenDown(workId, isDown);

        // Effect.
        state.isTakenDown = isDown;
        _takedowns[workId].push(uint48(block.timestamp), isDown ? 1 : 0);

        emit WorkTakenDown(workId, isDown, msg.sender, reason);
    }

    /// @notice Ends the freeze of a work at this moment.
    /// @param workId The work.
    /// @param reason SHA-256 of the reason.
    function _endFreeze(uint32 workId, bytes32 reason) private {
        uint40 until = uint40(block.timestamp);
        _states[workId].frozenUntil = until;
        emit WorkFrozen(workId, until, msg.sender, reason);
    }

    /// @notice The latest end of a freeze by the guardian; reverts for everyone else.
    /// @param state The state of the work.
    /// @return Unix time in seconds; 0 while the guardian must leave the work free.
    function _latestByGuardian(State memory state) private view returns (uint40) {
        // Check: a view of the Directory, which calls nobody.
        if (msg.sender != _GUARDED_BY.guardian())
            revert ResourceRegistryCallerNotArbiter(msg.sender);
        uint40 time = uint40(block.timestamp);
        bool mayFreeze =
            state.frozenUntil == 0 || time >= uint256(state.frozenUntil) + LONGEST_FREEZE;
        return mayFreeze ? time + LONGEST_FREEZE : 0;
    }

    /// @notice Reverts unless the arbiter or the timelock calls.
    function _checkArbiterOrTimelock() private view {
        if (msg.sender != _arbiter && !_isTimelock(msg.sender))
            revert ResourceRegistryCallerNotArbiter(msg.sender);
    }
}
