// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ICredentialAnchors
/// @notice When a batch of credentials was on the ledger, and that its base was entitled then. A batch holds the credentials
/// of one programme signed with one key; a single credential is a batch of one, whose root is its leaf.
interface ICredentialAnchors {
    /// @notice One batch.
    /// @param programmeId The programme of its credentials.
    /// @param accreditationId The record that entitled the base.
    /// @param standingId The base's standing then.
    /// @param size The number of leaves (RFC 9162's tree size).
    /// @param time Unix time in seconds of the block that anchored it.
    /// @param blockNumber The block that anchored it, where its event is found.
    /// @param keyTag The last six bytes of the key id; the whole of it is in the event.
    struct Anchor {
        uint32 programmeId;
        uint32 accreditationId;
        uint32 standingId;
        uint32 size;
        uint40 time;
        uint40 blockNumber;
        bytes6 keyTag;
    }

    /// @notice The last digest that a base anchored for a purpose.
    /// @param digest The digest.
    /// @param sequence 1 for the first, then in order.
    /// @param time Unix time in seconds of the block that anchored it.
    struct Head {
        bytes32 digest;
        uint32 sequence;
        uint40 time;
    }

    /// @notice Emitted when a batch of credentials is anchored. The time is the block's.
    /// @param baseId The base that issued them.
    /// @param programmeId The programme.
    /// @param root The root of the batch's Merkle tree (RFC 9162).
    /// @param keyId The issuer key: SHA-256 of the raw 32-byte Ed25519 public key.
    /// @param size The number of leaves.
    /// @param accreditationId The record that entitled the base.
    /// @param standingId The base's standing.
    event CredentialsAnchored(
        uint32 indexed baseId,
        uint32 indexed programmeId,
        bytes32 indexed root,
        bytes32 keyId,
        uint32 size,
        uint32 accreditationId,
        uint32 standingId
    );

    /// @notice Emitted when a base anchors the head of a log of its own, such as its audit log.
    /// @param baseId The base.
    /// @param purpose The log's name in ASCII, zero-padded on the right.
    /// @param digest The head.
    /// @param sequence 1 for the first head of this purpose, then in order.
    /// @param previous The head before; zero for the first.
    event HeadAnchored(
        uint32 indexed baseId,
        bytes32 indexed purpose,
        bytes32 digest,
        uint32 sequence,
        bytes32 previous
    );

    /// @notice The root is zero, or the batch is empty.
    error CredentialAnchorsBatchEmpty();

    /// @notice This base has anchored the root before.
    error CredentialAnchorsAlreadyAnchored(uint32 baseId, bytes32 root);

    /// @notice The caller does not act for the base.
    error CredentialAnchorsCallerNotBase(address caller, uint32 baseId);

    /// @notice Another head than the one named is the latest one, or the digest is zero.
    error CredentialAnchorsHeadMoved(bytes32 expected, bytes32 actual);

    /// @notice Anchors a batch of credentials.
    ///
    /// @dev Emits {CredentialsAnchored}.
    ///
    /// Requirements:
    /// - The caller acts for the base, which is entitled to the programme with the key at this block's time by the
    ///   accreditation named (see {IEntitlements.requireEntitled}).
    /// - The base never anchored this root; the contract is not paused.
    ///
    /// Notes:
    /// - Roots are kept base by base, so nobody can anchor another's root first and shut it out.
    /// - A base with credentials of several programmes or keys anchors one batch each; `multicall` sends them together.
    ///
    /// @param baseId The base.
    /// @param programmeId The programme.
    /// @param keyId The issuer key.
    /// @param accreditationId The record that entitles the base.
    /// @param size The number of leaves.
    /// @param root The root of the batch's Merkle tree (RFC 9162).
    function anchor(
        uint32 baseId,
        uint32 programmeId,
        bytes32 keyId,
        uint32 accreditationId,
        uint32 size,
        bytes32 root
    ) external;

    /// @notice Anchors the head of a log of the base's own. No entitlement is needed: a suspended base's audit log goes on.
    ///
    /// @dev Emits {HeadAnchored}.
    ///
    /// Requirements:
    /// - The caller acts for the base; `previous` is the latest head of this purpose; the contract is not paused.
    ///
    /// Notes:
    /// - Never counts as an anchor of credentials.
    ///
    /// @param baseId The base.
    /// @param purpose The log's name in ASCII, zero-padded on the right, such as "audit".
    /// @param previous The head that this one follows.
    /// @param digest The head.
    function anchorHead(uint32 baseId, bytes32 purpose, bytes32 previous, bytes32 digest) external;

    /// @notice One batch.
    /// @param baseId The base.
    /// @param root The root.
    /// @return Its record; `time` is 0 when the base never anchored this root.
    function anchorOf(uint32 baseId, bytes32 root) external view returns (Anchor memory);

    /// @notice The last head of a log of a base's own.
    /// @param baseId The base.
    /// @param purpose The log's name.
    /// @return Its record; all zero when there is none.
    function headOf(uint32 baseId, bytes32 purpose) external view returns (Head memory);
}
