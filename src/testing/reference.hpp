// testing/reference.hpp - the specification as data: data/preview1.json.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace limen::test {

/// The whole document; throws when it is not there.
inline const nlohmann::json& reference() {
  static const nlohmann::json document = [] {
    std::ifstream in(std::string(LIMEN_TEST_DATA) + "/preview1.json");
    if (!in) throw std::runtime_error("no preview1.json in " LIMEN_TEST_DATA);
    return nlohmann::json::parse(in);
  }();
  return document;
}

}  // namespace limen::test
