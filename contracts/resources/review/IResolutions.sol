// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IResolutions
/// @notice The expert committee as the arbiter of contested works: what enough of its members sign is done.
interface IResolutions {
    /// @notice What the committee resolves.
    /// @param call The encoded call of the ResourceRegistry: freeze, unfreeze, rule, takeDown or putBack.
    /// @param salt Any number, so that the same can be resolved again.
    /// @param until Unix time in seconds after which it cannot be carried out.
    struct Resolution {
        bytes call;
        bytes32 salt;
        uint40 until;
    }

    /// @notice Emitted when a resolution is carried out. The ResourceRegistry's events tell what it did.
    /// @param workId The work.
    /// @param resolution The hash that the members signed (EIP-712).
    /// @param members Who signed, by rising address.
    event ResolutionCarried(uint32 indexed workId, bytes32 indexed resolution, address[] members);

    /// @notice The call is none of those that an arbiter makes.
    error ReviewPanelsCallRefused(bytes4 selector);

    /// @notice The resolution was carried out before, or too late.
    error ReviewPanelsResolutionOver(bytes32 resolution);

    /// @notice Too few members signed, they are not by rising address, or there is not a signature for each.
    error ReviewPanelsTooFew(uint256 members, uint256 signatures, uint256 needed);

    /// @notice Carries out what the expert committee has resolved. Anyone may hand it in.
    ///
    /// @dev Emits {ResolutionCarried}, and the ResourceRegistry's events.
    ///
    /// Requirements:
    /// - As many members as the committee's quorum of approvals have signed `Resolution(bytes call,bytes32 salt,uint40 until)`
    ///   (EIP-712, or ERC-1271 for a contract); each sits on the committee now and has no interest in the work.
    /// - It was not carried out before; the contract is not paused.
    ///
    /// @param resolution The resolution.
    /// @param members Who signed, by rising address.
    /// @param signatures A signature for each.
    function carryResolution(
        Resolution calldata resolution,
        address[] calldata members,
        bytes[] calldata signatures
    ) external;

    /// @notice Whether a resolution was carried out.
    /// @param resolution The hash that the members signed.
    /// @return True when it was.
    function wasCarried(bytes32 resolution) external view returns (bool);
}
