// merkle.cpp - RFC 9162 section 2.1 in terms of complete subtrees.
#include "audit/merkle.hpp"

#include <bit>
#include <cstddef>

namespace kameng::audit {
namespace {

constexpr std::uint8_t leaf_prefix[] = {0};
constexpr std::uint8_t node_prefix[] = {1};

// The leaves [begin, end); begin is a multiple of the largest power of two below or at its length,
// as the RFC splits.
struct Range {
  std::uint64_t begin;
  std::uint64_t end;
  [[nodiscard]] std::uint64_t length() const { return end - begin; }
};

// The largest power of two smaller than `length` (the RFC's k); length > 1.
std::uint64_t split(std::uint64_t length) {
  return std::bit_floor(length - 1);
}

Hash hash_of(NodeSource& nodes, Range range) {
  if (std::has_single_bit(range.length())) {
    const int level = std::countr_zero(range.length());
    return nodes.node(level, range.begin >> level);
  }
  const std::uint64_t middle = range.begin + split(range.length());
  const Hash left = hash_of(nodes, {range.begin, middle});
  return node_hash(left, hash_of(nodes, {middle, range.end}));
}

// Takes the hashes of a proof one by one; nothing when they are used up.
class ProofReader {
 public:
  explicit ProofReader(std::span<const Hash> proof) : rest_(proof) {}
  const Hash* next() {
    if (rest_.empty()) {
      return nullptr;
    }
    const Hash* hash = rest_.data();
    rest_ = rest_.subspan(1);
    return hash;
  }

 private:
  std::span<const Hash> rest_;
};

}  // namespace

Hash leaf_hash(ByteView body) {
  return crypto::sha256_of({leaf_prefix, body});
}

Hash node_hash(const Hash& left, const Hash& right) {
  return crypto::sha256_of({node_prefix, left, right});
}

Hash empty_root() {
  return crypto::sha256({});
}

void Frontier::append(const Hash& leaf) {
  Hash hash = leaf;
  for (std::uint64_t full = size_; (full & 1) != 0; full >>= 1) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
  }
  peaks_.push_back(hash);
  ++size_;
}

Hash Frontier::root() const {
  if (peaks_.empty()) {
    return empty_root();
  }
  Hash hash = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i > 0; --i) {
    hash = node_hash(peaks_[i - 1], hash);
  }
  return hash;
}

Hash root_of(NodeSource& nodes, std::uint64_t size) {
  return size == 0 ? empty_root() : hash_of(nodes, {0, size});
}

std::vector<Hash> inclusion_proof(NodeSource& nodes, std::uint64_t index, std::uint64_t size) {
  // The RFC's PATH descends from the root and lists the siblings bottom up; here they are collected
  // on the way down.
  std::vector<Hash> siblings;
  Range range{0, size};
  while (range.length() > 1) {
    const std::uint64_t middle = range.begin + split(range.length());
    if (index < middle) {
      siblings.push_back(hash_of(nodes, {middle, range.end}));
      range.end = middle;
    } else {
      siblings.push_back(hash_of(nodes, {range.begin, middle}));
      range.begin = middle;
    }
  }
  return {siblings.rbegin(), siblings.rend()};
}

std::vector<Hash> consistency_proof(NodeSource& nodes, std::uint64_t from, std::uint64_t to) {
  if (from == 0 || from == to) {
    return {};
  }
  // SUBPROOF(m, D_n, b): `whole` is b, true while the old tree's root is still the verifier's own.
  std::vector<Hash> path;
  bool whole = true;
  Range range{0, to};
  while (range.end != from) {
    const std::uint64_t middle = range.begin + split(range.length());
    if (from <= middle) {
      path.push_back(hash_of(nodes, {middle, range.end}));
      range.end = middle;
    } else {
      path.push_back(hash_of(nodes, {range.begin, middle}));
      range.begin = middle;
      whole = false;
    }
  }
  if (!whole) {
    path.push_back(hash_of(nodes, range));
  }
  return {path.rbegin(), path.rend()};
}

bool verify_inclusion(const Inclusion& claim, std::span<const Hash> proof) {
  if (claim.index >= claim.size) {
    return false;
  }
  std::uint64_t fn = claim.index;
  std::uint64_t sn = claim.size - 1;
  Hash hash = claim.leaf;
  for (const Hash& sibling : proof) {
    if (sn == 0) {
      return false;
    }
    if ((fn & 1) != 0 || fn == sn) {
      hash = node_hash(sibling, hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && hash == claim.root;
}

bool verify_consistency(const Consistency& claim, std::span<const Hash> proof) {
  if (claim.from_size > claim.to_size) {
    return false;
  }
  if (claim.from_size == claim.to_size) {
    return proof.empty() && claim.from_root == claim.to_root;
  }
  if (claim.from_size == 0) {
    // Every tree continues the empty one.
    return proof.empty() && claim.from_root == empty_root();
  }
  ProofReader reader(proof);
  // An old tree that is one complete subtree starts the proof with its own root, which is left out.
  const Hash* first = std::has_single_bit(claim.from_size) ? &claim.from_root : reader.next();
  if (first == nullptr) {
    return false;
  }
  std::uint64_t fn = claim.from_size - 1;
  std::uint64_t sn = claim.to_size - 1;
  while ((fn & 1) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  Hash from = *first;
  Hash to = *first;
  while (const Hash* hash = reader.next()) {
    if (sn == 0) {
      return false;
    }
    if ((fn & 1) != 0 || fn == sn) {
      from = node_hash(*hash, from);
      to = node_hash(*hash, to);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      to = node_hash(to, *hash);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && from == claim.from_root && to == claim.to_root;
}

}  // namespace kameng::audit
