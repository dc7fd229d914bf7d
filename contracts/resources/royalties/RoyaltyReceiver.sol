// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IRoyaltyLedger} from "./IRoyaltyLedger.sol";

/// @title RoyaltyReceiver
/// @notice A work's own address, to which outsiders send money who know nothing of works. The RoyaltyLedger makes one copy for each
/// work that needs it, with the work's number in its code; all that it can do is pay that work.
contract RoyaltyReceiver {
    using SafeERC20 for IERC20;

    IRoyaltyLedger private immutable _LEDGER;

    /// @notice Made by the RoyaltyLedger, as the original of all copies.
    constructor() {
        _LEDGER = IRoyaltyLedger(msg.sender);
    }

    /// @notice Takes the native coin, and keeps it until {sweep}.
    receive() external payable {}

    /// @notice Pays the work everything that is here. Anyone may call.
    /// @param token The token; the zero address for the native coin.
    /// @return amount How much.
    function sweep(address token) external returns (uint256 amount) {
        uint32 workId = abi.decode(Clones.fetchCloneArgs(address(this)), (uint32));
        if (token == address(0)) {
            amount = address(this).balance;
            _LEDGER.pay{value: amount}(workId, token, amount, bytes32(0));
            return amount;
        }
        amount = IERC20(token).balanceOf(address(this));
        IERC20(token).forceApprove(address(_LEDGER), amount);
        _LEDGER.pay(workId, token, amount, bytes32(0));
    }
}
