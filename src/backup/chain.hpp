// chain.hpp - a full copy of a database and the blocks that have changed since: adding a point to a
// chain, and building the database of any point again. Everything is streamed; memory does not grow
// with the database.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <kameng/result.hpp>

#include "backup/folder.hpp"
#include "backup/manifest.hpp"
#include "base/clock.hpp"

namespace kameng::backup {

// Copies the database into an empty file.
using Copy = std::function<Result<void>(const std::string& path)>;

struct NewPoint {
  std::string shop;
  TimeMs at_ms = 0;
};

// The chain's last manifest, with every link before it checked. NOT_FOUND backup.not_found when the
// folder holds no chain; backup.incomplete, backup.damaged.
[[nodiscard]] Result<Manifest> last_point(const Folder& folder);

// Adds a point behind `parent`, or the first. It is there, flushed, or nothing of it is.
[[nodiscard]] Result<Manifest> add_point(const Folder& folder,
                                         const std::optional<Manifest>& parent,
                                         const NewPoint& point, const Copy& copy,
                                         const Deadline& deadline);

// Builds the database of a point in a new file, flushed; or there is no file. Every block is held
// against its hash. `number` absent: the last. NOT_FOUND backup.not_found (`number`),
// backup.exists (`field`), backup.incomplete, backup.damaged.
[[nodiscard]] Result<Manifest> rebuild(const Folder& folder, std::optional<std::int64_t> number,
                                       const std::string& path, std::string_view field,
                                       const Deadline& deadline);

}  // namespace kameng::backup
