// chain_test.cpp - what goes into a chain comes out of it, and what breaks off leaves nothing.
#include <csignal>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backup/fixture.hpp"
#include "backup/manifest.hpp"

using namespace kameng;
using namespace kameng::backup;
using namespace kameng::backup::test;

namespace {

// The next image, and how long any file may become while it is backed up.
struct Narrow {
  std::size_t limit;
  const std::string* image;
};

// Files may not grow beyond so many bytes.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now = before_;
    now.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;
  ~FileLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

TEST_SUITE("backup") {
  // Goal: every point of a chain is rebuilt byte for byte, and a point stores the blocks that are
  //       new or changed and no others.
  // Method: images that grow, shrink, grow back, end inside a block, are empty, are as before;
  //         what each must store is counted by hand.
  TEST_CASE("every point comes back, and only what changed is stored") {
    struct Step {
      std::string image;
      std::size_t stored;
    };
    const Step steps[] = {
        {image(3 * block + 100), 3 * block + 100},
        {image(3 * block + 100), 0},
        {image(3 * block + 100, {1}), block},
        {image(3 * block + 100, {0, 3}), block + block + 100},  // block 1 is as it was at first
        {image(5 * block, {0}), 2 * block},                     // the short one is whole now
        {image(block + 1, {0}), 1},
        {image(5 * block, {0}), 4 * block},
        {"", 0},
        {image(1), 1},
    };
    const TempFolder temp(TempFolder::in_memory());
    const Folder folder = open_folder(temp.file("chain"));
    std::string parent;
    for (const Step& step : steps) {
      const Result<Manifest> made = extend(folder, step.image);
      REQUIRE(made.ok());
      CHECK(made->stored_bytes == static_cast<std::int64_t>(step.stored));
      CHECK(made->bytes == static_cast<std::int64_t>(step.image.size()));
      CHECK(made->parent == parent);
      CHECK(read_file(folder.file(made->number, "data")).size() == step.stored);
      parent = made->hash;
    }
    std::int64_t number = 0;
    for (const Step& step : steps) {
      CAPTURE(number);
      CHECK((rebuilt(folder, ++number, temp.file("out")) == step.image));
    }
    CHECK((rebuilt(folder, std::nullopt, temp.file("out")) == image(1)));
    CHECK(rebuilt(folder, number + 1, temp.file("out")) == "backup.not_found");
    CHECK(kameng::test::files_in(temp.file("chain")).size() == 3 * std::size(steps));
    for (const auto& entry : std::filesystem::directory_iterator(temp.file("chain"))) {
      struct stat status {};
      REQUIRE(::stat(entry.path().c_str(), &status) == 0);
      CHECK((status.st_mode & 0777U) == 0600);
    }
  }

  // Goal: a full disk at any moment leaves the chain as it was, and it goes on when there is room.
  // Method: files may not grow beyond a limit, from nothing to one byte too few: in the copy, the
  //         hashes, the blocks, the manifest.
  TEST_CASE("a full disk leaves the chain as it was") {
    const TempFolder temp(TempFolder::in_memory());
    const Folder folder = open_folder(temp.file("chain"));
    const std::string first = image(2 * block), second = image(2 * block, {0, 1});
    REQUIRE(extend(folder, first).ok());
    const auto before = kameng::test::files_in(temp.file("chain"));
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const std::size_t manifest = before.at("000001.json").size();
    // When nothing has changed there are no blocks, and the hashes or the manifest do not fit.
    const Narrow cases[] = {{0, &second},     {1, &second},
                            {63, &second},    {manifest - 1, &second},
                            {block, &second}, {2 * block - 1, &second},
                            {0, &first},      {63, &first},
                            {64, &first},     {manifest - 1, &first}};
    for (const Narrow& narrow : cases) {
      CAPTURE(narrow.limit);
      // The copy itself is told to be whole, so that what comes after it meets the limit.
      const auto write_before = [&](const std::string& path) -> Result<void> {
        write_file(path, *narrow.image);
        ::rlimit now{};
        ::getrlimit(RLIMIT_FSIZE, &now);
        now.rlim_cur = narrow.limit;
        ::setrlimit(RLIMIT_FSIZE, &now);
        return {};
      };
      const Result<Manifest> last = last_point(folder);
      REQUIRE(last.ok());
      const Result<Manifest> made = [&] {
        const FileLimit restored(RLIM_INFINITY);
        return add_point(folder, *last, {.shop = shop, .at_ms = 8}, write_before, soon());
      }();
      REQUIRE_FALSE(made.ok());
      CHECK(made.error().reason == "storage.full");
      CHECK(made.error().field == "folder");
      CHECK(kameng::test::files_in(temp.file("chain")) == before);
    }
    {
      const FileLimit limit(block);
      CHECK(rebuilt(folder, 1, temp.file("out")) == "storage.full");
    }
    std::signal(SIGXFSZ, handler);
    REQUIRE(extend(folder, second).ok());
    CHECK((rebuilt(folder, 1, temp.file("out")) == first));
    CHECK((rebuilt(folder, 2, temp.file("out")) == second));
  }

  // Goal: a process that dies at any write leaves a chain that is as it was, or one point longer
  //       and whole; the next backup works.
  // Method: a child is killed by the system when a file of its grows beyond a limit, in each of the
  //         files of a point; then the parent rebuilds what there is and extends it.
  TEST_CASE("a process that dies leaves nothing that looks whole") {
    const std::string first = image(2 * block), second = image(2 * block, {0, 1});
    std::size_t deaths = 0;
    const Narrow cases[] = {{0, &second},
                            {63, &second},
                            {300, &second},
                            {block, &second},
                            {2 * block - 1, &second},
                            {2 * block, &second},
                            {63, &first},
                            {300, &first}};
    for (const Narrow& narrow : cases) {
      CAPTURE(narrow.limit);
      const TempFolder temp(TempFolder::in_memory());
      {
        const Folder folder = open_folder(temp.file("chain"));
        REQUIRE(extend(folder, first).ok());
      }
      const pid_t child = ::fork();
      if (child == 0) {
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_CORE, &none);
        std::signal(SIGXFSZ, SIG_DFL);
        const Result<Folder> folder = Folder::make(temp.file("chain"));
        const Result<Manifest> last = last_point(*folder);
        const auto limited = [&](const std::string& path) -> Result<void> {
          write_file(path, *narrow.image);
          const rlimit now{narrow.limit, narrow.limit};
          ::setrlimit(RLIMIT_FSIZE, &now);
          return {};
        };
        static_cast<void>(add_point(*folder, *last, {.shop = shop, .at_ms = 8}, limited, soon()));
        ::_exit(0);
      }
      int status = 0;
      REQUIRE(::waitpid(child, &status, 0) == child);
      const bool died = WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ;
      deaths += died ? 1 : 0;
      const Folder folder = open_folder(temp.file("chain"));
      const Result<Manifest> last = last_point(folder);
      REQUIRE(last.ok());
      CHECK(last->number == (died ? 1 : 2));
      CHECK((rebuilt(folder, std::nullopt, temp.file("out")) == (died ? first : *narrow.image)));
      REQUIRE(extend(folder, image(3 * block)).ok());
      CHECK((rebuilt(folder, std::nullopt, temp.file("out")) == image(3 * block)));
      CHECK(kameng::test::files_in(temp.file("chain")).size() == (died ? 6 : 9));
    }
    CHECK(deaths == 7);
  }

