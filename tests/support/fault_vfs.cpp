// fault_vfs.cpp - the shim and its memory of what has been flushed.
#include "support/fault_vfs.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
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
  std::shared_ptr<Tracked>* tracked;
  // SQLite's first flush of a journal or WAL that it may have made flushes the folder too.
  bool flushes_folder;
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

void FaultVfs::fail_nth(std::int64_t n, Trouble trouble) {
  const std::lock_guard lock(mutex_);
  trouble_ = std::move(trouble);
  calls_until_trouble_ = n;
  failed_ = 0;
}

void FaultVfs::heal() {
  const std::lock_guard lock(mutex_);
  calls_until_trouble_ = 0;
}

std::int64_t FaultVfs::failed() {
  const std::lock_guard lock(mutex_);
  return failed_;
}

std::int64_t FaultVfs::calls(Call call) {
  const std::lock_guard lock(mutex_);
  return calls_[static_cast<std::size_t>(call)];
}

// Counts a call; true when it is to fail.
bool FaultVfs::is_due(Call call, const std::string& path) {
  ++calls_[static_cast<std::size_t>(call)];
  if (calls_until_trouble_ == 0 || call != trouble_.call || !ends_with(path, trouble_.suffix) ||
      --calls_until_trouble_ > 0) {
    return false;
  }
  calls_until_trouble_ = trouble_.stays ? 1 : 0;
  ++failed_;
  return true;
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

// Each sector of the change reaches the disk or not. Where the file had grown for one that did not,
// there is garbage.
void FaultVfs::tear(std::string& content, const Change& change) {
  const auto offset = static_cast<std::size_t>(change.offset);
  std::size_t done = 0;
  while (done < change.data.size()) {
    const std::size_t at = offset + done;
    const std::size_t size = std::min(sector - at % sector, change.data.size() - done);
    const bool reaches = draw(random_) % 2 == 0;
    if (reaches) {
      apply(content, {change.offset + static_cast<std::int64_t>(done),
                      change.data.substr(done, size), false});
    } else if (at >= content.size()) {
      content.resize(at + size, static_cast<char>(draw(random_)));
    }
    done += size;
  }
}

std::string FaultVfs::survivor(const Tracked& tracked) {
  std::string content = tracked.flushed;
  for (const Change& change : tracked.pending) {
    const std::uint64_t fate = draw(random_) % 4;
    if (fate == 0) {
      continue;  // never reached the disk
    }
    if (fate == 1 && !change.truncates) {
      tear(content, change);
    } else {
      apply(content, change);
    }
  }
  return content;
}

void FaultVfs::lose_power() {
  survivors_.clear();
  Names all = flushed_names_;
  all.insert(names_.begin(), names_.end());
  for (const auto& [path, unused] : all) {
    const auto flushed = flushed_names_.find(path);
    const auto seen = names_.find(path);
    const auto old = flushed != flushed_names_.end() ? flushed->second : nullptr;
    const auto now = seen != names_.end() ? seen->second : nullptr;
    const auto& survives = old == now || draw(random_) % 2 == 0 ? now : old;
    if (survives) {
      survivors_[path] = survivor(*survives);
    }
  }
  off_ = true;
}

void FaultVfs::power_loss(std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  random_ = seed;
  lose_power();
}

void FaultVfs::power_loss_after(std::int64_t changes, std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  random_ = seed;
  changes_until_loss_ = changes;
}

void FaultVfs::power_loss_in_flush(std::int64_t flushes, std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  random_ = seed;
  flushes_until_loss_ = flushes;
}

// Counts a change that has just been taken note of; true when the power goes now.
bool FaultVfs::fails_now(Kind kind) {
  ++changes_;
  bool now = changes_until_loss_ > 0 && --changes_until_loss_ == 0;
  if (kind == Kind::flush && flushes_until_loss_ > 0) {
    now = --flushes_until_loss_ == 0 || now;
  }
  if (now) {
    lose_power();
  }
  return now;
}

void FaultVfs::power_on() {
  const std::lock_guard lock(mutex_);
  Names all = flushed_names_;
  all.insert(names_.begin(), names_.end());
  for (const auto& [path, unused] : all) {
    const auto survives = survivors_.find(path);
    if (survives == survivors_.end()) {
      std::remove(path.c_str());
    } else {
      std::ofstream file(path, std::ios::binary | std::ios::trunc);
      file.write(survives->second.data(), static_cast<std::streamsize>(survives->second.size()));
    }
    std::remove((path + "-shm").c_str());
  }
  names_.clear();
  flushed_names_.clear();
  survivors_.clear();
  changes_until_loss_ = 0;
  flushes_until_loss_ = 0;
  off_ = false;
}

void FaultVfs::forget_files() {
  const std::lock_guard lock(mutex_);
  names_.clear();
  flushed_names_.clear();
}

bool FaultVfs::is_off() {
  const std::lock_guard lock(mutex_);
  return off_;
}

std::int64_t FaultVfs::changes() {
  const std::lock_guard lock(mutex_);
  return changes_;
}

void FaultVfs::crash_at_next_sync(const std::string& suffix) {
  const std::lock_guard lock(mutex_);
  crash_suffix_ = suffix;
  crash_at_sync_ = true;
}

void FaultVfs::restart() {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, tracked] : names_) {
    std::remove((path + "-shm").c_str());
  }
  off_ = false;
}

