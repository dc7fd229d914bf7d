// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IBaseRegistry} from "../../membership/IBaseRegistry.sol";
import {IResourceRegistry} from "../works/IResourceRegistry.sol";
import {IWorkStandings} from "../works/IWorkStandings.sol";
import {IResolutions} from "./IResolutions.sol";
import {Panels} from "./Panels.sol";

/// @title Resolutions
/// @notice See {IResolutions}. All five calls name the work first.
abstract contract Resolutions is IResolutions, Panels, EIP712 {
    bytes32 private constant RESOLUTION_TYPEHASH = keccak256(
        "Resolution(bytes call,bytes32 salt,uint40 until)"
    );
    uint256 private constant SHORTEST_CALL = 36;

    IBaseRegistry private immutable _REGISTRY;
    IResourceRegistry internal immutable _WORKS;

    mapping(bytes32 resolution => bool carried) private _carried;

    /// @notice Ties the committee to what it arbitrates.
    /// @param registry The BaseRegistry, which knows who acts for a base.
    /// @param works The ResourceRegistry.
    constructor(IBaseRegistry registry, IResourceRegistry works) {
        _REGISTRY = registry;
        _WORKS = works;
    }

    /// @inheritdoc IResolutions
    function carryResolution(
        Resolution calldata resolution,
        address[] calldata members,
        bytes[] calldata signatures
    ) external whenNotPaused {
        bytes32 hash = _hashTypedDataV4(
            keccak256(
                abi.encode(
                    RESOLUTION_TYPEHASH,
                    keccak256(resolution.call),
                    resolution.salt,
                    resolution.until
                )
            )
        );

        // Check.
        if (_carried[hash] || block.timestamp > resolution.until)
            revert ReviewPanelsResolutionOver(hash);
        uint32 workId = _workOf(resolution.call);
        uint8 needed = quorumOf(Panel.Expert).approvals;
        if (needed == 0) revert ReviewPanelsQuorumEmpty(Panel.Expert);
        if (members.length < needed || members.length != signatures.length)
            revert ReviewPanelsTooFew(members.length, signatures.length, needed);
        for (uint256 i = 0; i < members.length; ++i) {
            if (i > 0 && members[i] <= members[i - 1])
                revert ReviewPanelsTooFew(i, signatures.length, needed);
            _checkMember(Panel.Expert, members[i], workId);
            _checkSignature(members[i], hash, signatures[i]);
        }

        // Effect.
        _carried[hash] = true;

        emit ResolutionCarried(workId, hash, members);

        // Interaction: the network's own registry, whose answer is of no use here; what it refuses is refused.
        // solhint-disable-next-line no-unchecked-calls
        Address.functionCall(address(_WORKS), resolution.call);
    }

    /// @inheritdoc IResolutions
    function wasCarried(bytes32 resolution) external view returns (bool) {
        return _carried[resolution];
    }

    /// @notice Reverts unless a member sits on a panel now and has no interest of its own in a work.
    /// @param panel The panel.
    /// @param member The member.
    /// @param workId The work.
    function _checkMember(Panel panel, address member, uint32 workId) internal view {
        Seat memory seat = seatOf(panel, member);
        if (block.timestamp < seat.from || block.timestamp >= seat.until)
            revert ReviewPanelsNotSeated(panel, member);
        address holder = _WORKS.holderOf(workId);
        uint32 own = _REGISTRY.baseByAccount(member);
        bool isInterested =
            member == holder ||
                _isBaseOf(_WORKS.baseOf(workId), seat.baseId, own) ||
                _isBaseOf(_REGISTRY.baseByAccount(holder), seat.baseId, own);
        if (isInterested) revert ReviewPanelsConflict(workId, member);
    }

    /// @notice Reverts unless a member signed a hash.
    /// @param member The member.
    /// @param hash The hash (EIP-712).
    /// @param signature The signature.
    function _checkSignature(address member, bytes32 hash, bytes calldata signature) internal view {
        // A view: a contract's own rule for its signatures (ERC-1271) is asked without being able to change anything.
        if (!SignatureChecker.isValidSignatureNowCalldata(member, hash, signature))
            revert ReviewPanelsSignatureRefused(member);
    }

    /// @notice Whether a base is one of a member's.
    /// @param baseId The base; 0 for none.
    /// @param seated The base that the member was seated with; 0 for none.
    /// @param own The base that the member acts for; 0 for none.
    /// @return True when it is.
    function _isBaseOf(uint32 baseId, uint32 seated, uint32 own) private pure returns (bool) {
        return baseId != 0 && (baseId == seated || baseId == own);
    }

    /// @notice The work that a call is about; reverts for a call that no arbiter makes.
    /// @param call The encoded call.
    /// @return The work.
    function _workOf(bytes calldata call) private pure returns (uint32) {
        bytes4 selector = call.length < SHORTEST_CALL ? bytes4(0) : bytes4(call[:4]);
        bool isArbiters =
            selector == IWorkStandings.freeze.selector ||
                selector == IWorkStandings.unfreeze.selector ||
                selector == IWorkStandings.rule.selector ||
                selector == IWorkStandings.takeDown.selector ||
                selector == IWorkStandings.putBack.selector;
        if (!isArbiters) revert ReviewPanelsCallRefused(selector);
        return abi.decode(call[4:SHORTEST_CALL], (uint32));
    }
}
