// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IBaseProfiles
/// @notice What a base says of itself: its DID, the log behind it, where its node listens; and the service roles it was given.
interface IBaseProfiles {
    /// @notice How a base identifies itself when it joins.
    /// @param didHash SHA-256 of the DID string in UTF-8.
    /// @param didLogDigest SHA-256 of the DID log.
    /// @param didLogCid Where the log is on IPFS.
    struct Identity {
        bytes32 didHash;
        bytes32 didLogDigest;
        string didLogCid;
    }

    /// @notice The latest published state of a base's DID log.
    /// @param digest SHA-256 of the log.
    /// @param sequence 1 for the log it was admitted with, then in order.
    /// @param time Unix time in seconds of its publication.
    struct DidLog {
        bytes32 digest;
        uint32 sequence;
        uint40 time;
    }

    /// @notice Emitted when a base gets another DID; the earlier ones go on leading to it.
    /// @param baseId The base.
    /// @param didHash SHA-256 of the new DID.
    event DidChanged(uint32 indexed baseId, bytes32 indexed didHash);

    /// @notice Emitted when a base publishes a state of its DID log, the first one included.
    /// @param baseId The base.
    /// @param sequence 1 for the first, then in order.
    /// @param digest SHA-256 of the log.
    /// @param previous The digest before; zero for the first.
    /// @param cid Where the log is on IPFS.
    event DidLogPublished(
        uint32 indexed baseId,
        uint32 sequence,
        bytes32 digest,
        bytes32 previous,
        string cid
    );

    /// @notice Emitted when a base says where its node listens.
    /// @param baseId The base.
    /// @param peers Multiaddrs with the peer id at their end; none when it cannot be dialled.
    event PeersChanged(uint32 indexed baseId, string[] peers);

    /// @notice Emitted when a base's service roles change.
    /// @param baseId The base.
    /// @param services The roles it has from now on, as bits.
    event ServicesChanged(uint32 indexed baseId, uint256 services);

    /// @notice The DID belongs to a base already, or its hash is zero.
    error BaseRegistryDidRefused(bytes32 didHash);

    /// @notice The log's digest is zero.
    error BaseRegistryDigestEmpty();

    /// @notice Another log than the one named is the latest one.
    error BaseRegistryDidLogMoved(bytes32 expected, bytes32 actual);

    /// @notice There are more addresses than a base may list, or one is too long.
    error BaseRegistryPeersTooMany();

    /// @notice Gives a base another DID, because its host moved.
    ///
    /// @dev Emits {DidChanged}.
    ///
    /// Requirements:
    /// - The caller is the timelock; no base has the DID; the registry is not paused.
    ///
    /// @param baseId The base.
    /// @param didHash SHA-256 of the DID string in UTF-8.
    function changeDid(uint32 baseId, bytes32 didHash) external;

    /// @notice Publishes the next state of a base's DID log.
    ///
    /// @dev Emits {DidLogPublished}.
    ///
    /// Requirements:
    /// - The caller acts for the base; `previous` is the latest digest; the registry is not paused.
    ///
    /// @param baseId The base.
    /// @param previous The digest that this state follows.
    /// @param digest SHA-256 of the log.
    /// @param cid Where the log is on IPFS.
    function publishDidLog(
        uint32 baseId,
        bytes32 previous,
        bytes32 digest,
        string calldata cid
    ) external;

    /// @notice Says where a base's node listens.
    ///
    /// @dev Emits {PeersChanged}.
    ///
    /// Requirements:
    /// - The caller acts for the base; at most 8 addresses of at most 256 bytes; the registry is not paused.
    ///
    /// @param baseId The base.
    /// @param peers Multiaddrs with the peer id at their end.
    function setPeers(uint32 baseId, string[] calldata peers) external;

    /// @notice Gives a base its service roles, in place of those it had.
    ///
    /// @dev Emits {ServicesChanged}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the base is open; the registry is not paused.
    ///
    /// @param baseId The base.
    /// @param services The roles, as bits.
    function setServices(uint32 baseId, uint256 services) external;

    /// @notice The base that a DID belongs or once belonged to.
    /// @param didHash SHA-256 of the DID string in UTF-8.
    /// @return The base; 0 when no base has had it.
    function baseByDid(bytes32 didHash) external view returns (uint32);

    /// @notice The DID that a base has now.
    /// @param baseId The base.
    /// @return SHA-256 of the DID string in UTF-8.
    function didHashOf(uint32 baseId) external view returns (bytes32);

    /// @notice The latest published state of a base's DID log.
    /// @param baseId The base.
    /// @return Digest, sequence and time.
    function didLogOf(uint32 baseId) external view returns (DidLog memory);

    /// @notice Where a base's node listens.
    /// @param baseId The base.
    /// @return Multiaddrs with the peer id at their end.
    function peersOf(uint32 baseId) external view returns (string[] memory);

    /// @notice A base's service roles.
    /// @param baseId The base.
    /// @return The roles, as bits; none for a base that has closed.
    function servicesOf(uint32 baseId) external view returns (uint256);
}
