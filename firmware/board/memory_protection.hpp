/// \file
/// What this firmware may touch.
#pragma once

namespace board {

/// MPU on with the firmware's own map and no default one, then both caches.
void ProtectMemory();

}  // namespace board