  // Goal: a copy that fails, or whose time runs out, leaves nothing, of a new chain not even the
  //       folder; its error is handed on.
  // Method: copies that write something and then fail.
  TEST_CASE("a copy that fails leaves nothing") {
    const TempFolder temp(TempFolder::in_memory());
    const auto failing = [](const std::string& path) -> Result<void> {
      write_file(path, "half");
      return Error{Status::unavailable, "storage.io", "x"};
    };
    {
      const Result<Folder> folder = Folder::make_for_chain(temp.file("chain"));
      REQUIRE(folder.ok());
      CHECK(add_point(*folder, std::nullopt, {.shop = shop}, failing, soon()).error().reason ==
            "storage.io");
      CHECK(add_point(*folder, std::nullopt, {.shop = shop}, copy_of(image(block)),
                      Deadline::after_ms(0))
                .error()
                .reason == "call.deadline");
      CHECK(kameng::test::files_in(temp.file("chain")).empty());
      folder->give_up();
    }
    CHECK(kameng::test::files_in(temp.file("")).empty());
  }

  // Goal: a place that may not be written is told as that.
  // Method: a folder without the right to write, as a user who needs it.
  TEST_CASE("a read-only folder is told as that") {
    const TempFolder temp(TempFolder::in_memory());
    ::chmod(temp.file("").c_str(), 0755);
    {
      const Folder folder = open_folder(temp.file("chain"));
      REQUIRE(extend(folder, image(block)).ok());
      ::chmod(temp.file("chain").c_str(), 0555);
      constexpr uid_t nobody = 65534;
      const bool is_root = ::geteuid() == 0;
      REQUIRE((!is_root || ::seteuid(nobody) == 0));
      const Result<Manifest> built =
          rebuild(folder, 1, temp.file("chain/verify.tmp"), "folder", soon());
      const Result<Folder> other = Folder::make(temp.file("other"));
      REQUIRE((!is_root || ::seteuid(0) == 0));
      CHECK(built.error().reason == "storage.read_only");
      CHECK(built.error().field == "folder");
      CHECK(other.ok() != is_root);
      ::chmod(temp.file("chain").c_str(), 0755);
    }
  }

  // Goal: two at work in one folder are kept apart; readers are not.
  // Method: the folder opened twice in each way.
  TEST_CASE("a chain is written by one and read by many") {
    using Use = Folder::Use;
    const TempFolder temp(TempFolder::in_memory());
    const std::string path = temp.file("chain");
    REQUIRE(Folder::make(path).ok());
    const std::pair<Use, Use> together[] = {{Use::reading, Use::reading},
                                            {Use::reading, Use::writing},
                                            {Use::writing, Use::reading},
                                            {Use::writing, Use::writing}};
    std::string outcomes;
    for (const auto& [first, second] : together) {
      const Result<Folder> one = Folder::open(path, first);
      REQUIRE(one.ok());
      const Result<Folder> two = Folder::open(path, second);
      outcomes += two.ok() ? "ok " : two.error().reason + " ";
    }
    CHECK(outcomes == "ok backup.busy backup.busy backup.busy ");
    CHECK(Folder::open(temp.file("none"), Use::reading).error().reason == "backup.not_found");
  }
}
