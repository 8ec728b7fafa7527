// baseline.cpp - see baseline.hpp. The program lies beside this one.
#include "baseline.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "shop.hpp"

namespace kameng::bench {

std::string output_of(const std::string& name, const std::string& arguments) {
  const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
  const std::string command = "'" + program.string() + "' " + arguments;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) {
    fail(name, "cannot be started");
  }
  std::string output;
  std::array<char, 512> chunk{};
  while (std::fgets(chunk.data(), static_cast<int>(chunk.size()), pipe) != nullptr) {
    output += chunk.data();
  }
  if (::pclose(pipe) != 0) {
    fail(name, output);
  }
  return output;
}

double number_after(const std::string& text, const std::string& name) {
  const std::size_t at = text.find(name);
  if (at == std::string::npos) {
    fail("a baseline", text);
  }
  return std::strtod(text.c_str() + at + name.size(), nullptr);
}

void load_baseline(const std::string& path, int codes) {
  static_cast<void>(
      output_of("lifecycle_sqlite", "--load '" + path + "' " + std::to_string(codes)));
}

Spent run_baseline(const std::string& path, int batch, int codes, long trades) {
  ::setenv("CODES", std::to_string(codes).c_str(), 1);
  const std::string split_and_batch = batch == 1 ? " full 2 1" : " full 1 " + std::to_string(batch);
  const std::string output = output_of(
      "lifecycle_sqlite", "'" + path + "'" + split_and_batch + " 3600 " + std::to_string(trades));
  const auto count = static_cast<double>(trades);
  Spent spent;
  spent.wall_s = count / number_after(output, "lc/s=");
  spent.cpu_s =
      (number_after(output, "user=") + number_after(output.substr(output.find("user=")), "sys=")) *
      1e-6 * count;
  return spent;
}

}  // namespace kameng::bench
