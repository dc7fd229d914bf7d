// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAuthorship} from "./IAuthorship.sol";
import {IWorkShares} from "./IWorkShares.sol";
import {IWorkStandings} from "./IWorkStandings.sol";

/// @title IResourceRegistry
/// @notice Works: who holds them, what they were made from, their versions, and what they ask of those who build on them.
/// Works are numbered in the order of their registration, and a work is made from earlier ones only, so there are no circles.
///
/// Stored of each work: its state with the first edge (one word), its holder (one word), one word for every four further edges, the
/// digest of each version, and one hash for each list of shares. Everything else is in the events.
interface IResourceRegistry is IWorkShares, IWorkStandings, IAuthorship {
    /// @notice A work to be registered.
    /// @param holder The account that decides about it from then on.
    /// @param homeBase The base that registers it and vouches for it.
    /// @param askedShare What it asks of works made from it, in millionths; {ASK_FIRST} when the holder is to be asked each time.
    /// @param deadline Unix time in seconds until which the holder's signature may be used.
    /// @param contentDigest The SHA-256 digest in the CIDv1 of its first version.
    /// @param termsHash SHA-256 of the terms in plain language.
    /// @param codec The multicodec in that CID: 0x55 raw, 0x70 dag-pb, 0x71 dag-cbor.
    /// @param parents What it was made from, by rising number.
    /// @param contributors Who shares the rest, by rising address; their shares make a million.
    struct Registration {
        address holder;
        uint32 homeBase;
        uint24 askedShare;
        uint40 deadline;
        bytes32 contentDigest;
        bytes32 termsHash;
        bytes1 codec;
        Edge[] parents;
        Contributor[] contributors;
    }

    /// @notice A work as it is now.
    /// @param holder The account that decides about it.
    /// @param homeBase The base that vouches for it.
    /// @param versionCount How many versions it has; they are numbered from 1.
    /// @param epoch The list of shares that holds now, from 1.
    /// @param ruledEpoch The epoch that the last ruling began, 0 for none: what had not flowed by then goes there.
    /// @param frozenUntil Unix time in seconds until which it is contested: nothing is paid to it, and nothing flows on from it.
    /// @param takenDown Whether it was taken down.
    /// @param parentCount How many parents it has.
    /// @param askedShare What it asks of works made from it, in millionths, or {ASK_FIRST}.
    struct Work {
        address holder;
        uint32 homeBase;
        uint32 versionCount;
        uint24 epoch;
        uint24 ruledEpoch;
        uint40 frozenUntil;
        bool takenDown;
        uint8 parentCount;
        uint24 askedShare;
    }

    /// @notice Emitted when a work is registered, with its first version and its first epoch.
    /// @param workId Its number.
    /// @param homeBase The base that vouches for it.
    /// @param holder The account that decides about it.
    /// @param contentDigest The SHA-256 digest in the CIDv1 of version 1.
    /// @param codec The multicodec in that CID.
    /// @param termsHash SHA-256 of its terms.
    /// @param askedShare What it asks of works made from it, in millionths, or {ASK_FIRST}.
    /// @param parents What it was made from, and what those are owed; what they leave of a million is the contributors'.
    /// @param contributors Who shares that in epoch 1.
    event WorkRegistered(
        uint32 indexed workId,
        uint32 indexed homeBase,
        address indexed holder,
        bytes32 contentDigest,
        bytes1 codec,
        bytes32 termsHash,
        uint24 askedShare,
        Edge[] parents,
        Contributor[] contributors
    );

    /// @notice Emitted for every version after the first.
    /// @param workId The work.
    /// @param version Its number, from 2.
    /// @param contentDigest The SHA-256 digest in its CIDv1.
    /// @param codec The multicodec in that CID.
    event VersionPublished(
        uint32 indexed workId,
        uint32 indexed version,
        bytes32 indexed contentDigest,
        bytes1 codec
    );

    /// @notice Emitted when a work's terms change. Works made from it before keep what they owe.
    /// @param workId The work.
    /// @param termsHash SHA-256 of the terms.
    /// @param askedShare What it asks of works made from it, in millionths, or {ASK_FIRST}.
    event TermsChanged(uint32 indexed workId, bytes32 termsHash, uint24 askedShare);

    /// @notice Emitted when the holder names another account or base for a work, before it has accepted.
    /// @param workId The work.
    /// @param holder The account named; the zero address for none.
    /// @param homeBase The base named; 0 for none.
    event WorkOffered(uint32 indexed workId, address indexed holder, uint32 indexed homeBase);

    /// @notice Emitted when another account decides about a work.
    /// @param workId The work.
    /// @param previous The holder until now.
    /// @param next The holder from now on.
    event HolderChanged(uint32 indexed workId, address indexed previous, address indexed next);

    /// @notice Emitted when another base vouches for a work.
    /// @param workId The work.
    /// @param previous The base until now.
    /// @param next The base from now on.
    event HomeChanged(uint32 indexed workId, uint32 indexed previous, uint32 indexed next);

