// report.hpp - the figures, as a table for people and as one line of JSON.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "parts.hpp"
#include "setting.hpp"

namespace kameng::bench {

class Report {
 public:
  // `folder` is where the files of the run are.
  Report(const std::string& folder, const Parts& parts);
  void add(const Setting& setting, const Measured& measured);
  void print() const;

 private:
  nlohmann::ordered_json all_;
  Parts parts_;
};

}  // namespace kameng::bench
