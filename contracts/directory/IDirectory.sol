// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IDirectory
/// @notice Where the network's contracts are, version by version, and the emergency pause of each.
interface IDirectory {
    /// @notice One version of a named contract.
    /// @param target The contract's address.
    /// @param since Unix time in seconds from which this version is the current one.
    struct Version {
        address target;
        uint40 since;
    }

    /// @notice Emitted when a name gets a first or a new version.
    /// @param name The contract's name in ASCII, zero-padded on the right.
    /// @param version Its number, from 1.
    /// @param target Its address.
    event ContractRegistered(bytes32 indexed name, uint32 indexed version, address indexed target);

    /// @notice Emitted when a contract is paused.
    /// @param target The contract.
    /// @param until Unix time in seconds at which the pause ends by itself.
    /// @param by The guardian or the timelock.
    /// @param reason SHA-256 of the reason, published elsewhere.
    event ContractPaused(address indexed target, uint40 until, address by, bytes32 reason);

    /// @notice Emitted when a pause is lifted before its end.
    /// @param target The contract.
    /// @param by The guardian or the timelock.
    event PauseLifted(address indexed target, address by);

    /// @notice Emitted when the emergency role changes hands.
    /// @param previous The guardian until now.
    /// @param next The guardian from now on; the zero address when there is none.
    event GuardianChanged(address indexed previous, address indexed next);

    /// @notice The name is empty.
    error DirectoryNameEmpty();

    /// @notice There is no contract at the address.
    error DirectoryNotAContract(address target);

    /// @notice The contract has been registered before, under this or another name.
    error DirectoryAlreadyRegistered(address target);

    /// @notice The Directory does not know the contract.
    error DirectoryContractUnknown(address target);

    /// @notice The name has no such version.
    error DirectoryVersionUnknown(bytes32 name, uint32 version);

    /// @notice Neither the guardian nor the timelock called.
    error DirectoryCallerNotGuardian(address caller);

    /// @notice The pause would end in the past, or later than the longest pause allows.
    error DirectoryPauseOutOfBounds(uint40 until, uint40 latest);

    /// @notice The guardian paused this contract lately, and must let it work until `restUntil`.
    error DirectoryMustRest(address target, uint40 restUntil);

    /// @notice The contract is not paused.
    error DirectoryNotPaused(address target);

    /// @notice Makes a contract the current version of a name.
    ///
    /// @dev Emits {ContractRegistered}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the Directory is not paused.
    /// - `target` is a contract that was never registered, and names this Directory as its own.
    ///
    /// Notes:
    /// - Contracts are immutable. Earlier versions stay listed and can still be paused.
    ///
    /// @param name The contract's name in ASCII, zero-padded on the right.
    /// @param target The contract.
    function register(bytes32 name, address target) external;

    /// @notice Holds back every state change of one contract for a bounded time.
    ///
    /// @dev Emits {ContractPaused}.
    ///
    /// Requirements:
    /// - The caller is the guardian or the timelock.
    /// - `until` is in the future and at most {LONGEST_PAUSE} away.
    /// - For the guardian, the contract is not paused, and has been at work for {LONGEST_PAUSE} since the guardian's last
    ///   pause of it was to end: the emergency role cannot hold the network for good.
    ///
    /// Notes:
    /// - Works while the Directory itself is paused, else two pauses could not follow one another in an emergency.
    ///
    /// @param target The contract.
    /// @param until Unix time in seconds at which the pause ends by itself.
    /// @param reason SHA-256 of the reason, published elsewhere.
    function pause(address target, uint40 until, bytes32 reason) external;

    /// @notice Ends a pause before its time.
    ///
    /// @dev Emits {PauseLifted}.
    ///
    /// Requirements:
    /// - The caller is the timelock, or the guardian for a pause of its own; the contract is paused.
    ///
    /// Notes:
    /// - Works while the Directory itself is paused, else its pause could not be lifted.
    ///
    /// @param target The contract.
    function liftPause(address target) external;

    /// @notice Hands the emergency role to another account.
    ///
    /// @dev Emits {GuardianChanged}.
    ///
    /// Requirements:
    /// - The caller is the timelock; the Directory is not paused.
    ///
    /// @param next The new guardian; the zero address leaves the role empty.
    function setGuardian(address next) external;

    /// @notice The longest pause, and the rest after it, in seconds.
    /// @return Seconds.
    function LONGEST_PAUSE() external view returns (uint40);

    /// @notice The holder of the emergency role.
    /// @return The guardian; the zero address when there is none.
    function guardian() external view returns (address);

    /// @notice The current version of a name.
    /// @param name The contract's name.
    /// @return Its address; the zero address for a name that was never registered.
    function addressOf(bytes32 name) external view returns (address);

    /// @notice The version of a name that was current at a time.
    /// @param name The contract's name.
    /// @param time Unix time in seconds.
    /// @return Its address; the zero address before the first version.
    function addressAt(bytes32 name, uint40 time) external view returns (address);

    /// @notice How many versions a name has.
    /// @param name The contract's name.
    /// @return The number of the current version; 0 for a name that was never registered.
    function versionCount(bytes32 name) external view returns (uint32);

    /// @notice One version of a name.
    /// @param name The contract's name.
    /// @param version Its number, from 1.
    /// @return Its address and the time since when it was current.
    function versionOf(bytes32 name, uint32 version) external view returns (Version memory);

    /// @notice Whether a contract was ever registered.
    /// @param target The contract.
    /// @return True for every version of every name, and for the Directory itself.
    function isRegistered(address target) external view returns (bool);

    /// @notice Until when the guardian must leave a contract at work.
    /// @param target The contract.
    /// @return Unix time in seconds; 0 when it was never paused.
    function restUntil(address target) external view returns (uint40);
}
