// key_file.hpp - master keys in a file of their own, which is to be kept and backed up apart from
// the database.
//
// The file is text: comment lines begin with `#`, every other line is `kmk1-` and 64 hex digits.
// The first key is the current one; the others are former ones that still open what they sealed.
#pragma once

#include <memory>
#include <string>

#include <kameng/result.hpp>

#include "keys/master_key.hpp"

namespace kameng::keys {

// FAILED_PRECONDITION: vault.key_missing (no such file), vault.key_file_open (others than the owner
// may read it), vault.key_file_invalid (anything else that is not a readable key file).
[[nodiscard]] Result<std::shared_ptr<const MasterKeys>> read_key_file(const std::string& path);

// Draws a key and writes a new file, readable by its owner alone, that is on disk when this
// returns. A file that is there is never touched: FAILED_PRECONDITION vault.key_file_exists.
// Otherwise vault.key_file_not_written (UNAVAILABLE).
[[nodiscard]] Result<std::shared_ptr<const MasterKeys>> create_key_file(const std::string& path,
                                                                        Random& random);

// Makes the file's name durable, whoever has made the file. For a key that is about to seal its
// first data: its maker may have died before that, or be about to do it.
// vault.key_file_not_written (UNAVAILABLE).
[[nodiscard]] Result<void> keep_key_file(const std::string& path);

}  // namespace kameng::keys
