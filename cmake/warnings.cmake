# Warnings for our own sources; never exported. Errors only in the `ci` and `clang` presets, so that
# a new compiler breaks no user's build.
add_library(kameng_warnings INTERFACE)
target_compile_options(kameng_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wcast-align
  -Wformat=2 -Wundef -Wimplicit-fallthrough -Wvla
  # Members that {.name = value} leaves out have their defaults, which is what it is written for.
  -Wno-missing-field-initializers
  $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast -Woverloaded-virtual -Wnon-virtual-dtor -Wextra-semi>
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
