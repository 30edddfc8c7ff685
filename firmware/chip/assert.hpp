/// \file
/// FW_ASSERT, for our own mistakes only; what can go wrong in operation returns a Status.
#pragma once

/// Says where and stops. The application (or the host test) defines it.
[[noreturn]] void AssertFailed(const char* file, int line);

#define FW_ASSERT(condition) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::AssertFailed(__FILE__, __LINE__))
