// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Pausing} from "../../directory/Pausing.sol";
import {IWorkShares} from "./IWorkShares.sol";
import {IWorkStandings} from "./IWorkStandings.sol";
import {Shares} from "./Shares.sol";

/// @title WorkShares
/// @notice See {IWorkShares}. Keeps of every work its state with the first edge in one word, its holder, and the further edges.
abstract contract WorkShares is IWorkShares, EIP712, Pausing {
    /// @notice The state of a work: one word.
    /// @param homeBase The base that vouches for it; 0 for a work that there is not.
    /// @param versionCount How many versions it has.
    /// @param epoch The list of shares that holds now, from 1.
    /// @param ruledEpoch The epoch that the last ruling began; 0 for none.
    /// @param frozenUntil Unix time in seconds until which it is contested.
    /// @param askedShare What it asks of works made from it, in millionths, or {ASK_FIRST}.
    /// @param isTakenDown Whether it is taken down.
    /// @param parentCount How many parents it has.
    /// @param firstEdge The first of them, packed as {_pack} does.
    struct State {
        uint32 homeBase;
        uint32 versionCount;
        uint24 epoch;
        uint24 ruledEpoch;
        uint40 frozenUntil;
        uint24 askedShare;
        bool isTakenDown;
        uint8 parentCount;
        uint64 firstEdge;
    }

    /// @inheritdoc IWorkShares
    uint24 public constant WHOLE = 1_000_000;
    /// @inheritdoc IWorkShares
    uint24 public constant ASK_FIRST = type(uint24).max;
    /// @inheritdoc IWorkShares
    uint256 public constant MOST_PARENTS = 64;
    /// @inheritdoc IWorkShares
    uint256 public constant MOST_CONTRIBUTORS = 128;

    uint256 private constant EDGES_A_WORD = 4;
    uint256 private constant EDGE_BITS = 64;
    bytes32 private constant CONTRIBUTORS_TYPEHASH = keccak256(
        "Contributors(uint32 workId,uint24 epoch,Contributor[] contributors)Contributor(address account,uint24 share)"
    );

    /// @notice How many works there are. In one word with the pause, which every registration reads anyway.
    uint32 internal _workCount;
    /// @notice The works.
    mapping(uint32 workId => State state) internal _states;
    /// @notice Who decides about each.
    mapping(uint32 workId => address holder) internal _holders;
    // The edges after the first, four a word, the earliest lowest.
    mapping(uint32 workId => mapping(uint256 word => uint256 edges)) private _edges;
    mapping(uint32 workId => mapping(uint24 epoch => bytes32 commitment)) private _sharesHashes;

    /// @inheritdoc IWorkShares
    function changeContributors(
        uint32 workId,
        Contributor[] calldata present,
        Contributor[] calldata next,
        bytes[] calldata signatures
    ) external whenNotPaused returns (uint24 epoch) {
        // Check.
        _checkHolder(workId);
        State memory state = _states[workId];
        if (block.timestamp < state.frozenUntil)
            revert IWorkStandings.ResourceRegistryWorkFrozen(workId, state.frozenUntil);
        uint24 ownShare = _ownShareOf(workId, state);
        bytes32 commitment = Shares.commit(ownShare, Shares.hashContributors(present));
        if (_sharesHashes[workId][state.epoch] != commitment)
            revert ResourceRegistryContributorsUnknown(workId, state.epoch);
        bytes32 contributors = _checkContributors(next);
        epoch = state.epoch + 1;
        bytes32 content = keccak256(abi.encode(CONTRIBUTORS_TYPEHASH, workId, epoch, contributors));
        _checkLosersAgree(present, next, _hashTypedDataV4(content), signatures);

        // Effect.
        _states[workId].epoch = epoch;
        _sharesHashes[workId][epoch] = Shares.commit(ownShare, contributors);

        emit EpochBegan(workId, epoch, ownShare, next);
    }

    /// @inheritdoc IWorkShares
    function parentsOf(uint32 workId) external view returns (Edge[] memory edges) {
        State memory state = _states[workId];
        edges = new Edge[](state.parentCount);
        for (uint256 i = 0; i < edges.length; ++i) {
            uint64 edge = _edgeOf(workId, state.firstEdge, i);
            edges[i] = Edge(uint32(edge), uint24(edge >> 32), Derivation(uint8(edge >> 56)));
        }
    }

    /// @inheritdoc IWorkShares
    function sharesHashOf(uint32 workId, uint24 epoch) external view returns (bytes32) {
        return _sharesHashes[workId][epoch];
    }

    /// @inheritdoc IWorkShares
    function flowOf(uint32 workId) external view returns (Flow memory flow) {
        State memory state = _states[workId];
        Outlet[] memory parents = new Outlet[](state.parentCount);
        for (uint256 i = 0; i < parents.length; ++i) {
            uint64 edge = _edgeOf(workId, state.firstEdge, i);
            uint32 parentId = uint32(edge);
            parents[i] = Outlet(parentId, uint24(edge >> 32), _states[parentId].epoch);
        }
        return Flow(state.epoch, state.ruledEpoch, block.timestamp < state.frozenUntil, parents);
    }

    /// @inheritdoc IWorkShares
    function requirePayable(uint32 workId) external view returns (uint24) {
        State storage state = _states[workId];
        _checkUsable(workId, state);
        return state.epoch;
    }

    /// @notice Writes a list of shares down as the one that holds from an epoch on.
    /// @param workId The work.
    /// @param epoch The epoch.
    /// @param ownShare What the parents leave to the contributors.
    /// @param contributors The hash of the list.
    function _commitShares(
        uint32 workId,
        uint24 epoch,
        uint24 ownShare,
        bytes32 contributors
    ) internal {
        _sharesHashes[workId][epoch] = Shares.commit(ownShare, contributors);
    }

    /// @notice Writes the edges after the first down. What stood there before and is not overwritten is behind the count.
    /// @param workId The work.
    /// @param edges All its edges.
    function _writeFurtherEdges(uint32 workId, Edge[] calldata edges) internal {
        for (uint256 i = 1; i < edges.length; i += EDGES_A_WORD) {
            uint256 word = 0;
            for (uint256 j = 0; j < EDGES_A_WORD && i + j < edges.length; ++j)
                word |= uint256(_pack(edges[i + j])) << (j * EDGE_BITS);
            _edges[workId][i / EDGES_A_WORD] = word;
        }
    }

    /// @notice Reverts unless the caller holds the work.
    /// @param workId The work.
    function _checkHolder(uint32 workId) internal view {
        if (_holders[workId] != msg.sender)
            revert ResourceRegistryCallerNotHolder(msg.sender, workId);
    }

    /// @notice Reverts unless there is such a work, neither frozen nor taken down.
    /// @param workId The work.
    /// @param state Its state.
    function _checkUsable(uint32 workId, State storage state) internal view {
        if (state.homeBase == 0) revert ResourceRegistryWorkUnknown(workId);
        if (block.timestamp < state.frozenUntil)
            revert IWorkStandings.ResourceRegistryWorkFrozen(workId, state.frozenUntil);
        if (state.isTakenDown) revert IWorkStandings.ResourceRegistryWorkTakenDown(workId, true);
    }

    /// @notice Reverts unless an account has signed. Accounts that are contracts are asked by ERC-1271, in a call that changes nothing;
    /// only when no key did, as asking costs every other account 2,600 gas.
    /// @param account The account.
    /// @param digest What was to be signed, by EIP-712.
    /// @param signature The signature.
    function _checkSigned(address account, bytes32 digest, bytes calldata signature) internal view {
        (address signer, , ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (signer == account && account != address(0)) return;
        if (!SignatureChecker.isValidERC1271SignatureNowCalldata(account, digest, signature))
            revert ResourceRegistrySignatureInvalid(account);
    }

    /// @notice Reverts unless edges lead to earlier works, by rising number, and leave nothing below zero.
    /// @param edges The edges.
    /// @param workId The work that they are of.
    /// @return What they leave to the contributors, in millionths.
    function _checkEdges(Edge[] calldata edges, uint32 workId) internal pure returns (uint24) {
        if (edges.length > MOST_PARENTS)
            revert ResourceRegistryParentCountRefused(edges.length, MOST_PARENTS);
        uint256 sum = 0;
        uint32 previous = 0;
        for (uint256 i = 0; i < edges.length; ++i) {
            uint32 parentId = edges[i].parentId;
            if (parentId <= previous || parentId >= workId)
                revert ResourceRegistryParentRefused(parentId);
            previous = parentId;
            sum += edges[i].share;
        }
        if (sum > WHOLE) revert ResourceRegistrySharesAboveWhole(sum);
        return uint24(WHOLE - sum);
    }

    /// @notice Reverts unless a list of contributors is by rising address and makes a million.
    /// @param contributors The list.
    /// @return Its hash.
    function _checkContributors(
        Contributor[] calldata contributors
    ) internal pure returns (bytes32) {
        uint256 count = contributors.length;
        bytes32[] memory hashes = new bytes32[](count);
        uint256 sum = 0;
        address previous = address(0);
        for (uint256 i = 0; i < count; ++i) {
            (address account, uint256 share) = (contributors[i].account, contributors[i].share);
            if (account <= previous || share == 0)
                revert ResourceRegistryContributorsRefused(i, share);
            previous = account;
            sum += share;
            hashes[i] = Shares.hashContributor(account, share);
        }
        if (sum != WHOLE || count > MOST_CONTRIBUTORS)
            revert ResourceRegistryContributorsRefused(count, sum);
        return Shares.hashAll(hashes);
    }

    /// @notice An edge in 64 bits: the parent lowest, then its share, then the kind.
    /// @param edge The edge.
    /// @return The bits.
    function _pack(Edge calldata edge) internal pure returns (uint64) {
        return
            uint64(edge.parentId) | (uint64(edge.share) << 32) | (uint64(uint8(edge.kind)) << 56);
    }

    /// @notice What a work's parents leave to its contributors.
    /// @param workId The work.
    /// @param state Its state.
    /// @return Millionths.
    function _ownShareOf(uint32 workId, State memory state) private view returns (uint24) {
        uint256 sum = 0;
        for (uint256 i = 0; i < state.parentCount; ++i)
            sum += uint24(_edgeOf(workId, state.firstEdge, i) >> 32);
        return uint24(WHOLE - sum);
    }

    /// @notice One edge of a work.
    /// @param workId The work.
    /// @param firstEdge Its first edge.
    /// @param index Which one, from 0.
    /// @return The edge, packed.
    function _edgeOf(uint32 workId, uint64 firstEdge, uint256 index) private view returns (uint64) {
        if (index == 0) return firstEdge;
        uint256 word = _edges[workId][(index - 1) / EDGES_A_WORD];
        return uint64(word >> (((index - 1) % EDGES_A_WORD) * EDGE_BITS));
    }

    /// @notice Reverts unless everyone whose share becomes smaller calls or has signed.
    /// @param present The list until now, by rising address.
    /// @param next The list from now on, by rising address.
    /// @param digest What they sign.
    /// @param signatures One for each of them, in order.
    function _checkLosersAgree(
        Contributor[] calldata present,
        Contributor[] calldata next,
        bytes32 digest,
        bytes[] calldata signatures
    ) private view {
        uint256 used = 0;
        uint256 j = 0;
        for (uint256 i = 0; i < present.length; ++i) {
            address account = present[i].account;
            while (j < next.length && next[j].account < account) ++j;
            bool stays = j < next.length && next[j].account == account;
            if (stays && next[j].share >= present[i].share) continue;
            if (used == signatures.length) revert ResourceRegistrySignatureInvalid(account);
            if (account != msg.sender) _checkSigned(account, digest, signatures[used]);
            ++used;
        }
        if (used != signatures.length) revert ResourceRegistrySignatureInvalid(address(0));
    }
}
