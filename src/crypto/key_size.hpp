// key_size.hpp - the one check on the sizes of keys. Private to this folder.
#pragma once

#include <cstddef>
#include <stdexcept>

#include "base/secret.hpp"

namespace kameng::crypto {

// A key of another size is a fault of the engine, and going on would read behind its end. It ends
// the call as INTERNAL.
inline void require_size(const SecretBytes& key, std::size_t size) {
  if (key.size() != size) {
    throw std::logic_error("a key has the wrong size");
  }
}

}  // namespace kameng::crypto
