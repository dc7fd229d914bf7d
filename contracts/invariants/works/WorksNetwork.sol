// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SettlementToken} from "../../commerce/SettlementToken.sol";
import {Licences} from "../../resources/licences/Licences.sol";
import {IPanels} from "../../resources/review/IPanels.sol";
import {ReviewPanels} from "../../resources/review/ReviewPanels.sol";
import {RoyaltyLedger} from "../../resources/royalties/RoyaltyLedger.sol";
import {UsageReceipts} from "../../resources/usage/UsageReceipts.sol";
import {IResourceRegistry} from "../../resources/works/IResourceRegistry.sol";
import {IWorkShares} from "../../resources/works/IWorkShares.sol";
import {ResourceRegistry} from "../../resources/works/ResourceRegistry.sol";
import {WillingWallet} from "../royalties/WillingWallet.sol";
import {SampleNetwork} from "../SampleNetwork.sol";
import {vm} from "../Vm.sol";

/// @title WorksNetwork
/// @notice A sample network with three bases, two works of base 1, panels whose members agree to whatever is signed as "yes", and money.
abstract contract WorksNetwork is SampleNetwork {
    uint32 internal constant BASES = 3;
    uint32 internal constant WORKS = 2;
    uint256 internal constant MEMBERS = 3;

    ResourceRegistry internal _works;
    RoyaltyLedger internal _royalties;
    ReviewPanels internal _panels;
    Licences internal _licences;
    UsageReceipts internal _usage;
    SettlementToken internal _money;

    address[] internal _members;

    /// @notice Deploys the contracts, registers the works and seats the members on all panels.
    constructor() {
        _works = new ResourceRegistry(
            address(_DIRECTORY),
            address(this),
            _ENTITLEMENTS,
            address(this)
        );
        _royalties = new RoyaltyLedger(address(_DIRECTORY), address(this), _works);
        _panels = new ReviewPanels(address(_DIRECTORY), address(this), _REGISTRY, _works);
        _licences = new Licences(
            address(_DIRECTORY),
            address(this),
            _REGISTRY,
            _works,
            _panels,
            _royalties
        );
        _usage = new UsageReceipts(
            address(_DIRECTORY),
            address(this),
            _REGISTRY,
            _works,
            _licences,
            _royalties
        );
        _money = new SettlementToken(address(_DIRECTORY), address(this));
        _royalties.acceptToken(address(_money), true);
        _money.setMinter(address(this), true);
        _money.setMintLimit(1_000_000, 1 days);
        for (uint32 baseId = 2; baseId <= BASES; ++baseId) _admit(1);
        for (uint32 workId = 1; workId <= WORKS; ++workId) _registerWork(workId);
        for (uint256 panel = 0; panel < 3; ++panel) _seat(IPanels.Panel(panel));
        for (uint32 baseId = 1; baseId <= BASES; ++baseId) _allow(_accountOf(baseId));
    }

    /// @notice Registers a work of base 1.
    /// @param workId Its number.
    function _registerWork(uint32 workId) private {
        IWorkShares.Contributor[] memory contributors = new IWorkShares.Contributor[](1);
        contributors[0] = IWorkShares.Contributor(_accountOf(1), 1_000_000);
        IResourceRegistry.Registration memory registration;
        registration.homeBase = 1;
        registration.holder = _accountOf(1);
        registration.contentDigest = keccak256(abi.encode(workId, uint32(1)));
        registration.termsHash = keccak256("terms");
        registration.codec = 0x55;
        registration.contributors = contributors;
        vm.prank(_accountOf(1));
        _works.register(registration, "", new bytes[](0));
    }

    /// @notice Seats three members on a panel, of whom two decide.
    /// @param panel The panel.
    function _seat(IPanels.Panel panel) private {
        _panels.setQuorum(panel, 2, 2);
        for (uint256 i = 0; i < MEMBERS; ++i) {
            address member = address(new WillingWallet());
            _members.push(member);
            _panels.seatMember(panel, member, 0, 0, FOREVER);
        }
    }

    /// @notice Lets the contracts take an account's money.
    /// @param account The account.
    function _allow(address account) private {
        vm.prank(account);
        _money.approve(address(_licences), type(uint256).max);
        vm.prank(account);
        _money.approve(address(_usage), type(uint256).max);
    }
}
