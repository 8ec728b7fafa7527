// fault_vfs.cpp - the shim and its memory of what has been flushed.
#include "support/fault_vfs.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <new>
#include <utility>

namespace kameng::test {

namespace {

constexpr std::size_t sector = 512;

bool ends_with(const std::string& text, const std::string& suffix) {
  return text.size() >= suffix.size() &&
         text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

std::string content_of(sqlite3_file* real) {
  sqlite3_int64 size = 0;
  std::string content;
  if (real->pMethods->xFileSize(real, &size) == SQLITE_OK && size > 0) {
    content.resize(static_cast<std::size_t>(size));
    if (real->pMethods->xRead(real, content.data(), static_cast<int>(size), 0) != SQLITE_OK) {
      content.clear();
    }
  }
  return content;
}

std::uint64_t draw(std::uint64_t& state) {  // splitmix64
  std::uint64_t z = (state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

}  // namespace

// What SQLite sees as an open file; the system's own file lies behind it in the same memory.
struct FaultVfs::File {
  sqlite3_file base;
  FaultVfs* vfs;
  std::string* path;  // null: not tracked, like temporary files
};

FaultVfs& FaultVfs::install(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, FaultVfs*> all;  // never destroyed: SQLite keeps the pointer
  const std::lock_guard lock(mutex);
  FaultVfs*& found = all[name];
  if (found == nullptr) {
    found = new FaultVfs(name);
    sqlite3_vfs_register(&found->vfs_, 0);
  }
  return *found;
}

FaultVfs::FaultVfs(std::string name) : name_(std::move(name)), real_(sqlite3_vfs_find(nullptr)) {
  vfs_ = *real_;
  vfs_.pNext = nullptr;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  vfs_.xOpen = on_open;
  vfs_.xDelete = on_delete;
}

void FaultVfs::fail_next_sync(const std::string& suffix) {
  const std::lock_guard lock(mutex_);
  failing_sync_ = suffix;
}

void FaultVfs::fail_write(int n, const std::string& suffix) {
  const std::lock_guard lock(mutex_);
  writes_until_failure_ = n;
  failing_write_ = suffix;
}

void FaultVfs::set_quota(std::int64_t bytes) {
  const std::lock_guard lock(mutex_);
  quota_ = bytes;
}

void FaultVfs::set_read_only(bool read_only) {
  const std::lock_guard lock(mutex_);
  read_only_ = read_only;
}

void FaultVfs::after_unlock(int n, std::function<void()> then) {
  const std::lock_guard lock(mutex_);
  unlocks_until_call_ = n;
  after_unlock_ = std::move(then);
}

std::int64_t FaultVfs::syncs() {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

void FaultVfs::apply(std::string& content, const Change& change) {
  const auto offset = static_cast<std::size_t>(change.offset);
  if (change.truncates) {
    content.resize(offset);
    return;
  }
  if (content.size() < offset + change.data.size()) {
    content.resize(offset + change.data.size());
  }
  content.replace(offset, change.data.size(), change.data);
}

std::string FaultVfs::survivor(const Tracked& tracked) {
  std::string content = tracked.flushed;
  for (Change change : tracked.pending) {
    const std::uint64_t fate = draw(random_) % 4;
    if (fate == 0) {
      continue;  // never reached the disk
    }
    if (fate == 1 && !change.truncates) {
      // Torn: the sectors up to some point of the file reached it.
      const auto offset = static_cast<std::size_t>(change.offset);
      const std::size_t sectors = change.data.size() / sector + 1;
      const std::size_t end = (offset / sector + draw(random_) % sectors) * sector;
      change.data.resize(end > offset ? std::min(end - offset, change.data.size()) : 0);
    }
    apply(content, change);
  }
  return content;
}

void FaultVfs::power_loss(std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  random_ = seed;
  for (auto& [path, tracked] : files_) {
    tracked.survives = survivor(tracked);
  }
  off_ = true;
}

void FaultVfs::power_on() {
  const std::lock_guard lock(mutex_);
  for (auto& [path, tracked] : files_) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(tracked.survives.data(), static_cast<std::streamsize>(tracked.survives.size()));
    std::remove((path + "-shm").c_str());
  }
  files_.clear();
  off_ = false;
}

void FaultVfs::crash_at_next_sync(const std::string& suffix) {
  const std::lock_guard lock(mutex_);
  failing_sync_ = suffix;
  crash_at_sync_ = true;
}

void FaultVfs::restart() {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, tracked] : files_) {
    std::remove((path + "-shm").c_str());
  }
  off_ = false;
}

sqlite3_file* FaultVfs::real_file(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(File));
}

int FaultVfs::on_open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out) {
  auto* self = static_cast<FaultVfs*>(vfs->pAppData);
  const std::lock_guard lock(self->mutex_);
  file->pMethods = nullptr;
  if (self->read_only_) {
    flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
  }
  sqlite3_file* real = real_file(file);
  const int code = self->real_->xOpen(self->real_, path, real, flags, out);
  if (code != SQLITE_OK) {
    return code;
  }
  auto* opened = new (file) File{};
  opened->base.pMethods = methods();
  opened->vfs = self;
  if (path != nullptr && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0) {
    opened->path = new std::string(path);
    if (self->files_.count(path) == 0) {
      Tracked& tracked = self->files_[path];
      tracked.flushed = content_of(real);
      tracked.survives = tracked.flushed;
      tracked.size = static_cast<std::int64_t>(tracked.flushed.size());
    }
  }
  return SQLITE_OK;
}

