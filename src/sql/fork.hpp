// fork.hpp - knows whether this process is the one that opened something.
//
// A connection that crossed a fork is left alone in the child: using it, and even closing it, would
// touch the parent's.
#pragma once

namespace kameng::sql {

// How many forks lie between the process that loaded the library and this one. It is counted where
// the fork happens, because asking the kernel for the process's number costs half a microsecond,
// and every call asks.
[[nodiscard]] int fork_generation() noexcept;

}  // namespace kameng::sql
