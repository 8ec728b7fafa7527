#include "capi/shared_engines.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <list>
#include <memory>
#include <mutex>

#include <unistd.h>

#include "base/secret.hpp"
#include "json/parse.hpp"

namespace kameng::capi {

namespace {

struct Entry {
  std::string config;
  std::string storage_path;  // as the configuration has it
  std::string real_path;
  kameng_host host = {};               // a copy, for comparing only
  std::unique_ptr<OpenEngine> engine;  // empty while it is being opened
};

struct Table {
  explicit Table(pid_t owner) : pid(owner) {}
  const pid_t pid;
  std::mutex mutex;
  std::condition_variable opened;
  std::list<Entry> entries;
};

// The table of this process. A child of fork() starts with an empty one and lets go of its
// parent's, whose mutex another thread of the parent may have held.
Table& table_of_this_process() {
  static constinit std::atomic<Table*> current{nullptr};
  Table* table = current.load(std::memory_order_acquire);
  const pid_t pid = getpid();
  if (table != nullptr && table->pid == pid) {
    return *table;
  }
  auto made = std::make_unique<Table>(pid);
  if (current.compare_exchange_strong(table, made.get(), std::memory_order_acq_rel)) {
    return *made.release();
  }
  return *table;
}

// Where the file is or will be, so that one file has one name; a release directory that a symbolic
// link points to is another file after the link has moved. Empty stays empty.
std::string real_path_of(const std::string& path) {
  if (path.empty() || path == ":memory:") {
    return path;
  }
  const auto resolve = [](const std::string& name) -> std::string {
    const std::unique_ptr<char, decltype(&std::free)> found(realpath(name.c_str(), nullptr),
                                                            &std::free);
    return found ? std::string(found.get()) : std::string();
  };
  std::string whole = resolve(path);
  if (!whole.empty()) {
    return whole;
  }
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  const std::string real_folder = resolve(folder);
  return real_folder.empty() ? path : real_folder + "/" + name;
}

// The storage path of a configuration that is known to be shared, without parsing it again.
std::optional<Sharing> known_sharing(Table& table, std::string_view config) {
  const std::lock_guard lock(table.mutex);
  for (const Entry& entry : table.entries) {
    if (entry.config == config) {
      return Sharing{entry.storage_path};
    }
  }
  return std::nullopt;
}

// Takes an entry that could not be opened out again, and wakes those who wait for it.
class Opening {
 public:
  Opening(Table& table, std::list<Entry>::iterator entry) : table_(table), entry_(entry) {}
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;
  ~Opening() {
    const std::lock_guard lock(table_.mutex);
    if (entry_->engine == nullptr) {
      wipe(entry_->config);
      table_.entries.erase(entry_);
    }
    table_.opened.notify_all();
  }
  OpenEngine* keep(std::unique_ptr<OpenEngine> engine) {
    const std::lock_guard lock(table_.mutex);
    entry_->engine = std::move(engine);
    return entry_->engine.get();
  }

 private:
  Table& table_;
  std::list<Entry>::iterator entry_;
};

}  // namespace

std::optional<Sharing> read_sharing(std::string_view config) {
  const Result<json::Value> parsed = json::parse(config);
  if (!parsed.ok()) {
    return std::nullopt;
  }
  const json::Value* const share = parsed.value().find("share");
  if (share == nullptr || share->boolean() == nullptr || !*share->boolean()) {
    return std::nullopt;
  }
  const json::Value* const storage = parsed.value().find("storage");
  const json::Value* const path = storage != nullptr ? storage->find("path") : nullptr;
  const std::string* const text = path != nullptr ? path->string() : nullptr;
  return Sharing{text != nullptr ? *text : std::string()};
}

Result<OpenEngine*> open_shared(std::string_view config, HostStruct& host) {
  Table& table = table_of_this_process();
  std::optional<Sharing> sharing = known_sharing(table, config);
  if (!sharing) {
    sharing = read_sharing(config);
  }
  if (!sharing) {
    return nullptr;
  }
  const std::string real_path = real_path_of(sharing->storage_path);
  const kameng_host wanted_host = host.slots();
  const auto is_wanted = [&](const Entry& entry) {
    return entry.config == config && entry.real_path == real_path &&
           same_host(entry.host, wanted_host);
  };

  std::unique_lock lock(table.mutex);
  while (true) {
    const auto found = std::find_if(table.entries.begin(), table.entries.end(), is_wanted);
    if (found == table.entries.end()) {
      break;
    }
    if (found->engine != nullptr) {
      host.release();
      return found->engine.get();
    }
    table.opened.wait(lock);
  }
  const auto entry = table.entries.insert(
      table.entries.end(),
      Entry{std::string(config), sharing->storage_path, real_path, wanted_host, nullptr});
  lock.unlock();

  Opening opening(table, entry);
  KAMENG_TRY(auto engine, OpenEngine::open(config, std::move(host)));
  return opening.keep(std::move(engine));
}

}  // namespace kameng::capi
