// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBaseProfiles} from "./IBaseProfiles.sol";
import {IInvites} from "./IInvites.sol";

/// @title IBaseRegistry
/// @notice Which bases there are: numbered from 1 in the order of their admission, the root first.
interface IBaseRegistry is IBaseProfiles, IInvites {
    /// @notice One base.
    /// @param account The account that acts for the base; the zero address once it has closed.
    /// @param parent The base above it; 0 for the root.
    /// @param tier Its tier: 1 the network, 2 a regional headquarters, 3 and up the bases below.
    /// @param admittedAt Unix time in seconds.
    struct Base {
        address account;
        uint32 parent;
        uint8 tier;
        uint40 admittedAt;
    }

    /// @notice Emitted when a base joins.
    /// @param baseId Its number.
    /// @param account The account that acts for it.
    /// @param parent The base above it; 0 for the root.
    /// @param tier Its tier.
    /// @param didHash SHA-256 of its DID.
    /// @param inviteKey The invite used; the zero address when the timelock admitted it.
    event BaseAdmitted(
        uint32 indexed baseId,
        address indexed account,
        uint32 indexed parent,
        uint8 tier,
        bytes32 didHash,
        address inviteKey
    );

    /// @notice Emitted when a base leaves or is closed.
    /// @param baseId The base.
    event BaseClosed(uint32 indexed baseId);

    /// @notice Emitted when another account is named to act for a base, before it has accepted.
    /// @param baseId The base.
    /// @param account The account named.
    event AccountOffered(uint32 indexed baseId, address indexed account);

    /// @notice Emitted when another account acts for a base.
    /// @param baseId The base.
    /// @param previous The account until now.
    /// @param next The account from now on.
    event AccountChanged(uint32 indexed baseId, address indexed previous, address indexed next);

    /// @notice Emitted when a base is placed elsewhere in the network.
    /// @param baseId The base.
    /// @param parent The base above it.
    /// @param tier Its tier.
    event BasePlaced(uint32 indexed baseId, uint32 indexed parent, uint8 tier);

    /// @notice There is no such base, or it has closed.
    error BaseRegistryBaseUnknown(uint32 baseId);

    /// @notice The caller does not act for the base.
    error BaseRegistryCallerNotBase(address caller, uint32 baseId);

    /// @notice The account acts for a base already, or is the zero address.
    error BaseRegistryAccountRefused(address account);

    /// @notice The place asked for is not open: no tier, no parent, a parent not above it, or a circle.
    error BaseRegistryPlaceRefused(uint32 parent, uint8 tier);

    /// @notice Admits a base.
    ///
    /// @dev Emits {BaseAdmitted} and {DidLogPublished}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the registry is not paused.
    /// - The account acts for no other base, and no base has the DID.
    /// - The first base has tier 1 and no parent; any other has an open parent of a lower tier number.
    ///
    /// @param account The account that will act for the base.
    /// @param parent The base above it; 0 for the root.
    /// @param tier Its tier.
    /// @param identity Its DID and log.
    /// @return baseId Its number.
    function admit(
        address account,
        uint32 parent,
        uint8 tier,
        Identity calldata identity
    ) external returns (uint32 baseId);

    /// @notice Names another account to act for a base, which takes over when it accepts.
    ///
    /// @dev Emits {AccountOffered}.
    ///
    /// Requirements:
    /// - The caller acts for the base; the registry is not paused.
    ///
    /// @param baseId The base.
    /// @param account The account named; the zero address withdraws the offer.
    function offerAccount(uint32 baseId, address account) external;

    /// @notice Takes over as the account that acts for a base.
    ///
    /// @dev Emits {AccountChanged}.
    ///
    /// Requirements:
    /// - The caller was named by {offerAccount} and acts for no base; the registry is not paused.
    ///
    /// @param baseId The base.
    function acceptAccount(uint32 baseId) external;

    /// @notice Gives a base another account without the old one, which was lost or stolen.
    ///
    /// @dev Emits {AccountChanged}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the account acts for no base; the registry is not paused.
    ///
    /// @param baseId The base.
    /// @param account The account that acts for it from now on.
    function replaceAccount(uint32 baseId, address account) external;

    /// @notice Closes a base for good: nobody acts for it, and it is entitled to nothing from now on.
    ///
    /// @dev Emits {BaseClosed}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the base is open and not the root; the registry is not paused.
    ///
    /// Notes:
    /// - What it issued before stays as valid as it was, and so do accreditations that it gave: revoking its own ends those.
    ///
    /// @param baseId The base.
    function closeBase(uint32 baseId) external;

    /// @notice Places a base under another parent, in another tier, or both.
    ///
    /// @dev Emits {BasePlaced}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the parent is open, above the base's tier and not below the base.
    /// - The root cannot be placed; the registry is not paused.
    ///
    /// @param baseId The base.
    /// @param parent The base above it.
    /// @param tier Its tier.
    function placeBase(uint32 baseId, uint32 parent, uint8 tier) external;

    /// @notice How many bases were ever admitted; their numbers go from 1 to this.
    /// @return The number.
    function baseCount() external view returns (uint32);

    /// @notice One base.
    /// @param baseId The base.
    /// @return Its record; all zero for a number that was never given.
    function baseOf(uint32 baseId) external view returns (Base memory);

    /// @notice When a base was admitted.
    /// @param baseId The base.
    /// @return Unix time in seconds; 0 for a number that was never given.
    function admittedAt(uint32 baseId) external view returns (uint40);

    /// @notice The account that acts for a base.
    /// @param baseId The base.
    /// @return The account; the zero address for a base that is unknown or closed.
    function accountOf(uint32 baseId) external view returns (address);

    /// @notice The account named to act for a base that has not accepted yet.
    /// @param baseId The base.
    /// @return The account; the zero address when none is named.
    function offeredAccountOf(uint32 baseId) external view returns (address);

    /// @notice The base that an account acts for.
    /// @param account The account.
    /// @return The base; 0 when it acts for none.
    function baseByAccount(address account) external view returns (uint32);
}
