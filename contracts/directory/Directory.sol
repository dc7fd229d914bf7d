// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governed} from "../governance/Governed.sol";
import {IDirectory} from "./IDirectory.sol";
import {IPausing} from "./IPausing.sol";
import {Pausing} from "./Pausing.sol";

/// @title Directory
/// @notice See {IDirectory}.
contract Directory is IDirectory, Pausing, Governed {
    /// @inheritdoc IDirectory
    uint40 public constant LONGEST_PAUSE = 7 days;

    address private _guardian;
    mapping(bytes32 name => Version[] versions) private _versions;
    mapping(address target => bool registered) private _registered;
    mapping(address target => uint40 time) private _restUntil;
    mapping(address target => bool pausedByTimelock) private _pausedByTimelock;

    /// @notice Starts with no names, knowing only itself.
    /// @param timelock_ The NetworkTimelock.
    /// @param guardian_ The first holder of the emergency role.
    constructor(address timelock_, address guardian_) Pausing(address(this)) Governed(timelock_) {
        _registered[address(this)] = true;
        _guardian = guardian_;
        emit GuardianChanged(address(0), guardian_);
    }

    /// @inheritdoc IDirectory
    function register(bytes32 name, address target) external onlyTimelock whenNotPaused {
        // Check.
        if (name == bytes32(0)) revert DirectoryNameEmpty();
        if (target.code.length == 0) revert DirectoryNotAContract(target);
        if (_registered[target]) revert DirectoryAlreadyRegistered(target);
        // Check: a contract that another Directory pauses could not be paused from here.
        if (IPausing(target).directory() != address(this)) revert DirectoryContractUnknown(target);

        // Effect.
        _registered[target] = true;
        _versions[name].push(Version({target: target, since: uint40(block.timestamp)}));

        emit ContractRegistered(name, versionCount(name), target);
    }

    /// @inheritdoc IDirectory
    function pause(address target, uint40 until, bytes32 reason) external {
        uint40 time = uint40(block.timestamp);
        uint40 latest = time + LONGEST_PAUSE;

        // Check.
        bool byTimelock = _checkEmergencyRole(target);
        if (until <= time || until > latest) revert DirectoryPauseOutOfBounds(until, latest);

        // Effect.
        _pausedByTimelock[target] = byTimelock;
        if (!byTimelock) _startRest(target, until);

        emit ContractPaused(target, until, msg.sender, reason);

        // Interaction: a registered contract of the network, which calls nobody.
        IPausing(target).pauseUntil(until);
    }

    /// @inheritdoc IDirectory
    function liftPause(address target) external {
        // Check.
        bool byTimelock = _checkEmergencyRole(target);
        if (IPausing(target).pausedUntil() <= block.timestamp) revert DirectoryNotPaused(target);
        if (_pausedByTimelock[target] && !byTimelock) revert DirectoryCallerNotGuardian(msg.sender);

        emit PauseLifted(target, msg.sender);

        // Interaction: a registered contract of the network, which calls nobody.
        IPausing(target).pauseUntil(uint40(block.timestamp));
    }

    /// @inheritdoc IDirectory
    function setGuardian(address next) external onlyTimelock whenNotPaused {
        address previous = _guardian;

        // Effect.
        _guardian = next;

        emit GuardianChanged(previous, next);
    }

    /// @inheritdoc IDirectory
    function guardian() external view returns (address) {
        return _guardian;
    }

    /// @inheritdoc IDirectory
    function addressOf(bytes32 name) external view returns (address) {
        uint256 count = _versions[name].length;
        return count == 0 ? address(0) : _versions[name][count - 1].target;
    }

    /// @inheritdoc IDirectory
    function addressAt(bytes32 name, uint40 time) external view returns (address) {
        Version[] storage versions = _versions[name];
        for (uint256 i = versions.length; i > 0; --i) {
            if (versions[i - 1].since <= time) return versions[i - 1].target;
        }
        return address(0);
    }

    /// @inheritdoc IDirectory
    function versionOf(bytes32 name, uint32 version) external view returns (Version memory) {
        if (version == 0 || version > versionCount(name))
            revert DirectoryVersionUnknown(name, version);
        return _versions[name][version - 1];
    }

    /// @inheritdoc IDirectory
    function isRegistered(address target) external view returns (bool) {
        return _registered[target];
    }

    /// @inheritdoc IDirectory
    function restUntil(address target) external view returns (uint40) {
        return _restUntil[target];
    }

    /// @inheritdoc IDirectory
    function versionCount(bytes32 name) public view returns (uint32) {
        return uint32(_versions[name].length);
    }

    /// @notice Notes until when the guardian must leave a contract at work after pausing it.
    /// @param target The contract.
    /// @param until When the pause is to end.
    function _startRest(address target, uint40 until) private {
        uint40 time = uint40(block.timestamp);
        uint40 rest = _restUntil[target];
        // Check: neither in the rest after its own pause nor over a pause that the network voted.
        if (time < rest) revert DirectoryMustRest(target, rest);
        uint40 paused = IPausing(target).pausedUntil();
        if (time < paused) revert DirectoryMustRest(target, paused);

        // Effect.
        _restUntil[target] = until + LONGEST_PAUSE;
    }

    /// @notice Reverts unless the caller has the emergency role for a contract that the Directory knows.
    /// @param target The contract.
    /// @return byTimelock Whether the caller is the timelock rather than the guardian.
    function _checkEmergencyRole(address target) private view returns (bool byTimelock) {
        byTimelock = _isTimelock(msg.sender);
        if (!byTimelock && msg.sender != _guardian) revert DirectoryCallerNotGuardian(msg.sender);
        if (!_registered[target]) revert DirectoryContractUnknown(target);
    }
}
