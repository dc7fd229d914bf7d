// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title WillingWallet
/// @notice An account that is a contract: it agrees to whatever is signed as "yes", takes the native coin, and while it takes it makes
/// one call that it was told. Anyone may use it: it is for tests.
contract WillingWallet is IERC1271 {
    bytes32 private constant YES = keccak256("yes");

    /// @notice Whom it calls when it is paid.
    address public target;
    /// @notice What it calls there.
    bytes public call_;
    /// @notice Whether that call went through.
    bool public passed;
    /// @notice What that call answered.
    bytes public answer;

    /// @notice The native coin was refused.
    error WillingWalletUnwilling();

    /// @notice Takes the native coin, and makes the call that it was told.
    receive() external payable {
        _bePaid();
    }

    /// @notice Says whom to call when paid; address 1 refuses the coin, the zero address calls nobody.
    /// @param target_ The contract.
    /// @param data The call.
    function callWhenPaid(address target_, bytes calldata data) external {
        target = target_;
        call_ = data;
    }

    /// @notice Makes a call.
    /// @param target_ The contract.
    /// @param data The call.
    /// @return The answer.
    function execute(address target_, bytes calldata data) external payable returns (bytes memory) {
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, bytes memory result) = target_.call{value: msg.value}(data);
        if (done) return result;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            revert(add(result, 0x20), mload(result))
        }
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32, bytes calldata signature) external pure returns (bytes4) {
        return keccak256(signature) == YES ? IERC1271.isValidSignature.selector : bytes4(0);
    }

    /// @notice Makes the call that it was told.
    function _bePaid() private {
        if (target == address(1)) revert WillingWalletUnwilling();
        if (target == address(0)) return;
        // solhint-disable-next-line avoid-low-level-calls
        (passed, answer) = target.call(call_);
    }
}
