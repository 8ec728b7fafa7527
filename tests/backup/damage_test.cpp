// damage_test.cpp - chains that somebody, or a disk, has changed.
#include "backup/fixture.hpp"

using namespace kameng;
using namespace kameng::backup;
using namespace kameng::backup::test;

namespace {

// A chain of three points, and its files to go back to.
struct Chain {
  TempFolder temp{TempFolder::in_memory()};
  std::string path = temp.file("chain");
  Folder folder = open_folder(path);
  std::map<std::string, std::string> files;

  Chain() {
    REQUIRE(extend(folder, image(2 * block + 9)).ok());
    REQUIRE(extend(folder, image(2 * block + 9, {1})).ok());
    REQUIRE(extend(folder, image(3 * block, {0})).ok());
    files = kameng::test::files_in(path);
  }
  // What the last point is rebuilt to with one file otherwise; afterwards all is as it was.
  std::string with(const std::string& name, const std::string& bytes) {
    write_file(path + "/" + name, bytes);
    const std::string outcome = rebuilt(folder, std::nullopt, temp.file("out"));
    write_file(path + "/" + name, files.at(name));
    return outcome;
  }
};

}  // namespace

TEST_SUITE("backup") {
  // Goal: no flipped bit goes unnoticed, in whichever file.
  // Method: each byte of the manifests and hashes and many of the blocks, one bit each.
  TEST_CASE("a flipped byte in any file is found") {
    Chain chain;
    std::size_t flips = 0;
    for (const auto& [path, bytes] : chain.files) {
      const std::string& name = path;  // clang 14 captures no binding
      const std::size_t stride = name.ends_with(".data") ? 4099 : 1;
      for (std::size_t at = 0; at < bytes.size(); at += stride) {
        CAPTURE(name);
        CAPTURE(at);
        std::string other = bytes;
        other[at] = static_cast<char>(other[at] ^ (1 << at % 8));
        REQUIRE(chain.with(name, other) == "backup.damaged");
        ++flips;
      }
    }
    CHECK(flips > 1000);
    CHECK((rebuilt(chain.folder, std::nullopt, chain.temp.file("out")) == image(3 * block, {0})));
  }

  // Goal: files that are cut or grown are found.
  // Method: each file without its last byte, halved, empty, and with a byte more.
  TEST_CASE("a file that is shorter or longer is found") {
    Chain chain;
    for (const auto& [path, bytes] : chain.files) {
      const std::string& name = path;  // clang 14 captures no binding
      CAPTURE(name);
      for (const std::size_t size : {bytes.size() - 1, bytes.size() / 2, std::size_t{0}}) {
        CHECK(chain.with(name, bytes.substr(0, size)) == "backup.damaged");
      }
      CHECK(chain.with(name, bytes + "x") == "backup.damaged");
      CHECK(chain.with(name, bytes + bytes) == "backup.damaged");
    }
  }

  // Goal: a hole is told as one; the points before it can still be restored.
  // Method: each file missing; the last manifest is the exception: without it the chain is shorter.
  TEST_CASE("a missing file is told as missing") {
    Chain chain;
    for (const auto& [path, bytes] : chain.files) {
      const std::string& name = path;  // clang 14 captures no binding
      CAPTURE(name);
      std::filesystem::remove(chain.path + "/" + name);
      const std::string outcome = rebuilt(chain.folder, std::nullopt, chain.temp.file("out"));
      if (name == "000003.json") {
        CHECK((outcome == image(2 * block + 9, {1})));
      } else {
        CHECK(outcome == "backup.incomplete");
      }
      const bool first = name.starts_with("000001");
      CHECK((rebuilt(chain.folder, 1, chain.temp.file("out")) ==
             (first ? "backup.incomplete" : image(2 * block + 9))));
      write_file(chain.path + "/" + name, bytes);
    }
  }

  // Goal: points in the wrong order, twice, or of another chain are refused.
  // Method: whole points put in another's place; each is sound in itself.
  TEST_CASE("points that do not follow each other are refused") {
    Chain chain, other;
    REQUIRE(extend(other.folder, image(4 * block)).ok());
    const auto others = kameng::test::files_in(other.path);
    const auto put = [&](const std::map<std::string, std::string>& from, const char* number,
                         const char* as) {
      for (const char* kind : {".json", ".hashes", ".data"}) {
        write_file(chain.path + "/" + as + kind, from.at(std::string(number) + kind));
      }
    };
    const auto outcome = [&] {
      return rebuilt(chain.folder, std::nullopt, chain.temp.file("out"));
    };
    put(chain.files, "000003", "000002");
    CHECK(outcome() == "backup.damaged");
    put(chain.files, "000002", "000003");
    CHECK(outcome() == "backup.damaged");
    put(chain.files, "000002", "000002");
    CHECK(outcome() == "backup.damaged");
    put(chain.files, "000003", "000003");
    CHECK((outcome() == image(3 * block, {0})));
    // The same blocks, but begun at another time: another chain.
    const Folder later = open_folder(chain.temp.file("later"));
    REQUIRE(add_point(later, std::nullopt, {.shop = shop, .at_ms = 9},
                      copy_of(image(2 * block + 9)), soon())
                .ok());
    put(kameng::test::files_in(chain.temp.file("later")), "000001", "000001");
    CHECK(outcome() == "backup.damaged");
    put(chain.files, "000001", "000001");
    put(others, "000004", "000004");  // the other chain is this one's twin, so it does follow
    CHECK((outcome() == image(4 * block)));
  }

  // Goal: a folder of something else is not taken for a chain, nor written into.
  // Method: other files; names that are nearly a point's; what a broken backup leaves.
  TEST_CASE("a foreign folder is left alone") {
    const TempFolder temp(TempFolder::in_memory());
    const auto reason = [&](const std::string& name) {
      const std::string path = temp.file(name.empty() ? "empty" : name + ".d");
      std::filesystem::create_directory(path);
      if (!name.empty()) {
        write_file(path + "/" + name, "{}");
      }
      const Result<Folder> folder = Folder::make_for_chain(path);
      return folder.ok() ? std::string("ok") : folder.error().reason;
    };
    CHECK(reason("") == "ok");
    CHECK(reason("000001.hashes") == "ok");
    CHECK(reason("image.tmp") == "ok");
    for (const char* name : {"notes.txt", "00001.data", "0000001.data", "000001.data2",
                             "00000a.data", "000001", "000001.json", "000009.json", ".hidden"}) {
      CAPTURE(name);
      CHECK(reason(name) == "backup.exists");
      CHECK(read_file(temp.file(std::string(name) + ".d/" + name)) == "{}");
    }
    write_file(temp.file("plain"), "x");
    CHECK(Folder::make_for_chain(temp.file("plain")).error().reason == "backup.not_found");
  }
}
