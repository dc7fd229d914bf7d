// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IProgrammes
/// @notice The programmes that credentials are issued for, numbered from 1 in the order of their registration.
interface IProgrammes {
    /// @notice Emitted when a programme gets its number.
    /// @param programmeId The number.
    /// @param author The base that defined it; 0 for the network.
    /// @param digest SHA-256 of the programme's definition in canonical JSON (RFC 8785).
    /// @param cid Where the definition is on IPFS.
    event ProgrammeRegistered(
        uint32 indexed programmeId,
        uint32 indexed author,
        bytes32 digest,
        string cid
    );

    /// @notice The definition's digest is zero.
    error EntitlementsDigestEmpty();

    /// @notice There is no such programme.
    error EntitlementsProgrammeUnknown(uint32 programmeId);

    /// @notice Gives a programme its number.
    ///
    /// @dev Emits {ProgrammeRegistered}.
    ///
    /// Requirements:
    /// - The caller acts for `author`, or is the timelock with `author` 0; the store is not paused.
    ///
    /// Notes:
    /// - A number entitles nobody to anything: accreditations do.
    /// - The definition never changes; a new edition is a new programme.
    ///
    /// @param author The base that defined it; 0 for the network.
    /// @param digest SHA-256 of the programme's definition in canonical JSON (RFC 8785).
    /// @param cid Where the definition is on IPFS.
    /// @return programmeId The number.
    function registerProgramme(
        uint32 author,
        bytes32 digest,
        string calldata cid
    ) external returns (uint32 programmeId);

    /// @notice How many programmes there are; their numbers go from 1 to this.
    /// @return The number.
    function programmeCount() external view returns (uint32);

    /// @notice The digest of a programme's definition.
    /// @param programmeId The programme.
    /// @return SHA-256 of the definition; zero for a number that was never given.
    function programmeDigestOf(uint32 programmeId) external view returns (bytes32);
}
