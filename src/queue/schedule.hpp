// schedule.hpp - how long to wait before the next attempt. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/random.hpp"

namespace kameng::queue {

// After the n-th question to a provider whose answer is still open (n from 1): 5 s, 15 s, 60 s,
// five times 5 min, four times 30 min, four times 6 h, five times a day; then nothing: the call is
// dead and its payment a case.
[[nodiscard]] std::optional<std::int64_t> question_delay_ms(int attempt) noexcept;

// After the n-th failure of a job (n from 1): n^4 seconds, less or more by up to a tenth, so that
// jobs that failed together do not come back together. 25 attempts are about three weeks. Drawn
// outside the transaction.
[[nodiscard]] std::int64_t job_delay_ms(int attempt, Random& random);

}  // namespace kameng::queue
