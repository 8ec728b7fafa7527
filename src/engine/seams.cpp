// seams.cpp - the seams in use, one set for each thread: opening happens on the caller's.
#include "engine/seams.hpp"

#include <utility>

namespace kameng::engine {

namespace {
thread_local Seams current;
}  // namespace

void use_seams(Seams seams) {
  current = std::move(seams);
}

const Seams& seams_in_use() {
  return current;
}

}  // namespace kameng::engine
