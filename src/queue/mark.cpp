#include "queue/mark.hpp"

#include "queue/mark_sql.hpp"

namespace kameng::queue {

Bytes take_mark(sql::Transaction& tx, std::string_view name) {
  {
    sql::Rows rows = tx.query(mark_find, name);
    if (rows.next()) {
      return rows.blob(0);
    }
  }
  tx.run(mark_open, name, Bytes());
  sql::Rows rows = tx.query(mark_find, name);
  return rows.next() ? rows.blob(0) : Bytes();
}

void set_mark(sql::Transaction& tx, std::string_view name, const Bytes& at) {
  tx.run_exactly(1, mark_set, at, name);
}

}  // namespace kameng::queue
