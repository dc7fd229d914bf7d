// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ISponsorPaymaster
/// @notice Pays for what the accounts of one base's people do, so that they need no native coin. It belongs to the base; it can refuse to
/// pay, and can do nothing else with an account.
interface ISponsorPaymaster {
    /// @notice What the base pays for one account in one day of UTC.
    /// @param operations How many operations.
    /// @param cost Wei, counted by what each operation may cost at most.
    struct Limits {
        uint32 operations;
        uint128 cost;
    }

    /// @notice Emitted when the base begins or stops to pay for an account.
    /// @param account The account.
    /// @param sponsored Whether it does.
    event SponsorshipChanged(address indexed account, bool sponsored);

    /// @notice Emitted when the base changes what it pays for each account in a day.
    /// @param operations How many operations.
    /// @param cost Wei.
    event SponsorLimitsChanged(uint32 operations, uint128 cost);

    /// @notice Only the base may.
    error SponsorPaymasterCallerNotBase(address caller);

    /// @notice The base does not pay for this account.
    error SponsorPaymasterAccountUnknown(address account);

    /// @notice The account has had what the base pays for in a day.
    error SponsorPaymasterLimitReached(address account, uint40 day);

    /// @notice Begins or stops to pay for an account.
    ///
    /// @dev Emits {SponsorshipChanged}.
    ///
    /// Requirements:
    /// - The caller is the base's account.
    ///
    /// @param account The account.
    /// @param sponsored Whether the base pays for it.
    function sponsor(address account, bool sponsored) external;

    /// @notice Changes what the base pays for each account in a day.
    ///
    /// @dev Emits {SponsorLimitsChanged}.
    ///
    /// Requirements:
    /// - The caller is the base's account.
    ///
    /// @param limits The limits.
    function setLimits(Limits calldata limits) external;

    /// @notice Puts the native coin sent along into the EntryPoint, to pay from. Anyone may.
    function deposit() external payable;

    /// @notice Takes native coin back from the EntryPoint.
    ///
    /// Requirements:
    /// - The caller is the base's account.
    ///
    /// @param to Where it goes.
    /// @param amount Wei.
    function withdraw(address payable to, uint256 amount) external;

    /// @notice The base's account.
    /// @return The account.
    function base() external view returns (address);

    /// @notice Whether the base pays for an account.
    /// @param account The account.
    /// @return True when it does.
    function isSponsored(address account) external view returns (bool);

    /// @notice What the base pays for each account in a day.
    /// @return The limits.
    function limits() external view returns (Limits memory);
}
