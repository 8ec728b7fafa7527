// server_setting.hpp - the trade on a database server, in turns with the hand-written minimum
// there.
#pragma once

#include <string>

namespace kameng::bench {

struct ServerSetting {
  std::string driver, dsn;
  int callers = 8;
  int connections = 0;  // of the engine; 0: as many as callers
  int rounds = 3;       // besides the first one, which only warms up
  int trades = 800;     // in a round, of each kind
  int codes_of_sku = 300;
  double minimal_s = 2;  // how long the minimum runs in a round
  int ageing = 0;        // sales between two looks at the rate of claims; 0: none
};

// Prints its table and a line of JSON. `folder` is for the key.
void run_server_setting(const ServerSetting& setting, const std::string& folder);

}  // namespace kameng::bench
