// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Pausing} from "../directory/Pausing.sol";
import {IBaseRegistry} from "../membership/IBaseRegistry.sol";
import {INetworkTimelock} from "./INetworkTimelock.sol";

/// @title NetworkTimelock
/// @notice See {INetworkTimelock}. The registry's count of bases decides the delay, so that no one has to remember to
/// raise it: the admission of the second base does.
contract NetworkTimelock is INetworkTimelock, TimelockController, Pausing {
    uint32 private constant SECOND_BASE = 2;

    IBaseRegistry private immutable _REGISTRY;
    uint256 private immutable _FIRST_DELAY;

    /// @notice Gives the founder the three working roles; the timelock administers itself.
    /// @param directory_ The Directory that may pause it.
    /// @param registry The registry whose second admission switches the delay on.
    /// @param delay The delay from the second base on, in seconds.
    /// @param founders Who may propose, cancel and execute.
    constructor(
        address directory_,
        IBaseRegistry registry,
        uint256 delay,
        address[] memory founders
    ) TimelockController(delay, founders, founders, address(0)) Pausing(directory_) {
        _REGISTRY = registry;
        _FIRST_DELAY = delay;
    }

    /// @inheritdoc TimelockController
    function schedule(
        address target,
        uint256 value,
        bytes calldata data,
        bytes32 predecessor,
        bytes32 salt,
        uint256 delay
    ) public override whenNotPaused {
        super.schedule(target, value, data, predecessor, salt, delay);
    }

    /// @inheritdoc TimelockController
    function scheduleBatch(
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata payloads,
        bytes32 predecessor,
        bytes32 salt,
        uint256 delay
    ) public override whenNotPaused {
        super.scheduleBatch(targets, values, payloads, predecessor, salt, delay);
    }

    /// @inheritdoc TimelockController
    function cancel(bytes32 id) public override whenNotPaused {
        super.cancel(id);
    }

    /// @inheritdoc TimelockController
    function execute(
        address target,
        uint256 value,
        bytes calldata payload,
        bytes32 predecessor,
        bytes32 salt
    ) public payable override whenNotPaused {
        _checkReadyTime(hashOperation(target, value, payload, predecessor, salt));
        super.execute(target, value, payload, predecessor, salt);
    }

    /// @inheritdoc TimelockController
    function executeBatch(
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata payloads,
        bytes32 predecessor,
        bytes32 salt
    ) public payable override whenNotPaused {
        _checkReadyTime(hashOperationBatch(targets, values, payloads, predecessor, salt));
        super.executeBatch(targets, values, payloads, predecessor, salt);
    }

    /// @inheritdoc INetworkTimelock
    function networkDelay() public view returns (uint256) {
        return super.getMinDelay();
    }

    /// @inheritdoc TimelockController
    function getMinDelay() public view override returns (uint256) {
        return _REGISTRY.baseCount() < SECOND_BASE ? 0 : networkDelay();
    }

    /// @notice Grants a role, unless the timelock is paused.
    /// @param role The role.
    /// @param account The account.
    /// @return Whether anything changed.
    function _grantRole(
        bytes32 role,
        address account
    ) internal override whenNotPaused returns (bool) {
        return super._grantRole(role, account);
    }

    /// @notice Revokes a role, unless the timelock is paused.
    /// @param role The role.
    /// @param account The account.
    /// @return Whether anything changed.
    function _revokeRole(
        bytes32 role,
        address account
    ) internal override whenNotPaused returns (bool) {
        return super._revokeRole(role, account);
    }

    /// @notice Refuses what the founder scheduled alone and kept for the day when others have joined.
    /// @param id The operation.
    function _checkReadyTime(bytes32 id) private view {
        if (_REGISTRY.baseCount() < SECOND_BASE) return;
        // The lesser of the two: a delay that was raised later must not bar what was scheduled under the earlier one.
        uint256 earliest =
            _REGISTRY.admittedAt(SECOND_BASE) + Math.min(_FIRST_DELAY, networkDelay());
        uint256 readyAt = getTimestamp(id);
        // Not scheduled (0) and done (1) are TimelockController's to refuse.
        if (readyAt > DONE_TIMESTAMP && readyAt < earliest) {
            revert NetworkTimelockScheduledByOne(id, readyAt, earliest);
        }
    }
}
