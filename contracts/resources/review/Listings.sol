// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IListings} from "./IListings.sol";

/// @title Listings
/// @notice See {IListings}. A work that is taken down keeps its list, so that lifting the takedown shows it again.
abstract contract Listings is IListings {
    using Checkpoints for Checkpoints.Trace208;

    mapping(uint32 workId => Checkpoints.Trace208 versions) private _listed;

    /// @inheritdoc IListings
    function listedVersion(uint32 workId) external view returns (uint32) {
        return listedVersionAt(workId, uint40(block.timestamp));
    }

    /// @inheritdoc IListings
    function wasListed(uint32 workId, uint32 version, uint40 time) external view returns (bool) {
        return version != 0 && listedVersionAt(workId, time) == version;
    }

    /// @inheritdoc IListings
    function listedVersionAt(uint32 workId, uint40 time) public view returns (uint32) {
        if (_wasTakenDown(workId, time)) return 0;
        return uint32(_listed[workId].upperLookupRecent(time));
    }

    /// @notice Lists a version, unless a later one has been listed already.
    /// @param workId The work.
    /// @param version The version.
    function _list(uint32 workId, uint32 version) internal {
        uint32 previous = uint32(_listed[workId].latest());
        if (version <= previous) return;

        // Effect.
        _listed[workId].push(uint40(block.timestamp), version);

        emit VersionListed(workId, version, previous);
    }

    /// @notice Whether a work was taken down at a time.
    /// @param workId The work.
    /// @param time Unix time in seconds.
    /// @return True when it was.
    function _wasTakenDown(uint32 workId, uint40 time) internal view virtual returns (bool);
}
