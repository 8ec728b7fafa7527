#include "audit/merkle.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/bytes.hpp"

namespace kameng::audit {
namespace {

// The reference tree that Certificate Transparency's implementations share (merkle_tree_test.cc,
// testonly/constants.go).
const char* const reference_leaves[] = {"",
                                        "00",
                                        "10",
                                        "2021",
                                        "3031",
                                        "40414243",
                                        "5051525354555657",
                                        "606162636465666768696a6b6c6d6e6f"};
const char* const reference_roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

std::vector<std::string> hex_of(const std::vector<Hash>& hashes) {
  std::vector<std::string> lines;
  for (const Hash& hash : hashes) {
    lines.push_back(to_hex(hash));
  }
  return lines;
}

// MTH of RFC 9162 section 2.1.1, word for word.
Hash naive_root(std::span<const Hash> leaves) {
  if (leaves.empty()) {
    return crypto::sha256({});
  }
  if (leaves.size() == 1) {
    return leaves[0];
  }
  std::size_t k = 1;
  while (k * 2 < leaves.size()) {
    k *= 2;
  }
  return node_hash(naive_root(leaves.first(k)), naive_root(leaves.subspan(k)));
}

class ListNodes final : public NodeSource {
 public:
  explicit ListNodes(std::vector<Hash> leaves) : leaves_(std::move(leaves)) {}
  Hash node(int level, std::uint64_t index) override {
    const auto [place, is_new] = known_.try_emplace({level, index});
    if (is_new) {
      const std::size_t width = std::size_t{1} << level;
      REQUIRE((index + 1) * width <= leaves_.size());
      place->second = naive_root(std::span(leaves_).subspan(index * width, width));
    }
    return place->second;
  }

 private:
  std::vector<Hash> leaves_;
  std::map<std::pair<int, std::uint64_t>, Hash> known_;
};

std::vector<Hash> reference() {
  std::vector<Hash> leaves;
  for (const char* leaf : reference_leaves) {
    leaves.push_back(leaf_hash(*from_hex(leaf)));
  }
  return leaves;
}

std::vector<Hash> numbered(std::size_t count) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(leaf_hash(as_bytes("entry " + std::to_string(i))));
  }
  return leaves;
}

TEST_SUITE("audit") {
  // Goal: our trees are those of RFC 6962, so that anybody's verifier accepts them.
  // Method: the roots of the reference tree at all nine sizes, by list and by frontier.
  TEST_CASE("roots agree with the reference tree") {
    const std::vector<Hash> leaves = reference();
    ListNodes nodes(leaves);
    Frontier frontier;
    for (std::size_t size = 0; size <= leaves.size(); ++size) {
      CAPTURE(size);
      CHECK(to_hex(root_of(nodes, size)) == reference_roots[size]);
      CHECK(to_hex(frontier.root()) == reference_roots[size]);
      CHECK(frontier.size() == size);
      if (size < leaves.size()) {
        frontier.append(leaves[size]);
      }
    }
  }

  // Goal: proofs are those of RFC 6962.
  // Method: the published proofs of the reference tree.
  TEST_CASE("proofs agree with the reference tree") {
    using Lines = std::vector<std::string>;
    const std::string h1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
    const std::string h2 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
    const std::string h3 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
    const std::string h4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
    const std::string h5 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
    const std::string h6 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
    const std::string h7 = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f";
    ListNodes nodes(reference());
    CHECK(hex_of(inclusion_proof(nodes, 0, 1)) == Lines{});
    CHECK(hex_of(inclusion_proof(nodes, 0, 8)) == Lines{h1, h2, h3});
    CHECK(hex_of(inclusion_proof(nodes, 5, 8)) == Lines{h4, h5, reference_roots[4]});
    CHECK(hex_of(inclusion_proof(nodes, 2, 3)) == Lines{reference_roots[2]});
    CHECK(hex_of(inclusion_proof(nodes, 1, 5)) == Lines{reference_roots[1], h2, h4});
    CHECK(hex_of(consistency_proof(nodes, 1, 1)) == Lines{});
    CHECK(hex_of(consistency_proof(nodes, 1, 8)) == Lines{h1, h2, h3});
    CHECK(hex_of(consistency_proof(nodes, 6, 8)) == Lines{h6, h5, reference_roots[4]});
    CHECK(hex_of(consistency_proof(nodes, 2, 5)) == Lines{h2, h4});
    CHECK(hex_of(consistency_proof(nodes, 6, 7)) == Lines{h6, h7, reference_roots[4]});
  }

  // Goal: every proof we make is accepted, and a proof with anything else in it is not.
  // Method: all pairs up to 70, with the RFC's own recursive root as the truth; then the same claim
  // with one bit of the proof, the root, the index or the length changed.
  TEST_CASE("proofs of all small trees verify, and changed ones do not") {
    const std::vector<Hash> leaves = numbered(70);
    ListNodes nodes(leaves);
    std::vector<Hash> roots;
    for (std::size_t size = 0; size <= leaves.size(); ++size) {
      roots.push_back(naive_root(std::span(leaves).first(size)));
    }
    for (std::uint64_t size = 1; size <= leaves.size(); ++size) {
      for (std::uint64_t index = 0; index < size; ++index) {
        std::vector<Hash> proof = inclusion_proof(nodes, index, size);
        const Inclusion claim{leaves[index], index, size, roots[size]};
        REQUIRE(verify_inclusion(claim, proof));
        REQUIRE_FALSE(verify_inclusion({roots[0], index, size, roots[size]}, proof));
        REQUIRE_FALSE(verify_inclusion({leaves[index], index, size, roots[size - 1]}, proof));
        REQUIRE_FALSE(verify_inclusion({leaves[index], size, size, roots[size]}, proof));
        proof.push_back(leaves[0]);
        REQUIRE_FALSE(verify_inclusion(claim, proof));
        proof.pop_back();
        if (!proof.empty()) {
          proof[index % proof.size()][3] ^= 1;
          REQUIRE_FALSE(verify_inclusion(claim, proof));
          proof.pop_back();
          REQUIRE_FALSE(verify_inclusion(claim, proof));
        }
      }
      for (std::uint64_t from = 0; from <= size; ++from) {
        std::vector<Hash> proof = consistency_proof(nodes, from, size);
        const Consistency claim{from, roots[from], size, roots[size]};
        REQUIRE(verify_consistency(claim, proof));
        Consistency other = claim;
        other.from_root[0] ^= 1;
        REQUIRE_FALSE(verify_consistency(other, proof));
        if (from < size) {
          REQUIRE_FALSE(verify_consistency({size, roots[size], from, roots[from]}, proof));
        }
        proof.push_back(leaves[0]);
        REQUIRE_FALSE(verify_consistency(claim, proof));
        proof.pop_back();
        if (!proof.empty()) {
          proof[from % proof.size()][31] ^= 128;
          REQUIRE_FALSE(verify_consistency(claim, proof));
        }
      }
    }
  }
}

}  // namespace
}  // namespace kameng::audit