int FaultVfs::on_delete(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  auto* self = static_cast<FaultVfs*>(vfs->pAppData);
  const std::lock_guard lock(self->mutex_);
  if (self->off_) {
    return SQLITE_IOERR_DELETE;
  }
  self->files_.erase(path);
  return self->real_->xDelete(self->real_, path, sync_folder);
}

int FaultVfs::on_close(sqlite3_file* file) {
  auto* self = reinterpret_cast<File*>(file);
  sqlite3_file* real = real_file(file);
  const int code = real->pMethods != nullptr ? real->pMethods->xClose(real) : SQLITE_OK;
  delete self->path;
  self->path = nullptr;
  return code;
}

int FaultVfs::on_read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  sqlite3_file* real = real_file(file);
  return real->pMethods->xRead(real, into, size, offset);
}

int FaultVfs::on_write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  auto* opened = reinterpret_cast<File*>(file);
  FaultVfs& self = *opened->vfs;
  sqlite3_file* real = real_file(file);
  if (opened->path == nullptr) {
    return real->pMethods->xWrite(real, from, size, offset);
  }
  const std::lock_guard lock(self.mutex_);
  if (self.off_) {
    return SQLITE_IOERR_WRITE;
  }
  if (self.writes_until_failure_ > 0 && ends_with(*opened->path, self.failing_write_) &&
      --self.writes_until_failure_ == 0) {
    return SQLITE_IOERR_WRITE;
  }
  Tracked& tracked = self.files_[*opened->path];
  if (self.quota_ >= 0 && offset + size > tracked.size) {
    std::int64_t total = offset + size - tracked.size;
    for (const auto& [path, other] : self.files_) {
      total += other.size;
    }
    if (total > self.quota_) {
      return SQLITE_FULL;
    }
  }
  const int code = real->pMethods->xWrite(real, from, size, offset);
  if (code == SQLITE_OK) {
    const auto* bytes = static_cast<const char*>(from);
    tracked.pending.push_back({offset, std::string(bytes, static_cast<std::size_t>(size)), false});
    tracked.size = std::max<std::int64_t>(tracked.size, offset + size);
  }
  return code;
}

int FaultVfs::on_truncate(sqlite3_file* file, sqlite3_int64 size) {
  auto* opened = reinterpret_cast<File*>(file);
  FaultVfs& self = *opened->vfs;
  sqlite3_file* real = real_file(file);
  const std::lock_guard lock(self.mutex_);
  if (self.off_) {
    return SQLITE_IOERR_TRUNCATE;
  }
  const int code = real->pMethods->xTruncate(real, size);
  if (code == SQLITE_OK && opened->path != nullptr) {
    Tracked& tracked = self.files_[*opened->path];
    tracked.pending.push_back({size, {}, true});
    tracked.size = size;
  }
  return code;
}

