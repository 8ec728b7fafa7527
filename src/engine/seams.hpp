// seams.hpp - lets tests and benchmarks listen to an engine's statements, make them fail, or give
// them another file system. Not part of the interface: no header in include/ and no configuration
// key leads here.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "sql/driver.hpp"
#include "sql/value.hpp"

namespace kameng::engine {

struct Seams {
  // Asked before each statement, "begin" and "commit" too; it may name a fault that the statement
  // then ends with, unrun.
  std::function<sql::Fault(std::string_view name)> before_statement = {};
  // Hears every statement with its values.
  std::function<void(std::string_view name, std::string_view text,
                     std::span<const sql::Value> values)>
      trace = {};
  // The VFS that the files are reached through; empty: the system's.
  std::string vfs = {};
  // False: commits are not flushed. It is how a test shows that it would see a lost commit.
  bool durable = true;
};

// The engines that this thread opens from now on have these seams; empty ones end it. What is
// given must stay usable from any thread until those engines are closed.
void use_seams(Seams seams);

// What Engine::open() takes.
[[nodiscard]] const Seams& seams_in_use();

}  // namespace kameng::engine
