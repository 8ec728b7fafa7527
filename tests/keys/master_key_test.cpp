// master_key_test.cpp - master keys, the sealed form that names them, and key files.
#include "keys/master_key.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.hpp"
#include "keys/key_file.hpp"

namespace kameng::keys {
namespace {

const std::string zeros(64, '0');
const std::string ones(64, '1');

// A folder of its own that goes with the test.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/kameng-keys-XXXXXX";
    path_ = mkdtemp(name);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file() const { return path_ + "/master.key"; }
  [[nodiscard]] std::size_t files() const {
    const std::filesystem::directory_iterator folder(path_);
    return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
  }

 private:
  std::string path_;
};

void write_file(const std::string& path, const std::string& text, mode_t mode = 0600) {
  std::ofstream(path, std::ios::trunc) << text;
  REQUIRE(chmod(path.c_str(), mode) == 0);
}

std::string read_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string reason_of(const std::string& path) {
  const auto read = read_key_file(path);
  return read.ok() ? "ok" : read.error().reason;
}

MasterKey key_of(std::uint64_t seed) {
  SeededRandom random(seed);
  return MasterKey::draw(random);
}

}  // namespace

TEST_SUITE("keys") {
  // Goal: a master key has 32 bytes and an id that depends on each of them.
  // Method: other sizes are refused; a key with one bit changed has another id; equal bytes have
  // equal ids.
  TEST_CASE("a master key is known by its id") {
    for (const std::size_t size : {0U, 1U, 31U, 33U, 64U}) {
      const auto key = MasterKey::from_bytes(SecretBytes(size));
      REQUIRE_FALSE(key.ok());
      CHECK(key.error().reason == "vault.key_invalid");
    }
    const MasterKey plain = MasterKey::from_bytes(SecretBytes(std::size_t{32})).value();
    CHECK(plain.id() == MasterKey::from_bytes(SecretBytes(std::size_t{32})).value().id());
    for (std::size_t i = 0; i < 32; ++i) {
      SecretBytes bytes(std::size_t{32});
      bytes.span()[i] = 1;
      CHECK(MasterKey::from_bytes(std::move(bytes)).value().id() != plain.id());
    }
  }

  // Goal: what one master sealed opens while that master is among the keys, and says so clearly
  // when it is not. Method: seal under an old key; open with the old one alone, with old as former,
  // and with the new one alone.
  TEST_CASE("former master keys still open what they sealed") {
    SeededRandom random(9);
    const Bytes plain{1, 2, 3};
    const MasterKeys before(key_of(1));
    const Bytes sealed = before.seal(plain, as_bytes("row 1"), random);
    CHECK(before.is_current(sealed));

    std::vector<MasterKey> former;
    former.push_back(key_of(1));
    const MasterKeys during(key_of(2), std::move(former));
    CHECK_FALSE(during.is_current(sealed));
    const auto opened = during.open(sealed, as_bytes("row 1"));
    REQUIRE(opened.ok());
    CHECK(Bytes(opened->span().begin(), opened->span().end()) == plain);
    CHECK(during.is_current(during.seal(plain, {}, random)));

    const MasterKeys after(key_of(2));
    const auto refused = after.open(sealed, as_bytes("row 1"));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().status == Status::failed_precondition);
    CHECK(refused.error().reason == "vault.key_wrong");
  }

  // Goal: a sealed value that was changed, cut or moved does not open.
  // Method: flip a bit of each byte, cut at each length, other associated bytes.
  TEST_CASE("a touched value under the master key does not open") {
    SeededRandom random(9);
    const MasterKeys masters(key_of(1));
    const Bytes sealed = masters.seal(Bytes(20, 7), as_bytes("row 1"), random);
    REQUIRE(masters.open(sealed, as_bytes("row 1")).ok());
    CHECK_FALSE(masters.open(sealed, as_bytes("row 2")).ok());
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      Bytes touched = sealed;
      touched[i] ^= 0x10;
      CHECK_FALSE(masters.open(touched, as_bytes("row 1")).ok());
      CHECK_FALSE(masters.open(ByteView(sealed).first(i), as_bytes("row 1")).ok());
    }
  }

  // Goal: a created key file is private, whole, documented, never replaced, and reads back as the
  // same key. Method: create, look at the file and its folder, read, create again.
  TEST_CASE("a key file is created once and reads back") {
    const Folder folder;
    SeededRandom random(4);
    const auto created = create_key_file(folder.file(), random);
    REQUIRE(created.ok());
    struct stat status {};
    REQUIRE(stat(folder.file().c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600U);
    CHECK(folder.files() == 1);
    const std::string text = read_text(folder.file());
    CHECK(text.substr(0, 20) == "# kameng master key ");
    CHECK(text.find("\nkmk1-") != std::string::npos);
    const auto read = read_key_file(folder.file());
    REQUIRE(read.ok());
    CHECK((*read)->current().id() == (*created)->current().id());

    const auto again = create_key_file(folder.file(), random);
    REQUIRE_FALSE(again.ok());
    CHECK(again.error().reason == "vault.key_file_exists");
    CHECK(read_text(folder.file()) == text);
    CHECK(folder.files() == 1);
    const auto nowhere = create_key_file("/nonexistent/master.key", random);
    REQUIRE_FALSE(nowhere.ok());
    CHECK(nowhere.error().reason == "vault.key_file_not_written");
    CHECK(keep_key_file(folder.file()).ok());
    CHECK(keep_key_file("/nonexistent/master.key").error().reason == "vault.key_file_not_written");
  }

  // Goal: a file that others may read is not used.
  // Method: each permission bit of group and others alone.
  TEST_CASE("a key file that is open to others is refused") {
    const Folder folder;
    for (const mode_t bit : {040U, 020U, 010U, 04U, 02U, 01U}) {
      write_file(folder.file(), "kmk1-" + zeros + "\n", 0600U | bit);
      CHECK(reason_of(folder.file()) == "vault.key_file_open");
    }
    write_file(folder.file(), "kmk1-" + zeros + "\n", 0400);
    CHECK(reason_of(folder.file()) == "ok");
  }

  // Goal: anything that is not a key file is refused, and an absent one is told apart.
  // Method: one malformed file each; a folder in the file's place; no file.
  TEST_CASE("what is no key file is refused") {
    const Folder folder;
    CHECK(reason_of(folder.file()) == "vault.key_missing");
    for (const std::string& text :
         {std::string(), std::string("# only a comment\n"), "kmk1-" + zeros.substr(1) + "\n",
          "kmk1-" + zeros + "0\n", "kmk2-" + zeros + "\n", zeros + "\n", " kmk1-" + zeros + "\n",
          "kmk1-" + zeros.substr(1) + "g\n", "kmk1-" + zeros + "\nnonsense\n"}) {
      CAPTURE(text);
      write_file(folder.file(), text);
      CHECK(reason_of(folder.file()) == "vault.key_file_invalid");
    }
    write_file(folder.file(), std::string(100'000, '#'));
    CHECK(reason_of(folder.file()) == "vault.key_file_invalid");
    std::filesystem::remove(folder.file());
    std::filesystem::create_directory(folder.file());
    CHECK(reason_of(folder.file()) == "vault.key_file_invalid");
  }

  // Goal: the first key of a file is the current one, the others are former ones; hand-edited files
  // are read kindly. Method: two keys with comments, blank lines, Windows line ends and no final
  // line end.
  TEST_CASE("a key file may hold former keys") {
    const Folder folder;
    write_file(folder.file(), "# new\r\nkmk1-" + ones + "  \r\n\r\n# old\nkmk1-" + zeros);
    const auto read = read_key_file(folder.file());
    REQUIRE(read.ok());
    const MasterKey old = MasterKey::from_bytes(SecretBytes(std::size_t{32})).value();
    CHECK((*read)->current().id() != old.id());
    CHECK((*read)->find(old.id()) != nullptr);
    CHECK((*read)->find(key_of(1).id()) == nullptr);
  }
}

}  // namespace kameng::keys