int FaultVfs::on_sync(sqlite3_file* file, int flags) {
  auto* opened = reinterpret_cast<File*>(file);
  FaultVfs& self = *opened->vfs;
  sqlite3_file* real = real_file(file);
  if (opened->path == nullptr) {
    return real->pMethods->xSync(real, flags);
  }
  const std::lock_guard lock(self.mutex_);
  if (self.off_) {
    return SQLITE_IOERR_FSYNC;
  }
  if (!self.failing_sync_.empty() && ends_with(*opened->path, self.failing_sync_)) {
    self.failing_sync_.clear();
    self.off_ = self.crash_at_sync_;
    self.crash_at_sync_ = false;
    return SQLITE_IOERR_FSYNC;
  }
  const int code = real->pMethods->xSync(real, flags);
  if (code == SQLITE_OK) {
    ++self.syncs_;
    Tracked& tracked = self.files_[*opened->path];
    for (const Change& change : tracked.pending) {
      apply(tracked.flushed, change);
    }
    tracked.pending.clear();
  }
  return code;
}

int FaultVfs::on_unlock(sqlite3_file* file, int level) {
  FaultVfs& self = *reinterpret_cast<File*>(file)->vfs;
  sqlite3_file* real = real_file(file);
  const int code = real->pMethods->xUnlock(real, level);
  std::function<void()> then;
  if (level == SQLITE_LOCK_NONE) {
    const std::lock_guard lock(self.mutex_);
    if (self.unlocks_until_call_ > 0 && --self.unlocks_until_call_ == 0) {
      then = std::exchange(self.after_unlock_, nullptr);
    }
  }
  if (then) {
    then();
  }
  return code;
}

// The calls that only pass through.
#define KAMENG_PASS(method, parameters, arguments) \
  [](sqlite3_file* file parameters) {              \
    sqlite3_file* real = real_file(file);          \
    return real->pMethods->method(real arguments); \
  }
#define KAMENG_LIST(...) , __VA_ARGS__

const sqlite3_io_methods* FaultVfs::methods() {
  static const sqlite3_io_methods all = [] {
    sqlite3_io_methods table{};
    table.iVersion = 2;
    table.xClose = on_close;
    table.xRead = on_read;
    table.xWrite = on_write;
    table.xTruncate = on_truncate;
    table.xSync = on_sync;
    table.xFileSize = KAMENG_PASS(xFileSize, KAMENG_LIST(sqlite3_int64 * size), KAMENG_LIST(size));
    table.xLock = KAMENG_PASS(xLock, KAMENG_LIST(int level), KAMENG_LIST(level));
    table.xUnlock = on_unlock;
    table.xCheckReservedLock =
        KAMENG_PASS(xCheckReservedLock, KAMENG_LIST(int* out), KAMENG_LIST(out));
    table.xFileControl =
        KAMENG_PASS(xFileControl, KAMENG_LIST(int op, void* arg), KAMENG_LIST(op, arg));
    table.xSectorSize = KAMENG_PASS(xSectorSize, , );
    table.xDeviceCharacteristics = KAMENG_PASS(xDeviceCharacteristics, , );
    table.xShmMap =
        KAMENG_PASS(xShmMap, KAMENG_LIST(int page, int size, int extend, void volatile** out),
                    KAMENG_LIST(page, size, extend, out));
    table.xShmLock = KAMENG_PASS(xShmLock, KAMENG_LIST(int offset, int n, int flags),
                                 KAMENG_LIST(offset, n, flags));
    table.xShmBarrier = KAMENG_PASS(xShmBarrier, , );
    table.xShmUnmap = KAMENG_PASS(xShmUnmap, KAMENG_LIST(int remove), KAMENG_LIST(remove));
    return table;
  }();
  return &all;
}

#undef KAMENG_PASS
#undef KAMENG_LIST

}  // namespace kameng::test
