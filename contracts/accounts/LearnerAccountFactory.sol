// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {ILearnerAccountFactory} from "./ILearnerAccountFactory.sol";
import {LearnerAccount} from "./LearnerAccount.sol";

/// @title LearnerAccountFactory
/// @notice See {ILearnerAccountFactory}. Has no owner and keeps nothing.
contract LearnerAccountFactory is ILearnerAccountFactory {
    address private immutable _ORIGINAL;

    /// @notice Makes the original of all copies.
    constructor() {
        _ORIGINAL = address(new LearnerAccount());
    }

    /// @inheritdoc ILearnerAccountFactory
    function makeAccount(bytes32 x, bytes32 y) external returns (address account) {
        // Check: nobody could ever move an account without a key.
        if (!P256.isValidPublicKey(x, y)) revert LearnerAccountFactoryKeyRefused(x, y);
        account = accountOf(x, y);
        if (account.code.length != 0) return account;

        // Effect.
        emit LearnerAccountMade(account, x, y);

        // Interaction.
        Clones.cloneDeterministicWithImmutableArgs(_ORIGINAL, abi.encode(x, y), bytes32(0));
    }

    /// @inheritdoc ILearnerAccountFactory
    function accountOf(bytes32 x, bytes32 y) public view returns (address) {
        return
            Clones.predictDeterministicAddressWithImmutableArgs(
                _ORIGINAL,
                abi.encode(x, y),
                bytes32(0)
            );
    }
}
