// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Pausing} from "../../directory/Pausing.sol";
import {Governed} from "../../governance/Governed.sol";
import {IEntitlements} from "../../membership/IEntitlements.sol";
import {Authorship} from "./Authorship.sol";
import {Consents} from "./Consents.sol";
import {IResourceRegistry} from "./IResourceRegistry.sol";
import {WorkStandings} from "./WorkStandings.sol";

/// @title ResourceRegistry
/// @notice See {IResourceRegistry}.
contract ResourceRegistry is Consents, WorkStandings, Authorship, IResourceRegistry, Multicall {
    /// @notice Whom the holder has named to take a work over.
    struct Offer {
        address holder;
        uint32 homeBase;
    }

    IEntitlements private immutable _ENTITLEMENTS;

    mapping(uint32 workId => mapping(uint32 version => bytes32 contentDigest)) private _contents;
    mapping(uint32 workId => Offer offer) private _offers;

    /// @notice Starts with no work.
    /// @param directory_ The Directory that may pause it, and whose guardian may freeze works for a while.
    /// @param timelock_ The NetworkTimelock.
    /// @param entitlements The store that knows who acts for a base.
    /// @param arbiter_ The first arbiter.
    constructor(
        address directory_,
        address timelock_,
        IEntitlements entitlements,
        address arbiter_
    )
        EIP712("Guildhall ResourceRegistry", "1")
        Pausing(directory_)
        Governed(timelock_)
        WorkStandings(directory_, arbiter_)
    {
        _ENTITLEMENTS = entitlements;
    }

    /// @inheritdoc IResourceRegistry
    function register(
        Registration calldata registration,
        bytes calldata signature,
        bytes[] calldata consents
    ) external whenNotPaused returns (uint32 workId) {
        workId = _workCount + 1;

        // Check.
        _checkBase(registration.homeBase);
        if (registration.holder == address(0)) revert ResourceRegistryHolderMissing();
        _checkContent(registration.contentDigest);
        _checkTerms(registration.termsHash, registration.askedShare);
        uint24 ownShare = _checkEdges(registration.parents, workId);
        bytes32 contributors = _checkContributors(registration.contributors);
        _checkAsks(registration, consents);
        if (msg.sender != registration.holder)
            _checkRegistrationSigned(registration, contributors, signature);

        // Effect.
        _workCount = workId;
        _write(workId, registration);
        _commitShares(workId, 1, ownShare, contributors);

        _tell(workId, registration);
    }

    /// @inheritdoc IResourceRegistry
    function publishVersion(
        uint32 workId,
        bytes32 contentDigest,
        bytes1 codec
    ) external whenNotPaused returns (uint32 version) {
        // Check.
        _checkHolder(workId);
        _checkContent(contentDigest);

        // Effect.
        version = ++_states[workId].versionCount;
        _contents[workId][version] = contentDigest;

        emit VersionPublished(workId, version, contentDigest, codec);
    }

    /// @inheritdoc IResourceRegistry
    function changeTerms(
        uint32 workId,
        bytes32 termsHash,
        uint24 askedShare
    ) external whenNotPaused {
        // Check.
        _checkHolder(workId);
        _checkTerms(termsHash, askedShare);

        // Effect.
        _states[workId].askedShare = askedShare;

        emit TermsChanged(workId, termsHash, askedShare);
    }

    /// @inheritdoc IResourceRegistry
    function offerWork(uint32 workId, address holder, uint32 homeBase) external whenNotPaused {
        // Check.
        _checkHolder(workId);

        // Effect.
        _offers[workId] = Offer(holder, homeBase);

        emit WorkOffered(workId, holder, homeBase);
    }

    /// @inheritdoc IResourceRegistry
    function acceptHolder(uint32 workId) external whenNotPaused {
        // Check.
        if (_offers[workId].holder != msg.sender)
            revert ResourceRegistryCallerNotOffered(msg.sender, workId);

        // Effect.
        _changeHolder(workId, msg.sender);
    }

    /// @inheritdoc IResourceRegistry
    function acceptHome(uint32 workId) external whenNotPaused {
        // Check.
        uint32 next = _offers[workId].homeBase;
        if (next == 0) revert ResourceRegistryCallerNotOffered(msg.sender, workId);
        _checkBase(next);
        uint32 previous = _states[workId].homeBase;

        // Effect.
        _offers[workId].homeBase = 0;
        _states[workId].homeBase = next;

        emit HomeChanged(workId, previous, next);
    }

    /// @inheritdoc IResourceRegistry
    function workCount() external view returns (uint32) {
        return _workCount;
    }

    /// @inheritdoc IResourceRegistry
    function workOf(uint32 workId) external view returns (Work memory) {
        State memory state = _states[workId];
        return
            Work({
                holder: _holders[workId],
                homeBase: state.homeBase,
                versionCount: state.versionCount,
                epoch: state.epoch,
                ruledEpoch: state.ruledEpoch,
                frozenUntil: state.frozenUntil,
                takenDown: state.isTakenDown,
                parentCount: state.parentCount,
                askedShare: state.askedShare
            });
    }

    /// @inheritdoc IResourceRegistry
    function holderOf(uint32 workId) external view returns (address) {
        return _holders[workId];
    }

    /// @inheritdoc IResourceRegistry
    function baseOf(uint32 workId) external view returns (uint32) {
        return _states[workId].homeBase;
    }

    /// @inheritdoc IResourceRegistry
    function contentOf(uint32 workId, uint32 version) public view returns (bytes32) {
        return _contents[workId][version];
    }

    /// @notice Gives a work another holder, and withdraws what the last one offered.
    /// @param workId The work.
    /// @param next The holder from now on.
    function _changeHolder(uint32 workId, address next) internal override {
        address previous = _holders[workId];
        delete _offers[workId];
        _holders[workId] = next;

        emit HolderChanged(workId, previous, next);
    }

    /// @notice What a claim of authorship is about.
    /// @param workId The work.
    /// @param version The version.
    /// @return contentDigest Its content; zero for a version that does not exist.
    /// @return homeBase The base that vouches for the work.
    function _claimable(
        uint32 workId,
        uint32 version
    ) internal view override returns (bytes32 contentDigest, uint32 homeBase) {
        return (contentOf(workId, version), _states[workId].homeBase);
    }

    /// @notice Writes a new work down.
    /// @param workId Its number.
    /// @param registration The work.
    function _write(uint32 workId, Registration calldata registration) private {
        Edge[] calldata parents = registration.parents;
        State storage state = _states[workId];
        // {State} by hand, its first member lowest: written member by member it would cost 1,200 gas more.
        uint256 word =
            uint256(registration.homeBase) |
                (1 << 32) |
                (1 << 64) |
                (uint256(registration.askedShare) << 152) |
                (parents.length << 184);
        if (parents.length != 0) word |= uint256(_pack(parents[0])) << 192;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            sstore(state.slot, word)
        }
        _holders[workId] = registration.holder;
        _contents[workId][1] = registration.contentDigest;
        _writeFurtherEdges(workId, parents);
    }

    /// @notice Tells of a new work.
    /// @param workId Its number.
    /// @param registration The work.
    function _tell(uint32 workId, Registration calldata registration) private {
        emit WorkRegistered(
            workId,
            registration.homeBase,
            registration.holder,
            registration.contentDigest,
            registration.codec,
            registration.termsHash,
            registration.askedShare,
            registration.parents,
            registration.contributors
        );
    }

    /// @notice Reverts unless the caller acts for an open base.
    /// @param baseId The base.
    function _checkBase(uint32 baseId) private view {
        // A view of the network's own store, which calls nobody.
        if (baseId == 0 || _ENTITLEMENTS.seatedAccountOf(baseId) != msg.sender)
            revert ResourceRegistryCallerNotBase(msg.sender, baseId);
    }

    /// @notice Reverts when there is no content.
    /// @param contentDigest The digest.
    function _checkContent(bytes32 contentDigest) private pure {
        if (contentDigest == bytes32(0)) revert ResourceRegistryContentMissing();
    }

    /// @notice Reverts unless terms can be asked.
    /// @param termsHash The terms.
    /// @param askedShare What they ask.
    function _checkTerms(bytes32 termsHash, uint24 askedShare) private pure {
        bool isShare = askedShare <= WHOLE || askedShare == ASK_FIRST;
        if (termsHash == bytes32(0) || !isShare)
            revert ResourceRegistryTermsRefused(termsHash, askedShare);
    }
}
