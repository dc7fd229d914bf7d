// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title OddToken
/// @notice A token that is honest until it is told to misbehave. Anyone may mint and tell: it is for tests.
contract OddToken is ERC20 {
    /// @notice What tokens were seen to do.
    enum Habit {
        Honest,
        TakesFee,
        ReturnsNothing,
        ReturnsFalse,
        MovesNothing,
        ChargesSender,
        CallsBack,
        Reverts
    }

    /// @notice What it does at every transfer from now on.
    Habit public habit;
    /// @notice Whom it calls back.
    address public target;
    /// @notice What it calls there.
    bytes public call_;
    /// @notice Whether the last call back went through.
    bool public passed;
    /// @notice What the last call back answered.
    bytes public answer;

    /// @notice The transfer was refused.
    error OddTokenRefused();

    /// @notice Starts honest, with nothing.
    constructor() ERC20("Odd", "ODD") {}

    /// @notice Makes money.
    /// @param to For whom.
    /// @param amount How much.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Changes the habit.
    /// @param next What it does from now on.
    function behave(Habit next) external {
        habit = next;
    }

    /// @notice Says whom to call back during a transfer.
    /// @param target_ The contract.
    /// @param data The call.
    function callBack(address target_, bytes calldata data) external {
        habit = Habit.CallsBack;
        target = target_;
        call_ = data;
    }

    /// @inheritdoc ERC20
    function transfer(address to, uint256 amount) public override returns (bool) {
        return _misbehave(msg.sender, to, amount);
    }

    /// @inheritdoc ERC20
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        _spendAllowance(from, msg.sender, amount);
        return _misbehave(from, to, amount);
    }

    /// @notice Moves money the way the habit has it.
    /// @param from From whom.
    /// @param to To whom.
    /// @param amount How much.
    /// @return True, or what the habit says.
    function _misbehave(address from, address to, uint256 amount) private returns (bool) {
        if (habit == Habit.Reverts) revert OddTokenRefused();
        if (habit == Habit.ReturnsFalse) return false;
        if (habit == Habit.MovesNothing) return true;
        if (habit == Habit.CallsBack) {
            // solhint-disable-next-line avoid-low-level-calls
            (passed, answer) = target.call(call_);
        }
        uint256 fee = habit == Habit.TakesFee ? amount / 100 + 1 : 0;
        _transfer(from, to, amount - fee);
        if (fee != 0) _burn(from, fee);
        if (habit == Habit.ChargesSender) _burn(from, 1);
        if (habit == Habit.ReturnsNothing) {
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                return(0, 0)
            }
        }
        return true;
    }
}
