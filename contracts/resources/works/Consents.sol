// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IResourceRegistry} from "./IResourceRegistry.sol";
import {Shares} from "./Shares.sol";
import {WorkShares} from "./WorkShares.sol";

/// @title Consents
/// @notice What has to be signed before a work can be registered: the registration itself, and a parent's agreement to a smaller share.
abstract contract Consents is WorkShares {
    bytes32 private constant REGISTRATION_TYPEHASH = keccak256(
        "Registration(address holder,uint32 homeBase,uint24 askedShare,uint40 deadline,bytes32 contentDigest,bytes32 termsHash,bytes1 codec,Edge[] parents,Contributor[] contributors)"
        "Contributor(address account,uint24 share)Edge(uint32 parentId,uint24 share,uint8 kind)"
    );
    bytes32 private constant CONSENT_TYPEHASH = keccak256(
        "Consent(uint32 parentId,address holder,bytes32 contentDigest,uint24 share,uint8 kind)"
    );

    /// @notice Reverts unless the holder has signed the registration in time.
    /// @param registration The work.
    /// @param contributors The hash of its contributors.
    /// @param signature The holder's signature.
    function _checkRegistrationSigned(
        IResourceRegistry.Registration calldata registration,
        bytes32 contributors,
        bytes calldata signature
    ) internal view {
        if (block.timestamp > registration.deadline)
            revert ResourceRegistrySignatureInvalid(registration.holder);
        bytes32 content = _hashRegistration(
            registration,
            Shares.hashEdges(registration.parents),
            contributors
        );
        _checkSigned(registration.holder, _hashTypedDataV4(content), signature);
    }

    /// @notice Reverts unless every parent gets what it asks, or its holder has agreed to less.
    /// @param registration The work.
    /// @param consents The agreements; one for each parent, or none at all.
    function _checkAsks(
        IResourceRegistry.Registration calldata registration,
        bytes[] calldata consents
    ) internal view {
        Edge[] calldata parents = registration.parents;
        if (consents.length != 0 && consents.length != parents.length)
            revert ResourceRegistryParentCountRefused(parents.length, consents.length);
        for (uint256 i = 0; i < parents.length; ++i) {
            Edge calldata edge = parents[i];
            State storage parent = _states[edge.parentId];
            _checkUsable(edge.parentId, parent);
            if (edge.share >= parent.askedShare) continue;
            address holder = _holders[edge.parentId];
            if (holder == registration.holder) continue;
            if (consents.length == 0 || consents[i].length == 0)
                revert ResourceRegistryShareBelowAsked(
                    edge.parentId,
                    edge.share,
                    parent.askedShare
                );
            bytes32 content = keccak256(
                abi.encode(
                    CONSENT_TYPEHASH,
                    edge.parentId,
                    registration.holder,
                    registration.contentDigest,
                    edge.share,
                    edge.kind
                )
            );
            _checkSigned(holder, _hashTypedDataV4(content), consents[i]);
        }
    }

    /// @notice The EIP-712 hash of a registration. Its first seven members are hashed as they stand in the call: taken one by one
    /// they would cost 900 gas more. That each is clean was checked where it was used.
    /// @param registration The work.
    /// @param parents The hash of its parents.
    /// @param contributors The hash of its contributors.
    /// @return content The hash.
    function _hashRegistration(
        IResourceRegistry.Registration calldata registration,
        bytes32 parents,
        bytes32 contributors
    ) private pure returns (bytes32 content) {
        bytes32 typeHash = REGISTRATION_TYPEHASH;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            // Behind the free memory pointer, where what is left disturbs nobody.
            let free := mload(0x40)
            mstore(free, typeHash)
            calldatacopy(add(free, 0x20), registration, 0xe0)
            mstore(add(free, 0x100), parents)
            mstore(add(free, 0x120), contributors)
            content := keccak256(free, 0x140)
        }
    }
}
