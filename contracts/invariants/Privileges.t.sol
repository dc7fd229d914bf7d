// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPausing} from "../directory/IPausing.sol";
import {IGoverned} from "../governance/IGoverned.sol";
import {IBaseProfiles} from "../membership/IBaseProfiles.sol";
import {SampleNetwork} from "./SampleNetwork.sol";
import {vm} from "./Vm.sol";

/// @title PrivilegesTest
/// @notice Privileges ⊆ timelock: whoever else asks is refused for that reason. Paused ⇒ nothing changes, and then it does.
contract PrivilegesTest is SampleNetwork {
    /// @notice A call that goes through when its sender makes it.
    struct Call {
        address sender;
        address target;
        bytes data;
    }

    bytes32 private constant DIGEST = keccak256("digest");

    /// @notice Adds base 2, and an accreditation and a key of base 1.
    function setUp() external {
        _admit(1);
        _ENTITLEMENTS.accredit(0, 1, 1, FOREVER, true);
        for (uint256 kind = 0; kind < 3; ++kind) _assess(1, kind, FOREVER);
        vm.prank(_accountOf(1));
        _ENTITLEMENTS.addIssuerKey(1, DIGEST, FOREVER);
    }

    /// @notice Nobody but the timelock can use a privilege.
    /// @param caller Anyone.
    /// @param which Picks the privilege.
    function testFuzz_PrivilegesAreTheTimelocks(address caller, uint8 which) external {
        vm.assume(caller != address(this));
        Call[] memory calls = _privileges();
        Call memory call_ = calls[which % calls.length];
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool passed, bytes memory answer) = call_.target.call(call_.data);
        require(!passed, "a stranger used a privilege");
        require(
            bytes4(answer) == IGoverned.GovernedCallerNotTimelock.selector,
            "refused for another reason"
        );
    }

    /// @notice Every privilege works for the timelock.
    function test_PrivilegesWorkForTheTimelock() external {
        Call[] memory calls = _privileges();
        for (uint256 i = 0; i < calls.length; ++i) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool passed, ) = calls[i].target.call(calls[i].data);
            require(passed, "the timelock was refused");
        }
    }

    /// @notice A paused contract changes nothing whoever calls, and works again by itself.
    /// @param which Picks the call.
    /// @param length How long the pause is, in seconds.
    /// @param moment When the call is made.
    function testFuzz_PausedContractsChangeNothing(
        uint8 which,
        uint40 length,
        uint40 moment
    ) external {
        Call[] memory calls = _duties();
        Call memory call_ = calls[which % calls.length];
        length = 1 + (length % _DIRECTORY.LONGEST_PAUSE());
        _DIRECTORY.pause(call_.target, START + length, DIGEST);

        vm.warp(START + (moment % length));
        vm.prank(call_.sender);
        // solhint-disable-next-line avoid-low-level-calls
        (bool passed, bytes memory answer) = call_.target.call(call_.data);
        require(
            !passed && bytes4(answer) == IPausing.PausingPaused.selector,
            "a paused contract changed"
        );

        vm.warp(START + length);
        vm.prank(call_.sender);
        // solhint-disable-next-line avoid-low-level-calls
        (passed, ) = call_.target.call(call_.data);
        require(passed, "the pause did not end");
    }

    /// @notice The guardian can hold a contract back for at most half of any time.
    /// @param moment When it tries again, in seconds after its pause ended.
    /// @param length How long its pauses are.
    function testFuzz_TheGuardianMustRest(uint40 moment, uint40 length) external {
        address guardian = address(0xBEEF);
        _DIRECTORY.setGuardian(guardian);
        uint40 longest = _DIRECTORY.LONGEST_PAUSE();
        length = 1 + (length % longest);
        moment = moment % (2 * longest);
        vm.prank(guardian);
        _DIRECTORY.pause(address(_LISTS), START + length, DIGEST);

        vm.warp(START + length + moment);
        if (moment < longest) vm.expectRevert();
        vm.prank(guardian);
        _DIRECTORY.pause(address(_LISTS), START + length + moment + length, DIGEST);
    }

    /// @notice Every function that is the timelock's alone, as a call that it could make.
    /// @return calls The calls.
    function _privileges() private view returns (Call[] memory calls) {
        IBaseProfiles.Identity memory identity = IBaseProfiles.Identity(DIGEST, DIGEST, "cid");
        calls = new Call[](11);
        calls[0] = _as(
            0,
            address(_DIRECTORY),
            abi.encodeCall(_DIRECTORY.setGuardian, (address(this)))
        );
        calls[1] = _as(
            0,
            address(_REGISTRY),
            abi.encodeCall(_REGISTRY.admit, (address(0xF00), 1, 2, identity))
        );
        calls[2] = _as(0, address(_REGISTRY), abi.encodeCall(_REGISTRY.placeBase, (2, 1, 3)));
        calls[3] = _as(
            0,
            address(_REGISTRY),
            abi.encodeCall(_REGISTRY.changeDid, (2, keccak256("did")))
        );
        calls[4] = _as(0, address(_REGISTRY), abi.encodeCall(_REGISTRY.setServices, (2, 1)));
        calls[5] = _as(
            0,
            address(_ENTITLEMENTS),
            abi.encodeCall(_ENTITLEMENTS.registerProgramme, (0, DIGEST, ""))
        );
        calls[6] = _as(
            0,
            address(_ENTITLEMENTS),
            abi.encodeCall(_ENTITLEMENTS.accredit, (0, 2, 1, FOREVER, true))
        );
        calls[7] = _as(
            0,
            address(_ENTITLEMENTS),
            abi.encodeCall(_ENTITLEMENTS.suspend, (2, 0, DIGEST))
        );
        calls[8] = _as(
            0,
            address(_ENTITLEMENTS),
            abi.encodeCall(_ENTITLEMENTS.liftSuspension, (2, 0))
        );
        calls[9] = _as(
            0,
            address(_REGISTRY),
            abi.encodeCall(_REGISTRY.replaceAccount, (2, address(0xF01)))
        );
        calls[10] = _as(0, address(_REGISTRY), abi.encodeCall(_REGISTRY.closeBase, (2)));
    }

    /// @notice A call of each kind that changes something, as whoever may make it.
    /// @return calls The calls.
    function _duties() private view returns (Call[] memory calls) {
        Call[] memory privileges = _privileges();
        calls = new Call[](17);
        // The last four privileges need one another's order, so they are left to the tests beside the contracts.
        for (uint256 i = 0; i < 8; ++i) calls[i] = privileges[i];
        calls[8] = _as(
            1,
            address(_REGISTRY),
            abi.encodeCall(_REGISTRY.offerAccount, (1, address(0xF02)))
        );
        calls[9] = _as(
            1,
            address(_REGISTRY),
            abi.encodeCall(_REGISTRY.setPeers, (1, new string[](1)))
        );
        bytes32 log = _REGISTRY.didLogOf(1).digest;
        calls[10] = _as(
            1,
            address(_REGISTRY),
            abi.encodeCall(_REGISTRY.publishDidLog, (1, log, DIGEST, "cid"))
        );
        calls[11] = _as(
            1,
            address(_ENTITLEMENTS),
            abi.encodeCall(_ENTITLEMENTS.retireIssuerKey, (1, DIGEST))
        );
        calls[12] = _as(
            1,
            address(_ENTITLEMENTS),
            abi.encodeCall(_ENTITLEMENTS.revokeIssuerKey, (1, DIGEST, 1))
        );
        calls[13] = _as(
            1,
            address(_ENTITLEMENTS),
            abi.encodeCall(_ENTITLEMENTS.revokeAccreditation, (1, 1, DIGEST))
        );
        calls[14] = _as(
            1,
            address(_ANCHORS),
            abi.encodeCall(_ANCHORS.anchor, (1, 1, DIGEST, 1, 1, DIGEST))
        );
        calls[15] = _as(
            1,
            address(_ANCHORS),
            abi.encodeCall(_ANCHORS.anchorHead, (1, DIGEST, 0, DIGEST))
        );
        calls[16] = _as(
            1,
            address(_LISTS),
            abi.encodeCall(_LISTS.publishHead, (1, 1, 0, DIGEST, "cid"))
        );
    }

    /// @notice A call.
    /// @param baseId The base whose account sends it; 0 for the timelock.
    /// @param target The contract.
    /// @param data The call's data.
    /// @return The call.
    function _as(
        uint32 baseId,
        address target,
        bytes memory data
    ) private view returns (Call memory) {
        return Call(baseId == 0 ? address(this) : _accountOf(baseId), target, data);
    }
}
