// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IWorkShares} from "./IWorkShares.sol";

/// @title IWorkStandings
/// @notice What others decide about a work: whether it is contested, who is right, whether it is taken down.
interface IWorkStandings {
    /// @notice A ruling on a contested work.
    /// @param holder The account that decides about the work from now on.
    /// @param parents What it owes to those that it was made from, by rising number.
    /// @param contributors Who shares the rest.
    /// @param reason SHA-256 of the ruling, published elsewhere.
    struct Ruling {
        address holder;
        IWorkShares.Edge[] parents;
        IWorkShares.Contributor[] contributors;
        bytes32 reason;
    }

    /// @notice Emitted when a work is frozen or the freeze ends before its time.
    /// @param workId The work.
    /// @param until Unix time in seconds at which the freeze ends; not in the future when it was lifted.
    /// @param by Who decided.
    /// @param reason SHA-256 of the reason, published elsewhere.
    event WorkFrozen(uint32 indexed workId, uint40 until, address indexed by, bytes32 reason);

    /// @notice Emitted when the arbiter has ruled. {EpochBegan} follows with the contributors.
    /// @param workId The work.
    /// @param epoch The epoch that the ruling begins; what had not flowed from earlier ones goes there.
    /// @param parents What the work owes to those that it was made from, from now on.
    /// @param reason SHA-256 of the ruling.
    event WorkRuled(
        uint32 indexed workId,
        uint24 indexed epoch,
        IWorkShares.Edge[] parents,
        bytes32 reason
    );

    /// @notice Emitted when a work is taken down or put back.
    /// @param workId The work.
    /// @param isDown Whether it is down from now on.
    /// @param by Who decided.
    /// @param reason SHA-256 of the reason, published elsewhere.
    event WorkTakenDown(uint32 indexed workId, bool isDown, address indexed by, bytes32 reason);

    /// @notice Emitted when another rules on contested works.
    /// @param previous The arbiter until now.
    /// @param next The arbiter from now on.
    event ArbiterChanged(address indexed previous, address indexed next);

    /// @notice The caller may not decide that.
    error ResourceRegistryCallerNotArbiter(address caller);

    /// @notice The work is frozen.
    error ResourceRegistryWorkFrozen(uint32 workId, uint40 until);

    /// @notice The work is not frozen; a ruling needs a frozen one, so that nobody lets the money flow away before it.
    error ResourceRegistryWorkNotFrozen(uint32 workId);

    /// @notice The work was taken down, or put back.
    error ResourceRegistryWorkTakenDown(uint32 workId, bool isDown);

    /// @notice The freeze would end in the past, too late for the emergency role, or too soon after its last.
    error ResourceRegistryFreezeRefused(uint32 workId, uint40 until, uint40 latest);

    /// @notice Freezes a contested work: nothing is paid to it and nothing flows on from it. Its siblings and ancestors go on.
    ///
    /// @dev Emits {WorkFrozen}.
    ///
    /// Requirements:
    /// - The caller is the arbiter, or the Directory's guardian for at most {LONGEST_FREEZE}, and not again before the work has
    ///   been free for as long.
    /// - `until` is in the future; the contract is not paused.
    ///
    /// Notes:
    /// - What has flowed stays with those whom it reached, and can be withdrawn.
    ///
    /// @param workId The work.
    /// @param until Unix time in seconds at which the freeze ends by itself.
    /// @param reason SHA-256 of the reason, published elsewhere.
    function freeze(uint32 workId, uint40 until, bytes32 reason) external;

    /// @notice Ends a freeze and leaves everything as it was.
    ///
    /// @dev Emits {WorkFrozen}.
    ///
    /// Requirements:
    /// - The caller is the arbiter or the timelock; the work is frozen; the contract is not paused.
    ///
    /// @param workId The work.
    /// @param reason SHA-256 of the reason, published elsewhere.
    function unfreeze(uint32 workId, bytes32 reason) external;

    /// @notice Decides who holds a contested work and who is owed what of everything that has not flowed; ends the freeze.
    ///
    /// @dev Emits {WorkRuled}, {HolderChanged}, {WorkFrozen} and {EpochBegan}.
    ///
    /// Requirements:
    /// - The caller is the arbiter; the work is frozen; the contract is not paused.
    /// - Parents are earlier works; what they ask does not bind a ruling.
    ///
    /// @param workId The work.
    /// @param ruling The ruling.
    /// @return epoch The epoch that it begins.
    function rule(uint32 workId, Ruling calldata ruling) external returns (uint24 epoch);

    /// @notice Takes a work down: nothing is paid to it, no licence is given, nothing new is made from it.
    ///
    /// @dev Emits {WorkTakenDown}.
    ///
    /// Requirements:
    /// - The caller is the arbiter or the timelock; the work is not down yet; the contract is not paused.
    ///
    /// Notes:
    /// - What arrived and what works made from it still owe flows on; freeze the work to hold that back.
    ///
    /// @param workId The work.
    /// @param reason SHA-256 of the reason, published elsewhere.
    function takeDown(uint32 workId, bytes32 reason) external;

    /// @notice Puts a work back that was taken down.
    ///
    /// @dev Emits {WorkTakenDown}.
    ///
    /// Requirements:
    /// - The caller is the arbiter or the timelock; the work is down; the contract is not paused.
    ///
    /// @param workId The work.
    /// @param reason SHA-256 of the reason, published elsewhere.
    function putBack(uint32 workId, bytes32 reason) external;

    /// @notice Lets another rule on contested works.
    ///
    /// @dev Emits {ArbiterChanged}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the contract is not paused.
    ///
    /// @param next The account or contract of the expert committee; the zero address for none.
    function setArbiter(address next) external;

    /// @notice The longest freeze by the emergency role, and the rest after it, in seconds.
    /// @return Seconds.
    function LONGEST_FREEZE() external view returns (uint40);

    /// @notice Who rules on contested works.
    /// @return The account or contract; the zero address when there is none.
    function arbiter() external view returns (address);

    /// @notice Whether nothing is paid to a work and nothing flows on from it.
    /// @param workId The work.
    /// @return True until the freeze ends.
    function isFrozen(uint32 workId) external view returns (bool);

    /// @notice Whether a work is taken down now.
    /// @param workId The work.
    /// @return True when it is.
    function isTakenDown(uint32 workId) external view returns (bool);

    /// @notice Whether a work was taken down at a time.
    /// @param workId The work.
    /// @param time Unix time in seconds. An answer about a time that has passed never changes.
    /// @return True when it was.
    function wasTakenDown(uint32 workId, uint40 time) external view returns (bool);
}
