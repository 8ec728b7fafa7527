// due_test.cpp - what an operator sees of due work.
#include <doctest/doctest.h>

#include "support/shop.hpp"
#include "support/temp_folder.hpp"

using kameng::test::Json;
using kameng::test::Shop;
using kameng::test::TempFolder;

TEST_SUITE("engine") {
  // Goal: a site sees whether the worker beside it is alive.
  // Method: two engines on one file; one runs due work, the other one's health tells when; runs
  // within ten seconds are told as one.
  TEST_CASE("health tells when due work ran, whichever process ran it") {
    const TempFolder folder;
    Shop site({.path = folder.file("shop.db")});
    Shop worker({.path = folder.file("shop.db")});
    CHECK_FALSE(site.must("system.health").contains("last_run_due_ms"));
    const Json started = worker.must("system.advance_clock", {{"by_ms", 60'000}});
    worker.must("system.run_due");
    CHECK(site.must("system.health")["last_run_due_ms"] == started["now_ms"]);
    worker.must("system.advance_clock", {{"by_ms", 10'000}});
    worker.must("system.run_due");
    CHECK(site.must("system.health")["last_run_due_ms"] == started["now_ms"]);
    const Json later = worker.must("system.advance_clock", {{"by_ms", 1}});
    worker.must("system.run_due");
    CHECK(site.must("system.health")["last_run_due_ms"] == later["now_ms"]);
  }
}
