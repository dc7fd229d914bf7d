// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAuthorship} from "./IAuthorship.sol";
import {WorkShares} from "./WorkShares.sol";
import {IResourceRegistry} from "./IResourceRegistry.sol";

/// @title Authorship
/// @notice See {IAuthorship}.
abstract contract Authorship is WorkShares, IAuthorship {
    bytes32 private constant AUTHORSHIP_TYPEHASH = keccak256(
        "Authorship(bytes32 contentDigest,bytes32 contributors,uint32 homeBase,address author)"
    );

    mapping(uint32 workId => mapping(uint32 version => mapping(address author => uint40 time)))
        private _claims;

    /// @inheritdoc IAuthorship
    function claimAuthorship(
        uint32 workId,
        uint32 version,
        address author,
        bytes32 contributors,
        bytes calldata signature
    ) external whenNotPaused {
        // Check.
        (bytes32 contentDigest, uint32 homeBase) = _claimable(workId, version);
        if (contentDigest == bytes32(0))
            revert IResourceRegistry.ResourceRegistryVersionUnknown(workId, version);
        if (_claims[workId][version][author] != 0)
            revert ResourceRegistryAlreadyClaimed(workId, version, author);
        if (author != msg.sender) {
            bytes32 content = keccak256(
                abi.encode(AUTHORSHIP_TYPEHASH, contentDigest, contributors, homeBase, author)
            );
            _checkSigned(author, _hashTypedDataV4(content), signature);
        }

        // Effect.
        _claims[workId][version][author] = uint40(block.timestamp);

        emit AuthorshipClaimed(workId, version, author, contributors);
    }

    /// @inheritdoc IAuthorship
    function claimedAt(
        uint32 workId,
        uint32 version,
        address author
    ) external view returns (uint40) {
        return _claims[workId][version][author];
    }

    /// @notice What a claim is about.
    /// @param workId The work.
    /// @param version The version.
    /// @return contentDigest Its content; zero for a version that does not exist.
    /// @return homeBase The base that vouches for the work.
    function _claimable(
        uint32 workId,
        uint32 version
    ) internal view virtual returns (bytes32 contentDigest, uint32 homeBase);
}
