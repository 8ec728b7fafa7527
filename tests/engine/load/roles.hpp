// roles.hpp - what another process of a test does. It reads lines of JSON from its input, answers
// with lines on its output, and dies with its parent.
#pragma once

#include <string_view>

namespace kameng::test {

// opener: {config, email}; "ready" <- "go"; opens the engine and registers one customer; "ok" or
// the reason.
// buyers: {config, sku, threads, pay_later, from_wallet, purchases}; "ready" <- "go", orders;
// "ordered" <- "go", pays; the purchases.
// busy: {config, sku, customers, threads, seed, name}; "ready"; then the events of busy.hpp until
// it is killed.
[[nodiscard]] int play(std::string_view role);

}  // namespace kameng::test
