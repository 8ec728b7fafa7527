// storage_copy.hpp - what an operator says and hears while a shop moves from SQLite to another
// database. docs/MOVING.md shows the way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/storage.hpp>
#include <kameng/system.hpp>

namespace kameng::storage {

struct Copied {
  bool done = false;
  bool ok = false;
  std::string table;
  std::int64_t rows_copied = 0;
  std::int64_t rows_total = 0;
  std::int64_t audit_entries = 0;
  std::string audit_root;
  std::vector<system::Check> checks;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("done", &Copied::done, "False: call again, with the same target.");
    f.required("ok", &Copied::ok, "True when it is done and every check holds.");
    f.required("table", &Copied::table, "Where it stands; empty when it is done.");
    f.required("rows_copied", &Copied::rows_copied, "Of all tables, by all calls so far.");
    f.required("rows_total", &Copied::rows_total, "Of all tables that are copied.");
    f.required("audit_entries", &Copied::audit_entries,
               "Size of the audit log in the target; 0 until it is done.");
    f.required("audit_root", &Copied::audit_root,
               "Merkle root of the audit log in the target, in hex; empty until it is done.");
    f.required("checks", &Copied::checks,
               "When it is done: the two databases compared, and what system.verify says of the "
               "target.");
  }
};

struct CopyShop {
  static constexpr std::string_view operation = "storage.copy";
  using Answer = Copied;
  Config storage;
  std::int64_t budget_ms = 5000;
  std::int64_t batch_rows = 4096;
  bool cancel = false;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("storage", &CopyShop::storage,
               "The database that the shop moves to, as an engine will open it later.");
    f.optional("budget_ms", &CopyShop::budget_ms,
               "How long this call copies; 0: one batch. The last call checks everything besides, "
               "in the call's own time.")
        .range(0, 600'000);
    f.optional("batch_rows", &CopyShop::batch_rows, "How many rows one transaction copies at most.")
        .range(1, 100'000);
    f.optional("cancel", &CopyShop::cancel,
               "True: the shop stays where it is and is open for writers again. Drop the target.");
  }
};

}  // namespace kameng::storage
