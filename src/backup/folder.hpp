// folder.hpp - the folder of a chain, while somebody works in it.
//
// Point n of a chain is three files: NNNNNN.json, its manifest (manifest.hpp), NNNNNN.hashes, the
// hash of every block of the database at that moment (hash_list.hpp), and NNNNNN.data, the blocks
// themselves that differ from the point before, in their order. A point is there once its manifest
// is: it comes last, by a rename. Names with ".tmp" are of work that is under way or broke off.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kameng/result.hpp>

namespace kameng::backup {

inline constexpr std::int64_t number_max = 999'999;

// "000007"
[[nodiscard]] std::string six_digits(std::int64_t number);

class Folder {
 public:
  enum class Use {
    reading,  // beside others who read
    writing,  // alone
  };
  // A folder that is there. NOT_FOUND backup.not_found; UNAVAILABLE backup.busy when somebody else
  // is at work in it.
  [[nodiscard]] static Result<Folder> open(const std::string& path, Use use);
  // For a new chain: made when it is missing (mode 0700). ALREADY_EXISTS backup.exists unless it is
  // empty but for what broke off.
  [[nodiscard]] static Result<Folder> make_for_chain(const std::string& path);
  // As open() for writing, and made when it is missing.
  [[nodiscard]] static Result<Folder> make(const std::string& path);
  Folder(Folder&& other) noexcept;
  Folder& operator=(Folder&&) = delete;
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();  // others may come in

  [[nodiscard]] std::string file(std::string_view name) const;
  // "000007.data"
  [[nodiscard]] std::string file(std::int64_t number, std::string_view kind) const;
  [[nodiscard]] Result<void> flush() const;  // its names

  // The highest number that has a manifest; 0 when none has.
  [[nodiscard]] Result<std::int64_t> last_number() const;
  // The highest N of a folder in here called <prefix>NNNNNN; 0 when there is none.
  [[nodiscard]] Result<std::int64_t> last_subfolder(std::string_view prefix) const;

  // Removes what broke off.
  void sweep() const;
  // Removes one point, its manifest first.
  void remove_point(std::int64_t number) const;
  // Removes every point, from the start, so that what a crash leaves is no chain.
  void remove_chain() const;
  void remove_if_empty() const;  // the folder itself
  // Removes what broke off, and the folder when it was made here.
  void give_up() const;

 private:
  Folder(int descriptor, std::string path, bool is_new)
      : descriptor_(descriptor), path_(std::move(path)), is_new_(is_new) {}
  [[nodiscard]] static Result<Folder> enter(const std::string& path, Use use, bool is_new);
  [[nodiscard]] Result<std::vector<std::string>> names(bool (*wanted)(std::string_view)) const;

  int descriptor_;
  std::string path_;
  bool is_new_;
};

}  // namespace kameng::backup
