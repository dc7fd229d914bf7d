// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Account} from "@openzeppelin/contracts/account/Account.sol";
import {ERC7821} from "@openzeppelin/contracts/account/extensions/draft-ERC7821.sol";
import {ERC4337Utils} from "@openzeppelin/contracts/account/utils/ERC4337Utils.sol";
import {IEntryPoint} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {WebAuthn} from "@openzeppelin/contracts/utils/cryptography/WebAuthn.sol";
import {AbstractSigner} from "@openzeppelin/contracts/utils/cryptography/signers/AbstractSigner.sol";
import {ILearnerAccount} from "./ILearnerAccount.sol";

/// @title LearnerAccount
/// @notice See {ILearnerAccount}. The LearnerAccountFactory makes copies with the passkey's public key in their code: nothing is stored,
/// so nothing can be initialised twice, or by somebody else. The original has no key, and does nothing.
contract LearnerAccount is Account, ERC7821, IERC1271, ILearnerAccount {
    bytes32 private constant _CHALLENGE = keccak256("Guildhall LearnerAccount ERC-1271");

    /// @inheritdoc ILearnerAccount
    function isValidSignature(
        bytes32 hash,
        bytes calldata signature
    ) external view override(IERC1271, ILearnerAccount) returns (bytes4) {
        return
            _rawSignatureValidation(challengeOf(hash), signature)
                ? IERC1271.isValidSignature.selector
                : bytes4(0xffffffff);
    }

    /// @inheritdoc ILearnerAccount
    function challengeOf(bytes32 hash) public view returns (bytes32) {
        return keccak256(abi.encode(_CHALLENGE, block.chainid, address(this), hash));
    }

    /// @notice The EntryPoint 0.8, at the address that it has on every chain; OpenZeppelin 5.7 would take 0.9.
    /// @return The EntryPoint.
    function entryPoint() public pure override returns (IEntryPoint) {
        return ERC4337Utils.ENTRYPOINT_V08;
    }

    /// @notice Lets the EntryPoint run a batch, once the passkey's signature was found good; and the account itself.
    /// @param caller Who calls.
    /// @param mode The mode of ERC-7821.
    /// @param executionData The batch.
    /// @return True when it may.
    function _erc7821AuthorizedExecutor(
        address caller,
        bytes32 mode,
        bytes calldata executionData
    ) internal view override returns (bool) {
        return
            caller == address(entryPoint()) ||
            super._erc7821AuthorizedExecutor(caller, mode, executionData);
    }

    /// @notice Checks a WebAuthn assertion with user verification; a signature with a high s is refused (see {WebAuthn} and {P256}).
    /// @param hash The challenge.
    /// @param signature The assertion.
    /// @return True when the passkey made it.
    function _rawSignatureValidation(
        bytes32 hash,
        bytes calldata signature
    ) internal view override(AbstractSigner) returns (bool) {
        (bool isRead, WebAuthn.WebAuthnAuth calldata auth) = WebAuthn.tryDecodeAuth(signature);
        if (!isRead || address(this).code.length != 0x2d + 64) return false;
        (bytes32 x, bytes32 y) =
            abi.decode(Clones.fetchCloneArgs(address(this)), (bytes32, bytes32));
        return WebAuthn.verify(abi.encodePacked(hash), auth, x, y);
    }
}
