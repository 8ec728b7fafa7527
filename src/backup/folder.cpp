// folder.cpp - names, locks and what is left of work that broke off.
#include "backup/folder.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup/file.hpp"

namespace kameng::backup {

namespace {

constexpr std::size_t digits = 6;
constexpr std::string_view kinds[] = {".json", ".hashes", ".data"};

bool is_number(std::string_view text) {
  return text.size() == digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::int64_t number_of(std::string_view text) {
  std::int64_t number = 0;
  for (const char c : text.substr(0, digits)) {
    number = number * 10 + (c - '0');
  }
  return number;
}

bool is_manifest(std::string_view name) {
  return is_number(name.substr(0, digits)) && name.substr(digits) == ".json";
}

bool is_point(std::string_view name) {
  return is_number(name.substr(0, digits)) &&
         std::find(std::begin(kinds), std::end(kinds), name.substr(digits)) != std::end(kinds);
}

bool is_broken_off(std::string_view name) {
  return name.find(".tmp") != std::string_view::npos;
}

bool is_anything(std::string_view /*name*/) {
  return true;
}

}  // namespace

std::string six_digits(std::int64_t number) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

Result<Folder> Folder::enter(const std::string& path, Use use, bool is_new) {
  Folder folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), path, is_new);
  if (folder.descriptor_ < 0) {
    return error_of(errno, "folder");
  }
  if (::flock(folder.descriptor_, (use == Use::writing ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
    return Error{Status::unavailable, "backup.busy", "Somebody else is at work in this folder."}
        .at("folder")
        .with(Retry::later);
  }
  return folder;
}

Result<Folder> Folder::open(const std::string& path, Use use) {
  return enter(path, use, false);
}

Result<Folder> Folder::make(const std::string& path) {
  const bool is_new = ::mkdir(path.c_str(), 0700) == 0;
  if (!is_new && errno != EEXIST) {
    return error_of(errno, "folder");
  }
  if (is_new) {
    KAMENG_CHECK(flush_folder(folder_of(path), "folder"));
  }
  return enter(path, Use::writing, is_new);
}

Result<Folder> Folder::make_for_chain(const std::string& path) {
  KAMENG_TRY(Folder folder, make(path));
  KAMENG_TRY(const std::int64_t last, folder.last_number());
  KAMENG_TRY(const std::vector<std::string> strangers, folder.names([](std::string_view name) {
    return !is_point(name) && !is_broken_off(name);
  }));
  if (last > 0 || !strangers.empty()) {
    return Error{Status::already_exists, "backup.exists",
                 last > 0 ? "The folder holds a backup already." : "The folder is not empty."}
        .at("folder");
  }
  folder.remove_chain();  // what a backup left that broke off
  return folder;
}

Folder::Folder(Folder&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      is_new_(other.is_new_) {}

Folder::~Folder() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

std::string Folder::file(std::string_view name) const {
  return path_ + "/" + std::string(name);
}

std::string Folder::file(std::int64_t number, std::string_view kind) const {
  return file(six_digits(number) + "." + std::string(kind));
}

Result<void> Folder::flush() const {
  return ::fsync(descriptor_) == 0 ? Result<void>() : error_of(errno, "folder");
}

Result<std::vector<std::string>> Folder::names(bool (*wanted)(std::string_view)) const {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(path_.c_str()), ::closedir);
  if (!listing) {
    return error_of(errno, "folder");
  }
  std::vector<std::string> found;
  errno = 0;
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string_view name(entry->d_name);
    if (name != "." && name != ".." && wanted(name)) {
      found.emplace_back(name);
    }
  }
  if (errno != 0) {
    return error_of(errno, "folder");
  }
  return found;
}

Result<std::int64_t> Folder::last_number() const {
  KAMENG_TRY(const std::vector<std::string> manifests, names(is_manifest));
  std::int64_t last = 0;
  for (const std::string& name : manifests) {
    last = std::max(last, number_of(name));
  }
  return last;
}

Result<std::int64_t> Folder::last_subfolder(std::string_view prefix) const {
  KAMENG_TRY(const std::vector<std::string> all, names(is_anything));
  std::int64_t last = 0;
  for (const std::string& name : all) {
    if (name.starts_with(prefix) && is_number(std::string_view(name).substr(prefix.size()))) {
      last = std::max(last, number_of(std::string_view(name).substr(prefix.size())));
    }
  }
  return last;
}

void Folder::sweep() const {
  const auto left = names(is_broken_off);
  for (const std::string& name : left.ok() ? *left : std::vector<std::string>()) {
    remove_quietly(file(name));
  }
}

void Folder::remove_point(std::int64_t number) const {
  remove_quietly(file(number, "json"));
  static_cast<void>(flush());
  remove_quietly(file(number, "hashes"));
  remove_quietly(file(number, "data"));
}

void Folder::remove_chain() const {
  auto points = names(is_point);
  if (points.ok()) {
    std::sort(points->begin(), points->end());
    for (const std::string& name : *points) {
      remove_point(number_of(name));
    }
  }
  sweep();
}

void Folder::give_up() const {
  sweep();
  if (is_new_) {
    remove_if_empty();
  }
}

void Folder::remove_if_empty() const {
  static_cast<void>(::rmdir(path_.c_str()));
}

}  // namespace kameng::backup
