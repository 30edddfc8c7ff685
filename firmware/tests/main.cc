/// \file
/// The tests' main program; a failed FW_ASSERT becomes an exception that a test can expect.

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

#include "chip/assert.hpp"

void AssertFailed(const char* file, int line) {
  throw std::logic_error(std::string(file) + ":" + std::to_string(line));
}
