// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CredentialAnchors} from "../credentials/CredentialAnchors.sol";
import {StatusLists} from "../credentials/StatusLists.sol";
import {Directory} from "../directory/Directory.sol";
import {BaseRegistry} from "../membership/BaseRegistry.sol";
import {Entitlements} from "../membership/Entitlements.sol";
import {IAssessments} from "../membership/IAssessments.sol";
import {IBaseProfiles} from "../membership/IBaseProfiles.sol";
import {vm} from "./Vm.sol";

/// @title SampleNetwork
/// @notice The network's contracts with the inheriting contract as timelock and guardian, and base n at account 0x1000 + n.
abstract contract SampleNetwork {
    uint40 internal constant START = 1_000_000;
    uint40 internal constant FOREVER = type(uint40).max;

    Directory internal immutable _DIRECTORY;
    BaseRegistry internal immutable _REGISTRY;
    Entitlements internal immutable _ENTITLEMENTS;
    CredentialAnchors internal immutable _ANCHORS;
    StatusLists internal immutable _LISTS;

    /// @notice Deploys the contracts and founds the network with base 1 and one programme.
    constructor() {
        vm.warp(START);
        uint256 nonce = vm.getNonce(address(this));
        address entitlements = vm.computeCreateAddress(address(this), nonce + 2);
        _DIRECTORY = new Directory(address(this), address(this));
        _REGISTRY = new BaseRegistry(
            address(_DIRECTORY),
            address(this),
            Entitlements(entitlements)
        );
        _ENTITLEMENTS = new Entitlements(address(_DIRECTORY), address(this), _REGISTRY);
        _ANCHORS = new CredentialAnchors(address(_DIRECTORY), _ENTITLEMENTS);
        _LISTS = new StatusLists(address(_DIRECTORY), _REGISTRY);
        _DIRECTORY.register("BaseRegistry", address(_REGISTRY));
        _DIRECTORY.register("Entitlements", address(_ENTITLEMENTS));
        _DIRECTORY.register("CredentialAnchors", address(_ANCHORS));
        _DIRECTORY.register("StatusLists", address(_LISTS));
        _admit(0);
        _REGISTRY.setServices(1, 15);
        _ENTITLEMENTS.registerProgramme(0, keccak256("programme"), "cid");
    }

    /// @notice Admits the next base.
    /// @param parent The base above it; 0 for the root.
    /// @return baseId Its number.
    function _admit(uint32 parent) internal returns (uint32 baseId) {
        baseId = _REGISTRY.baseCount() + 1;
        uint8 tier = parent == 0 ? 1 : _REGISTRY.baseOf(parent).tier + 1;
        bytes32 digest = keccak256(abi.encode("base", baseId));
        _REGISTRY.admit(
            _accountOf(baseId),
            parent,
            tier,
            IBaseProfiles.Identity(digest, digest, "cid")
        );
    }

    /// @notice Has base 1 sign an assessment.
    /// @param baseId The base assessed.
    /// @param kind What was assessed.
    /// @param until When it lapses.
    function _assess(uint32 baseId, uint256 kind, uint40 until) internal {
        vm.prank(_accountOf(1));
        _ENTITLEMENTS.signAssessment(
            1,
            baseId,
            IAssessments.Kind(kind),
            until,
            keccak256("report"),
            "cid"
        );
    }

    /// @notice The account that acts for a base.
    /// @param baseId The base.
    /// @return Its account.
    function _accountOf(uint32 baseId) internal pure returns (address) {
        return address(uint160(0x1000) + baseId);
    }
}
