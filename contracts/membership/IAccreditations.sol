// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IAccreditations
/// @notice Who may issue which programme, from when to when: recursive from the network down, revocable from above.
interface IAccreditations {
    /// @notice One accreditation.
    /// @param baseId The base that holds it.
    /// @param programmeId The programme that it is for.
    /// @param parent The accreditation that it was given under; 0 when the network gave it.
    /// @param from Unix time in seconds from which it holds.
    /// @param until Unix time in seconds from which it no longer holds.
    /// @param revokedAt Unix time in seconds of its revocation; 0 when it was not revoked.
    /// @param depth 1 when the network gave it, one more for each step down.
    /// @param mayAccredit Whether the holder may accredit others under it.
    struct Accreditation {
        uint32 baseId;
        uint32 programmeId;
        uint32 parent;
        uint40 from;
        uint40 until;
        uint40 revokedAt;
        uint8 depth;
        bool mayAccredit;
    }

    /// @notice Emitted when a base is accredited.
    /// @param accreditationId The record's number.
    /// @param baseId The base that holds it.
    /// @param programmeId The programme that it is for.
    /// @param parent The accreditation that it was given under; 0 when the network gave it.
    /// @param until Unix time in seconds from which it no longer holds; it begins with its block.
    /// @param mayAccredit Whether the holder may accredit others under it.
    event BaseAccredited(
        uint32 indexed accreditationId,
        uint32 indexed baseId,
        uint32 indexed programmeId,
        uint32 parent,
        uint40 until,
        bool mayAccredit
    );

    /// @notice Emitted when an accreditation is revoked, and with it at once all that were given under it.
    /// @param accreditationId The record.
    /// @param by The accreditation that it was revoked under; 0 for the network.
    /// @param reason SHA-256 of the reason, published elsewhere.
    event AccreditationRevoked(uint32 indexed accreditationId, uint32 by, bytes32 reason);

    /// @notice There is no such accreditation.
    error EntitlementsAccreditationUnknown(uint32 accreditationId);

    /// @notice The accreditation does not hold at present, or one above it does not.
    error EntitlementsAccreditationLapsed(uint32 accreditationId);

    /// @notice The accreditation does not let its holder accredit others.
    error EntitlementsMayNotAccredit(uint32 accreditationId);

    /// @notice The accreditation has been revoked before.
    error EntitlementsAlreadyRevoked(uint32 accreditationId);

    /// @notice The record named is not the accreditation itself or one above it.
    error EntitlementsNotAbove(uint32 accreditationId, uint32 above);

    /// @notice The end is not in the future, or later than what it stands on allows.
    error EntitlementsEndOutOfBounds(uint40 until, uint40 latest);

    /// @notice The chain would have more levels than there may be, or a base would accredit itself.
    error EntitlementsChainRefused(uint32 parent, uint32 baseId);

    /// @notice Accredits a base for a programme.
    ///
    /// @dev Emits {BaseAccredited}.
    ///
    /// Requirements:
    /// - With `parent` 0 the caller is the timelock. Else the caller acts for the base that holds `parent`, which lets
    ///   it accredit, is for the same programme and holds at present with all above it; that base is not suspended.
    /// - `until` is in the future and not later than the parent's.
    /// - The chain has at most 8 levels; the store is not paused.
    ///
    /// @param parent The accreditation that it is given under; 0 for the network.
    /// @param baseId The base that will hold it.
    /// @param programmeId The programme.
    /// @param until Unix time in seconds from which it no longer holds.
    /// @param mayAccredit Whether the holder may accredit others under it.
    /// @return accreditationId The record's number.
    function accredit(
        uint32 parent,
        uint32 baseId,
        uint32 programmeId,
        uint40 until,
        bool mayAccredit
    ) external returns (uint32 accreditationId);

    /// @notice Revokes an accreditation, and with it at once all that were given under it.
    ///
    /// @dev Emits {AccreditationRevoked}.
    ///
    /// Requirements:
    /// - With `above` 0 the caller is the timelock. Else the caller acts for the base that holds `above`, which is the
    ///   accreditation itself or one above it.
    /// - It was not revoked before; the store is not paused.
    ///
    /// Notes:
    /// - Answers for times before this block stay as they were.
    ///
    /// @param accreditationId The record.
    /// @param above The accreditation in whose right it is revoked; 0 for the network.
    /// @param reason SHA-256 of the reason, published elsewhere.
    function revokeAccreditation(uint32 accreditationId, uint32 above, bytes32 reason) external;

    /// @notice How many accreditations were ever given; their numbers go from 1 to this.
    /// @return The number.
    function accreditationCount() external view returns (uint32);

    /// @notice One accreditation.
    /// @param accreditationId The record.
    /// @return Its fields; all zero for a number that was never given.
    function accreditationOf(uint32 accreditationId) external view returns (Accreditation memory);

    /// @notice The accreditations that a base was ever given for a programme, in order.
    ///
    /// Notes:
    /// - Whoever may accredit for the programme can lengthen the list, which the search of {IEntitlements.entitlementOf} walks
    ///   from its end; answers by records do not depend on it.
    ///
    /// @param baseId The base.
    /// @param programmeId The programme.
    /// @return The records' numbers.
    function accreditationsOf(
        uint32 baseId,
        uint32 programmeId
    ) external view returns (uint32[] memory);
}
