// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IAssessments
/// @notice The three assessments of a base (information, safety, green), and its suspensions. Each change closes the base's
/// standing and begins the next, so that exactly one standing covers each instant since its admission: a caller who names
/// one cannot leave a lapse or a suspension out.
interface IAssessments {
    /// @notice What is assessed.
    enum Kind {
        Information,
        Safety,
        Green
    }

    /// @notice One assessment.
    /// @param baseId The base assessed.
    /// @param assessor The base that signed it; the base itself for a self-assessment.
    /// @param from Unix time in seconds from which it holds.
    /// @param until Unix time in seconds at which it lapses.
    /// @param withdrawnAt Unix time in seconds of its withdrawal; 0 when it was not withdrawn.
    /// @param kind What was assessed.
    struct Assessment {
        uint32 baseId;
        uint32 assessor;
        uint40 from;
        uint40 until;
        uint40 withdrawnAt;
        Kind kind;
    }

    /// @notice A base's standing over an interval.
    /// @param baseId The base.
    /// @param from Unix time in seconds at which it begins.
    /// @param until Unix time in seconds at which the next begins; 0 for the present one.
    /// @param informationUntil When the information assessment lapses; 0 when there is none.
    /// @param safetyUntil When the safety assessment lapses; 0 when there is none.
    /// @param greenUntil When the green assessment lapses; 0 when there is none.
    /// @param suspended Whether the base is suspended.
    /// @param closed Whether the base has closed.
    struct Standing {
        uint32 baseId;
        uint40 from;
        uint40 until;
        uint40 informationUntil;
        uint40 safetyUntil;
        uint40 greenUntil;
        bool suspended;
        bool closed;
    }

    /// @notice Emitted when an assessor signs an assessment, which takes the place of the last of its kind.
    /// @param assessmentId The record's number.
    /// @param baseId The base assessed.
    /// @param kind What was assessed.
    /// @param assessor The base that signed it.
    /// @param until Unix time in seconds at which it lapses; it begins with its block.
    /// @param selfAssessed Whether the base signed its own assessment.
    /// @param reportDigest SHA-256 of the report.
    /// @param reportCid Where the report is on IPFS.
    event AssessmentSigned(
        uint32 indexed assessmentId,
        uint32 indexed baseId,
        Kind indexed kind,
        uint32 assessor,
        uint40 until,
        bool selfAssessed,
        bytes32 reportDigest,
        string reportCid
    );

    /// @notice Emitted when an assessment is withdrawn.
    /// @param assessmentId The record.
    /// @param baseId The base assessed.
    /// @param kind What was assessed.
    /// @param reason SHA-256 of the reason, published elsewhere.
    event AssessmentWithdrawn(
        uint32 indexed assessmentId,
        uint32 indexed baseId,
        Kind indexed kind,
        bytes32 reason
    );

    /// @notice Emitted when a base is suspended.
    /// @param baseId The base.
    /// @param by The base that suspended it; 0 for the network.
    /// @param reason SHA-256 of the reason, published elsewhere.
    event BaseSuspended(uint32 indexed baseId, uint32 by, bytes32 reason);

    /// @notice Emitted when a suspension ends.
    /// @param baseId The base.
    /// @param by The base that lifted it; 0 for the network.
    event SuspensionLifted(uint32 indexed baseId, uint32 by);

    /// @notice Emitted when a base's standing changes, whatever the cause.
    /// @param standingId The record's number; the base's standing before it ends with this block.
    /// @param baseId The base.
    /// @param informationUntil When the information assessment lapses; 0 when there is none.
    /// @param safetyUntil When the safety assessment lapses; 0 when there is none.
    /// @param greenUntil When the green assessment lapses; 0 when there is none.
    /// @param suspended Whether the base is suspended.
    /// @param closed Whether the base has closed.
    event StandingChanged(
        uint32 indexed standingId,
        uint32 indexed baseId,
        uint40 informationUntil,
        uint40 safetyUntil,
        uint40 greenUntil,
        bool suspended,
        bool closed
    );

    /// @notice The base is no assessor for this kind of assessment.
    error EntitlementsNotAssessor(uint32 baseId, Kind kind);

    /// @notice There is no such assessment.
    error EntitlementsAssessmentUnknown(uint32 assessmentId);

