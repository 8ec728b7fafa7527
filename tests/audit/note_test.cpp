#include "audit/note.hpp"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace kameng::audit {
namespace {

// The note, the key and the seed of golang.org/x/mod/sumdb/note's tests.
const std::string peter = "PeterNeumann";
const std::string peter_key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const std::string peter_seed = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const std::string peter_text =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
const std::string peter_line =
    "\xe2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

crypto::SigningKey peters_key() {
  const auto bytes = from_base64(peter_seed);
  REQUIRE(bytes.has_value());
  return crypto::SigningKey(SecretBytes(ByteView(*bytes).subspan(1)));
}

std::string sign(const std::string& text, const std::string& name, const crypto::SigningKey& key) {
  return print_note(text, name, key.public_key(), key.sign(as_bytes(text)));
}

TEST_SUITE("audit") {
  // Goal: our notes are C2SP signed notes, byte for byte.
  // Method: sign the reference implementation's own text with its own key.
  TEST_CASE("a signed note is that of the reference implementation") {
    const crypto::SigningKey key = peters_key();
    CHECK(print_verifier_key(peter, key.public_key()) == peter_key);
    const std::string note = sign(peter_text, peter, key);
    CHECK(note == peter_text + "\n" + peter_line);
    const auto text = signed_text(note, peter, key.public_key());
    REQUIRE(text.has_value());
    CHECK(*text == peter_text);
  }

  // Goal: nothing but the signed text is taken for signed.
  // Method: change each byte of the note in turn; then other names, other keys, cut and lengthened
  // notes.
  TEST_CASE("a changed note is not accepted") {
    const crypto::SigningKey key = peters_key();
    const crypto::PublicKey& known = key.public_key();
    const std::string note = sign(peter_text, peter, key);
    for (std::size_t i = 0; i < note.size(); ++i) {
      std::string changed = note;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      CAPTURE(i);
      const auto text = signed_text(changed, peter, known);
      // The unused bits of base64's last character are the only ones that say nothing.
      CHECK((!text.has_value() || *text == peter_text));
      CHECK((!text.has_value() || i >= note.size() - 3));
    }
    crypto::PublicKey other = known;
    other[0] ^= 1;
    CHECK_FALSE(signed_text(note, peter, other).has_value());
    CHECK_FALSE(signed_text(note, "PeterNeuman", known).has_value());
    CHECK_FALSE(signed_text(note, "", known).has_value());
    CHECK_FALSE(signed_text("", peter, known).has_value());
    CHECK_FALSE(signed_text(peter_text, peter, known).has_value());
    CHECK_FALSE(signed_text(note.substr(0, note.size() - 1), peter, known).has_value());
    CHECK_FALSE(signed_text("x\n" + note, peter, known).has_value());
  }

  // Goal: a note that others have signed too is still ours.
  // Method: a second signature line, before and behind.
  TEST_CASE("signatures of witnesses are passed over") {
    const crypto::SigningKey key = peters_key();
    const std::string witness = "\xe2\x80\x94 example.com/w AAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
    CHECK(
        signed_text(peter_text + "\n" + witness + peter_line, peter, key.public_key()).has_value());
    CHECK(
        signed_text(peter_text + "\n" + peter_line + witness, peter, key.public_key()).has_value());
    CHECK_FALSE(signed_text(peter_text + "\n" + witness, peter, key.public_key()).has_value());
  }

  // Goal: a tree head says its size and root, in the form of C2SP's checkpoint, and nothing else
  // passes for one. Method: one round trip; then signed texts that are no checkpoints.
  TEST_CASE("a checkpoint's text is its origin, size and root") {
    const crypto::SigningKey key = peters_key();
    TreeHead head{"shop.example/log", 20852163, {}};
    head.root.fill(0xab);
    const std::string text = print_tree_head(head);
    CHECK(text == "shop.example/log\n20852163\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n");
    const auto opened = open_note(sign(text, head.origin, key), head.origin, key.public_key());
    REQUIRE(opened.has_value());
    CHECK(opened->size == head.size);
    CHECK(opened->root == head.root);

    const auto opens = [&](const std::string& signed_as) {
      return open_note(sign(signed_as, head.origin, key), head.origin, key.public_key())
          .has_value();
    };
    const std::string root = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n";
    CHECK(opens("shop.example/log\n0\n" + root));
    CHECK(opens("shop.example/log\n1\n" + root + "an extension\n"));
    CHECK_FALSE(opens("shop.example/other\n1\n" + root));
    CHECK_FALSE(opens("shop.example/log\n01\n" + root));
    CHECK_FALSE(opens("shop.example/log\n-1\n" + root));
    CHECK_FALSE(opens("shop.example/log\n\n" + root));
    CHECK_FALSE(opens("shop.example/log\n99999999999999999999\n" + root));
    CHECK_FALSE(opens("shop.example/log\n1\nq6ur\n"));
    CHECK_FALSE(opens("shop.example/log\n1\n"));
  }

  // Goal: names that would break the format are known as such.
  // Method: the characters that the format gives a meaning.
  TEST_CASE("a note's name has no space, plus sign or control character") {
    CHECK(is_note_name("shop.example/log"));
    for (const char* name : {"", "a b", "a+b", "a\nb", "a\xe2\x80\x94"}) {
      CHECK_FALSE(is_note_name(name));
    }
  }
}

}  // namespace
}  // namespace kameng::audit