    /// @notice The work has no such version.
    error ResourceRegistryVersionUnknown(uint32 workId, uint32 version);

    /// @notice The caller does not act for the base.
    error ResourceRegistryCallerNotBase(address caller, uint32 baseId);

    /// @notice The caller was not named to take the work over.
    error ResourceRegistryCallerNotOffered(address caller, uint32 workId);

    /// @notice A version has content, and its digest is not zero.
    error ResourceRegistryContentMissing();

    /// @notice The terms are missing, or ask for more than everything.
    error ResourceRegistryTermsRefused(bytes32 termsHash, uint24 askedShare);

    /// @notice Registers a work with its first version.
    ///
    /// @dev Emits {WorkRegistered}.
    ///
    /// Requirements:
    /// - The caller acts for the home base; the contract is not paused.
    /// - The holder is the caller, or has signed the registration (EIP-712; ERC-1271 for accounts that are contracts).
    /// - Every parent is an earlier work that was not taken down and is not frozen, and is owed at least what it asks, unless the same
    ///   account holds it or its holder has signed a `Consent` to this content with this share.
    /// - The parents' shares are at most a million together; the contributors' are a million exactly.
    ///
    /// Notes:
    /// - A base could send a holder's signature twice before its deadline. The second work would have the same holder and shares.
    /// - What a work asks binds those that name it as a parent. Whoever puts a work of its own in between that asks nothing, or names no
    ///   parent at all, is contested: a ruling adds the edge, for everything that has not flowed.
    /// - A consent is for one content and one share, lasts until the parent changes hands, and cannot be taken back.
    ///
    /// @param registration The work.
    /// @param signature The holder's; empty when the holder calls.
    /// @param consents One for each parent, empty where none is needed; or none at all.
    /// @return workId Its number.
    function register(
        Registration calldata registration,
        bytes calldata signature,
        bytes[] calldata consents
    ) external returns (uint32 workId);

    /// @notice Adds a version. The version that is listed stays so until the panels approve this one (see {IReviewPanels}).
    ///
    /// @dev Emits {VersionPublished}.
    ///
    /// Requirements:
    /// - The caller holds the work; the contract is not paused.
    ///
    /// @param workId The work.
    /// @param contentDigest The SHA-256 digest in its CIDv1.
    /// @param codec The multicodec in that CID.
    /// @return version Its number.
    function publishVersion(
        uint32 workId,
        bytes32 contentDigest,
        bytes1 codec
    ) external returns (uint32 version);

    /// @notice Changes what a work asks of works made from it from now on.
    ///
    /// @dev Emits {TermsChanged}.
    ///
    /// Requirements:
    /// - The caller holds the work; the contract is not paused.
    ///
    /// @param workId The work.
    /// @param termsHash SHA-256 of the terms.
    /// @param askedShare The share, in millionths, or {ASK_FIRST}.
    function changeTerms(uint32 workId, bytes32 termsHash, uint24 askedShare) external;

    /// @notice Names another account to hold a work, another base to vouch for it, or both; each takes over when it accepts.
    ///
    /// @dev Emits {WorkOffered}.
    ///
    /// Requirements:
    /// - The caller holds the work; the contract is not paused.
    ///
    /// @param workId The work.
    /// @param holder The account; the zero address for none.
    /// @param homeBase The base; 0 for none.
    function offerWork(uint32 workId, address holder, uint32 homeBase) external;

    /// @notice Takes a work over as its holder.
    ///
    /// @dev Emits {HolderChanged}.
    ///
    /// Requirements:
    /// - The caller was named by {offerWork}; the contract is not paused.
    ///
    /// @param workId The work.
    function acceptHolder(uint32 workId) external;

    /// @notice Takes a work over as the base that vouches for it.
    ///
    /// @dev Emits {HomeChanged}.
    ///
    /// Requirements:
    /// - The caller acts for the base named by {offerWork}; the contract is not paused.
    ///
    /// @param workId The work.
    function acceptHome(uint32 workId) external;

    /// @notice How many works were registered; their numbers go from 1 to this.
    /// @return The number.
    function workCount() external view returns (uint32);

    /// @notice One work.
    /// @param workId The work.
    /// @return It; all zero for a number that was never given.
    function workOf(uint32 workId) external view returns (Work memory);

    /// @notice The content of one version.
    /// @param workId The work.
    /// @param version The version.
    /// @return The SHA-256 digest in its CIDv1; zero for a version that does not exist.
    function contentOf(uint32 workId, uint32 version) external view returns (bytes32);

    /// @notice The account that decides about a work.
    /// @param workId The work.
    /// @return The account; the zero address for a number that was never given.
    function holderOf(uint32 workId) external view returns (address);

    /// @notice The base that vouches for a work.
    /// @param workId The work.
    /// @return The base; 0 for a number that was never given.
    function baseOf(uint32 workId) external view returns (uint32);
}
