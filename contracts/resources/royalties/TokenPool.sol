// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Pausing} from "../../directory/Pausing.sol";
import {Governed} from "../../governance/Governed.sol";
import {IRoyaltyLedger} from "./IRoyaltyLedger.sol";

/// @title TokenPool
/// @notice How money comes into the RoyaltyLedger and leaves it. Every transfer is measured at the pool's own balance, so a token that
/// takes a fee, moves nothing or answers falsely is refused at the first transfer in which it does so.
abstract contract TokenPool is IRoyaltyLedger, Pausing, Governed {
    using SafeERC20 for IERC20;

    mapping(address token => bool accepted) private _accepted;

    /// @notice Starts with the native coin only.
    /// @param directory_ The Directory that may pause it.
    /// @param timelock_ The NetworkTimelock.
    constructor(address directory_, address timelock_) Pausing(directory_) Governed(timelock_) {}

    /// @inheritdoc IRoyaltyLedger
    function acceptToken(address token, bool accepted) external onlyTimelock whenNotPaused {
        // Check: a call to an address without code would look like a transfer that went well.
        if (token.code.length == 0) revert RoyaltyLedgerTokenRefused(token);

        // Effect.
        _accepted[token] = accepted;

        emit TokenAccepted(token, accepted);
    }

    /// @inheritdoc IRoyaltyLedger
    function isAccepted(address token) public view returns (bool) {
        return token == address(0) || _accepted[token];
    }

    /// @notice Takes money from the caller.
    /// @param token The token; the zero address for the native coin.
    /// @param amount How much must arrive.
    function _take(address token, uint256 amount) internal {
        // Check: the native coin that came along is the amount, or nothing.
        uint256 expected = token == address(0) ? amount : 0;
        if (msg.value != expected) revert RoyaltyLedgerValueMismatch(msg.value, expected);
        if (token == address(0)) return;
        if (!_accepted[token]) revert RoyaltyLedgerTokenRefused(token);

        // Interaction.
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        _checkMoved(token, before, IERC20(token).balanceOf(address(this)), amount);
    }

    /// @notice Sends money.
    /// @param token The token; the zero address for the native coin.
    /// @param to Where to.
    /// @param amount How much must leave.
    function _give(address token, address to, uint256 amount) internal {
        if (token == address(0)) {
            // Interaction: with all gas, as the receiver may be an account with rules of its own.
            // solhint-disable-next-line avoid-low-level-calls
            (bool sent, ) = to.call{value: amount}("");
            if (!sent) revert RoyaltyLedgerReceiverRefused(to);
            return;
        }

        // Interaction.
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransfer(to, amount);
        _checkMoved(token, IERC20(token).balanceOf(address(this)), before, amount);
    }

    /// @notice Reverts unless a balance grew by exactly the amount.
    /// @param token The token.
    /// @param lower The smaller balance.
    /// @param higher The larger balance.
    /// @param amount The amount.
    function _checkMoved(
        address token,
        uint256 lower,
        uint256 higher,
        uint256 amount
    ) private pure {
        uint256 moved = higher > lower ? higher - lower : 0;
        if (moved != amount) revert RoyaltyLedgerTransferMismatch(token, moved, amount);
    }
}
