// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausing} from "../directory/Pausing.sol";
import {Governed} from "../governance/Governed.sol";
import {IBaseProfiles} from "./IBaseProfiles.sol";

/// @title BaseProfiles
/// @notice See {IBaseProfiles}.
abstract contract BaseProfiles is IBaseProfiles, Pausing, Governed {
    uint256 private constant MOST_PEERS = 8;
    uint256 private constant LONGEST_PEER = 256;

    mapping(bytes32 didHash => uint32 baseId) private _baseByDid;
    mapping(uint32 baseId => bytes32 didHash) private _didHash;
    mapping(uint32 baseId => DidLog log) private _didLog;
    mapping(uint32 baseId => string[] peers) private _peers;
    mapping(uint32 baseId => uint256 services) private _services;

    /// @inheritdoc IBaseProfiles
    function changeDid(uint32 baseId, bytes32 didHash) external onlyTimelock whenNotPaused {
        // Check.
        _checkOpen(baseId);

        // Effect: the earlier DID goes on leading to the base, for what was issued under it.
        _setDid(baseId, didHash);

        emit DidChanged(baseId, didHash);
    }

    /// @inheritdoc IBaseProfiles
    function publishDidLog(
        uint32 baseId,
        bytes32 previous,
        bytes32 digest,
        string calldata cid
    ) external whenNotPaused {
        // Check.
        _checkBase(baseId);
        bytes32 latest = _didLog[baseId].digest;
        if (previous != latest) revert BaseRegistryDidLogMoved(previous, latest);

        // Effect.
        _setDidLog(baseId, digest, cid);
    }

    /// @inheritdoc IBaseProfiles
    function setPeers(uint32 baseId, string[] calldata peers) external whenNotPaused {
        // Check.
        _checkBase(baseId);
        if (peers.length > MOST_PEERS) revert BaseRegistryPeersTooMany();
        // Effect.
        delete _peers[baseId];
        for (uint256 i = 0; i < peers.length; ++i) {
            if (bytes(peers[i]).length > LONGEST_PEER) revert BaseRegistryPeersTooMany();
            _peers[baseId].push(peers[i]);
        }

        emit PeersChanged(baseId, peers);
    }

    /// @inheritdoc IBaseProfiles
    function setServices(uint32 baseId, uint256 services) external onlyTimelock whenNotPaused {
        // Check.
        _checkOpen(baseId);

        // Effect.
        _services[baseId] = services;

        emit ServicesChanged(baseId, services);
    }

    /// @inheritdoc IBaseProfiles
    function baseByDid(bytes32 didHash) external view returns (uint32) {
        return _baseByDid[didHash];
    }

    /// @inheritdoc IBaseProfiles
    function didHashOf(uint32 baseId) external view returns (bytes32) {
        return _didHash[baseId];
    }

    /// @inheritdoc IBaseProfiles
    function didLogOf(uint32 baseId) external view returns (DidLog memory) {
        return _didLog[baseId];
    }

    /// @inheritdoc IBaseProfiles
    function peersOf(uint32 baseId) external view returns (string[] memory) {
        return _peers[baseId];
    }

    /// @inheritdoc IBaseProfiles
    function servicesOf(uint32 baseId) public view returns (uint256) {
        return _isOpen(baseId) ? _services[baseId] : 0;
    }

    /// @notice Makes a DID lead to a base.
    /// @param baseId The base.
    /// @param didHash SHA-256 of the DID.
    function _setDid(uint32 baseId, bytes32 didHash) internal {
        if (didHash == bytes32(0) || _baseByDid[didHash] != 0)
            revert BaseRegistryDidRefused(didHash);
        _baseByDid[didHash] = baseId;
        _didHash[baseId] = didHash;
    }

    /// @notice Appends a state to a base's DID log.
    /// @param baseId The base.
    /// @param digest SHA-256 of the log.
    /// @param cid Where it is on IPFS.
    function _setDidLog(uint32 baseId, bytes32 digest, string calldata cid) internal {
        if (digest == bytes32(0)) revert BaseRegistryDigestEmpty();
        DidLog memory log = _didLog[baseId];
        uint32 sequence = log.sequence + 1;
        _didLog[baseId] = DidLog({
            digest: digest,
            sequence: sequence,
            time: uint40(block.timestamp)
        });
        emit DidLogPublished(baseId, sequence, digest, log.digest, cid);
    }

    /// @notice Reverts unless the caller acts for the open base.
    /// @param baseId The base.
    function _checkBase(uint32 baseId) internal view virtual;

    /// @notice Reverts unless the base is open.
    /// @param baseId The base.
    function _checkOpen(uint32 baseId) internal view virtual;

    /// @notice Whether the base is open.
    /// @param baseId The base.
    /// @return True when an account acts for it.
    function _isOpen(uint32 baseId) internal view virtual returns (bool);
}