// Takes note of a file when it is first opened.
void FaultVfs::track(const std::string& path, sqlite3_file* real, bool existed) {
  auto& tracked = names_[path];
  if (tracked) {
    return;
  }
  tracked = std::make_shared<Tracked>();
  tracked->flushed = content_of(real);
  tracked->size = static_cast<std::int64_t>(tracked->flushed.size());
  // An empty database was made a moment ago by the engine; nobody has flushed its name.
  if (existed && tracked->size > 0) {
    flushed_names_[path] = tracked;
  }
}

void FaultVfs::flush_folder_of(const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const auto is_in_folder = [&](const auto& entry) { return entry.first.rfind(folder, 0) == 0; };
  std::erase_if(flushed_names_, is_in_folder);
  std::copy_if(names_.begin(), names_.end(), std::inserter(flushed_names_, flushed_names_.end()),
               is_in_folder);
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
  int existed = 0;
  constexpr int lasting = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
  if (path != nullptr && (flags & lasting) != 0 && self->is_due(Call::open, path)) {
    return self->trouble_.code;
  }
  if (path != nullptr) {
    self->real_->xAccess(self->real_, path, SQLITE_ACCESS_EXISTS, &existed);
  }
  const int code = self->real_->xOpen(self->real_, path, real, flags, out);
  if (code != SQLITE_OK) {
    return code;
  }
  auto* opened = new (file) File{};
  opened->base.pMethods = methods();
  opened->vfs = self;
  if (path != nullptr && (flags & lasting) != 0) {
    self->track(path, real, existed != 0);
    opened->path = new std::string(path);
    opened->tracked = new std::shared_ptr<Tracked>(self->names_[path]);
    opened->flushes_folder =
        (flags & SQLITE_OPEN_CREATE) != 0 && (flags & SQLITE_OPEN_MAIN_DB) == 0;
  }
  return SQLITE_OK;
}

int FaultVfs::on_delete(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  auto* self = static_cast<FaultVfs*>(vfs->pAppData);
  const std::lock_guard lock(self->mutex_);
  if (self->off_) {
    return SQLITE_IOERR_DELETE;
  }
  if (self->is_due(Call::remove, path)) {
    return self->trouble_.code;
  }
  const int code = self->real_->xDelete(self->real_, path, sync_folder);
  if (code != SQLITE_OK) {
    return code;
  }
  self->names_.erase(path);
  if (self->fails_now()) {
    return SQLITE_IOERR_DELETE;
  }
  if (sync_folder != 0) {
    self->flush_folder_of(path);
  }
  return SQLITE_OK;
}

int FaultVfs::on_close(sqlite3_file* file) {
  auto* self = reinterpret_cast<File*>(file);
  sqlite3_file* real = real_file(file);
  const int code = real->pMethods != nullptr ? real->pMethods->xClose(real) : SQLITE_OK;
  delete self->path;
  delete self->tracked;
  self->path = nullptr;
  self->tracked = nullptr;
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
  const bool fails = self.is_due(Call::write, *opened->path);
  if (fails && self.trouble_.torn) {
    size /= 2;
  } else if (fails) {
    return self.trouble_.code;
  }
  Tracked& tracked = **opened->tracked;
  if (self.quota_ >= 0 && offset + size > tracked.size) {
    std::int64_t total = offset + size - tracked.size;
    for (const auto& [path, other] : self.names_) {
      total += other->size;
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
  if (code == SQLITE_OK && self.fails_now()) {
    return SQLITE_IOERR_WRITE;
  }
  return fails ? self.trouble_.code : code;
}

int FaultVfs::on_truncate(sqlite3_file* file, sqlite3_int64 size) {
  auto* opened = reinterpret_cast<File*>(file);
  FaultVfs& self = *opened->vfs;
  sqlite3_file* real = real_file(file);
  const std::lock_guard lock(self.mutex_);
  if (self.off_) {
    return SQLITE_IOERR_TRUNCATE;
  }
  if (opened->path != nullptr && self.is_due(Call::truncate, *opened->path)) {
    return self.trouble_.code;
  }
  const int code = real->pMethods->xTruncate(real, size);
  if (code == SQLITE_OK && opened->path != nullptr) {
    Tracked& tracked = **opened->tracked;
    tracked.pending.push_back({size, {}, true});
    tracked.size = size;
  }
  return code == SQLITE_OK && self.fails_now() ? SQLITE_IOERR_TRUNCATE : code;
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
  if (self.is_due(Call::sync, *opened->path)) {
    (*opened->tracked)->pending.clear();
    return self.trouble_.code;
  }
  if (self.crash_at_sync_ && ends_with(*opened->path, self.crash_suffix_)) {
    self.off_ = true;
    self.crash_at_sync_ = false;
    return SQLITE_IOERR_FSYNC;
  }
  if (self.fails_now(Kind::flush)) {
    return SQLITE_IOERR_FSYNC;
  }
  const int code = real->pMethods->xSync(real, flags);
  if (code == SQLITE_OK) {
    ++self.syncs_;
    Tracked& tracked = **opened->tracked;
    for (const Change& change : tracked.pending) {
      apply(tracked.flushed, change);
    }
    tracked.pending.clear();
    if (std::exchange(opened->flushes_folder, false)) {
      self.flush_folder_of(*opened->path);
    }
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

int FaultVfs::on_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  auto* opened = reinterpret_cast<File*>(file);
  FaultVfs& self = *opened->vfs;
  if (extend != 0) {
    const std::lock_guard lock(self.mutex_);
    if (self.is_due(Call::map, *opened->path)) {
      *out = nullptr;
      return self.trouble_.code;
    }
  }
  sqlite3_file* real = real_file(file);
  return real->pMethods->xShmMap(real, page, size, extend, out);
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
    table.xShmMap = on_map;
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
