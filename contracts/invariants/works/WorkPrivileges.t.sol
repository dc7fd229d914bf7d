// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPausing} from "../../directory/IPausing.sol";
import {IGoverned} from "../../governance/IGoverned.sol";
import {IPanels} from "../../resources/review/IPanels.sol";
import {IReviewPanels} from "../../resources/review/IReviewPanels.sol";
import {IUsageReceipts} from "../../resources/usage/IUsageReceipts.sol";
import {vm} from "../Vm.sol";
import {WorksNetwork} from "./WorksNetwork.sol";

/// @title WorkPrivilegesTest
/// @notice Privileges over reviews, licences and money ⊆ timelock. Paused ⇒ nothing changes.
contract WorkPrivilegesTest is WorksNetwork {
    /// @notice A call of a contract.
    struct Call {
        address target;
        bytes data;
    }

    /// @notice Makes the contracts known to the Directory, so that it can pause them.
    function setUp() external {
        _DIRECTORY.register("ReviewPanels", address(_panels));
        _DIRECTORY.register("Licences", address(_licences));
        _DIRECTORY.register("UsageReceipts", address(_usage));
        _DIRECTORY.register("SettlementToken", address(_money));
    }

    /// @notice Nobody but the timelock can use a privilege.
    /// @param caller Anyone.
    /// @param which Picks the privilege.
    function testFuzz_PrivilegesAreTheTimelocks(address caller, uint8 which) external {
        vm.assume(caller != address(this));
        Call[] memory calls = _privileges();
        _refuses(caller, calls[which % calls.length], IGoverned.GovernedCallerNotTimelock.selector);
    }

    /// @notice A paused contract changes nothing, whoever calls.
    /// @param caller Anyone.
    /// @param which Picks the call.
    /// @param moment When the call is made.
    function testFuzz_PausedContractsChangeNothing(
        address caller,
        uint8 which,
        uint40 moment
    ) external {
        vm.assume(caller != address(this));
        Call[] memory calls = _openCalls();
        Call memory call_ = calls[which % calls.length];
        uint40 length = _DIRECTORY.LONGEST_PAUSE();
        _DIRECTORY.pause(call_.target, START + length, keccak256("reason"));
        vm.warp(START + (moment % length));
        _refuses(caller, call_, IPausing.PausingPaused.selector);
    }

    /// @notice Requires that a call is refused for a reason.
    /// @param caller Who makes it.
    /// @param call_ The call.
    /// @param reason The error's selector.
    function _refuses(address caller, Call memory call_, bytes4 reason) private {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool passed, bytes memory answer) = call_.target.call(call_.data);
        require(!passed && bytes4(answer) == reason, "not refused, or for another reason");
    }

    /// @notice What only the timelock may do.
    /// @return calls The calls.
    function _privileges() private view returns (Call[] memory calls) {
        calls = new Call[](6);
        calls[0] = Call(
            address(_panels),
            abi.encodeCall(_panels.seatMember, (IPanels.Panel.Expert, address(1), 0, 0, FOREVER))
        );
        calls[1] = Call(
            address(_panels),
            abi.encodeCall(_panels.unseatMember, (IPanels.Panel.Content, _members[0]))
        );
        calls[2] = Call(
            address(_panels),
            abi.encodeCall(_panels.setQuorum, (IPanels.Panel.Content, 1, 1))
        );
        calls[3] = Call(
            address(_licences),
            abi.encodeCall(_licences.revokeLicence, (1, bytes32(0)))
        );
        calls[4] = Call(address(_money), abi.encodeCall(_money.setMinter, (address(1), true)));
        calls[5] = Call(address(_money), abi.encodeCall(_money.setMintLimit, (1, 1)));
    }

    /// @notice What others may do while nothing is paused.
    /// @return calls The calls.
    function _openCalls() private view returns (Call[] memory calls) {
        IUsageReceipts.Batch memory batch;
        IUsageReceipts.Line[] memory lines = new IUsageReceipts.Line[](0);
        calls = new Call[](11);
        calls[0] = Call(address(_licences), abi.encodeCall(_licences.withdrawOffer, (1)));
        calls[1] = Call(address(_licences), abi.encodeCall(_licences.takeLicence, (1, 0, 1)));
        calls[2] = Call(address(_licences), abi.encodeCall(_licences.giveUpLicence, (1)));
        calls[3] = Call(address(_licences), abi.encodeCall(_licences.refundLicence, (1, 1)));
        calls[4] = Call(address(_licences), abi.encodeCall(_licences.moveLicence, (1)));
        calls[5] = Call(address(_usage), abi.encodeCall(_usage.recordUsage, (batch, lines, "")));
        calls[6] = Call(
            address(_usage),
            abi.encodeCall(_usage.strikeBatch, (batch, lines, new IUsageReceipts.Shown[](0)))
        );
        calls[7] = Call(address(_usage), abi.encodeCall(_usage.settleUsage, (new uint32[](0))));
        calls[8] = Call(address(_panels), abi.encodeCall(_panels.appeal, (1, 1, bytes32(0))));
        calls[9] = Call(
            address(_panels),
            abi.encodeCall(_panels.submitOpinions, (new IReviewPanels.Opinion[](0), new bytes[](0)))
        );
        calls[10] = Call(address(_money), abi.encodeCall(_money.redeem, (1, bytes32(uint256(1)))));
    }
}
