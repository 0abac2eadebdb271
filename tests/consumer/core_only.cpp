// The same as main.cpp for a package without any engine.
#include <limen/errno.hpp>

#include <iostream>

int main() {
  std::cout << limen::name(limen::Errno::noent) << '\n';
  return limen::name(limen::Errno::noent) == "noent" ? 0 : 1;
}
