// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IListings
/// @notice Which version of a work is listed, and which one was at any time in the past.
interface IListings {
    /// @notice Emitted when a version takes the place of the one listed before. The time is the block's.
    /// @param workId The work.
    /// @param version The version that is listed from now on.
    /// @param previous The version listed until now; 0 for none.
    event VersionListed(uint32 indexed workId, uint32 indexed version, uint32 previous);

    /// @notice The version that is listed now.
    /// @param workId The work.
    /// @return The version; 0 when none is, also while the work is taken down.
    function listedVersion(uint32 workId) external view returns (uint32);

    /// @notice The version that was listed at a time.
    /// @param workId The work.
    /// @param time Unix time in seconds. An answer about a time that has passed never changes.
    /// @return The version; 0 when none was, also when the work was taken down then.
    function listedVersionAt(uint32 workId, uint40 time) external view returns (uint32);

    /// @notice Whether a version was the listed one at a time.
    /// @param workId The work.
    /// @param version The version.
    /// @param time Unix time in seconds. An answer about a time that has passed never changes.
    /// @return True when it was.
    function wasListed(uint32 workId, uint32 version, uint40 time) external view returns (bool);
}
