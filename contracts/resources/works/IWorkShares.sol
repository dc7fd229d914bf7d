// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IWorkShares
/// @notice Who shares what a work earns. An epoch is the time during which one list of shares holds: what arrives at the work
/// in that time is shared by that list for ever.
interface IWorkShares {
    /// @notice How one work was made from another.
    enum Derivation {
        Adaptation,
        Translation,
        Excerpt,
        Compilation,
        Recording,
        Continuation
    }

    /// @notice What a work owes to one that it was made from.
    /// @param parentId The earlier work.
    /// @param share What it is owed of all that the later one earns, in millionths.
    /// @param kind How the later one was made from it.
    struct Edge {
        uint32 parentId;
        uint24 share;
        Derivation kind;
    }

    /// @notice One of those who share what a work does not owe to its parents.
    /// @param account Who may withdraw it.
    /// @param share The account's share of that rest, in millionths.
    struct Contributor {
        address account;
        uint24 share;
    }

    /// @notice What the RoyaltyLedger needs to let a work's money flow on.
    /// @param epoch The epoch that holds now.
    /// @param ruledEpoch The epoch that the last ruling began; 0 for none.
    /// @param isFrozen Whether nothing may flow.
    /// @param parents Where it flows.
    struct Flow {
        uint24 epoch;
        uint24 ruledEpoch;
        bool isFrozen;
        Outlet[] parents;
    }

    /// @notice One parent, as money reaches it.
    /// @param parentId The parent.
    /// @param share What it is owed, in millionths.
    /// @param epoch The parent's epoch, whose contributors share what arrives now.
    struct Outlet {
        uint32 parentId;
        uint24 share;
        uint24 epoch;
    }

    /// @notice Emitted when another list of shares begins to hold, at a change and at a ruling. Epoch 1 begins with the work.
    /// @param workId The work.
    /// @param epoch Its number, from 2.
    /// @param ownShare What the parents leave to the contributors, in millionths.
    /// @param contributors The list.
    event EpochBegan(
        uint32 indexed workId,
        uint24 indexed epoch,
        uint24 ownShare,
        Contributor[] contributors
    );

    /// @notice There is no such work.
    error ResourceRegistryWorkUnknown(uint32 workId);

    /// @notice A work has a holder.
    error ResourceRegistryHolderMissing();

    /// @notice The caller does not hold the work.
    error ResourceRegistryCallerNotHolder(address caller, uint32 workId);

    /// @notice The signature is not the account's, or is about something else, or came too late.
    error ResourceRegistrySignatureInvalid(address account);

    /// @notice There are too many parents, or a consent for another number of them.
    error ResourceRegistryParentCountRefused(uint256 parents, uint256 consents);

    /// @notice The parents are not by rising number, or one is not an earlier work.
    error ResourceRegistryParentRefused(uint32 parentId);

    /// @notice The parents together are owed more than everything.
    error ResourceRegistrySharesAboveWhole(uint256 sum);

    /// @notice The parent asks more, and its holder has not agreed to less.
    error ResourceRegistryShareBelowAsked(uint32 parentId, uint24 share, uint24 asked);

    /// @notice The list is empty, too long, not by rising address, or does not make a million.
    error ResourceRegistryContributorsRefused(uint256 count, uint256 sum);

    /// @notice The list is not the one that holds.
    error ResourceRegistryContributorsUnknown(uint32 workId, uint24 epoch);

    /// @notice Changes who shares what the work earns from now on. What arrived before stays with those who shared it then.
    ///
    /// @dev Emits {EpochBegan}.
    ///
    /// Requirements:
    /// - The caller holds the work, which is not frozen; the contract is not paused.
    /// - Everyone whose share becomes smaller calls or has signed `Contributors(workId, epoch, contributors)` for the new epoch.
    ///
    /// Notes:
    /// - Money is the work's when it arrives. What a later work earned and nobody let flow yet arrives in the new epoch: flow first.
    ///
    /// @param workId The work.
    /// @param present The list that holds now.
    /// @param next The list from now on.
    /// @param signatures One for each whose share becomes smaller, in the order of `present`, empty for the caller.
    /// @return epoch The new epoch.
    function changeContributors(
        uint32 workId,
        Contributor[] calldata present,
        Contributor[] calldata next,
        bytes[] calldata signatures
    ) external returns (uint24 epoch);

    /// @notice A million: the whole, of which every share is a part.
    /// @return Millionths.
    function WHOLE() external view returns (uint24);

    /// @notice The share asked that means: ask the holder each time.
    /// @return The largest number that fits.
    function ASK_FIRST() external view returns (uint24);

    /// @notice How many parents a work may have.
    /// @return The number.
    function MOST_PARENTS() external view returns (uint256);

    /// @notice How many contributors a list may have.
    /// @return The number.
    function MOST_CONTRIBUTORS() external view returns (uint256);

    /// @notice What a work owes to those that it was made from.
    /// @param workId The work.
    /// @return Its edges, by rising number; after a ruling, the ruling's.
    function parentsOf(uint32 workId) external view returns (Edge[] memory);

    /// @notice What an epoch's list is committed as.
    /// @param workId The work.
    /// @param epoch The epoch.
    /// @return keccak256 of the own share and the EIP-712 hash of the list; zero for an epoch that has not begun.
    function sharesHashOf(uint32 workId, uint24 epoch) external view returns (bytes32);

    /// @notice What the RoyaltyLedger needs to let a work's money flow on.
    /// @param workId The work.
    /// @return The work's epoch and outlets.
    function flowOf(uint32 workId) external view returns (Flow memory);

    /// @notice The epoch that shares what is paid now.
    ///
    /// Requirements:
    /// - There is such a work, neither frozen nor taken down.
    ///
    /// @param workId The work.
    /// @return The epoch.
    function requirePayable(uint32 workId) external view returns (uint24);
}
