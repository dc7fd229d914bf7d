// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBaseRegistry} from "../membership/IBaseRegistry.sol";
import {SampleNetwork} from "./SampleNetwork.sol";
import {vm} from "./Vm.sol";

/// @title RegistryHandler
/// @notice Does random things to the registry of bases.
contract RegistryHandler is SampleNetwork {
    uint256 private _accounts;

    /// @notice Admits a base under another.
    /// @param parent Any number; picks the parent.
    function admit(uint32 parent) external {
        parent = _pick(parent);
        if (
            _REGISTRY.accountOf(parent) == address(0) ||
            _REGISTRY.baseOf(parent).tier == type(uint8).max
        ) return;
        if (_REGISTRY.baseCount() < 12) _admit(parent);
    }

    /// @notice Hands a base to a fresh account, by offer or by the timelock.
    /// @param which Any number; picks the base.
    /// @param voted Whether the timelock does it.
    function changeAccount(uint32 which, bool voted) external {
        uint32 baseId = _pick(which);
        address account = _REGISTRY.accountOf(baseId);
        if (account == address(0)) return;
        address next = address(uint160(0x9000 + ++_accounts));
        if (voted) {
            _REGISTRY.replaceAccount(baseId, next);
            return;
        }
        vm.prank(account);
        _REGISTRY.offerAccount(baseId, next);
        vm.prank(next);
        _REGISTRY.acceptAccount(baseId);
    }

    /// @notice Closes a base, rarely.
    /// @param which Any number; picks the base.
    /// @param chance Any number; one in four does it.
    function close(uint32 which, uint8 chance) external {
        uint32 baseId = _pick(which);
        if (baseId == 1 || chance % 4 != 0 || _REGISTRY.accountOf(baseId) == address(0)) return;
        _REGISTRY.closeBase(baseId);
    }

    /// @notice Tries to place a base under another, also where that would close a circle.
    /// @param which Any number; picks the base.
    /// @param parent Any number; picks the parent.
    /// @param tier Any tier.
    function place(uint32 which, uint32 parent, uint8 tier) external {
        // What the registry refuses is refused; the invariants say what must hold of what it accepts.
        // solhint-disable-next-line no-empty-blocks
        try _REGISTRY.placeBase(_pick(which), _pick(parent), tier) {} catch {}
    }

    /// @notice Whether accounts and bases lead to one another, here and in Entitlements.
    /// @return True when they do.
    function accountsMatch() external view returns (bool) {
        for (uint32 baseId = 1; baseId <= _REGISTRY.baseCount(); ++baseId) {
            address account = _REGISTRY.accountOf(baseId);
            if (_ENTITLEMENTS.seatedAccountOf(baseId) != account) return false;
            if (account != address(0) && _REGISTRY.baseByAccount(account) != baseId) return false;
        }
        return true;
    }

    /// @notice Whether the way up from every base ends at the root, and only the root has none above it.
    /// @return True when it does.
    function allReachTheRoot() external view returns (bool) {
        uint32 count = _REGISTRY.baseCount();
        for (uint32 baseId = 1; baseId <= count; ++baseId) {
            IBaseRegistry.Base memory base = _REGISTRY.baseOf(baseId);
            if ((base.parent == 0) != (baseId == 1) || base.admittedAt == 0) return false;
            uint32 above = baseId;
            for (uint32 steps = 0; above != 1; ++steps) {
                if (steps > count) return false;
                above = _REGISTRY.baseOf(above).parent;
            }
        }
        return _REGISTRY.baseOf(count + 1).admittedAt == 0;
    }

    /// @notice One of the bases that were admitted.
    /// @param which Any number.
    /// @return The base.
    function _pick(uint32 which) private view returns (uint32) {
        return (which % _REGISTRY.baseCount()) + 1;
    }
}
