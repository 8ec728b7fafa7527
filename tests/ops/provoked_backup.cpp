#include "ops/provoked_backup.hpp"

#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "support/chain_files.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {
namespace {

// A shop with a chain of two points.
struct Chain {
  TempFolder temp{TempFolder::in_memory()};
  Shop shop;
  const std::string folder = temp.file("chain");

  Chain() {
    shop.must("backup.create", {{"folder", folder}});
    shop.must("category.create", {{"name", "Games"}});
    shop.must("backup.increment", {{"folder", folder}});
  }
  Outcome call(const std::string& operation, Shop& by) {
    Json request{{"folder", folder}};
    if (operation == "backup.restore") {
      request["path"] = temp.file("a.db");
    }
    return by.host(operation, request);
  }
};

Outcome damaged(const std::string& operation) {
  Chain at;
  flip_byte(at.folder + "/000001.json", 40);
  return at.call(operation, at.shop);
}

Outcome incomplete(const std::string& operation) {
  Chain at;
  std::filesystem::remove(at.folder + "/000001.json");
  return at.call(operation, at.shop);
}

Outcome busy(const std::string& operation) {
  Chain at;
  const int other = ::open(at.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ::flock(other, LOCK_EX);
  const Outcome outcome = at.call(operation, at.shop);
  ::close(other);
  return outcome;
}

Outcome by_another_shop(const std::string& operation) {
  Chain at;
  Shop other;
  return at.call(operation, other);
}

constexpr const char* increment = "backup.increment";
constexpr const char* verify = "backup.verify";
constexpr const char* restore = "backup.restore";

}  // namespace

const std::vector<Provoked>& provoked_backups() {
  static const std::vector<Provoked> all{
      {increment, "backup.damaged", [] { return damaged(increment); }},
      {verify, "backup.damaged", [] { return damaged(verify); }},
      {restore, "backup.damaged", [] { return damaged(restore); }},
      {increment, "backup.incomplete", [] { return incomplete(increment); }},
      {verify, "backup.incomplete", [] { return incomplete(verify); }},
      {restore, "backup.incomplete", [] { return incomplete(restore); }},
      {"backup.create", "backup.busy", [] { return busy("backup.create"); }},
      {increment, "backup.busy", [] { return busy(increment); }},
      {verify, "backup.busy", [] { return busy(verify); }},
      {restore, "backup.busy", [] { return busy(restore); }},
      {increment, "backup.foreign", [] { return by_another_shop(increment); }},
      {verify, "vault.key_wrong", [] { return by_another_shop(verify); }},
  };
  return all;
}

}  // namespace kameng::test
