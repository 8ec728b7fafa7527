// merkle.hpp - the Merkle tree of RFC 9162 (and RFC 6962), as pure functions: roots, proofs and
// their verification.
//
// A verifier needs nothing but this file and SHA-256: everything it takes is public. Where the
// hashes of a stored tree come from is tree.hpp's business; here a NodeSource gives them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "crypto/hash.hpp"

namespace kameng::audit {

using Hash = crypto::Hash32;

[[nodiscard]] Hash leaf_hash(ByteView body);  // SHA-256(0x00 || body)
[[nodiscard]] Hash node_hash(const Hash& left,
                             const Hash& right);  // SHA-256(0x01 || left || right)
[[nodiscard]] Hash empty_root();                  // SHA-256 of nothing

// The root of a list that only grows, in one hash per level: the peaks of its complete subtrees.
class Frontier {
 public:
  void append(const Hash& leaf);
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] Hash root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> peaks_;  // largest subtree first, one per set bit of size_
};

// Gives the hashes of complete subtrees: node (level, index) covers the leaves from index << level,
// 1 << level of them.
class NodeSource {
 public:
  virtual ~NodeSource() = default;
  [[nodiscard]] virtual Hash node(int level, std::uint64_t index) = 0;
};

// The root of the first `size` leaves, from at most 64 nodes.
[[nodiscard]] Hash root_of(NodeSource& nodes, std::uint64_t size);
// RFC 9162 section 2.1.3.1, for index < size.
[[nodiscard]] std::vector<Hash> inclusion_proof(NodeSource& nodes, std::uint64_t index,
                                                std::uint64_t size);
// RFC 9162 section 2.1.4.1, for from <= to. Empty when `from` is 0 or equals `to`.
[[nodiscard]] std::vector<Hash> consistency_proof(NodeSource& nodes, std::uint64_t from,
                                                  std::uint64_t to);

// RFC 9162 section 2.1.3.2: does the leaf stand at `index` in the tree of that size and root?
struct Inclusion {
  Hash leaf{};
  std::uint64_t index = 0;
  std::uint64_t size = 0;
  Hash root{};
};
[[nodiscard]] bool verify_inclusion(const Inclusion& claim, std::span<const Hash> proof);

// RFC 9162 section 2.1.4.2: is the larger tree the smaller one with leaves appended?
struct Consistency {
  std::uint64_t from_size = 0;
  Hash from_root{};
  std::uint64_t to_size = 0;
  Hash to_root{};
};
[[nodiscard]] bool verify_consistency(const Consistency& claim, std::span<const Hash> proof);

}  // namespace kameng::audit
