// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title PlainRecord
/// @notice What was done to the entitlements, written down in the plainest way and searched in full: the answers of the
/// contract are held against these.
abstract contract PlainRecord {
    /// @notice An interval: it holds from `from` until `until`, or until `ended` if that is not 0.
    struct Span {
        uint40 from;
        uint40 until;
        uint40 ended;
        uint32 record;
        uint256 parent;
    }

    mapping(uint32 baseId => mapping(uint256 kind => Span[] spans)) internal _assessments;
    mapping(uint32 baseId => Span[] spans) internal _suspensions;
    mapping(uint32 baseId => Span key) internal _keys;
    mapping(uint32 baseId => uint40 time) internal _closedAt;
    Span[] internal _accreditations;
    uint32[] internal _holders;

    /// @notice Whether a base is entitled at a time by this record.
    /// @param baseId The base.
    /// @param time Unix time in seconds.
    /// @return True when it is.
    function _isEntitled(uint32 baseId, uint256 time) internal view returns (bool) {
        if (_closedAt[baseId] != 0 && time >= _closedAt[baseId]) return false;
        if (_suspendedAt(baseId, time) || !_holds(_keys[baseId], time)) return false;
        for (uint256 kind = 0; kind < 3; ++kind) if (!_assessedAt(baseId, kind, time)) return false;
        for (uint256 index = 1; index <= _accreditations.length; ++index) {
            if (_holders[index - 1] == baseId && _accreditationHolds(index, time)) return true;
        }
        return false;
    }

    /// @notice Whether the last assessment of a kind that had been signed by a time holds.
    /// @param baseId The base.
    /// @param kind What was assessed.
    /// @param time Unix time in seconds.
    /// @return True when it does.
    function _assessedAt(uint32 baseId, uint256 kind, uint256 time) internal view returns (bool) {
        Span[] storage spans = _assessments[baseId][kind];
        for (uint256 i = spans.length; i > 0; --i)
            if (spans[i - 1].from <= time) return _holds(spans[i - 1], time);
        return false;
    }

    /// @notice Whether a base was suspended at a time.
    /// @param baseId The base.
    /// @param time Unix time in seconds.
    /// @return True when it was.
    function _suspendedAt(uint32 baseId, uint256 time) internal view returns (bool) {
        Span[] storage spans = _suspensions[baseId];
        for (uint256 i = 0; i < spans.length; ++i) if (_holds(spans[i], time)) return true;
        return false;
    }

    /// @notice Whether an accreditation and all above it held at a time.
    /// @param index Which one, from 1.
    /// @param time Unix time in seconds.
    /// @return True when they did.
    function _accreditationHolds(uint256 index, uint256 time) internal view returns (bool) {
        for (; index != 0; index = _accreditations[index - 1].parent) {
            if (!_holds(_accreditations[index - 1], time)) return false;
        }
        return true;
    }

    /// @notice Whether a span holds at a time.
    /// @param span The span.
    /// @param time Unix time in seconds.
    /// @return True when it does.
    function _holds(Span storage span, uint256 time) internal view returns (bool) {
        return time >= span.from && time < span.until && (span.ended == 0 || time < span.ended);
    }
}
