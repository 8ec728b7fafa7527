// recording.hpp - the statements of a run with their values, in the groups they were committed in.
//
// It listens at the engine's seam. A transaction's statements are kept by the thread that runs it
// and go into the recording when it ends, so that readers do not mix with the writer, and what was
// rolled back to be run again is not there twice.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/value.hpp"

namespace kameng::bench {

// One statement of a recording; the values stand in Recording::values().
struct Step {
  std::uint32_t text = 0;  // number of its SQL
  std::uint32_t count = 0;
  std::size_t first = 0;
};

struct Group {
  bool writes = false;  // began as IMMEDIATE; in memory nothing does
  std::vector<Step> steps;
};

// Either all of it is timed or none.
struct Section {
  int round = 0;
  bool is_timed = false;
  std::vector<Group> groups;
};

// A value, its text or blob in Recording::bytes().
struct Recorded {
  enum class Kind : std::uint8_t { null, integer, text, blob } kind = Kind::null;
  std::uint32_t size = 0;
  std::int64_t number = 0;  // or where the bytes begin
};

class Recording {
 public:
  // What the engines opened from now on by this thread do is recorded. Stop before the recording
  // dies and after they are closed.
  void listen();
  static void stop_listening();
  // Begins a section. Not while calls are under way.
  void section(int round, bool is_timed);

  [[nodiscard]] const std::vector<Section>& sections() const { return sections_; }
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }
  [[nodiscard]] const Recorded& value(std::size_t at) const { return values_[at]; }
  [[nodiscard]] const char* bytes(const Recorded& value) const {
    return bytes_.data() + value.number;
  }

 private:
  struct Heard;  // what one thread heard of its transaction
  static Heard& heard();

  void hear(std::string_view name, std::string_view text, std::span<const sql::Value> values);
  void keep(Heard& transaction);

  std::mutex mutex_;
  std::vector<Section> sections_;
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
  std::vector<std::string> texts_;
  std::vector<Recorded> values_;
  std::string bytes_;
};

}  // namespace kameng::bench
