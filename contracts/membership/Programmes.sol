// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IProgrammes} from "./IProgrammes.sol";
import {Standings} from "./Standings.sol";

/// @title Programmes
/// @notice See {IProgrammes}.
abstract contract Programmes is Standings {
    uint32 private _programmeCount;
    mapping(uint32 programmeId => bytes32 digest) private _digests;

    /// @inheritdoc IProgrammes
    function registerProgramme(
        uint32 author,
        bytes32 digest,
        string calldata cid
    ) external whenNotPaused returns (uint32 programmeId) {
        // Check.
        _checkActsFor(author);
        if (digest == bytes32(0)) revert EntitlementsDigestEmpty();

        // Effect.
        programmeId = ++_programmeCount;
        _digests[programmeId] = digest;

        emit ProgrammeRegistered(programmeId, author, digest, cid);
    }

    /// @inheritdoc IProgrammes
    function programmeCount() external view returns (uint32) {
        return _programmeCount;
    }

    /// @inheritdoc IProgrammes
    function programmeDigestOf(uint32 programmeId) public view returns (bytes32) {
        return _digests[programmeId];
    }
}
