// parts.hpp - what reading and writing JSON, and what hashing and drawing cost in one trade:
// the same work as a trade does, alone in a loop.
#pragma once

namespace kameng::bench {

struct Parts {
  double json_us = 0;       // what both doors do: the notice's body, stored answers, audit entries
  double documents_us = 0;  // contexts, requests and answers of the C door besides
  double crypto_us = 0;     // the token, the notice's signature and digests, keys, random bytes
};

[[nodiscard]] Parts measure_parts(int repetitions);

}  // namespace kameng::bench
