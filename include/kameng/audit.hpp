// audit.hpp - the audit log as a host and an auditor see it: signed checkpoints and proofs (RFC
// 6962 section 2.1).
//
// Hashes are SHA-256 in base64. A leaf is SHA-256(0x00 || body), a node SHA-256(0x01 || left ||
// right).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kameng::audit {

struct CheckpointView {
  std::int64_t size = 0;
  std::string root;
  std::int64_t at_ms = 0;
  std::string note;
  std::string verifier_key;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("size", &CheckpointView::size, "How many entries it covers.");
    f.required("root", &CheckpointView::root, "The tree's root.");
    f.required("at_ms", &CheckpointView::at_ms, "When it was signed.");
    f.required("note", &CheckpointView::note,
               "The signed text (C2SP checkpoint and signed note); keep it elsewhere.");
    f.required("verifier_key", &CheckpointView::verifier_key,
               "Public key in the form of a signed note's verifier.");
  }
};

struct MakeCheckpoint {
  static constexpr std::string_view operation = "audit.checkpoint";
  using Answer = CheckpointView;

  template <class Fields>
  static void fields(Fields&) {}
};

struct Proof {
  std::int64_t size = 0;
  std::optional<std::int64_t> position;
  std::optional<std::string> entry;
  std::optional<std::int64_t> from_size;
  std::vector<std::string> proof;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("size", &Proof::size, "Of the tree it leads to.");
    f.optional("position", &Proof::position, "Inclusion: of the entry, from 1.");
    f.optional("entry", &Proof::entry, "Inclusion: the entry's body, as it is hashed.");
    f.optional("from_size", &Proof::from_size, "Consistency: size of the earlier tree.");
    f.required("proof", &Proof::proof, "The hashes, in base64.");
  }
};

struct Prove {
  static constexpr std::string_view operation = "audit.prove";
  using Answer = Proof;
  std::optional<std::int64_t> position;
  std::optional<std::int64_t> from_size;
  std::optional<std::int64_t> size;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("position", &Prove::position, "Prove that this entry is in the log.")
        .range(1, 9'007'199'254'740'991);
    f.optional("from_size", &Prove::from_size, "Or: prove that the log continues this earlier one.")
        .range(0, 9'007'199'254'740'991);
    f.optional("size", &Prove::size, "Of a checkpoint; the newest one's unless told.")
        .range(1, 9'007'199'254'740'991);
  }
};

struct Verdict {
  bool ok = false;
  std::string detail;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("ok", &Verdict::ok, "True when the proof holds.");
    f.required("detail", &Verdict::detail, "What was shown, or what does not hold.");
  }
};

// Needs public data alone: nothing is read from the database.
struct Verify {
  static constexpr std::string_view operation = "audit.verify";
  using Answer = Verdict;
  std::string note;
  std::string verifier_key;
  std::optional<std::string> entry;
  std::optional<std::int64_t> position;
  std::optional<std::string> earlier_note;
  std::vector<std::string> proof;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("note", &Verify::note, "A checkpoint.").length(1, 4096);
    f.required("verifier_key", &Verify::verifier_key, "Of the log, kept from its first checkpoint.")
        .length(1, 256);
    f.optional("entry", &Verify::entry, "Inclusion: the entry's body.").length(1, 65'536);
    f.optional("position", &Verify::position, "Inclusion: its position.")
        .range(1, 9'007'199'254'740'991);
    f.optional("earlier_note", &Verify::earlier_note, "Consistency: an earlier checkpoint.")
        .length(1, 4096);
    f.optional("proof", &Verify::proof, "From audit.prove.").count(0, 128);
  }
};

}  // namespace kameng::audit