    /// @notice The assessment was withdrawn before, has lapsed, or a later one has taken its place.
    error EntitlementsAssessmentOver(uint32 assessmentId);

    /// @notice The base is suspended.
    error EntitlementsBaseSuspended(uint32 baseId);

    /// @notice The base is not suspended, or not by the one who would lift it.
    error EntitlementsSuspensionRefused(uint32 baseId, uint32 by);

    /// @notice Signs one of a base's three assessments.
    ///
    /// @dev Emits {AssessmentSigned} and {StandingChanged}.
    ///
    /// Requirements:
    /// - The caller acts for `assessor`, which has the service of assessing this kind and is not
    ///   suspended; `baseId` is open.
    /// - `until` is in the future; the store is not paused.
    ///
    /// @param assessor The base that signs.
    /// @param baseId The base assessed.
    /// @param kind What was assessed.
    /// @param until Unix time in seconds at which it lapses.
    /// @param reportDigest SHA-256 of the report.
    /// @param reportCid Where the report is on IPFS.
    /// @return assessmentId The record's number.
    function signAssessment(
        uint32 assessor,
        uint32 baseId,
        Kind kind,
        uint40 until,
        bytes32 reportDigest,
        string calldata reportCid
    ) external returns (uint32 assessmentId);

    /// @notice Withdraws an assessment: the base has none of its kind from now on.
    ///
    /// @dev Emits {AssessmentWithdrawn} and {StandingChanged}.
    ///
    /// Requirements:
    /// - The caller is the timelock, or acts for the base that signed it.
    /// - It is the base's present one of its kind and has not lapsed; the store is not paused.
    ///
    /// @param assessmentId The record.
    /// @param reason SHA-256 of the reason, published elsewhere.
    function withdrawAssessment(uint32 assessmentId, bytes32 reason) external;

    /// @notice Suspends a base: it is entitled to nothing until the suspension is lifted.
    ///
    /// @dev Emits {BaseSuspended} and {StandingChanged}.
    ///
    /// Requirements:
    /// - With `by` 0 the caller is the timelock. Else the caller acts for `by`, which is the base's parent.
    /// - The base is open and not suspended; the store is not paused. The timelock may take over a parent's suspension.
    ///
    /// Notes:
    /// - It stops this base, not those that it accredited: revoking its accreditation stops them.
    ///
    /// @param baseId The base.
    /// @param by The base that suspends it; 0 for the network.
    /// @param reason SHA-256 of the reason, published elsewhere.
    function suspend(uint32 baseId, uint32 by, bytes32 reason) external;

    /// @notice Ends a suspension.
    ///
    /// @dev Emits {SuspensionLifted} and {StandingChanged}.
    ///
    /// Requirements:
    /// - With `by` 0 the caller is the timelock. Else the caller acts for `by`, which suspended the base.
    /// - The base is open and suspended; the store is not paused.
    ///
    /// @param baseId The base.
    /// @param by The base that lifts it; 0 for the network.
    function liftSuspension(uint32 baseId, uint32 by) external;

    /// @notice How many assessments were ever signed; their numbers go from 1 to this.
    /// @return The number.
    function assessmentCount() external view returns (uint32);

    /// @notice One assessment.
    /// @param assessmentId The record.
    /// @return Its fields; all zero for a number that was never given.
    function assessmentOf(uint32 assessmentId) external view returns (Assessment memory);

    /// @notice The last assessment of a kind that a base was given.
    /// @param baseId The base.
    /// @param kind What was assessed.
    /// @return The record's number; 0 when there was none.
    function lastAssessmentOf(uint32 baseId, Kind kind) external view returns (uint32);

    /// @notice Whether a base is suspended at present.
    /// @param baseId The base.
    /// @return True when it is.
    function isSuspended(uint32 baseId) external view returns (bool);

    /// @notice How many standings there are; their numbers go from 1 to this.
    /// @return The number.
    function standingCount() external view returns (uint32);

    /// @notice One standing.
    /// @param standingId The record.
    /// @return Its fields; all zero for a number that was never given.
    function standingOf(uint32 standingId) external view returns (Standing memory);

    /// @notice The standing that covers a time.
    /// @param baseId The base.
    /// @param time Unix time in seconds.
    /// @return The record's number; 0 before the base's admission.
    function standingAt(uint32 baseId, uint40 time) external view returns (uint32);
}
