/// \file
/// The EVK's SDRAM, 32 MB at 0x8000'0000: for apps that ask for it, after Start().
#pragma once

#include "drivers/status.hpp"

namespace board {

/// From kOk on it is memory like any other; before, the MPU denies it.
Status StartSdram();

}  // namespace board
