// cluster.cpp - what tests/servers starts, and engines on it.
#include "cluster.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/storage.hpp"
#include "sql/database.hpp"

namespace kameng::test {

namespace {

// The exit code. The servers end with this process, however that ends.
int servers(const std::string& arguments) {
  const std::string command = "KAMENG_SERVER_OWNER=" + std::to_string(::getpid()) +
                              " '" KAMENG_SOURCE_DIR "/tests/servers' " + arguments +
                              " </dev/null >/dev/null";
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// From any thread, and before the tests.
void must(bool holds, const std::string& what) {
  if (!holds) {
    throw std::runtime_error(what);
  }
}

}  // namespace

Cluster::Cluster() {
  constexpr int skipped = 77;
  const int code = servers("start galera '" + folder_.file("servers") + "'");
  if (code == skipped) {
    missing_ = "a program of MariaDB, galera-4 or rsync is not installed";
    return;
  }
  must(code == 0, "the cluster does not start");
  std::ifstream file(folder_.file("servers/dsn"));
  for (std::string dsn; std::getline(file, dsn);) {
    dsns_.push_back(dsn);
  }
  must(dsns_.size() == nodes, "it is not of three nodes");
  std::vector<Result<std::unique_ptr<Engine>>> opened;
  for (int node = 0; node < nodes; ++node) {
    opened.emplace_back(Error{});
  }
  std::vector<std::thread> openers;
  for (int node = 0; node < nodes; ++node) {
    openers.emplace_back([this, node, &slot = opened[static_cast<std::size_t>(node)]] {
      slot = Engine::open(config(node).dump());
    });
  }
  for (std::thread& opener : openers) {
    opener.join();
  }
  for (auto& engine : opened) {
    must(engine.ok(), engine.ok() ? "" : engine.error().reason + " " + engine.error().message);
    shops_.push_back(std::make_unique<Shop>(std::move(engine).value()));
  }
}

Cluster::~Cluster() {
  shops_.clear();
  servers("stop '" + folder_.file("servers") + "'");
}

Json Cluster::config(int node) const {
  ShopOptions options{.path = folder_.file("shop"), .manual_ms = 0};
  options.extra["storage"] = {{"driver", "mariadb"},
                              {"path", nullptr},
                              {"dsn", dsns_.at(static_cast<std::size_t>(node))},
                              {"pool_size", 8}};
  return shop_config(options);
}

void Cluster::tell(int node, const std::string& verb) {
  const std::string arguments =
      "node '" + folder_.file("servers") + "' " + std::to_string(node + 1) + " " + verb;
  must(servers(arguments) == 0, "node " + verb);
}

std::vector<std::int64_t> Cluster::ask(int node, const std::string& sql) {
  engine::StorageConfig storage;
  storage.driver = "mariadb";
  storage.dsn = dsns_.at(static_cast<std::size_t>(node));
  storage.table_prefix = "kameng_";
  auto database = engine::open_database(storage, {}, nullptr);
  REQUIRE(database.ok());
  const sql::Statement statement{"test.ask", sql};
  std::vector<std::int64_t> numbers;
  const Result<void> done =
      (*database)->read(Deadline::after_ms(60'000), [&](sql::Transaction& tx) -> Result<void> {
        numbers.clear();
        sql::Rows rows = tx.query(statement);
        while (rows.next()) {
          numbers.push_back(rows.int64(0));
        }
        return {};
      });
  REQUIRE_MESSAGE(done.ok(), sql << ": " << done.error().message);
  return numbers;
}

}  // namespace kameng::test
