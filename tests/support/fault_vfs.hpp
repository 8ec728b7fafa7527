// fault_vfs.hpp - a file system for SQLite that fails when told to and that can lose its power.
//
// It stands between SQLite and the system's own VFS. For every database, journal and WAL file it
// knows what has been flushed and what has only been written, and which of the folder's names have
// been flushed, so a power loss can be played: afterwards the files hold what was flushed plus a
// random part of what was not, and a name that was not flushed may be there or not. It breaks as
// much as SQLite says it withstands: writes are lost, reach the disk in another order, or tear at
// sectors, and a file that grew may have garbage at its end; what was flushed is not damaged by
// what is written beside it. Open a database through it with Options::vfs.
//
// The n-th call of a kind can be made to fail, once or until heal(). A flush that fails is as bad
// as on Linux: what it should have flushed stays readable, but no later flush takes it to the disk.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace kameng::test {

class FaultVfs {
 public:
  // Registers it with SQLite for the rest of the process; the same name gives the same object.
  static FaultVfs& install(const std::string& name);

  // What SQLite asks of a file system, as far as it can be made to fail.
  enum class Call { write, sync, truncate, remove, map, open };
  static constexpr std::size_t call_kinds = 6;
  struct Trouble {
    Call call = Call::write;
    int code = SQLITE_IOERR_WRITE;  // what SQLite is told
    bool torn = false;              // of a write: its first half reaches the file
    bool stays = false;             // all later calls of this kind fail too, until heal()
    std::string suffix = {};        // only files whose name ends so
  };
  // The n-th such call from here on (from 1) fails.
  void fail_nth(std::int64_t n, Trouble trouble);
  void heal();
  // How many calls have been made to fail since the last fail_nth().
  [[nodiscard]] std::int64_t failed();
  // How many of a kind there have been: of a map, those that may make the shared memory larger.
  [[nodiscard]] std::int64_t calls(Call call);
  // The next flush of a file whose name ends in `suffix` fails.
  void fail_next_sync(const std::string& suffix = "-wal") {
    fail_nth(1, {Call::sync, SQLITE_IOERR_FSYNC, false, false, suffix});
  }
  // Files may not grow beyond this many bytes together; negative: no limit.
  void set_quota(std::int64_t bytes);
  // Files are opened for reading only.
  void set_read_only(bool read_only);
  [[nodiscard]] std::int64_t syncs();

  // Calls `then` when the n-th lock of a database (from 1) has been given back: between two reads
  // of whoever holds the locks, at the worst moment for it.
  void after_unlock(int n, std::function<void()> then);

  // From here on nothing reaches the files. Close what is open, then power_on(), which leaves in
  // the files what survived.
  void power_loss(std::uint64_t seed);
  // The same, in the middle of the n-th change from here on (from 1): a write, a truncation, a
  // flush, or a file's deletion.
  void power_loss_after(std::int64_t changes, std::uint64_t seed);
  // The same, in the middle of the n-th flush.
  void power_loss_in_flush(std::int64_t flushes, std::uint64_t seed);
  void power_on();
  // Nothing is open any more and the files are of no interest.
  void forget_files();
  [[nodiscard]] bool is_off();
  // How many writes, truncations, flushes and deletions there have been.
  [[nodiscard]] std::int64_t changes();

  // The process dies while the next flush of such a file is under way: the flush fails and nothing
  // reaches the files any more. Close what is open, then restart(): the files hold all that was
  // written, flushed or not, as the system's cache would show it, and a later power loss may still
  // take away what was not.
  void crash_at_next_sync(const std::string& suffix = "-wal");
  void restart();

 private:
  struct Change {
    std::int64_t offset = 0;  // of `data`; or the new size when `truncates`
    std::string data;
    bool truncates = false;
  };
  struct Tracked {
    std::string flushed;
    std::vector<Change> pending;
    std::int64_t size = 0;
  };
  // What a folder's names lead to.
  using Names = std::map<std::string, std::shared_ptr<Tracked>>;
  struct File;

  explicit FaultVfs(std::string name);
  std::string survivor(const Tracked& tracked);
  void tear(std::string& content, const Change& change);
  void track(const std::string& path, sqlite3_file* real, bool existed);
  void flush_folder_of(const std::string& path);
  [[nodiscard]] bool is_due(Call call, const std::string& path);
  enum class Kind { change, flush };
  [[nodiscard]] bool fails_now(Kind kind = Kind::change);
  void lose_power();
  static void apply(std::string& content, const Change& change);
  static sqlite3_file* real_file(sqlite3_file* file);
  static const sqlite3_io_methods* methods();

  static int on_open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out);
  static int on_delete(sqlite3_vfs* vfs, const char* path, int sync_folder);
  static int on_close(sqlite3_file* file);
  static int on_read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset);
  static int on_write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset);
  static int on_truncate(sqlite3_file* file, sqlite3_int64 size);
  static int on_sync(sqlite3_file* file, int flags);
  static int on_unlock(sqlite3_file* file, int level);
  static int on_map(sqlite3_file* file, int page, int size, int extend, void volatile** out);

  const std::string name_;
  sqlite3_vfs* const real_;
  sqlite3_vfs vfs_{};
  std::mutex mutex_;
  Names names_;          // as a program sees them
  Names flushed_names_;  // as the disk has them
  std::map<std::string, std::string> survivors_;
  Trouble trouble_;
  std::int64_t calls_until_trouble_ = 0;  // 0: there is none
  std::int64_t failed_ = 0;
  std::array<std::int64_t, call_kinds> calls_{};
  std::string crash_suffix_;
  int unlocks_until_call_ = 0;
  std::function<void()> after_unlock_;
  std::int64_t quota_ = -1;
  bool read_only_ = false;
  bool off_ = false;
  bool crash_at_sync_ = false;
  std::int64_t syncs_ = 0;
  std::int64_t changes_ = 0;
  std::int64_t changes_until_loss_ = 0, flushes_until_loss_ = 0;
  std::uint64_t random_ = 1;
};

}  // namespace kameng::test
