// fixture.hpp - chains of images that are no databases: what a chain keeps, it keeps of any bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "backup/chain.hpp"
#include "support/chain_files.hpp"
#include "support/temp_folder.hpp"

namespace kameng::backup::test {

using kameng::test::read_file;
using kameng::test::TempFolder;
using kameng::test::write_file;

inline constexpr std::size_t block = 64 * 1024;

// `bytes` bytes; of each block in `changed` they are others.
inline std::string image(std::size_t bytes, const std::vector<std::size_t>& changed = {}) {
  std::string made(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) {
    made[i] = static_cast<char>(i * 31 + i / block * 7);
  }
  for (const std::size_t which : changed) {
    made.at(which * block) = static_cast<char>(made.at(which * block) ^ 0x55);
  }
  return made;
}

inline Deadline soon() {
  return Deadline::after_ms(60'000);
}

inline Copy copy_of(const std::string& bytes) {
  return [bytes](const std::string& path) -> Result<void> {
    write_file(path, bytes);
    return {};
  };
}

inline const std::string shop(64, 'a');

inline Result<Manifest> extend(const Folder& folder, const std::string& bytes) {
  const Result<Manifest> last = last_point(folder);
  return add_point(folder, last.ok() ? std::optional(*last) : std::nullopt,
                   {.shop = shop, .at_ms = 7}, copy_of(bytes), soon());
}

inline Folder open_folder(const std::string& path) {
  Result<Folder> folder = Folder::make(path);
  REQUIRE(folder.ok());
  return std::move(folder).value();
}

// What the point is rebuilt to, or the reason why not; and nothing is left of it then.
inline std::string rebuilt(const Folder& folder, std::optional<std::int64_t> number,
                           const std::string& path) {
  const Result<Manifest> built = rebuild(folder, number, path, "path", soon());
  if (!built.ok()) {
    CHECK_FALSE(std::filesystem::exists(path));
    return built.error().reason;
  }
  std::string bytes = read_file(path);
  std::filesystem::remove(path);
  return bytes;
}

}  // namespace kameng::backup::test
