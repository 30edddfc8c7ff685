/// \file
/// What the start-up code asks of a board before any C++ object is there.
#pragma once

namespace board {

/// MPU on with the firmware's own map and no default one, then both caches.
void ProtectMemory();

}  // namespace board
